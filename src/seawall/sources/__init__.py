"""The outside world comes in here and leaves as the model; one file per format."""
