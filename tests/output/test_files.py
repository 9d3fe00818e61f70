import pytest

from tocsin.files import File, text_file


@pytest.mark.parametrize(
    "path", ["", "/a", "a//b", "a/", "./a", "a/.", "a/../b", "..", "a\\b", "a\0", "a\nb", "a\x7f", "\ud800"]
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="cannot be a file's path"):
        File(path, b"")


def test_text_is_utf_8() -> None:
    assert text_file("à/..b/.c", "é") == File("à/..b/.c", b"\xc3\xa9")
