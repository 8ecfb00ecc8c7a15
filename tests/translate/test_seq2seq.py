"""One translation model on CTranslate2, with a model set by hand."""

from pathlib import Path

import pytest

from app.errors import ModelError, TranslateError
from app.translate.model import ModelRow
from app.translate.seq2seq import Seq2SeqModel
from tests.support.toy_translator import LOOP, write_toy_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Seq2SeqModel:
    """Return a loaded model."""
    return Seq2SeqModel(write_toy_model(tmp_path_factory.mktemp("toy")), device="cpu", compute_type="float32")


def test_several_targets_are_one_batch(model: Seq2SeqModel) -> None:
    """Each row is written in its own language, whatever the others are."""
    rows = [ModelRow("guten Morgen .", "de", target) for target in ("en", "fr", "pt")]
    found = [one[0] for one in model.generate([*rows, ModelRow("good house", "en", "de")])]
    assert [one.text for one in found] == ["good morning .", "bon matin .", "bom manhã .", "guten Haus"]
    assert all(one.is_complete and -0.1 < one.logprob < 0 for one in found)


def test_a_prefix_is_kept_and_not_returned(model: Seq2SeqModel) -> None:
    """Prefix and text together are the translation, and only the new tokens are scored."""
    [[alone], [after]] = model.generate(
        [ModelRow("guten Morgen .", "de", "fr"), ModelRow("guten Morgen .", "de", "fr", prefix="bon")]
    )
    assert (alone.text, after.text) == ("bon matin .", " matin .")
    assert after.logprob == pytest.approx(alone.logprob, abs=0.01)


def test_the_sentence_before_is_context(model: Seq2SeqModel) -> None:
    """Its translation is the prefix."""
    row = ModelRow("Haus offen", "de", "fr", prefix="bon matin", previous="guten Morgen")
    assert model.generate([row])[0][0].text == " maison ouvert"


def test_a_model_that_repeats_itself_is_stopped(model: Seq2SeqModel) -> None:
    """The limit follows the source, and the candidate says that it has no end; others in the batch are whole."""
    [[loop], [whole]] = model.generate([ModelRow(LOOP, "de", "fr"), ModelRow("Haus", "de", "fr")])
    assert not loop.is_complete
    assert len(loop.text.split()) == 2 * 3 + 16
    assert (whole.text, whole.is_complete) == ("maison", True)


def test_several_candidates_are_in_order(model: Seq2SeqModel) -> None:
    """The most probable one comes first."""
    [found] = model.generate([ModelRow("guten Morgen", "de", "pt")], n_best=3)
    assert found[0].text == "bom manhã"
    assert [one.logprob for one in found] == sorted((one.logprob for one in found), reverse=True)


def test_placeholders_are_tokens_that_it_copies(model: Seq2SeqModel) -> None:
    """Such a model was made for Surtitle, and gets the sentence before too."""
    placeholder = model.placeholder(3)
    assert placeholder is not None
    assert model.generate([ModelRow(f"guten {placeholder} .", "de", "fr")])[0][0].text == f"bon {placeholder} ."
    assert model.context_sentences == 1


def test_a_source_that_is_too_long_is_cut(model: Seq2SeqModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model sees no more than it has positions for, and the candidate is incomplete."""
    monkeypatch.setattr("app.translate.seq2seq.SOURCE_MAX", 5)
    [[found]] = model.generate([ModelRow("Haus " * 9, "de", "fr")])
    assert (found.text, found.is_complete) == ("maison maison maison", False)


def test_a_pair_that_it_does_not_know_is_an_error(model: Seq2SeqModel) -> None:
    """Nothing is guessed."""
    with pytest.raises(TranslateError, match="from de to ja"):
        model.generate([ModelRow("Haus", "de", "ja")])
    assert model.generate([]) == []


def test_nllb_names_languages_with_its_own_codes(tmp_path: Path) -> None:
    """The toy in the other family translates the same, with 8 bits too."""
    folder = write_toy_model(tmp_path / "toy", "nllb", quantization="int8")
    model = Seq2SeqModel(folder, device="cpu", compute_type="int8")
    assert model.generate([ModelRow("guten Morgen .", "de", "fr")])[0][0].text == "bon matin ."


def test_a_damaged_model_is_a_model_error(tmp_path: Path) -> None:
    """Its weights are cut off."""
    folder = write_toy_model(tmp_path / "toy")
    weights = folder / "model.bin"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="cannot be loaded"):
        Seq2SeqModel(folder, device="cpu", compute_type="float32")
