"""White lists of countries and venues, the negative list and sanctions (L31)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Below, Measure, Reach, dimension, in_scope, measured, unknown
from sandyq.limits.result import Measured
from sandyq.limits.snapshot import Row, Snapshot

_NAMED = ("symbol", "isin", "issuer", "sponsor_group", "venue", "country")


def take_white_list(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return per line 1 where it lies outside the list of its `dimension`, 0 inside, Unknown where nothing is said.

    The country is that of the issuer's domicile (or of risk, where a source gives it), never that of the listing.
    """
    key, allowed = part.options.get("dimension", "country"), _words(part, "allowed")
    return tuple(_line(row, dimension(row, key), allowed, key) for row in in_scope(snapshot.rows, part))


def _line(row: Row, value: str, allowed: frozenset[str], key: str) -> Measured:
    below = Below(None, absolute=True)
    if not value:
        return measured(row.symbol, None, below, None, [unknown("list-unknown", N_(
            "No source gives the {dimension} of {symbol}.", dimension=key, symbol=row.symbol), row.symbol)])
    if value.casefold() in allowed:
        return measured(row.symbol, ZERO, below)
    return measured(row.symbol, ONE, below, None, [Finding(Severity.WARNING, "outside-list", N_(
        "{symbol}: {value} is not on the white list.", symbol=row.symbol, value=value), row.symbol)])


def take_negative_list(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return per line 1 where the negative list or a register's sanctions name it, its issuer, sponsor or venue."""
    barred = _words(part, "barred") | snapshot.around.sanctioned
    results = []
    for row in in_scope(snapshot.rows, part):
        hits = [value for key in _NAMED if (value := dimension(row, key)) and value.casefold() in barred]
        findings = [Finding(Severity.WARNING, "on-negative-list", N_(
            "{symbol}: {value} is on the negative list or under sanctions.", symbol=row.symbol, value=value),
            row.symbol) for value in hits]
        results.append(measured(row.symbol, Decimal(min(len(hits), 1)), Below(None, absolute=True), None, findings))
    return tuple(results)


def _words(part: Part, name: str) -> frozenset[str]:
    return _split(part.options.get(name, ""))


@lru_cache(maxsize=64)
def _split(text: str) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in text.split(",") if word.strip())


MEASURES = (
    Measure("white_list", take_white_list, frozenset({"count"}), by_line=True,
            options=frozenset({"dimension", "allowed"}), reach=Reach.LINE),
    Measure("negative_list", take_negative_list, frozenset({"count"}), by_line=True, options=frozenset({"barred"}),
            reach=Reach.LINE),
)
