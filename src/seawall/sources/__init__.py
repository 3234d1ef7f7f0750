"""The outside world in, the model out; one file per format."""
