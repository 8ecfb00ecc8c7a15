"""The service: engines, store and rooms, built once from the settings and run until shutdown."""
