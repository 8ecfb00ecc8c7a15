"""Draws a stream bench: how late each word was, over the time of its clip."""

from pathlib import Path

from app.bench.plot_style import new_figure, style_axes
from app.bench.stream_report import ClipReport, StreamReport

PANEL_INCHES = (10.0, 2.6)
"""Width and height of one clip's panel; four fit on a page."""


def draw(report: StreamReport, path: Path) -> None:
    """Draw a panel for the first play of each clip that has words, with their first-shown and commit lags.

    The suffix chooses the format.

    Raises:
        OSError: The file cannot be written.
    """
    first_plays = [clip for clip in report.clips if clip.play == 0]
    clips = [clip for clip in first_plays if clip.words] or first_plays
    width, height = PANEL_INCHES
    figure = new_figure(width, height * len(clips) + 0.4)
    for axes, clip in zip(figure.subplots(len(clips), squeeze=False)[:, 0], clips, strict=True):
        said_s = [word.end_s for word in clip.words]
        axes.plot(said_s, [word.commit_s for word in clip.words], ".", color="#1f4e9c", label="solid", markersize=5)
        first = [word.first_shown_s for word in clip.words]
        axes.plot(said_s, first, ".", color="#e08a1e", label="first shown", markersize=5)
        axes.set_title(_make_title(clip), fontsize=9, loc="left")
        axes.set_xlim(0, clip.duration_s)
        axes.set_ylim(bottom=min([0.0, *first]) - 0.1)
        axes.set_ylabel("lag in s")
    style_axes(figure.axes)
    axes.set_xlabel("when the word had been said, s")
    figure.axes[0].legend(loc="upper right", ncols=2, fontsize=8, frameon=False)
    figure.savefig(path, dpi=110)


def _make_title(clip: ClipReport) -> str:
    rate = clip.word_errors.rate
    wer = "no speech" if rate is None else f"WER {100 * rate:.1f} %"
    return f"{clip.line.audio.name}  ({clip.line.task}, {wer}, {len(clip.words)} words matched)"
