"""Container images: archives and layouts in, one tree of visible files out.

`opening.recognise` and `opening.open_images` find the images; `read.read` reads one and tells what is in it.
"""
