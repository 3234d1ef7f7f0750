"""What to do about it: new clusters that pass, and the way there for those that do not."""
