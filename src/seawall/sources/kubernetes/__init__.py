"""What runs in a cluster, as manifests or as its API describe it."""
