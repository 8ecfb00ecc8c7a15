"""The web server: pages, the socket, server-sent events and the REST API."""
