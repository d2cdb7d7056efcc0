"""Coins behind the book: who keeps them and which they are (L18, L19)."""

from __future__ import annotations

from decimal import Decimal

from sandyq.basics.decimals import ZERO, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.base import Below, Measure, Reach, in_scope, measured, speaker, unknown
from sandyq.limits.result import Measured, Slope
from sandyq.limits.snapshot import Row, Snapshot, total
from sandyq.reference.coins import ISSUER_AFFILIATED


def take_custodian(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return each ultimate coin custodian's share of the look-through coins, best estimate (domain.md C7).

    Coins whose custodian is not known may lie with any of them: where a share stays within the limit even with all of
    them, it is told so (an upper bound); otherwise it is Unknown.
    """
    rows = [row for row in in_scope(snapshot.rows, part) if row.custody]
    if not rows:
        return ()
    whole = total(value for row in rows for value in row.custody.values())
    homeless = total(row.custody[""] for row in rows if "" in row.custody)
    findings = [Finding(Severity.WARNING, "custodian-unknown", N_(
        "The coin custodian of {symbol} is not known.", symbol=row.symbol), row.symbol)
        for row in rows if "" in row.custody]
    findings += [unknown("exposure-unknown", N_("The coins behind {symbol} are Unknown.", symbol=row.symbol),
                         row.symbol) for row in rows if any(value is None for value in row.custody.values())]
    below = Below(whole)
    results = []
    for name in sorted({name for row in rows for name in row.custody if name}):
        members = [row for row in rows if name in row.custody]
        held = total(row.custody[name] for row in members)
        if homeless:
            held = _with_homeless(held, homeless, whole, part)
        results.append(measured(name, held, below, _custody_slope(name, members, snapshot), findings))
    return tuple(results) or (measured("", None, below, None, findings),)


def _with_homeless(held: Decimal | None, homeless: Decimal, whole: Decimal | None, part: Part) -> Decimal | None:
    """Return the share's upper bound while it stays under every level, else None."""
    lowest = min(level for level in (part.warn, part.soft, part.hard) if level is not None)
    if held is None or not whole:
        return None
    most = held + homeless
    return most if most < lowest * whole else None


def _custody_slope(name: str, rows: list[Row], snapshot: Snapshot) -> Slope | None:
    chosen = speaker(rows, snapshot)
    if chosen is None or not chosen.price:
        return None
    each = {key: (value or ZERO) / chosen.price for key, value in chosen.share_custody.items()}
    everything = sum(each.values(), ZERO)
    return Slope(chosen.symbol, chosen.price, each.get(name, ZERO), everything, everything)


def take_mix(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return the share of the coins in scope in the look-through exposure (``affiliated``: issuers' own tokens)."""
    if not snapshot.rows:
        return ()
    whole = snapshot.exposure
    findings = [] if whole is not None else [
        unknown("exposure-unknown", N_("The exposure of {symbol} is Unknown.", symbol=row.symbol), row.symbol)
        for row in snapshot.rows if row.exposure is None]
    wanted = {value for value in part.scope.get("coin", ()) if not value.startswith("!")}
    barred = {value[1:] for value in part.scope.get("coin", ()) if value.startswith("!")}
    if "affiliated" in wanted:
        wanted = set(ISSUER_AFFILIATED)
    within = total(_coins_in(row, wanted, barred) for row in snapshot.rows) if whole is not None else None
    chosen = _richest(snapshot, wanted, barred)
    slope = None
    if chosen is not None and chosen.price:
        mine = sum((value or ZERO for coin, value in chosen.share_coins.items()
                    if _counts(coin, wanted, barred)), ZERO)
        each = chosen.share_exposure or ZERO
        slope = Slope(chosen.symbol, chosen.price, mine / chosen.price, each / chosen.price, each / chosen.price)
    if whole == ZERO:
        return ()
    group = ", ".join(sorted(wanted)) or N_("other").template
    return (measured(group, within, Below(whole), slope, findings),)


def _counts(coin: str, wanted: set[str], barred: set[str]) -> bool:
    return (coin in wanted or not wanted) and coin not in barred


def _coins_in(row: Row, wanted: set[str], barred: set[str]) -> Decimal | None:
    return total(value for coin, value in row.coins.items() if _counts(coin, wanted, barred))


def _richest(snapshot: Snapshot, wanted: set[str], barred: set[str]) -> Row | None:
    rows = [row for row in snapshot.rows if any(_counts(coin, wanted, barred) and value for coin, value
                                                in row.coins.items())]
    return speaker(rows, snapshot)


def take_equivalent(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:  # noqa: ARG001 - a measure's form
    """Return the look-through exposure divided by the bitcoin reference, in BTC (F046)."""
    exposure = snapshot.exposure
    findings = []
    if exposure is None:
        findings.append(unknown("exposure-unknown", N_("The exposure of the sleeve is Unknown.")))
    if snapshot.bitcoin is None:
        findings.append(unknown("coin-missing", N_("There is no bitcoin reference for the day.")))
    value = quotient(exposure, snapshot.bitcoin) if exposure is not None and snapshot.bitcoin else None
    chosen = speaker((), snapshot)
    slope = None
    if chosen is not None and snapshot.bitcoin and chosen.unit_exposure is not None:
        slope = Slope(chosen.symbol, chosen.price, quotient(chosen.unit_exposure, snapshot.bitcoin))
    return (measured("", value, Below(None, absolute=True), slope, findings),)


MEASURES = (
    Measure("coin_equivalent", take_equivalent, frozenset({"count"}), scopes=frozenset(), reach=Reach.ORDERED),
    Measure("custodian", take_custodian, frozenset({"ratio"}), reach=Reach.OWN),
    Measure("coin_mix", take_mix, frozenset({"ratio"}), scopes=frozenset({"coin"}), reach=Reach.COINS),
)
