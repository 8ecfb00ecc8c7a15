"""Measuring, and the making of the demo model."""
