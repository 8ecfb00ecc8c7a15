"""A web server on this machine whose answers a test decides."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serve_http(answer: Answer, context: SSLContext | None = None) -> Iterator[int]:
    """Answer every GET and HEAD with `answer` while the block lasts; yields the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        def do_HEAD(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Send a whole answer; `Content_Type` becomes Content-Type."""
    request.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)


def file_answers(contents: dict[str, bytes], asked: list[str] | None = None) -> Answer:
    """Return an answer that serves these files by path, whole or in ranges; `asked` collects the paths."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        if asked is not None:
            asked.append(request.path)
        if path not in contents:
            return reply(request, b"", 404)
        body = contents[path]
        unit, _, start = (request.headers["Range"] or "").partition("=")
        if unit == "bytes":
            return reply(request, body[int(start.rstrip("-")) :], 206, Accept_Ranges="bytes")
        return reply(request, body, Accept_Ranges="bytes")

    return answer
