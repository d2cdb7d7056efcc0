"""A corporate action as a person or a file gives it, made into the row that is recorded: ids, terms, checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import canonical, exact
from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.actions import BY_EVENT
from sandyq.book.terms import Reads, problems
from sandyq.control.chain import canonical_json
from sandyq.reference.events import Event
from sandyq.reference.facts import TABLES, FactRow
from sandyq.reference.instruments import Directory, Instrument
from sandyq.reference.kinds import Kind
from sandyq.store.changes import Version, versions
from sandyq.workstation.recorded import ActionDraft

if TYPE_CHECKING:
    from sandyq.store.store import Store

TABLE: Final = "corporate_action"
_NUMBERS: Final = frozenset({Reads.AMOUNT, Reads.POSITIVE, Reads.PART})
_COMPARED: Final = ("type", "symbol", "instrument", "ex_date", "pay_date", "terms")


@dataclass(frozen=True, slots=True)
class Drafted:
    """The event with the row that holds it; `recorded_by`: the entry that has exactly this already, None when new.

    The row of an event that is recorded already is that one, source and note included.
    """

    event: Event
    row: FactRow
    key: str
    recorded_by: int | None


def drafted(store: Store, directory: Directory, draft: ActionDraft, line: int = 0) -> Drafted:
    """Return the row of an event. Raises BadInput for a symbol or term that does not read, and Refused when the id
    is recorded with something else.
    """
    instrument = found_instrument(directory, draft.symbol, draft.ex_date - timedelta(days=1), draft.ex_date)
    terms = _terms(directory, draft)
    name = draft.event.strip() or f"{draft.symbol}-{draft.type.value}-{draft.ex_date.isoformat()}"
    event = Event(name, draft.type, instrument.id, draft.ex_date, draft.pay_date, terms, Origin(0, line))
    _refuse_problems(event)
    row: FactRow = (line, name, draft.type.value, draft.symbol, instrument.id, draft.ex_date.isoformat(),
                    draft.pay_date.isoformat() if draft.pay_date else None, canonical_json(dict(terms)),
                    draft.source.strip() or None, draft.note.strip() or None)
    earlier = versions(store, TABLE, (name,))
    current = next((item for item in reversed(earlier) if item.mark == "current"), None)
    if current is not None:
        _refuse_other(name, current, row)
        row = (line, *current.row[3:])
    return Drafted(event, row, f"event:{name}:{len(earlier)}", current.row[1] if current else None)


def found_instrument(directory: Directory, symbol: str, *days: date) -> Instrument:
    """Return the one instrument of a symbol on the first day on which there is one, or of that id. Raises BadInput."""
    own = directory.by_id(symbol)
    if own is not None:
        return own
    for day in days:
        found = [item for item in directory.candidates(symbol, day)
                 if item.text("kind", day) not in {"", Kind.REFERENCE.value}]
        if len(found) > 1:
            raise BadInput("ambiguous-symbol", N_("{symbol} is the symbol of several instruments: {ids}.",
                                                  symbol=symbol, ids=", ".join(item.id for item in found)),
                           where=symbol, remedy=N_("Give the instrument's id."))
        if found:
            return found[0]
    raise BadInput("unknown-instrument", N_("There is no instrument {symbol} on that day.", symbol=symbol),
                   where=symbol, remedy=N_("Import instruments first."))


def _terms(directory: Directory, draft: ActionDraft) -> dict[str, str]:
    """Return the terms in canonical form, with the other instrument by its id. Raises BadInput."""
    action = BY_EVENT[draft.type]
    known = {term.name: term for term in action.terms}
    found: dict[str, str] = {}
    for name, value in draft.terms.items():
        said = value.strip()
        if not said:
            continue
        if name not in known:
            raise BadInput("no-such-term", N_("An event of the type {type} has no term {term}.", type=draft.type.value,
                                              term=name),
                           where=name, remedy=N_("There are {terms}.", terms=", ".join(known)))
        if name == action.partner:
            said = found_instrument(directory, said, draft.ex_date).id
        elif known[name].reads in _NUMBERS:
            said = _number(name, said)
        found[name] = said
    return found


def _number(name: str, said: str) -> str:
    try:
        return canonical(exact(said))
    except ValueError:
        raise BadInput("bad-number", N_("{value} is not a number.", value=said), where=name) from None


def _refuse_problems(event: Event) -> None:
    action = BY_EVENT[event.type]
    wrong = problems(event, action.terms, action.one_of)
    if wrong:
        raise BadInput(wrong[0].code, wrong[0].text, where=event.event, findings=wrong)


def _refuse_other(name: str, current: Version, row: FactRow) -> None:
    """Raise Refused when the recorded event says something else than the row; source and note may differ."""
    columns = TABLES[TABLE].columns
    old: Mapping[str, object] = dict(zip(columns, current.row[3:], strict=True))
    new: Mapping[str, object] = dict(zip(columns, row[1:], strict=True))
    pairs = [(column, str(old[column] or ""), str(new[column] or "")) for column in _COMPARED if column != "terms"]
    before, after = json.loads(str(old["terms"])), json.loads(str(new["terms"]))
    pairs += [(term, str(before.get(term, "")), str(after.get(term, ""))) for term in sorted({*before, *after})]
    different = "; ".join(f"{column} {was or '—'} → {now or '—'}" for column, was, now in pairs if was != now)
    if different:
        raise Refused("event-differs", N_("The event {event} is recorded with other values: {difference}", event=name,
                                          difference=different),
                      where=name, remedy=N_("Reverse it first, with a reason, or give the new event an id of its own."))
