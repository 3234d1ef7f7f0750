"""Kubernetes manifests changed in their text, with comments and order kept; or a patch where that cannot be."""
