"""Sound in: sources yield chunks, voice activity detection finds speech, the buffer keeps undecoded sound."""
