"""Alerts beside the limits: from which thresholds a holding has to be reported to others (F020; domain.md B3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import HUNDRED, WIDE, product, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import DisclosureRules
from sandyq.limits.snapshot import Row, Snapshot, total
from sandyq.reference.kinds import Kind
from sandyq.reference.venues import COUNTRIES

OWNERSHIP: Final = "ownership"
FUND_VOTES: Final = "fund_votes"
AGGREGATE: Final = "aggregate"
ALERT_WORDS: Final = MappingProxyType({
    OWNERSHIP: N_("Share of a registered class (13D, 13G)"), FUND_VOTES: N_("Share of a fund's votes (12(d)(1))"),
    AGGREGATE: N_("US-listed securities together (13F)"),
})
_ACT_OF_1940: Final = frozenset({Kind.FUTURES_ETF, Kind.EQUITY_ETF})
"""Kinds of fund under the Investment Company Act; trusts that hold coins are none."""
_STEP: Final = Decimal("0.0001")


class AlertState(StrEnum):
    REACHED = "reached"
    NEAR = "near"
    UNKNOWN = "unknown"
    CLEAR = "clear"


_ORDER: Final = tuple(AlertState)
STATE_WORDS: Final = MappingProxyType({
    AlertState.REACHED: N_("Reached"), AlertState.NEAR: N_("Near"), AlertState.UNKNOWN: N_("Unknown"),
    AlertState.CLEAR: N_("Clear"),
})


@dataclass(frozen=True, slots=True)
class Alert:
    """One threshold for one line, or for all together (`subject` empty). Ratios are plain, amounts in USD."""

    rule: str
    subject: str
    value: Decimal | None
    threshold: Decimal
    unit: str
    state: AlertState
    findings: tuple[Finding, ...] = ()


def alerts(snapshot: Snapshot, rules: DisclosureRules) -> tuple[Alert, ...]:
    """Return every threshold with how far it is, reached ones first. A value equal to a threshold reaches it."""
    return tuple(sorted(_all(snapshot, rules), key=lambda item: _ORDER.index(item.state)))


def alert_text(item: Alert) -> Text:
    """Return an alert as a sentence."""
    def shown(value: Decimal) -> Text:
        if item.unit == "USD":
            return N_("{amount} USD", amount=value.quantize(Decimal("0.01"), context=WIDE))
        return N_("{amount} %", amount=product(value, HUNDRED).quantize(_STEP, context=WIDE))

    said = {"state": STATE_WORDS[item.state], "rule": ALERT_WORDS[item.rule], "threshold": shown(item.threshold),
            "value": "—" if item.value is None else shown(item.value)}
    if not item.subject:
        return N_("{state}: {rule}: {value}, threshold {threshold}", **said)
    return N_("{state}: {rule}, {subject}: {value}, threshold {threshold}", subject=item.subject, **said)


def _all(snapshot: Snapshot, rules: DisclosureRules) -> Iterator[Alert]:
    listed = [row for row in snapshot.rows if COUNTRIES.get(row.venue) == "US"]
    yield _judged(AGGREGATE, "", total(row.market_value for row in listed), rules.aggregate, "USD", rules,
                  N_("The market value of a US-listed line is Unknown."))
    for row in listed:
        yield _owned(OWNERSHIP, row, rules.ownership, rules)
        if row.kind in _ACT_OF_1940:
            yield _owned(FUND_VOTES, row, rules.fund_votes, rules)


def _owned(rule: str, row: Row, threshold: Decimal, rules: DisclosureRules) -> Alert:
    share = quotient(row.quantity, row.units) if row.units else None
    return _judged(rule, row.symbol, share, threshold, "ratio", rules, N_(
        "The units of {symbol} outstanding are not known.", symbol=row.symbol))


def _judged(rule: str, subject: str, value: Decimal | None, threshold: Decimal, unit: str, rules: DisclosureRules,
            missing: Text) -> Alert:
    if value is None:
        return Alert(rule, subject, None, threshold, unit, AlertState.UNKNOWN,
                     (Finding(Severity.WARNING, "disclosure-unknown", missing, subject),))
    state = (AlertState.REACHED if value >= threshold else
             AlertState.NEAR if value >= product(threshold, rules.near) else AlertState.CLEAR)
    return Alert(rule, subject, value, threshold, unit, state)
