"""Checks of clusters that belong together: dev, staging and prod of one system."""
