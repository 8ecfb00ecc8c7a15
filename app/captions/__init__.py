"""Hypotheses to captions: words become solid, phrases close, and a room tells its readers."""
