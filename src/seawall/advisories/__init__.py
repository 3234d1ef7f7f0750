"""Feeds in, matches out."""
