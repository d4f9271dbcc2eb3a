"""Colours can be read: text at 4.5:1, marks at 3:1, computed from the CSS that is served."""

import re

import pytest

from screens.assets import WEB

TEXT = ("text", "muted", "early", "on-due-date", "soon", "late", "paused", "accent")
MARKS = (*TEXT, "silent")
GROUNDS = ("ground", "card")


def palette(css: str, selector: str) -> dict[str, str]:
    """The custom colours that a selector sets."""
    block = css.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


CSS = (WEB / "tokens.css").read_text()
PALETTES = {"desk": palette(CSS, "\n:root"), "wall": palette(CSS, ':root[data-view="wall"]')}


def test_contrast_is_known_at_its_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#999999", "#ffffff") < 3, "a grey that many pages use would be refused"


@pytest.mark.parametrize("view", PALETTES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_and_marks_stand_out_from_ground_and_card(view: str, ground: str) -> None:
    colours = PALETTES[view]
    for name in TEXT:
        assert contrast(colours[name], colours[ground]) >= 4.5, f"{name} on {ground}"
    for name in MARKS:
        assert contrast(colours[name], colours[ground]) >= 3, f"{name} on {ground}"


@pytest.mark.parametrize("view", PALETTES)
def test_words_on_a_button_that_is_on_can_be_read(view: str) -> None:
    colours = PALETTES[view]
    assert contrast(colours["card"], colours["accent"]) >= 4.5
    assert contrast(colours["card"], colours["late"]) >= 4.5, "the badge of a lost connection"
    assert contrast(colours["text"], colours["band"]) >= 4.5, "names over their bars"


def test_every_status_has_its_own_shape() -> None:
    shapes = re.search(r"const SHAPES = \{(.*?)\}", (WEB / "shapes.js").read_text(), re.DOTALL)
    assert shapes is not None
    found = dict(re.findall(r"(\w+): \"(.)\"", shapes[1]))
    named = [found[name] for name in ("early", "on_due_date", "soon", "late", "paused", "silent")]
    assert named == ["▲", "●", "◆", "■", "‖", "○"]
