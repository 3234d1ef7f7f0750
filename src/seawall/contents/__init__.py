"""What an image's files are and what of them runs: judged by content, never by name alone."""
