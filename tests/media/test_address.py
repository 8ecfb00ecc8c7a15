"""Tests for app.media.address: where URLs lead, and tricks that hide it."""

import os
import re
import socket
from collections.abc import Sequence
from ipaddress import ip_address

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.errors import MediaError, SourceError, SurtitleError
from app.media.address import is_public, is_url, resolve

FUZZ_CASES = int(os.environ.get("SURTITLE_FUZZ_CASES", "300"))

NAMES = {
    "radio.example": ["93.184.216.34", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "xn--mller-kva.example": ["93.184.216.34"],
    "localhost": ["127.0.0.1", "::1"],
    "localhost.localdomain": ["127.0.0.1"],
    "ip6-localhost": ["::1"],
    "app.localhost": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "router": ["192.168.0.1"],
    "localtest.me": ["127.0.0.1"],
    "mixed.example": ["93.184.216.34", "10.0.0.5"],
    "mixed6.example": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::1"],
    "zoned.example": ["fe80::1%2"],
    "odd.example": ["not an address"],
}
"""Hosts and addresses of the tests' resolver."""


def lookup(host: str, port: int) -> Sequence[str]:
    """Parse numbers in all ways that the system does, and look up names in a table; `a-b-c-d.nip.io` is a.b.c.d."""
    written = re.fullmatch(r"(?:.*[.-])?(\d+)[.-](\d+)[.-](\d+)[.-](\d+)\.nip\.io", host.lower())
    if written:
        return [".".join(written.groups())]
    try:
        return NAMES[host.lower().rstrip(".")]
    except KeyError:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [str(entry[4][0]) for entry in found]


TRICKS = """
http://127.0.0.1/
http://127.0.0.1:80/
http://127.0.0.1./
http://127.1/
http://127.0.1/
http://127.8.8.8/
http://2130706433/
http://017700000001/
http://0x7f000001/
http://0x7F.0x0.0x0.0x1/
http://0177.0.0.1/
http://0177.0x0.0.01/
http://127.0.0.0x1/
http://0/
http://0.0.0.0/
http://0x0/
http://00000000000/
http://10.0.0.1/
http://10.1/
http://167772161/
http://012.0.0.1/
http://172.16.0.1/
http://172.31.255.255/
http://192.168.1.1/
http://3232235777/
http://0xC0A80101/
http://169.254.169.254/latest/meta-data/
http://2852039166/
http://0xA9FEA9FE/
http://0251.0376.0251.0376/
http://169.254.43518/
http://metadata.google.internal/computeMetadata/v1/
http://100.64.0.1/
http://100.100.100.200/
http://192.0.0.192/
http://192.0.2.1/
http://192.88.99.1/
http://198.18.0.1/
http://198.51.100.7/
http://203.0.113.9/
http://224.0.0.1/
http://239.255.255.250:1900/
http://240.0.0.1/
http://255.255.255.255/
http://[::1]/
http://[0:0:0:0:0:0:0:1]/
http://[0000::0001]/
http://[::]/
http://[::ffff:127.0.0.1]/
http://[::ffff:7f00:1]/
http://[0:0:0:0:0:ffff:a9fe:a9fe]/
http://[::127.0.0.1]/
http://[::ffff:0:127.0.0.1]/
http://[64:ff9b::7f00:1]/
http://[64:ff9b::169.254.169.254]/
http://[64:ff9b:1::5db8:d822]/
http://[2002:7f00:1::]/
http://[2002:a00:1::1]/
http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/
http://[2001:0:7f00:1::]/
http://[fe80::1]/
http://[fe80::1%25eth0]/
http://[fe80::1%eth0]/
http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c%25eth0]/
http://[fec0::1]/
http://[fc00::1]/
http://[fd00:ec2::254]/
http://[ff02::1]/
http://[100::1]/
http://[2001:db8::1]/
http://[3fff::1]/
http://[5f00::1]/
http://[4000::1]/
http://[v1.fe80::1]/
http://localhost/
http://LOCALHOST/
http://localhost./
http://localhost:8000/
http://localhost.localdomain/
http://ip6-localhost/
http://app.localhost/
http://router/
http://localtest.me/
http://127.0.0.1.nip.io/
http://10-0-0-1.nip.io/
http://radio.example.192-168-1-1.nip.io/
http://mixed.example/
http://mixed6.example/
http://zoned.example/
http://odd.example/
http://radio.example@127.0.0.1/
http://radio.example:80@127.0.0.1:80/
http://radio.example%40127.0.0.1/
http://radio.example\\@127.0.0.1/
http://127.0.0.1\\@radio.example/
http://radio.example#@127.0.0.1\\/
http://127.0.0.1%2f@localhost/
http://127.0.0.1?@localhost\\radio.example/
http://①②⑦.⓪.⓪.①/
http://１２７.０.０.１/
http://127。0。0。1/
http://127．0．0．1/
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/
http://0x7f。1/
http://١٢٧.٠.٠.١/
http://127.0.0.1%00.radio.example/
http://127.0.0.1%20.radio.example/
http://%6c%6f%63%61%6c%68%6f%73%74/
http://127.0.0.1 .radio.example/
http://radio.example:80:127.0.0.1/
http://radio.example:99999/
http://radio.example:0/
http://radio.example:-1/
http://radio.example:８０a/
http:///etc/passwd
http://
http://./
http://../
http://-/
http://[/
http://[]/
http://[::1/
http://127.0.0.1]/
http://[127.0.0.1]/
HTTP://127.0.0.1/
hTTps://127.0.0.1/
https://127.0.0.1:443/
 http://127.0.0.1/
file:///etc/passwd
FILE://localhost/etc/passwd
ftp://radio.example/
gopher://radio.example/
rtsp://radio.example/
tcp://radio.example:80
concat://radio.example
crypto+http://radio.example/
http+unix://radio.example/
http:radio.example
http:/radio.example/
//radio.example/
javascript://radio.example/
data:audio/wav;base64,AAAA
""".strip("\n").split("\n")


@pytest.mark.parametrize("url", TRICKS)
def test_no_trick_reaches_a_private_address(url: str) -> None:
    """URLs that hide a private address, or that URL parsers disagree on, are refused."""
    with pytest.raises((MediaError, SourceError)):
        resolve(url, lookup)


@pytest.mark.parametrize("character", [*map(chr, range(0x21)), "\x7f", "\u2028", "\u200b", "\ufeff"])
def test_invisible_characters_do_not_split_a_host(character: str) -> None:
    """Line ends, blanks and zeros in a URL cannot start another header or another host."""
    try:
        hosts = {resolve(f"http://radio.example{character}/", lookup).host}
    except (MediaError, SourceError):
        hosts = set()
    assert hosts <= {"radio.example"}


@pytest.mark.parametrize(
    ("url", "host", "port", "target"),
    [
        ("http://radio.example", "radio.example", 80, "/"),
        ("HTTPS://Radio.Example/live.mp3?a=b&c=%20d", "radio.example", 443, "/live.mp3?a=b&c=%20d"),
        ("http://radio.example:8000/ä b.mp3".replace(" ", "%20"), "radio.example", 8000, "/%C3%A4%20b.mp3"),
        ("https://müller.example/", "xn--mller-kva.example", 443, "/"),
        ("http://93.184.216.34/x", "93.184.216.34", 80, "/x"),
        ("http://93.184.216.34.nip.io/", "93.184.216.34.nip.io", 80, "/"),
        ("http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:81/", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", 81, "/"),
        ("http://[64:ff9b::5db8:d822]/", "64:ff9b::5db8:d822", 80, "/"),
        ("http://127.0.0.1@radio.example/", "radio.example", 80, "/"),
        ("http://radio.example/#@127.0.0.1", "radio.example", 80, "/"),
    ],
)
def test_public_addresses_are_found(url: str, host: str, port: int, target: str) -> None:
    """A public address is allowed, and its host, port and target are returned."""
    place = resolve(url, lookup)
    assert (place.host, place.port, place.target) == (host, port, target)
    assert place.addresses
    assert place.is_secure is (url[:5].lower() == "https")


def test_a_login_is_kept_for_the_server() -> None:
    """Name and password are separate from the host."""
    assert resolve("http://me:p%40ss@radio.example/", lookup).login == "me:p@ss"
    assert resolve("http://radio.example/", lookup).login is None


def test_private_networks_need_the_setting() -> None:
    """With the setting a private address is allowed; without it the error names the option."""
    assert resolve("http://router/cam", lookup, private=True).addresses == ("192.168.0.1",)
    with pytest.raises(MediaError, match="--private-sources"):
        resolve("http://router/cam", lookup)
    with pytest.raises(MediaError):
        resolve("file:///etc/passwd", lookup, private=True)


def test_a_host_is_looked_up_once() -> None:
    """There is no second lookup, which could return a private address."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    place = resolve("http://rebound.example/", lambda host, port: answers.pop(0))
    assert place.addresses == ("93.184.216.34",)
    assert answers == [["127.0.0.1"]]


def test_an_unknown_host_is_worth_another_attempt() -> None:
    """A failed lookup is a SourceError, which means: try again."""
    with pytest.raises(SourceError, match="cannot be opened"):
        resolve("http://nobody.example/", lookup)
    with pytest.raises(SourceError, match="cannot be opened"):
        resolve("http://nobody.example/", lambda host, port: [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://a/b", True),
        ("RTSP://a", True),
        ("a.wav", False),
        ("C:\\a.wav", False),
        ("://a", False),
        ("a b://c", False),
    ],
)
def test_streams_are_recognized(text: str, expected: bool) -> None:
    """Text that begins with a scheme is a stream."""
    assert is_url(text) is expected


numbers = st.integers(0, 2**32 - 1)
parts = st.integers(0, 255)
spelled = st.one_of(
    numbers.map(str),
    numbers.map(hex),
    numbers.map(lambda number: f"0{number:o}"),
    numbers.map(lambda number: f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]"),
    numbers.map(lambda number: f"[64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}]"),
    numbers.map(lambda number: f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]"),
    st.tuples(parts, parts, parts, parts).map(lambda four: ".".join(map(str, four))),
    st.tuples(parts, parts, parts, parts).map(lambda four: ".".join(map(hex, four))),
    st.tuples(parts, parts, parts, parts).map(lambda four: "-".join(map(str, four)) + ".nip.io"),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.sampled_from(sorted(NAMES)),
    st.text(max_size=20),
)
urls = st.one_of(
    st.text(max_size=60),
    st.tuples(
        st.sampled_from(["http://", "https://", "HTTP://", "http:/", "//", "http://a@", "http://radio.example@", ""]),
        st.text(alphabet="@:/\\?#%[].①１。\t ", max_size=3),
        spelled,
        st.sampled_from(["", ":80", ":", "/", "/..", "#", "?", "@radio.example", "\\@radio.example", ".", "%00", "\n"]),
        st.text(max_size=5),
    ).map("".join),
)


@settings(max_examples=FUZZ_CASES, deadline=None)
@given(urls)
@example("http://[2002:7f00:1::1]/")
@example("http://[::ffff:a00:1]/")
def test_only_public_addresses_are_allowed(url: str) -> None:
    """Any text is either refused with a sentence or leads to addresses that the whole internet can reach."""
    try:
        place = resolve(url, lookup)
    except SurtitleError:
        return
    for address in place.addresses:
        inner = ip_address(address)
        assert is_public(address)
        mapped = getattr(inner, "ipv4_mapped", None) or getattr(inner, "sixtofour", None)
        translated = ip_address(int(inner) & 0xFFFFFFFF) if str(inner).startswith("64:ff9b::") else None
        reached = mapped or translated or inner
        assert reached.is_global
        assert not any((reached.is_multicast, reached.is_loopback, reached.is_link_local, reached.is_unspecified))
