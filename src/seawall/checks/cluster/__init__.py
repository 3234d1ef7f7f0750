"""Checks of one cluster, or of every node pool of it. One check is one file, named for the problem."""
