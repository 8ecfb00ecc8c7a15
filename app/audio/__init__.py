"""Sound in: sources yield chunks, speech detection finds where somebody speaks, the buffer keeps undecoded sound."""
