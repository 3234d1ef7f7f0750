"""A design as code: one file a format."""
