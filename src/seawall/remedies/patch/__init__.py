"""Images patched without a daemon: fixed packages of the distro put on top, as one layer that its tools find true."""
