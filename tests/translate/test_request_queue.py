"""Which sentences are translated together."""

import asyncio

from app.translate.request import TranslationRequest
from app.translate.request_queue import PendingRequest, RequestQueue


def fill(queue: RequestQueue, rooms: str, *, is_preview: bool = False) -> list[PendingRequest]:
    """Queue a sentence for each letter, which is the name of its room, in order."""
    loop = asyncio.get_running_loop()
    made = [
        PendingRequest(
            TranslationRequest(f"{room}{n}", "de", "fr", room=room, is_preview=is_preview), loop.create_future(), n
        )
        for n, room in enumerate(rooms)
    ]
    for one in made:
        queue.add(one)
    return made


def take(queue: RequestQueue) -> str:
    """Return the texts of the next batch."""
    batch = queue.next_batch()
    return " ".join(one.request.text for one in batch.pending) if batch else ""


async def test_a_room_with_many_sentences_does_not_delay_the_others() -> None:
    """Each batch has the oldest of every room first."""
    queue = RequestQueue(3)
    fill(queue, "aaaabc")
    assert take(queue) == "a0 b4 c5"
    assert take(queue) == "a1 a2 a3"
    assert queue.next_batch() is None


async def test_previews_come_last_and_alone() -> None:
    """Also if they are older."""
    queue = RequestQueue(8)
    fill(queue, "a", is_preview=True)
    fill(queue, "bc")
    assert queue.oldest_final_s == 0
    assert [take(queue), take(queue)] == ["b0 c1", "a0"]


async def test_a_sentence_of_a_failed_batch_comes_in_a_smaller_one() -> None:
    """Without sentences whose batch did not fail."""
    queue = RequestQueue(8)
    for one in fill(queue, "abc")[:2]:
        one.rows_max = 1
    assert [take(queue), take(queue), take(queue)] == ["a0", "b1", "c2"]


async def test_too_little_memory_makes_batches_smaller() -> None:
    """For good, and never smaller than one sentence."""
    queue = RequestQueue(8)
    fill(queue, "abcd")
    batch = queue.next_batch()
    assert batch is not None
    queue.lower(batch, 2)
    fill(queue, "abcd")
    assert len(take(queue).split()) == 2
    queue.lower(batch, 0)
    assert queue.rows_max == 1
