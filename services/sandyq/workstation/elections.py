"""Elections: what an issuer offers, and what was chosen of it; tokens are refused and cash proposed (F019)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.text import N_, Text
from sandyq.control.chain import canonical_json
from sandyq.reference.eligibility import Election
from sandyq.store.permits import read_elections
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.drafting import found_instrument

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

CASH: Final = "cash"
DECLINE: Final = "decline"
TOKENS: Final = frozenset({"tokens", "in_kind"})
OPTIONS: Final = (CASH, "securities", DECLINE, *sorted(TOKENS))
"""What an offer can give: money, listed securities, nothing, tokens (as a dividend or in kind)."""


def suggested(options: Sequence[str]) -> str:
    """Return what the mandate leaves of an offer: cash where it is offered, else listed securities, else nothing."""
    return next((choice for choice in (CASH, "securities") if choice in options), DECLINE)


def elect(station: Workstation, event: str, symbol: str, options: Sequence[str], day: date, *, choice: str = "",
          reason: str = "") -> Changes:
    """Record what is elected of an offer; without a choice, what the mandate leaves of it.

    Raises Refused for tokens, with the mandate's clause, and BadInput for an option that the offer does not have.
    """
    event = event.strip()
    if not event or not options:
        raise BadInput("election-empty", N_("An election names an event and its options."), where=symbol)
    unknown = [option for option in (*options, *filter(None, [choice])) if option not in OPTIONS]
    if unknown:
        raise BadInput("election-option", N_("An offer gives one of: {options}.", options=", ".join(OPTIONS)),
                       where=", ".join(unknown))
    chosen = choice or suggested(options)
    if chosen in TOKENS:
        raise Refused("token", N_("{symbol}: the sleeve takes no tokens. {clause}", symbol=symbol,
                                  clause=_clause(station, day)), where=event, remedy=_instead(options))
    if chosen != DECLINE and chosen not in options:
        raise BadInput("election-option", N_("The offer does not have {option}.", option=chosen), where=event)
    instrument = found_instrument(station.knowledge().directory, symbol, day)
    said = reason.strip() or str(N_("The mandate allows no tokens; cash was elected.") if chosen == CASH else
                                 N_("The offer has no cash; what is allowed of it was elected."))
    row = (0, event, instrument.symbol(day), canonical_json(list(options)), chosen, day.isoformat(), said)
    earlier = sum(1 for known in elections(station, Question(date.max)) if known.event == event)
    return station.people.post("election", f"{event} {symbol}", [("election", row)],
                               {"event": event, "symbol": symbol, "choice": chosen},
                               key=f"election:{event}:{symbol}:{chosen}:{earlier}")


def elections(station: Workstation, q: Question) -> tuple[Election, ...]:
    """Return the elections up to the question's day, the latest first."""
    return tuple(sorted((found for found in read_elections(station.store, q.known_at) if found.day <= q.as_of),
                        key=lambda found: (found.day, found.event), reverse=True))


def _clause(station: Workstation, day: date) -> str:
    known = station.knowledge()
    return known.mandate(day).token_clause if known.has_mandate() else ""


def _instead(options: Sequence[str]) -> Text:
    if CASH in options:
        return N_("Elect cash instead.")
    if "securities" in options:
        return N_("Elect the listed securities instead.")
    return N_("Decline the offer, or sell before its day: it has no cash.")
