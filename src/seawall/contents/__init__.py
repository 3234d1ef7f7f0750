"""What an image's files are, beside packages: tools under any name, rights, secrets, accounts, leftovers.

`inspect.py` says which files are looked into and notes what is in one, and `assemble.py` makes one `Contents` of all of
them. The room never sees where files come from. Nothing is imported here, so that who needs one table gets no more.
"""
