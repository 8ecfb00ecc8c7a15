"""Stores final phrases, rooms and keys in one SQLite file."""
