"""Sound in: sources yield chunks, speech detection tells where somebody speaks, the buffer keeps undecoded sound."""
