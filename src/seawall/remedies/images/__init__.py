"""Images written anew, without a daemon: what is not changed stays as it is, byte for byte."""
