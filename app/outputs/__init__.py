"""Captions out: subtitle files and other programs."""
