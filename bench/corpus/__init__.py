"""What is measured, built from real packages without a container engine, and what the package managers say is in it."""
