"""One order at every level: its own book, the reserves around it, the national programme, all books together (F005)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sandyq.basics.text import N_
from sandyq.limits.result import Change, Check, Largest, Order, Verdict
from sandyq.reference.accounts import ALL_BOOKS
from sandyq.workstation.contract import Question
from sandyq.workstation.orders import check_basket

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

BOOK: Final = "book"
RESERVES: Final = "reserves"
PROGRAMME: Final = "programme"
TOGETHER: Final = "all_books"
LEVEL_WORDS: Final = MappingProxyType({
    BOOK: N_("Book"), RESERVES: N_("Reserves"), PROGRAMME: N_("Programme"), TOGETHER: N_("All books"),
})
_WEIGHT: Final = (Verdict.PASS, Verdict.ACKNOWLEDGE, Verdict.UNKNOWN, Verdict.REFUSED)


@dataclass(frozen=True, slots=True)
class Level:
    """One level with the limits that speak at it, before and after; `verdict` is the worst of theirs."""

    name: str
    verdict: Verdict
    changes: tuple[Change, ...]


def level_of(change: Change) -> str:
    """Return the level at which a limit speaks: by its book, else by what its parts are divided by or count."""
    if change.book == ALL_BOOKS:
        return TOGETHER
    if any(part.measure == "programme" for part in change.limit.parts):
        return PROGRAMME
    if any(part.denominator.startswith("reserves:") for part in change.limit.parts):
        return RESERVES
    return BOOK


def levels_check(station: Workstation, q: Question, basket: Sequence[Order]) -> tuple[Level, ...]:
    """Hold a basket against every limit at every level. Writes nothing."""
    return levels_of(station.check(q, tuple(basket), largest=False))


def levels_of(found: Check) -> tuple[Level, ...]:
    """Return a check's limits by level, inner ones first; a level without a limit is left out."""
    levels = []
    for name in (BOOK, RESERVES, PROGRAMME, TOGETHER):
        own = tuple(change for change in found.changes if level_of(change) == name)
        if own:
            levels.append(Level(name, max((change.verdict for change in own), key=_WEIGHT.index), own))
    return tuple(levels)


def across_books(station: Workstation, q: Question, basket: tuple[Order, ...], found: Check, *, largest: bool,
                 pending: Callable[[], tuple[Order, ...]] = tuple) -> Check:
    """Return a book's check with what the mandate of all books together says to the same basket.

    A file without a mandate for ``*`` has no such level. `pending` gives the approved orders of every book. The limits
    of the other mandate have ``*/`` before their ids.
    """
    known = station.knowledge(q.known_at)
    if q.book == ALL_BOOKS or not any(mandate.book == ALL_BOOKS for mandate in known.mandates):
        return found
    together = check_basket(station.picture(Question(q.as_of, q.known_at, ALL_BOOKS)), basket, largest=largest,
                            pending=pending())
    names = {change.limit.id for change in together.changes}
    return replace(
        found, verdict=max(found.verdict, together.verdict, key=_WEIGHT.index),
        changes=(*found.changes, *(replace(change, book=ALL_BOOKS, limit=replace(
            change.limit, id=_together(change.limit.id))) for change in together.changes)),
        reasons=(*found.reasons, *((_together(name), verdict, text) for name, verdict, text in together.reasons
                                   if name in names)),
        largest=tuple(_smaller(*pair) for pair in zip(found.largest, together.largest, strict=True)))


def _smaller(own: Largest, together: Largest) -> Largest:
    return replace(together, binding=_together(together.binding)) if together.quantity < own.quantity else own


def _together(name: str) -> str:
    return f"{ALL_BOOKS}/{name}"
