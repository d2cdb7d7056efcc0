"""The names that a book knows, by dimension: what a scope can be chosen from, and what a mandate may name."""

from __future__ import annotations

from datetime import date

from sandyq.limits.lint import Names
from sandyq.reference.coins import COINS
from sandyq.reference.custodians import custodian_of
from sandyq.reference.kinds import Kind
from sandyq.reference.venues import CLOSES, OPERATORS
from sandyq.workstation.knowledge import Knowledge

_ATTRIBUTES = {"issuer": "issuer", "sponsor_group": "sponsor_group", "currency": "currency",
               "venue": "mic", "isin": "isin", "structure": "structure", "symbol": "symbol"}


def known_names(known: Knowledge, on: date) -> Names:
    """Return the names by dimension of a scope, and the calendars and reserves series. A dimension that the book says
    nothing about is empty.
    """
    listed = [i for i in known.directory if i.text("kind", on) not in {"", Kind.REFERENCE.value}]
    found = {name: frozenset(value.value for i in listed for value in i.attributes.get(attribute, ()) if value.value)
             for name, attribute in _ATTRIBUTES.items()}
    return {
        **found, "kind": frozenset(kind.value for kind in Kind if kind is not Kind.REFERENCE),
        "instrument": frozenset(i.id for i in listed),
        "sponsor_group": found["sponsor_group"] | found["issuer"],
        "currency": found["currency"] | {"USD"} | {name for pair in known.market.fx for name in pair},
        "country": frozenset(i.country(on) for i in listed) - {""},
        "venue": found["venue"] | frozenset(CLOSES),
        "exchange": frozenset(OPERATORS.get(mic, mic) for mic in found["venue"] | frozenset(CLOSES)),
        "entity": frozenset(party.name for party in known.permits.registers.parties),
        "coin": frozenset(COINS) | {"affiliated"},
        "custodian": frozenset(custodian_of(value.value) for i in known.directory
                               for value in i.attributes.get("coin_custodian", ()) if value.value),
        "account": frozenset(account.account for account in known.accounts),
        "calendar": frozenset(known.market.calendars), "reserves": frozenset(known.market.reserves),
    }
