"""A picture of a bench: how late each word was, over the clip it was said in."""

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from app.bench.stream_report import ClipReport, StreamReport

PANEL_INCHES = (10.0, 2.6)
"""Width and height of one clip's panel; a page holds four."""


def draw(report: StreamReport, path: Path) -> None:
    """Draw one panel for each clip with words, first-shown and commit lag of each, and write it as the suffix says.

    Raises:
        OSError: The file cannot be written.
    """
    matplotlib.use("Agg")  # needs no screen
    clips = [clip for clip in report.clips if clip.words] or list(report.clips)
    width, height = PANEL_INCHES
    figure = Figure(figsize=(width, height * len(clips) + 0.4), layout="constrained")
    for axes, clip in zip(figure.subplots(len(clips), squeeze=False)[:, 0], clips, strict=True):
        said_s = [word.end_s for word in clip.words]
        axes.plot(said_s, [word.commit_s for word in clip.words], ".", color="#1f4e9c", label="solid", markersize=5)
        first = [word.first_shown_s for word in clip.words]
        axes.plot(said_s, first, ".", color="#e08a1e", label="first shown", markersize=5)
        axes.set_title(_title(clip), fontsize=9, loc="left")
        axes.set_xlim(0, clip.duration_s)
        axes.set_ylim(bottom=min([0.0, *first]) - 0.1)
        axes.set_ylabel("lag in s")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("when the word had been said, s")
    figure.axes[0].legend(loc="upper right", ncols=2, fontsize=8, frameon=False)
    figure.savefig(path, dpi=110)


def _title(clip: ClipReport) -> str:
    rate = clip.word_errors.rate
    wer = "no speech" if rate is None else f"WER {100 * rate:.1f} %"
    return f"{clip.line.audio.name}  ({clip.line.task}, {wer}, {len(clip.words)} words matched)"
