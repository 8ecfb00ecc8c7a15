"""What is kept after the process ends: final phrases, rooms and keys, in one SQLite file."""
