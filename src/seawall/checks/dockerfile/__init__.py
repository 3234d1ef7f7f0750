"""Checks of one Dockerfile; the folder is the list."""
