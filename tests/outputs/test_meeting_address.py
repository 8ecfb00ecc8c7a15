"""Only the vendors' own addresses are accepted, and an error does not repeat the address."""

import pytest

from app.errors import SettingsError
from app.outputs.meeting_address import parse_address
from app.outputs.zoom import ZoomCaptions
from tests.fakes.meeting_server import ADDRESSES, SECRET, Vendor
from tests.support.meeting_room import OUTPUTS

ZOOM = ADDRESSES["zoom"]
TEAMS = ADDRESSES["teams"]
YOUTUBE = ADDRESSES["youtube"]
QUERY = ZOOM.partition("?")[2]

GOOD: list[tuple[Vendor, str]] = [
    ("zoom", ZOOM),
    ("zoom", ZOOM + "&subconfid=123"),
    ("zoom", f"HTTPS://WMCAPI.ZOOM.US/closedcaption?{QUERY}"),
    ("zoom", f"https://us04wmcapi.zoom.us:443/closedcaption?{QUERY}"),
    ("zoom", f"https://a.b-c.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://{'a' * 63}.zoom.us/closedcaption?{QUERY}"),
    ("teams", TEAMS),
    ("teams", TEAMS.replace("meetingid", "meetingId") + "&lang=de-de"),
    ("youtube", YOUTUBE),
    ("youtube", YOUTUBE.replace("http:", "https:")),
    (
        "youtube",
        "http://upload.youtube.com/closedcaption?id=a&ns=b&sparams=id%2Cns%2Cexpire&expire=1&signature=c&key=yt_qc",
    ),
]

TRICKS: list[tuple[Vendor, str]] = [
    ("zoom", ""),
    ("zoom", "token"),
    ("zoom", ZOOM.replace("https", "http")),
    ("zoom", ZOOM.replace("https", "file")),
    ("zoom", ZOOM.replace("https:", "")),
    ("zoom", f"https://zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://evilzoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://zoom.us.evil.com/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us.evil.com/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us./closedcaption?{QUERY}"),
    ("zoom", f"https://.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://a..zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://-a.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://{'a' * 64}.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://a_b.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://xn--wmcapi-9ra.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoоm.us/closedcaption?{QUERY}"),  # the second o is Cyrillic
    ("zoom", f"https://wmcapi。zoom。us/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us@evil.com/closedcaption?{QUERY}"),
    ("zoom", f"https://user@wmcapi.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://user:word@wmcapi.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://@wmcapi.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://evil.com\\@wmcapi.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://evil.com#@wmcapi.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://evil.com?.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://evil.com/.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://evil.com%2f.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us:8443/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us:0/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us:/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us:99999/closedcaption?{QUERY}"),
    ("zoom", f"https://127.0.0.1/closedcaption?{QUERY}"),
    ("zoom", f"https://[::1]/closedcaption?{QUERY}"),
    ("zoom", f"https://[::1].zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://2130706433/closedcaption?{QUERY}"),
    ("zoom", f"https://localhost/closedcaption?{QUERY}"),
    ("zoom", f"https:wmcapi.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https:///wmcapi.zoom.us/closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us/closedcaption/../x?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us//closedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us/closedcaption/?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us/closedcaption/seq?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us/closedcaption;x?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us/%63losedcaption?{QUERY}"),
    ("zoom", f"https://wmcapi.zoom.us/j/123?{QUERY}"),
    ("zoom", "https://wmcapi.zoom.us/closedcaption"),
    ("zoom", ZOOM + "#part"),
    ("zoom", ZOOM + "#"),
    ("zoom", ZOOM + "&seq=1"),
    ("zoom", ZOOM + "&SEQ=1"),
    ("zoom", ZOOM + "&signature=another"),
    ("zoom", ZOOM.replace("signature=", "sig=")),
    ("zoom", ZOOM.replace("id=200610693", "id=")),
    ("zoom", f" {ZOOM}"),
    ("zoom", f"{ZOOM}\n"),
    ("zoom", ZOOM.replace("zoom.us", "zoom\t.us")),
    ("zoom", f"{ZOOM}\r\nHost: evil.com"),
    ("zoom", f"{ZOOM}&more={'x' * 4_000}"),
    ("zoom", TEAMS),
    ("zoom", YOUTUBE),
    ("teams", ZOOM),
    ("teams", TEAMS.replace("https", "http")),
    ("teams", TEAMS.replace("api.captions", "x.api.captions")),
    ("teams", TEAMS.replace("token", "key")),
    ("teams", TEAMS.replace("/cartcaption", "/closedcaption")),
    ("youtube", YOUTUBE.replace("http:", "ftp:")),
    ("youtube", YOUTUBE.replace("upload.youtube.com", "upload.youtube.com.evil.com")),
    ("youtube", YOUTUBE.replace("upload", "www")),
    ("youtube", YOUTUBE.replace("com/", "com:443/")),
    ("youtube", YOUTUBE.replace("cid=", "id=")),
]


@pytest.mark.parametrize(("vendor", "address"), GOOD)
def test_the_vendors_addresses_are_accepted(vendor: Vendor, address: str) -> None:
    """Addresses from the documents are accepted, and requested unchanged."""
    OUTPUTS[vendor].check(address)
    assert parse_address(OUTPUTS[vendor].endpoint, address).url("seq=1").endswith(f"?{address.partition('?')[2]}&seq=1")


@pytest.mark.parametrize(("vendor", "address"), TRICKS)
def test_other_addresses_are_refused(vendor: Vendor, address: str) -> None:
    """An address of any other host is refused with a sentence that does not repeat it."""
    with pytest.raises(SettingsError) as refused:
        OUTPUTS[vendor].check(address)
    sentence = str(refused.value)
    assert sentence.startswith("Expected ")
    assert sentence.endswith(".")
    assert SECRET not in sentence
    assert "evil" not in sentence


def test_the_repr_contains_no_secret() -> None:
    """The repr of a checked address contains no secret."""
    assert SECRET not in repr(parse_address(ZoomCaptions.endpoint, ZOOM))
