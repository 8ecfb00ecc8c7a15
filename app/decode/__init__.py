"""Sound to hypotheses: models are found and loaded, and the windows of all rooms are decoded together."""
