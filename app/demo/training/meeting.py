"""Makes the demo meeting and the self-test clip: recordings, and their scripts with the time of every word.

Four held-out speakers have a short meeting, two in German and two in English.
"""

import json
import random
from dataclasses import asdict
from pathlib import Path

from app.demo.training.grammar import find
from app.demo.training.recording import write_recording
from app.demo.training.scene import Scene, ScriptLine
from app.demo.training.speech import Voice

_SEED = 2024
_SPEAKERS: dict[str, tuple[str, Voice]] = {
    "Julia": ("de", Voice("de", "belinda", 150, 52)),
    "Thomas": ("de", Voice("de", "victor", 155, 45)),
    "Sarah": ("en", Voice("en", "anika", 150, 55)),
    "David": ("en", Voice("en-us", "benjamin", 155, 48)),
}

SCRIPT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Julia", (
        "Guten Morgen zusammen.",
        "Herzlich willkommen zu unserer Besprechung am Dienstag.",
        "Könnt ihr mich gut hören?",
    )),
    ("David", (
        "Guten Morgen zusammen.",
        "Schön, dass ihr alle da seid.",
    )),
    ("Julia", (
        "Die Untertitel werden live übersetzt.",
        "Jeder kann in seiner Sprache sprechen.",
        "Wir beginnen mit den Neuigkeiten aus Berlin.",
    )),
    ("Thomas", (
        "Das Vertriebsteam hat letzte Woche zwölf Kunden gewonnen.",
        "Der Umsatz ist um acht Prozent gestiegen.",
        "Auf der nächsten Folie seht ihr das Budget.",
    )),
    ("Sarah", (
        "Das freut mich sehr.",
        "Hat jemand eine Frage dazu?",
    )),
    ("David", (
        "Wer ist für die neue Version verantwortlich?",
    )),
    ("Thomas", (
        "Das ist eine gute Frage.",
        "Wir müssen die Dokumentation bis Freitag fertig machen.",
        "Das Entwicklungsteam arbeitet heute an der Lösung.",
    )),
    ("David", (
        "Der Fehler wurde gestern behoben.",
        "Wir können die Plattform nächste Woche testen.",
    )),
    ("Sarah", (
        "Wir suchen drei neue Entwickler in Hamburg.",
        "Sofia ist neu bei uns in London.",
        "Bitte begrüßt Sofia ganz herzlich.",
    )),
    ("Julia", (
        "Vielen Dank, Sofia.",
        "Unsere Kunden waren sehr zufrieden.",
        "Zum Schluss noch eine Ankündigung.",
        "Die Konferenz beginnt im September in Wien.",
    )),
    ("Sarah", (
        "Wir erwarten fünfzig Gäste aus Dublin.",
        "Vielen Dank für eure Aufmerksamkeit.",
    )),
    ("Julia", (
        "Die nächste Besprechung ist am Montag.",
        "Bis zum nächsten Mal.",
    )),
    ("David", ("Auf Wiedersehen.",)),
)  # fmt: skip
"""The meeting as (speaker, sentences in German); each is spoken in the speaker's own language."""

CLIP = find("Ich möchte heute über die neue Version sprechen.")


def make_meeting(directory: Path) -> None:
    """Write meeting.flac and its script meeting.json into the directory.

    Raises:
        SpeechError: espeak-ng is missing.
    """
    generator = random.Random(_SEED)
    scene = Scene(_SEED)
    speakers: list[str] = []
    scene.pause(0.8)
    for speaker, sentences in SCRIPT:
        language, voice = _SPEAKERS[speaker]
        for number, german in enumerate(sentences):
            scene.say(find(german), language, voice)
            speakers.append(speaker)
            last = number == len(sentences) - 1
            scene.pause(generator.uniform(0.8, 1.5) if last else generator.uniform(0.3, 0.6))
    write_recording(directory / "meeting.flac", scene.samples())
    lines = [describe_line(line) | {"speaker": name} for name, line in zip(speakers, scene.lines, strict=True)]
    _write_json(directory / "meeting.json", {"duration_s": round(scene.duration_s, 3), "lines": lines})


def make_clip(directory: Path) -> None:
    """Write clip.flac, one English sentence for the service's self-test, and clip.json.

    Raises:
        SpeechError: espeak-ng is missing.
    """
    scene = Scene(_SEED + 1)
    scene.pause(0.4)
    line = scene.say(CLIP, "en", _SPEAKERS["Sarah"][1])
    scene.pause(0.6)
    write_recording(directory / "clip.flac", scene.samples())
    _write_json(directory / "clip.json", {"language": "en", "text": line.text, **asdict(line.sentence)})


def describe_line(line: ScriptLine) -> dict[str, object]:
    """Return a line for the JSON script, with times in milliseconds."""
    words = [{"text": w.text, "start_s": round(w.start_s, 3), "end_s": round(w.end_s, 3)} for w in line.words]
    return {
        "language": line.language,
        "text": line.text,
        **asdict(line.sentence),
        "start_s": round(line.start_s, 3),
        "end_s": round(line.end_s, 3),
        "words": words,
    }


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
