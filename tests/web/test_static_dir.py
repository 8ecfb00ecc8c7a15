"""The folder of the pages."""

from app.web.static_dir import static_dir


def test_the_folder_has_the_pages() -> None:
    """It is found in a checkout, where it is beside the package."""
    assert (static_dir() / "audience" / "audience.html").is_file()
