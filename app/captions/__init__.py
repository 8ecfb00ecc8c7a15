"""Hypotheses to captions: words are committed, phrases close, and a room publishes them to its readers."""
