"""Corporate actions: one row each, with a column for every term; checked as strictly as the desk checks them.

The columns new_symbol, new_isin, new_name and new_mic are the terms symbol, isin, name and mic of a change of
identifiers. `child` and `acquirer` are tickers or ids; the desk turns them, and the symbol, into instruments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.actions import BY_EVENT
from sandyq.book.terms import Reads, problems
from sandyq.control.chain import canonical_json
from sandyq.packs.checks import isin_of, word
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet, ticker
from sandyq.reference.events import Event, EventType

_FIXED: Final = frozenset({"event", "type", "symbol", "ex_date", "pay_date", "source", "note"})
_RENAMED: Final = MappingProxyType({"symbol": "new_symbol", "isin": "new_isin", "name": "new_name", "mic": "new_mic"})
_NUMBERS: Final = frozenset({Reads.AMOUNT, Reads.POSITIVE, Reads.PART})
_TERMS: Final = MappingProxyType({_RENAMED.get(term.name, term.name): term
                                  for action in BY_EVENT.values() for term in action.terms})
"""Column → term. A term of one name reads alike in every type."""


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``corporate_action`` rows with the instrument left empty."""
    unnamed = tuple(place for place, name in enumerate(sheet.header.names) if not name)

    def change(cells: Cells) -> Sequence[Produced]:
        for place in unnamed:
            if cells.row[place].strip():
                raise BadCell("no-such-term", N_("There is no term of this name."),
                              sheet.header.original[place].strip()[:40], cells.row[place])
        kind = EventType(word(cells, "type", BY_EVENT))
        symbol, ex_date, pay_date = cells.symbol(), cells.day("ex_date"), cells.maybe_day("pay_date")
        if pay_date and pay_date < ex_date:
            raise BadCell("pays-before-ex", N_("The payment is before the ex-date."), "pay_date", pay_date)
        name = cells.text("event") or f"{symbol}-{kind.value}-{ex_date}"
        terms = _terms(cells, kind)
        _check(Event(name, kind, "", date.fromisoformat(ex_date), date.fromisoformat(pay_date) if pay_date else None,
                     terms, Origin(0, cells.line)))
        return [("corporate_action", (cells.line, name, kind.value, symbol, "", ex_date, pay_date,
                                      canonical_json(dict(terms)), cells.note("source"), cells.note("note")))]

    return sheet.convert(change, (1,))


def _terms(cells: Cells, kind: EventType) -> Mapping[str, str]:
    """Return the terms that are filled, in canonical form. Raises BadCell for one that the type does not have."""
    known = {term.name for term in BY_EVENT[kind].terms}
    found: dict[str, str] = {}
    for column, term in _TERMS.items():
        if not cells.text(column):
            continue
        if term.name not in known:
            raise BadCell("no-such-term", N_("An event of the type {type} has no term {term}.", type=kind.value,
                                             term=column), column, cells.text(column))
        if term.reads in _NUMBERS:
            found[term.name] = cells.number(column)
        elif term.reads is Reads.DAY:
            found[term.name] = cells.day(column)
        else:
            found[term.name] = _word(cells, column)
    return found


def _word(cells: Cells, column: str) -> str:
    match column:
        case "currency":
            return cells.currency()
        case "asset":
            return cells.asset()
        case "child" | "acquirer" | "new_symbol":
            return ticker(cells.text(column), column)
        case "new_isin":
            return isin_of(cells.text(column), column)
        case "final":
            return word(cells, column, ("yes", "no"))
        case _:
            return cells.text(column)


def _check(event: Event) -> None:
    action = BY_EVENT[event.type]
    wrong = problems(event, action.terms, action.one_of)
    if wrong:
        first = wrong[0]
        raise BadCell(first.code, first.text, _RENAMED.get(first.column, first.column), first.value)


def _columns(reads: frozenset[Reads]) -> str:
    names = [column for column, term in _TERMS.items() if term.reads in reads]
    extra = {"new": "new_shares>new", "old": "old_shares>old"}
    return " ".join([*names, *(extra[name] for name in names if name in extra)])


FORMAT: Final = Format(
    "corporate_actions", "corporate_actions",
    columns(f"event type symbol source note {_columns(frozenset({Reads.NAME, Reads.ANSWER}))}",
            dates=f"ex_date pay_date {_columns(frozenset({Reads.DAY}))}", numbers=_columns(_NUMBERS),
            required="type symbol ex_date"),
    frozenset(_TERMS) | {"event"}, read)
