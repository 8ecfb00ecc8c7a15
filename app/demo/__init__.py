"""The demo model and the demo meeting, as package data."""
