"""Reads untrusted files and streams in a sandboxed child process."""
