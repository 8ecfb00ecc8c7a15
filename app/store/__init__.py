"""What outlives the process: final phrases, rooms and keys, in one SQLite file."""
