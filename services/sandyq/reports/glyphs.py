"""Which letters our font can print; what it cannot is printed as its code, never as a box and never left out."""

from __future__ import annotations

import struct
from functools import cache
from typing import Final

from sandyq_resources import path

FONT: Final = "Inter-Regular.otf"
_SEGMENTS: Final = 4
_GROUPS: Final = 12


def printable(value: object) -> object:
    """Return JSON data in which every text consists of letters that the font has: others become ``[U+65E5]``."""
    match value:
        case str():
            known = covered(FONT)
            return "".join(letter if ord(letter) in known else _code(letter) for letter in value)
        case dict():
            return {key: printable(item) for key, item in value.items()}
        case list() | tuple():
            return [printable(item) for item in value]
        case _:
            return value


def _code(letter: str) -> str:
    return " " if letter.isspace() else f"[U+{ord(letter):04X}]"


@cache
def covered(font: str) -> frozenset[int]:
    """Return the code points of one of our fonts, read from its character map (formats 4 and 12 of OpenType)."""
    data = path("fonts", font).read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    tables = {data[at:at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
    start = tables[b"cmap"]
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", data, start + 2)[0]):
        place = start + struct.unpack_from(">I", data, start + 4 + 8 * index + 4)[0]
        kind = struct.unpack_from(">H", data, place)[0]
        if kind == _SEGMENTS:
            found |= _segments(data, place)
        elif kind == _GROUPS:
            found |= _groups(data, place)
    return frozenset(found)


def _segments(data: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 4 * count)
    offsets_at = at + 16 + 6 * count
    found: set[int] = set()
    for index, (first, last, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        offset = struct.unpack_from(">H", data, offsets_at + 2 * index)[0]
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", data, offsets_at + 2 * index + offset + 2 * (code - first))[0]
            if (offset and glyph) or (not offset and (code + delta) & 0xFFFF):
                found.add(code)
    return found


def _groups(data: bytes, at: int) -> set[int]:
    found: set[int] = set()
    for index in range(struct.unpack_from(">I", data, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">3I", data, at + 16 + 12 * index)
        found.update(code for code in range(first, last + 1) if glyph + code - first)
    return found
