"""The tables of the gate's past: each open window with what followed it, and ways of putting the money in."""

from __future__ import annotations

from typing import Any, Final

from sandyq.basics.text import N_
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column

_WAYS: Final = {
    "first day of each window": N_("First day of each window"),
    "weekly inside open windows": N_("Weekly inside open windows"), "every open day": N_("Every open day"),
    "equal weekly instalments": N_("Equal weekly instalments"), "every day": N_("Lump sum on any day"),
}


def window_columns() -> tuple[Column, ...]:
    """Return the columns of past windows: entry, and what followed it."""
    def after(number: int, name: str) -> Any:
        def get(row: Any) -> float | None:
            value = getattr(row.after[number], name)
            return None if value is None else 100 * value
        return get

    def tone(row: Any) -> str:
        worst = row.after[1].worst
        return "t_soft" if worst is not None and worst < -0.20 else "tx"

    return (
        Column("first", N_("Opened"), lambda r: r.first),
        Column("last", N_("Last open day"), lambda r: r.last, leaves=3),
        Column("price", N_("Price then"), lambda r: r.price, number=True, digits=0),
        Column("worst30", N_("Worst in 30 days, %"), after(0, "worst"), number=True, digits=1, sign=True,
               leaves=2),
        Column("end30", N_("After 30 days, %"), after(0, "end"), number=True, digits=1, sign=True,
               leaves=1),
        Column("worst90", N_("Worst in 90 days, %"), after(1, "worst"), number=True, digits=1, sign=True, tone=tone),
        Column("end90", N_("After 90 days, %"), after(1, "end"), number=True, digits=1, sign=True),
        Column("verdict", N_("Outcome"), _outcome, role="small", tone=tone),
    )


def _outcome(row: Any) -> Any:
    """A failure in words too: a window after which more than a fifth was lost."""
    worst = row.after[1].worst
    if worst is not None and worst < -0.20:
        return N_("failed: over 20 % lost")
    return N_("held") if row.complete else N_("still open to judge")


def way_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns that compare ways of putting the money in."""
    return (
        Column("name", N_("Entry"), lambda r: look.say(_WAYS[r.name]), stretch=True, least=190),
        Column("entries", N_("Times entered"), lambda r: r.entries, number=True, digits=0, leaves=2),
        Column("episodes", N_("Independent episodes"), lambda r: r.episodes, number=True, digits=0),
        Column("fell", N_("Fell over 20 % in 90 days"), lambda r: r.fell, number=True, digits=0,
               leaves=3),
        Column("share", N_("Share, %"), lambda r: None if r.share_fell is None else 100 * r.share_fell, number=True,
               digits=1, leaves=1),
        Column("median", N_("Median after 90 days, %"),
               lambda r: None if r.median_return is None else 100 * r.median_return, number=True, digits=1, sign=True),
    )
