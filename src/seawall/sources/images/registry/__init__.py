"""Images in a registry, read over the distribution API (https://github.com/opencontainers/distribution-spec).

`reference` says what is meant, `auth` logs in, `client` asks, `blob` streams a layer, `opening` makes images of it.
Nothing is written to the disk.
"""
