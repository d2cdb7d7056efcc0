"""Random mandates as trees of TOML: every measure with what it can be put together with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from sandyq.limits.measures import MEASURES
from sandyq.limits.measures.base import Measure

WORDS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=24)
LINES = st.text(alphabet="aЖқ \"'\\\n\t\x7f\x01é…#=[]{}", min_size=1, max_size=20)
NUMBERS = st.decimals(min_value=0, max_value=10**12, places=6, allow_nan=False)
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@st.composite
def levels(draw: st.DrawFn, direction: str) -> dict[str, Decimal]:
    found = sorted(draw(st.lists(NUMBERS, min_size=1, max_size=3)), reverse=direction == "min")
    kept = draw(st.sampled_from(list(combinations(("warn", "soft", "hard"), len(found)))))
    return dict(zip(kept, found, strict=True))


@st.composite
def part(draw: st.DrawFn) -> dict[str, Any]:
    measure: Measure = draw(st.sampled_from([m for m in MEASURES if m.name != "apportioned"]))
    unit = draw(st.sampled_from(sorted(measure.units)))
    direction = draw(st.sampled_from(["max", "min"]))
    made: dict[str, Any] = {"measure": measure.name, "unit": unit, "direction": direction, **draw(levels(direction))}
    if unit == "ratio" and measure.denominators:
        made["denominator"] = draw(st.sampled_from(sorted(measure.denominators)))
    made["basis"] = draw(st.sampled_from(sorted(measure.bases)))
    made["block_at"] = draw(st.sampled_from(["hard", "soft", "none"]))
    if measure.groups:
        made["group_by"] = draw(st.sampled_from(sorted(measure.groups - {"entity"}) or [""]))
    if measure.scopes and draw(st.booleans()):
        dimension = draw(st.sampled_from(sorted(measure.scopes)))
        made["scope"] = {dimension: draw(st.lists(WORDS, min_size=1, max_size=3))}
    if draw(st.booleans()):
        made["title"] = draw(LINES)
    return made


@st.composite
def mandate(draw: st.DrawFn) -> dict[str, Any]:
    """Return a tree; a few of them do not make sense together and are refused by the reader."""
    names = draw(st.lists(st.sampled_from([f"L{n:02}" for n in range(1, 60)]), max_size=4, unique=True))
    limits = []
    for name in names:
        parts = draw(st.lists(part(), min_size=1, max_size=3))
        limit: dict[str, Any] = {"id": name, "clause": draw(LINES), "part": parts}
        limit["title"] = draw(st.dictionaries(st.sampled_from(["en", "ru", "kk"]), LINES))
        if draw(st.booleans()):
            limit |= {"cure_days": draw(st.integers(0, 90)), "valid_from": draw(DAYS), "section": draw(LINES)}
        limits.append(limit)
    maximum = draw(NUMBERS) + 1
    tree: dict[str, Any] = {
        "mandate": {"name": draw(LINES), "version": draw(LINES), "valid_from": draw(DAYS), "maximum": maximum,
                    "example": draw(st.booleans()), "document": draw(WORDS)},
        "limit": limits,
        "look_through": {"reference_funds": draw(st.dictionaries(WORDS, WORDS, max_size=2)),
                         "fallback_factor": draw(NUMBERS)},
        "programme": {"participants": draw(st.lists(LINES, max_size=2))},
        "tranche": [{"id": f"T{n}", "amount": maximum / 8, "gate": draw(st.booleans())}
                    for n in range(draw(st.integers(0, 3)))],
    }
    if draw(st.booleans()):
        tree["orders"] = {"slippage": draw(NUMBERS), "valid_hours": draw(st.integers(1, 99))}
    return tree
