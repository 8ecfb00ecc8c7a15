"""The bundled demo files."""

from app.decode import demo_files


def test_all_demo_files_are_there() -> None:
    """The models, the clip and the meeting with their texts are in the package."""
    files = [demo_files.CLIP, demo_files.CLIP_SCRIPT, demo_files.MEETING, demo_files.MEETING_SCRIPT]
    assert all(file.is_file() for file in files)
    assert (demo_files.MODEL / "model.bin").is_file()
    assert (demo_files.TRANSLATION / "model.bin").is_file()
