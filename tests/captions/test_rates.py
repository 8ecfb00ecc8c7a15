"""How much time texts need, in every script."""

import pytest

from app.captions.rates import is_too_fast, is_too_sparse, shortest_s, spoken_s
from app.decode.hypothesis import Word
from tests.fakes.speaker import VoicedWords, spoken_words

FAST = [
    ("en", "we will discuss the budget for next year and then vote on it", 3.0),
    ("de", "Donaudampfschifffahrtsgesellschaften veröffentlichen Geschäftsberichte", 3.1),
    ("th", "เราจะหารือเรื่องงบประมาณสำหรับปีหน้าแล้วลงคะแนน", 2.1),
    ("km", "យើងនឹងពិភាក្សាអំពីថវិកាសម្រាប់ឆ្នាំក្រោយ", 1.9),
    ("my", "ကျွန်တော်တို့ လာမယ့်နှစ်အတွက် ဘတ်ဂျက်ကို ဆွေးနွေးပါမယ်", 2.2),
    ("zh", "我们将讨论明年的预算然后进行表决", 1.9),
    ("ja", "来年の予算について話し合ってから投票します", 2.0),
    ("ko", "우리는 내년 예산을 논의한 다음 투표할 것입니다", 1.9),
    ("vi", "chúng ta sẽ thảo luận về ngân sách cho năm tới rồi bỏ phiếu", 2.2),
    ("hy", "մենք կքննարկենք հաջորդ տարվա բյուջեն և հետո կքվեարկենք", 2.5),
]


@pytest.mark.parametrize(("language", "text", "said_s"), FAST)
def test_fast_speech_is_believed_in_every_script(language: str, text: str, said_s: float) -> None:
    """A sentence at 1.5 times the ordinary pace passes; in a tenth of that time it does not."""
    parts = 2 * (text.split() if " " in text else list(text))
    for pace, is_fast in ((1.0, False), (0.1, True)):
        step_s = 2 * said_s * pace / len(parts)
        words = [Word(part, i * step_s, (i + 1) * step_s, 0.9) for i, part in enumerate(parts)]
        assert is_too_fast(words) == is_fast
    assert shortest_s(text) < said_s / 1.8


def test_marks_take_no_time() -> None:
    """Vowel signs, accents and punctuation do not count."""
    assert shortest_s("é, ñ!") == shortest_s("en")
    assert spoken_s("…") == 0.0


def test_a_tail_without_time_is_too_fast() -> None:
    """A sentence squeezed into the end of a real one is found."""
    real = spoken_words("we talk about the plan for today and tomorrow")
    tail = spoken_words("and here is what the model made up itself", start_s=real[-1].end_s, word_s=0.02)
    assert not is_too_fast(real)
    assert is_too_fast((*real, *tail))


def test_slow_speech_is_not_too_sparse() -> None:
    """Words with long pauses, or drawn out, explain their voice; a tone with one word does not."""
    slow = spoken_words("we must change that now", word_s=1.3, gap_s=1.0)
    assert not is_too_sparse(slow, VoicedWords(slow), 0.0, 12.0)
    few = spoken_words("well then", word_s=1.2, gap_s=2.0)
    assert not is_too_sparse(few, VoicedWords(few), 0.0, 6.0)
    tone = VoicedWords((Word("tone", 0.0, 4.0, 1.0),))
    assert is_too_sparse((Word("We", 0.2, 0.6, 0.9),), tone, 0.0, 4.0)
    assert is_too_sparse((Word("We", 0.2, 3.9, 0.9),), VoicedWords((Word("tone", 0.0, 8.0, 1.0),)), 0.0, 8.0)


def test_speech_after_laughter_is_believed() -> None:
    """Laughter and singing count as voice, and have no words."""
    said = spoken_words("so let us go on with the plan", start_s=6.0, word_s=0.25)
    sound = VoicedWords((Word("laughter", 0.0, 5.5, 1.0), *said))
    assert not is_too_sparse(said, sound, 0.0, 8.0)
