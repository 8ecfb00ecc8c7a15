"""The pages and the security headers of every response."""

import httpx
import pytest

from app.captions.room import Room
from app.store.rooms import RoomSettings
from app.web.compression import strip_comments
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.raw_peer import AUTHORIZED

RIGHT = {"Authorization": "Bearer right"}
COMMON = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
}
PERMISSIONS = "camera=(), geolocation=(), microphone=(self), display-capture=(self)"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "frame-ancestors": "'none'",
}
FILE_POLICY = dict.fromkeys(("default-src", "base-uri", "form-action", "frame-ancestors"), "'none'")
"""Of the files of pages: a script follows the policy of its page, and does nothing when it is opened alone."""
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ANSWERS: list[tuple[str, str, dict[str, str], int, str]] = [
    ("GET", "/v/main", {}, 200, "text/html"),
    ("GET", "/obs/surtitle-windows.json", {}, 200, "application/json"),
    ("GET", "/obs/surtitle-amiga.json", {}, 404, "application/json"),
    ("GET", "/microphone/main", {}, 200, "text/html"),
    ("GET", "/v/main", {}, 200, "text/html"),
    ("GET", "/stage/main", {}, 200, "text/html"),
    ("GET", "/microphone/no%00thing", {}, 200, "text/html"),
    ("GET", "/c/PUBLIC", {}, 307, ""),
    ("GET", "/c/WRONG", {}, 404, "application/json"),
    ("GET", "/c/WRONG", BROWSER, 404, "text/html"),
    ("GET", "/healthz", {}, 200, "text/plain"),
    ("GET", "/readyz", {}, 200, "text/plain"),
    ("GET", "/metrics", RIGHT, 200, "text/plain"),
    ("GET", "/metrics", {}, 401, "application/json"),
    ("GET", "/v/worker.js", {}, 200, "text/javascript"),
    ("GET", "/v/main.webmanifest", {}, 200, "application/manifest+json"),
    ("GET", "/v/no%20name.webmanifest", {}, 422, "application/json"),
    ("GET", "/static/landing/index.js", {}, 200, "text/javascript"),
    ("GET", "/static/microphone/worklet.js", {}, 200, "text/javascript"),
    ("GET", "/static/room/theme.css", {}, 200, "text/css"),
    ("GET", "/static/room/icon.svg", {}, 200, "image/svg+xml"),
    ("GET", "/static/nothing", {}, 404, "application/json"),
    ("GET", "/static/..%2fpyproject.toml", {}, 404, "application/json"),
    ("GET", "/nothing", {}, 404, "application/json"),
    ("GET", "/nothing", BROWSER, 404, "text/html"),
    ("GET", "/metrics", BROWSER, 401, "text/html"),
    ("GET", "/ws/main", {}, 404, "application/json"),
    ("POST", "/healthz", {}, 405, "application/json"),
    ("GET", "/api/openapi.json", {}, 200, "application/json"),
    ("GET", "/api/rooms", RIGHT, 200, "application/json"),
    ("GET", "/api/rooms", {}, 401, "application/json"),
    ("GET", "/api/rooms/nothing", RIGHT, 404, "application/json"),
    ("POST", "/api/rooms", RIGHT, 422, "application/json"),
    ("GET", "/api/rooms/broken", RIGHT, 500, "application/json"),
    ("GET", "/api/rooms/main/events", RIGHT, 200, "text/event-stream"),
    ("GET", "/transcript/main.srt", RIGHT, 200, "application/x-subrip"),
    ("GET", "/transcript/main.exe", RIGHT, 422, "application/json"),
]


class Broken(HostedRooms):
    """Rooms of which one raises an unexpected error."""

    def get_room(self, name: str) -> Room:
        """Fail for one."""
        if name == "broken":
            raise RuntimeError("a secret of the inside")
        return super().get_room(name)


async def rooms_with_a_broken_one() -> Broken:
    """Return a public room and one that fails."""
    rooms = Broken(key="right")
    await rooms.create_room("open", RoomSettings(is_public=True, code="PUBLIC"))
    return rooms


async def test_every_response_has_security_headers(caplog: pytest.LogCaptureFixture) -> None:
    """Pages, files, streams and errors forbid frames, sniffing, caching and everything from other sites."""
    async with (
        serve_rooms(await rooms_with_a_broken_one()) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        for method, path, headers, status, kind in ANSWERS:
            async with client.stream(method, path, headers=headers) as answer:
                assert (answer.status_code, path) == (status, path)
                assert answer.headers.get("content-type", "").partition(";")[0] == kind
                is_file = path.startswith("/static/")
                assert {name: answer.headers.get(name) for name in COMMON} == COMMON
                assert answer.headers.get("permissions-policy") == (None if is_file else PERMISSIONS)
                assert answer.headers.get("x-frame-options") == (None if is_file else "DENY")
                assert answer.headers.get("cross-origin-opener-policy") == (None if is_file else "same-origin")
                assert policy_of(answer) == (FILE_POLICY if is_file else POLICY)
                assert "server" not in answer.headers
                assert "access-control-allow-origin" not in answer.headers
                if kind == "application/json" and status >= 400:
                    await answer.aread()
                    assert sorted(answer.json()) == ["code", "message"]
                    assert "secret" not in answer.text
    assert [record.getMessage().strip() for record in caplog.records] == ["Exception in ASGI application"]
    caplog.clear()  # the one error that was made on purpose


async def test_only_the_overlay_may_be_framed() -> None:
    """Its policy differs from other pages in `frame-ancestors` only."""
    async with (
        serve_rooms(HostedRooms(key="right")) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        answer = await client.get("/overlay/main")
        assert policy_of(answer) == POLICY | {"frame-ancestors": "*"}
        assert "x-frame-options" not in answer.headers
        for trick in ("/overlay/../api/rooms", "/overlay/%2e%2e/", "//overlay/main", "/overlay/main/x"):
            elsewhere = await client.get(trick)
            assert elsewhere.status_code in (401, 404) or policy_of(elsewhere)["frame-ancestors"] == "*"


async def test_sites_that_the_operator_names_may_frame_the_audience_page() -> None:
    """Only that page of that room, and only for those sites."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        sites = ["https://event.example.org", "http://localhost:3000"]
        changed = await client.patch("/api/rooms/main", json={"frame_sites": sites}, headers=AUTHORIZED)
        assert changed.json()["frame_sites"] == sites
        framed = await client.get("/v/main")
        assert policy_of(framed) == POLICY | {"frame-ancestors": " ".join(sites)}
        assert "x-frame-options" not in framed.headers
        for other in ("/v/other", "/v/main/x", "/operator/main", "/microphone/main", "/"):
            assert policy_of(await client.get(other))["frame-ancestors"] == "'none'"
        for bad in ("https://a.example;", "https://*.example", "javascript:x", "https://a.example/ 'self'", "*"):
            refused = await client.patch("/api/rooms/main", json={"frame_sites": [bad]}, headers=AUTHORIZED)
            assert refused.status_code == 422


async def test_pages_with_a_qr_code_may_show_blob_images() -> None:
    """They show the code that they fetched with a key; otherwise their policy is that of other pages."""
    async with (
        serve_rooms(HostedRooms(key="right")) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        for path in ("/", "/operator/main", "/slide/main", "/poster/main"):
            answer = await client.get(path)
            assert policy_of(answer) == POLICY | {"img-src": "'self' blob:"}
            assert answer.headers["x-frame-options"] == "DENY"


async def test_pages_are_compressed_and_api_responses_are_not() -> None:
    """A page shrinks to less than half with gzip; responses that may contain a key are not compressed."""
    async with (
        serve_rooms(HostedRooms(key="right")) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        plain = await client.get("/static/console/phrase_list.js", headers={"Accept-Encoding": "identity"})
        small = await client.get("/static/console/phrase_list.js")
        assert small.headers["content-encoding"] == "gzip"
        assert small.content == strip_comments(plain.content)
        assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 2
        answer = await client.get("/api/openapi.json", headers=RIGHT)
        assert len(answer.content) > 5000
        assert "content-encoding" not in answer.headers


async def test_only_the_builder_may_contain_a_frame() -> None:
    """Its policy differs from other pages in `frame-src` only."""
    async with (
        serve_rooms(HostedRooms(key="right")) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        answer = await client.get("/builder/main")
    assert policy_of(answer) == POLICY | {"frame-src": "'self'"}
    assert answer.headers["x-frame-options"] == "DENY"


def policy_of(answer: httpx.Response) -> dict[str, str]:
    """Return the content security policy by directive."""
    parts = [part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";")]
    return {name: value for name, _, value in parts}


async def test_a_short_code_redirects_and_guessing_is_limited() -> None:
    """Upper and lower case work; wrong codes are 404 thirty times and then 429, and the right one still works."""
    rooms = HostedRooms(key="right")
    await rooms.change_room("main", RoomSettings(is_public=True, code="ABCDEF"))
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for code in ("ABCDEF", "abcdef"):
            answer = await client.get(f"/c/{code}")
            assert (answer.status_code, answer.headers["location"]) == (307, "/v/main")
        statuses = [(await client.get(f"/c/WRONG{i}")).status_code for i in range(40)]
        assert statuses[:30] == [404] * 30
        assert set(statuses[31:]) == {429}
        assert (await client.get("/c/ABCDEF")).status_code == 307
        await rooms.change_room("main", RoomSettings(code="ABCDEF"))
        assert (await client.get("/c/ABCDEF")).status_code == 429


@pytest.mark.parametrize("page", ["/", "/overlay/main", "/v/main", "/microphone/main"])
async def test_pages_have_security_headers(page: str) -> None:
    """Every page forbids content of other sites and caching; only the overlay may be framed."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get(page)
    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ("frame-ancestors *" in policy) is page.startswith("/overlay")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "style=" not in answer.text
    assert "<script>" not in answer.text
