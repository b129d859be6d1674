"""Text in pictures: every letter is drawn, or its code point is; never an empty box, never beyond its width."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from etl.drawing import text as subject
from etl.drawing.text import draw_text, text_width, wrapped


def drawn(text: str) -> bytes:
    picture = Image.new("L", (400, 20), 255)
    draw_text(ImageDraw.Draw(picture.convert("RGB")), (2, 2), text, (0, 0, 0))
    canvas = Image.new("RGB", (400, 20), (255, 255, 255))
    draw_text(ImageDraw.Draw(canvas), (2, 2), text, (0, 0, 0))
    return canvas.tobytes()


def without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None)
    for function in (subject._font_for, subject._files_with):
        function.cache_clear()


@pytest.mark.parametrize("text", ["中文", "العربية", "\U0001f600", "\ue000"])
def test_what_no_font_has_stands_as_its_code_point(monkeypatch: pytest.MonkeyPatch, text: str):
    without_fonts(monkeypatch)
    expected = "".join(f"[U+{ord(letter):04X}]" for letter in text)
    assert [run for run, _ in subject._runs(text)] == [expected]
    assert drawn(text) == drawn(expected)


def test_different_letters_look_different_whatever_fonts_the_system_has():
    letters = "中文字ع日\U0001f600\U0001f601ßЖ"
    assert len({drawn(letter) for letter in letters}) == len(letters)


def test_latin_text_needs_no_font_of_the_system(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subject, "_files_with", lambda code_point: pytest.fail("looked for a font"))
    assert drawn("Agent: hand-object (12, 34)") != drawn("")


@pytest.mark.parametrize("caption", ["a" * 200, "one two three four five six seven", "中" * 80, ""])
def test_no_line_is_wider_than_the_picture_and_nothing_is_lost(caption: str):
    lines = wrapped(caption, 100)
    assert all(text_width(line) <= 100 or len(line) == 1 for line in lines)
    assert "".join(lines).replace(" ", "") == caption.replace(" ", "")
