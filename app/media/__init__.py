"""Files and streams that cannot be trusted, read in a sandboxed child process."""
