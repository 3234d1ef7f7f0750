"""Where a container engine keeps its images: Docker's daemon, its folder, and that of containerd."""
