"""Everything built once, and every room kept alive: from settings to rooms that listen, publish and save."""
