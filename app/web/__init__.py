"""Captions to people: pages, sockets and what is said on them."""
