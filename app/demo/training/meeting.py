"""Makes the demo meeting and the self-test clip: recordings, and their scripts with the time of every word.

Four held-out speakers have a short meeting, two in German and two in English.
"""

import json
import random
from pathlib import Path

from app.demo.training.grammar import Sentence
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

SCRIPT: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Julia", (
        ("Guten Morgen zusammen.", "Good morning everyone."),
        ("Herzlich willkommen zu unserer Besprechung am Dienstag.", "Welcome to our meeting on Tuesday."),
        ("Könnt ihr mich gut hören?", "Can you hear me well?"),
    )),
    ("David", (
        ("Guten Morgen zusammen.", "Good morning everyone."),
        ("Schön, dass ihr alle da seid.", "It is nice that you are all here."),
    )),
    ("Julia", (
        ("Die Untertitel werden live übersetzt.", "The subtitles are translated live."),
        ("Jeder kann in seiner Sprache sprechen.", "Everyone can speak in their own language."),
        ("Wir beginnen mit den Neuigkeiten aus Berlin.", "We start with the news from Berlin."),
    )),
    ("Thomas", (
        ("Das Vertriebsteam hat letzte Woche zwölf Kunden gewonnen.", "The sales team won twelve customers last week."),
        ("Der Umsatz ist um acht Prozent gestiegen.", "Revenue has grown by eight percent."),
        ("Auf der nächsten Folie seht ihr das Budget.", "On the next slide you see the budget."),
    )),
    ("Sarah", (
        ("Das freut mich sehr.", "I am very happy about that."),
        ("Hat jemand eine Frage dazu?", "Does anyone have a question about this?"),
    )),
    ("David", (
        ("Wer ist für die neue Version verantwortlich?", "Who is responsible for the new version?"),
    )),
    ("Thomas", (
        ("Das ist eine gute Frage.", "That is a good question."),
        ("Wir müssen die Dokumentation bis Freitag fertig machen.", "We have to finish the documentation by Friday."),
        ("Das Entwicklungsteam arbeitet heute an der Lösung.",
         "The development team is working on the solution today."),
    )),
    ("David", (
        ("Der Fehler wurde gestern behoben.", "The bug was fixed yesterday."),
        ("Wir können die Plattform nächste Woche testen.", "We can test the platform next week."),
    )),
    ("Sarah", (
        ("Wir suchen drei neue Entwickler in Hamburg.", "We are looking for three new developers in Hamburg."),
        ("Sofia ist neu bei uns in London.", "Sofia is new with us in London."),
        ("Bitte begrüßt Sofia ganz herzlich.", "Please give Sofia a warm welcome."),
    )),
    ("Julia", (
        ("Vielen Dank, Sofia.", "Thank you very much, Sofia."),
        ("Unsere Kunden waren sehr zufrieden.", "Our customers were very satisfied."),
        ("Zum Schluss noch eine Ankündigung.", "Finally, one more announcement."),
        ("Die Konferenz beginnt im September in Wien.", "The conference starts in September in Vienna."),
    )),
    ("Sarah", (
        ("Wir erwarten fünfzig Gäste aus Dublin.", "We expect fifty guests from Dublin."),
        ("Vielen Dank für eure Aufmerksamkeit.", "Thank you very much for your attention."),
    )),
    ("Julia", (
        ("Die nächste Besprechung ist am Montag.", "The next meeting is on Monday."),
        ("Bis zum nächsten Mal.", "See you next time."),
    )),
    ("David", (("Auf Wiedersehen.", "Goodbye."),)),
)  # fmt: skip
"""The meeting as (speaker, sentences in German and English); each is spoken in the speaker's own language."""

CLIP = Sentence("Ich möchte heute über die neue Version sprechen.", "Today I would like to talk about the new version.")


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
        for number, (german, english) in enumerate(sentences):
            scene.say(Sentence(german, english), language, voice)
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
    _write_json(directory / "clip.json", {"language": "en", "text": line.text})


def describe_line(line: ScriptLine) -> dict[str, object]:
    """Return a line for the JSON script, with times in milliseconds."""
    words = [{"text": w.text, "start_s": round(w.start_s, 3), "end_s": round(w.end_s, 3)} for w in line.words]
    return {
        "language": line.language,
        "text": line.text,
        "english": line.sentence.english,
        "start_s": round(line.start_s, 3),
        "end_s": round(line.end_s, 3),
        "words": words,
    }


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
