"""The offline reference: faster-whisper decodes a whole recording, as a measure for live decoding."""

from faster_whisper import BatchedInferencePipeline

from app.audio.chunk import Samples
from app.decode.hypothesis import Word
from app.decode.request import Task
from app.decode.whisper import Whisper, error_sentence
from app.errors import DecodeError


def decode_offline(
    whisper: Whisper,
    samples: Samples,
    *,
    language: str | None,
    task: Task,
    with_words: bool = False,
    beam_size: int = 5,
) -> list[Word]:
    """Decode a whole recording with faster-whisper's batched pipeline.

    No timestamps, windows of up to 30 s cut at silences, and the tokens that the model's configuration suppresses.
    Without `with_words` all words of a segment carry the segment's times. With `language` None the language of each
    window is detected.

    Raises:
        DecodeError: The model failed.
    """
    try:
        segments, _ = BatchedInferencePipeline(whisper.faster_whisper).transcribe(
            samples,
            language=language,
            task=task,
            beam_size=beam_size,
            without_timestamps=True,
            word_timestamps=with_words,
            multilingual=language is None,
            # faster-whisper's default makes a list from the tokenizer, in which some of the demo model's words would be
            suppress_tokens=list(whisper.suppress_ids),
            batch_size=8,
        )
        words: list[Word] = []
        for segment in segments:
            if segment.words:
                words += [Word(word.word.strip(), word.start, word.end, word.probability) for word in segment.words]
            else:
                words += [Word(text, segment.start, segment.end, 1.0) for text in segment.text.split()]
    except (RuntimeError, ValueError) as exc:
        raise DecodeError(f"The recording could not be decoded: {error_sentence(exc)}") from exc
    return words
