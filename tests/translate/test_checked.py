"""Checked translation: what is protected, repeated and refused."""

import random
from collections.abc import Sequence

import pytest

from app.decode.glossary import parse
from app.errors import TranslateError
from app.translate.checked import CheckedTranslator
from app.translate.model import LanguagePairs, ModelCandidate, ModelRow
from app.translate.request import LockedTerm, TranslationRequest
from app.translate.terms import find_terms
from tests import translation_fuzz
from tests.fakes.faulty_text_model import FAULTS, FaultyTextModel

GERMAN, FRENCH = "Das Ergebnis war sehr gut.", "Le résultat était très bon."
ANSWERS = {(GERMAN, "de", "fr"): FRENCH}


class ScriptedTextModel:
    """Answers each batch with the next function of its list, and the last one from then on."""

    context_sentences = 1
    pairs = LanguagePairs(frozenset({"de", "en", "fr"}), frozenset({"de", "en", "fr"}))

    def __init__(self, *answers: object, has_placeholders: bool = True) -> None:
        """Each answer is a text, an error, or a mapping of the row's text to a text."""
        self.answers = list(answers)
        self.batches: list[list[ModelRow]] = []
        self.has_placeholders = has_placeholders

    def placeholder(self, number: int) -> str | None:
        """Return a placeholder if it has any."""
        return f"⟦{number}⟧" if self.has_placeholders else None

    def generate(self, rows: Sequence[ModelRow], *, beam_size: int = 1, n_best: int = 1) -> list[list[ModelCandidate]]:
        """Return one candidate a row."""
        self.batches.append(list(rows))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        texts = [answer.get(row.text, "") if isinstance(answer, dict) else str(answer) for row in rows]
        return [[ModelCandidate(text, -0.001, is_complete=True)] for text in texts]


def ask(text: str, target: str = "fr", glossary: str = "", *, is_preview: bool = False) -> TranslationRequest:
    """Return a request from German."""
    terms = find_terms(parse(glossary), text, "de", target)
    return TranslationRequest(text, "de", target, terms=terms, is_preview=is_preview)


def test_a_good_sentence_takes_one_greedy_batch() -> None:
    """All requests are in it."""
    model = FaultyTextModel(ANSWERS, random.Random(1), share=0)
    found = CheckedTranslator(model).translate([ask(GERMAN)] * 3)
    assert [(one.text, one.fault) for one in found] == [(FRENCH, None)] * 3
    assert [len(batch) for batch in model.batches] == [3]


def test_no_fault_of_a_model_is_shown() -> None:
    """Of sentences with terms and numbers that a model gets wrong for half of its candidates."""
    report = translation_fuzz.run(seed=20, n_sentences=400)
    assert report.examples == []
    assert (report.bad_shown, report.terms_lost) == (0, 0)
    assert set(report.faults_written) == set(FAULTS)
    assert report.shown > 300


def test_a_model_that_always_fails_shows_originals() -> None:
    """They are marked; the other sentences had a fault that does not apply to them."""
    report = translation_fuzz.run(seed=21, n_sentences=60, share=1.0)
    assert report.examples == []
    assert report.originals > 20


def test_terms_and_literals_are_protected_and_written_as_the_glossary_has_them() -> None:
    """The model sees placeholders; words get spaces where it glues them."""
    model = ScriptedTextModel("Le lancement du⟦1⟧ coûte ⟦2⟧.")
    request = ask("Der Start des Nordlichts kostet 1.250,50 €.", glossary="Nordlicht => Aurore [fr]")
    assert CheckedTranslator(model).translate([request])[0].text == "Le lancement du Aurore coûte 1\u202f250,50 €."
    assert model.batches[0][0].text == "Der Start des ⟦1⟧ kostet ⟦2⟧."


def test_a_model_without_placeholders_gets_the_term_in_its_source() -> None:
    """It is asked again only if it lost the term."""
    model = ScriptedTextModel(
        "Le nordlicht commence.", {"Aurore beginnt heute.": "Aurore commence."}, has_placeholders=False
    )
    request = ask("Nordlicht beginnt heute.", glossary="Nordlicht => Aurore [fr]")
    assert CheckedTranslator(model).translate([request])[0].text == "Aurore commence."
    assert [row.text for batch in model.batches for row in batch] == [
        "Nordlicht beginnt heute.",
        "Aurore beginnt heute.",
    ]


def test_a_lost_term_is_forced_or_put_between_translated_fragments() -> None:
    """The last resort keeps the order of the original."""
    fragments = {"Wir beginnen mit": "Nous commençons avec.", "am Montag.": "Lundi."}
    model = ScriptedTextModel("Nous commençons.", "Nous commençons.", fragments, "lundi.")
    request = ask("Wir beginnen mit Nordlicht am Montag.", glossary="Nordlicht => Aurore [fr]")
    assert CheckedTranslator(model).translate([request])[0].text == "Nous commençons avec Aurore lundi."
    assert model.batches[-1][0].prefix == "Nous commençons avec Aurore"
    model = ScriptedTextModel("Nous commençons.", "Nous commençons.", fragments, "")
    assert CheckedTranslator(model).translate([request])[0].text == "Nous commençons avec Aurore lundi."


def test_a_number_in_words_that_is_lost_is_protected_as_digits() -> None:
    """The model then copies it."""
    model = ScriptedTextModel("Nous avons cinquante clients.", {"Wir haben ⟦1⟧ Kunden.": "Nous avons ⟦1⟧ clients."})
    assert CheckedTranslator(model).translate([ask("Wir haben fünfzehn Kunden.")])[0].text == "Nous avons 15 clients."


def test_a_preview_is_never_repeated() -> None:
    """It is the original with its fault."""
    model = ScriptedTextModel(GERMAN)
    found = CheckedTranslator(model).translate([ask(GERMAN, is_preview=True)])[0]
    assert (found.text, found.fault, len(model.batches)) == (GERMAN, "copied", 1)


def test_context_is_given_at_first_and_left_out_when_it_fails() -> None:
    """The prefix is the translation of the sentence before."""
    model = ScriptedTextModel("", FRENCH)
    request = TranslationRequest(GERMAN, "de", "fr", previous="Danke.", previous_translation="Merci.")
    assert CheckedTranslator(model).translate([request])[0].text == FRENCH
    assert [(batch[0].prefix, batch[0].previous) for batch in model.batches] == [("Merci.", "Danke."), ("", "")]


def test_what_needs_no_words_needs_no_model() -> None:
    """Numbers, addresses and terms alone are written as the target has them."""
    model = ScriptedTextModel("")
    requests = [ask("1.250,50 €!", "en"), ask("Surtitle: 15", glossary="surtitle = keep"), ask("…")]
    assert [one.text for one in CheckedTranslator(model).translate(requests)] == ["1,250.50 €!", "surtitle: 15", "…"]
    assert model.batches == []


def test_a_pair_that_the_model_does_not_know_stays_in_the_original() -> None:
    """It is marked."""
    found = CheckedTranslator(ScriptedTextModel("")).translate([ask(GERMAN, "ja")])[0]
    assert (found.text, found.fault) == (GERMAN, "empty")


def test_a_failed_batch_is_an_error_but_a_failed_repetition_is_not() -> None:
    """The good translations of the first batch are not lost."""
    with pytest.raises(TranslateError):
        CheckedTranslator(ScriptedTextModel(TranslateError("no"))).translate([ask(GERMAN)])
    model = ScriptedTextModel({GERMAN: FRENCH}, TranslateError("no"))
    found = CheckedTranslator(model).translate([ask(GERMAN), ask("Guten Morgen zusammen.")])
    assert [(one.text, one.fault) for one in found] == [(FRENCH, None), ("Guten Morgen zusammen.", "empty")]


def test_an_improbable_translation_is_not_believed() -> None:
    """The limit can be set."""
    model = ScriptedTextModel(FRENCH)
    found = CheckedTranslator(model, unsure_logprob=-0.0001).translate([ask(GERMAN)])[0]
    assert (found.text, found.fault) == (GERMAN, "unsure")


def test_many_parts_are_protected_as_far_as_placeholders_go() -> None:
    """Terms come first; the rest is in the text and must arrive too."""
    text = "Zahlen: 1; 2; 3; 4; 5; 6; 7; 8; 9; 10; 11; Nordlicht."
    model = ScriptedTextModel("Chiffres: ⟦1⟧; ⟦2⟧; ⟦3⟧; ⟦4⟧; ⟦5⟧; ⟦6⟧; ⟦7⟧; ⟦8⟧; 9; 10; 11; ⟦9⟧.")
    request = TranslationRequest(text, "de", "fr", terms=(LockedTerm("Nordlicht", "Aurore"),))
    found = CheckedTranslator(model).translate([request])[0]
    assert found.text == "Chiffres: 1; 2; 3; 4; 5; 6; 7; 8; 9; 10; 11; Aurore."


def test_a_term_whose_placeholder_the_model_loses_takes_the_place_of_its_translation() -> None:
    """The word is found in the free translation, because the model writes the same for the term alone."""
    model = ScriptedTextModel(
        {
            "Die Konferenz dauert vier Tage.": "La conférence dure quatre jours.",
            "Konferenz": "conférence",
            "Die Konferenz": "La conférence",
        }
    )
    request = ask("Die Konferenz dauert vier Tage.", glossary="Konferenz => Sommet [fr]")
    assert CheckedTranslator(model).translate([request])[0].text == "La Sommet dure quatre jours."


def test_a_term_that_is_not_found_in_the_free_translation_leaves_the_original() -> None:
    """A translation of the term alone that the sentence does not have, or has twice, says nothing about its place."""
    text = "Die Konferenz dauert vier Tage."
    for written in ("Le congrès dure quatre jours.", "La conférence, conférence de quatre jours."):
        model = ScriptedTextModel({text: written, "Konferenz": "conférence", "Die Konferenz": "La conférence"})
        found = CheckedTranslator(model).translate([ask(text, glossary="Konferenz => Sommet [fr]")])[0]
        assert (found.text, found.fault is not None) == (text, True)
