"""Start-up work taken out of a container: what each tool does there, what replaces it, and the manifest without it."""
