"""Benchmarks: latency, capacity, audience and model speed."""
