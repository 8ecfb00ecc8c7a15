"""Sound in: a source yields chunks, voice activity marks speech, the buffer keeps what is not yet final."""
