"""Where packages come from: the signed repositories of distros, and the registries of languages.

    opened = open_repositories(distro, image.configuration, arch, access)
    for entry in opened.find("openssl", "amd64"): …     every version on offer
    content = download(entry, access.client)             its file, checked by size and digest against the signed index
    package = deb_package.read_deb(content, where=…)     control fields, conffiles, maintainer scripts, the unpacked tar

Nothing of an image is believed: its list of repositories says which to ask, never whom to trust. Indexes count only if
a pinned key (`keys.py`) or one that the user named has signed them, and hosts that are not the distro's own are asked
only if the user says so.
"""
