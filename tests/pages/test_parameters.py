"""The parameters of an overlay's address, in a real browser."""

import pytest
from playwright.async_api import expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page

GOOD = """
lang=de lang=zh-Hant lang=source dual=1 dual=yes dual=off lines=1 lines=8 maxchars=10 fontSize=48 fontSize=4vh
font=Noto+Sans weight=700 lineHeight=1.25 color=fff color=%23ffcc00 bg=000 bgOpacity=.5 bgOpacity=0 outline=2
align=center valign=top margin=0 width=100 mode=block mode=static mode=rollup pending=off clear=0 delay=30
speakers=label case=upper dir=rtl motion=on theme=hc late=0 demo=true debug=1
"""
BAD = """
lang=x lang=<b> lang=constructor! dual=2 dual=constructor dual=__proto__ lines=0 lines=9 lines=2.5 lines=1e0
maxchars=9 maxchars=121 fontSize=0 fontSize=401 fontSize=4pt fontSize=-1 font=a;b font=%22 weight=99 lineHeight=9
color=red color=12345 color=ffff bg=url(x) bgOpacity=2 bgOpacity= outline=21 align=start valign=left margin=41
width=9 mode=pop pending=1 clear=-1 clear=601 delay=31 speakers=1 case=lower dir=down motion=1 theme=Dark
late=maybe demo=x debug=+ t=key constructor=1 __proto__=1 toString=1 hasOwnProperty=1 LINES=3
"""
READ_QUERY = "(query) => import('/static/room/parameters.js').then(({ readQuery }) => readQuery(query))"
CHANGED = """async (queries) => {
  const { parse, readQuery } = await import('/static/room/parameters.js');
  const usual = JSON.stringify(parse(''));
  return queries.filter((query) => Object.keys(readQuery(query)).length || JSON.stringify(parse(query)) !== usual);
}"""
LOOKS = """() => {
  const [box, word, place] = ['.caption-box', '.caption-final', '#stage']
    .map((name) => getComputedStyle(document.querySelector(name)));
  const { width, top } = document.querySelector('.caption-box').getBoundingClientRect();
  return [
    word.fontSize, word.fontWeight, word.fontFamily, word.color, word.webkitTextStrokeWidth, box.backgroundColor,
    box.textTransform, box.textAlign, box.lineHeight, place.justifyContent, Math.round(width), Math.round(top),
  ];
}"""


async def test_invalid_values_are_ignored() -> None:
    """Each valid value is used, each invalid one is ignored, and short names work."""
    async with serve_rooms(HostedRooms()) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main")
        assert await page.evaluate(CHANGED, GOOD.split()) == GOOD.split()
        assert await page.evaluate(CHANGED, BAD.split()) == []
        short = "fs=50&fgc=fff&bgc=000&ln=de&FS=3&track=en"
        assert await page.evaluate(READ_QUERY, short) == {"fontSize": "50", "color": "fff", "bg": "000", "lang": "en"}


@pytest.mark.parametrize(
    ("query", "looks"),
    [
        (
            "fs=40&weight=700&font=DejaVu+Serif&fgc=ffcc00&bgc=102030&bgOpacity=.5&case=upper&align=center&lineHeight=1.5"
            "&valign=top&margin=10&width=50&outline=3",
            [
                "40px",
                "700",
                '"DejaVu Serif", system-ui, sans-serif',
                "rgb(255, 204, 0)",
                "3px",
                "rgba(16, 32, 48, 0.5)",
                "uppercase",
                "center",
                "60px",
                "flex-start",
                568,
                72,
            ],
        ),
        (
            "fs=40&font=Arial&maxchars=20&theme=light&bgOpacity=1&valign=middle&align=right&lines=1&lineHeight=1",
            [
                "40px",
                "600",
                "Arial, system-ui, sans-serif",
                "rgb(17, 17, 17)",
                "0px",
                "rgb(255, 255, 255)",
                "none",
                "right",
                "40px",
                "center",
                496,
                330,
            ],
        ),
    ],
)
async def test_looks_reach_the_screen(query: str, looks: list[object]) -> None:
    """Size, font, colours, position and case are those of the address."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&{query}")
        rooms.say("1-0", "words", rev=1)
        await expect(page.locator(".caption-final")).to_have_count(1)
        assert await page.evaluate(LOOKS) == looks
