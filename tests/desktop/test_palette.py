"""Contrast by WCAG 2, and colour difference by CIEDE2000 under Machado's simulation at full severity."""

from __future__ import annotations

import math

import pytest

from sandyq_desktop.palette import PALETTES, Palette, tokens

GROUNDS = ("panel", "win", "head", "sel")
TEXTS = ("tx", "tx2", "tx3", "t_ok", "t_warn", "t_soft", "t_breach", "t_unknown", "t_upcoming", "t_na")
FILLS = ("f_ok", "f_warn", "f_soft", "f_breach", "f_unknown")
MACHADO = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}

RGB = tuple[float, float, float]


def linear(hexed: str) -> RGB:
    channels = [int(hexed[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return r, g, b


def luminance(hexed: str) -> float:
    r, g, b = linear(hexed)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: RGB) -> RGB:
    r, g, b = (min(max(c, 0.0), 1.0) for c in rgb)
    x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
    y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
    z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
    f = [c ** (1 / 3) if c > 216 / 24389 else (24389 / 27 * c + 16) / 116 for c in (x, y, z)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def ciede2000(one: RGB, other: RGB) -> float:
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    dh = 0.0 if not c1 * c2 else (h2 - h1 + 180) % 360 - 180
    big_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    hm = h1 + h2 if not c1 * c2 else (h1 + dh / 2) % 360
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    t = (1 - 0.17 * math.cos(math.radians(hm - 30)) + 0.24 * math.cos(math.radians(2 * hm))
         + 0.32 * math.cos(math.radians(3 * hm + 6)) - 0.20 * math.cos(math.radians(4 * hm - 63)))
    sl = 1 + 0.015 * (lm - 50) ** 2 / math.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    turn = 30 * math.exp(-(((hm - 275) / 25) ** 2))
    rt = -math.sin(math.radians(2 * turn)) * 2 * math.sqrt(cm**7 / (cm**7 + 25.0**7))
    dl, dc = (l2 - l1) / sl, (c2 - c1) / sc
    return math.sqrt(dl**2 + dc**2 + (big_h / sh) ** 2 + rt * dc * (big_h / sh))


def seen(hexed: str, sight: str) -> RGB:
    r, g, b = linear(hexed)
    x, y, z = (m[0] * r + m[1] * g + m[2] * b for m in MACHADO[sight])
    return lab((x, y, z))


def test_the_difference_formula_gives_the_published_pair() -> None:
    # First pair of the test data of Sharma, Wu and Dalal (2005).
    assert ciede2000((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES.keys())
def test_every_text_can_be_read_on_every_ground(palette: Palette) -> None:
    poor = {(text, ground): contrast(getattr(palette, text), getattr(palette, ground))
            for text in TEXTS for ground in GROUNDS}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}
    assert contrast(palette.on_acc, palette.acc) >= 4.5
    assert contrast(palette.demo_text, palette.demo_ground) >= 4.5
    assert contrast(palette.banner_text, palette.banner_ground) >= 4.5


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES.keys())
def test_fills_edges_and_focus_stand_out_from_the_panel(palette: Palette) -> None:
    outlined = {"f_warn": "t_warn"} if palette.name == "light" else {}
    for token in (*FILLS, "edge", "acc"):
        drawn = getattr(palette, outlined.get(token, token))
        assert round(contrast(drawn, palette.panel), 1) >= 3.0, token


@pytest.mark.parametrize("sight", MACHADO)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES.keys())
def test_no_two_fills_are_alike_for_anybody(palette: Palette, sight: str) -> None:
    for number, one in enumerate(FILLS):
        for other in FILLS[number + 1 :]:
            difference = ciede2000(seen(getattr(palette, one), sight), seen(getattr(palette, other), sight))
            assert difference >= 9, (one, other, difference)


def test_every_token_is_a_colour() -> None:
    for palette in PALETTES.values():
        for token in tokens():
            assert palette.color(token).isValid(), token
