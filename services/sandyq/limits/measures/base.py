"""What measures share: rows in scope, their groups, the denominator, and the slopes from which headroom follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sandyq.basics.decimals import ONE, ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Part
from sandyq.limits.result import Measured, Slope
from sandyq.limits.snapshot import Denominator, Row, Snapshot, total
from sandyq.valuation.holdings import Freshness

Take = Callable[[Snapshot, Part], tuple[Measured, ...]]
Again = Callable[[Snapshot, Snapshot], "tuple[Measured, ...] | None"]
"""From the touched lines before and after an order (with the totals after it) to the figure after it; None: unknown."""


_SIMPLE: dict[str, Callable[[Row], str]] = {
    "kind": lambda row: row.kind.value, "symbol": lambda row: row.symbol, "instrument": lambda row: row.instrument,
    "isin": lambda row: row.isin, "issuer": lambda row: row.issuer, "sponsor_group": lambda row: row.sponsor_group,
    "currency": lambda row: row.currency, "country": lambda row: row.country, "venue": lambda row: row.venue,
    "exchange": lambda row: row.exchange, "structure": lambda row: row.structure,
}
SIMPLE: Final = frozenset(_SIMPLE)
"""Dimensions on which a line lies in one place."""
SPLIT: Final = frozenset({"coin", "custodian", "account", "broker", "securities_custodian", "entity"})
"""Dimensions on which a line lies in several: its coins, who keeps them, our accounts, every role of an entity."""
UNSAID: Final = frozenset({"country", "venue", "exchange"})
"""Simple dimensions on which a source may be silent about a line: it may then lie anywhere."""
SCOPES: Final = SIMPLE | SPLIT
DENOMINATORS: Final = frozenset({"sleeve", "coins", "reserves:gross", "reserves:gold", "reserves:fx"})
BASES: Final = frozenset({"market_value", "cost", "look_through", "beta_adjusted", "highest"})
VALUE: Final = frozenset({"market_value"})
COMMON_OPTIONS: Final = frozenset({"after_ramp_up", "blocks"})
"""Settings of a part that no measure reads: it waits for the sleeve to be built up; it stops purchases only."""


class Reach(StrEnum):
    """What of the book a figure is made of: how little has to be measured again when an order changes one line.

    ORDERED: the ordered lines, money flows and the book's two totals. LINE: every line for itself. SUM: sums over lines
    per group, divided by what the part says. COINS, OWN: sums over lines divided by the exposure of the book, or by
    their own sum. CHOSEN: a sum over the lines with a property, named after them. BOOK: all of it; NAMED: likewise, and
    its one group is named after the lines that make it.
    """

    ORDERED = "ordered"
    LINE = "line"
    SUM = "sum"
    COINS = "coins"
    OWN = "own"
    CHOSEN = "chosen"
    BOOK = "book"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Measure:
    """A named measure and what it can be put together with.

    `units`: what its thresholds may be in. `order_only`: without an order it does not apply. `by_line`: its groups are
    lines, and only an order for a line moves it. `scopes` and `groups` are dimensions; `denominators` empty: it has its
    own; else a ratio needs one of them and an amount none. `options`: the names of its own settings, None: not checked.
    `reach` is a promise that a property test holds against measuring everything. `keep` prepares a figure of the whole
    book for changes of few lines.
    """

    name: str
    take: Take
    units: frozenset[str]
    order_only: bool = False
    by_line: bool = False
    scopes: frozenset[str] = SIMPLE
    groups: frozenset[str] = frozenset()
    denominators: frozenset[str] = frozenset()
    bases: frozenset[str] = VALUE
    options: frozenset[str] | None = frozenset()
    reach: Reach = Reach.BOOK
    keep: Callable[[Snapshot, Part], Again | None] | None = None


def unknown(code: str, text: Text, subject: str = "") -> Finding:
    """Return the finding that makes a figure Unknown."""
    return Finding(Severity.ERROR, code, text, subject)


def dimension(row: Row, key: str) -> str:
    """Return where a line lies on a simple dimension; one group for all without a key."""
    read = _SIMPLE.get(key)
    return read(row) if read else ""


def in_scope(rows: Iterable[Row], part: Part) -> list[Row]:
    """Return the rows that every key of the scope admits; a value with ``!`` in front excludes."""
    kept = list(rows)
    for key, values in part.scope.items():
        read = _SIMPLE.get(key)
        if read is None:
            continue
        wanted = {value for value in values if not value.startswith("!")}
        barred = {value[1:] for value in values if value.startswith("!")}
        kept = [row for row in kept if (not wanted or read(row) in wanted) and read(row) not in barred]
    return kept


def grouped(rows: Sequence[Row], part: Part) -> dict[str, list[Row]]:
    """Return rows by the part's group key; everything in one group when it has none."""
    read = _SIMPLE.get(part.group_by)
    if read is None:
        return {"": list(rows)}
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(read(row), []).append(row)
    return groups


def amount_of(row: Row, basis: str) -> Decimal | None:
    """Return a row's amount in USD on a basis; ``highest`` is the highest of value, cost and exposure."""
    match basis:
        case "cost":
            return row.cost
        case "look_through":
            return row.exposure
        case "beta_adjusted":
            return None if row.market_value is None or row.beta is None else row.market_value * row.beta
        case "highest":
            amounts = (row.market_value, row.cost, row.exposure)
            return None if any(amount is None for amount in amounts) else max(a for a in amounts if a is not None)
        case _:
            return row.market_value


def per_dollar(row: Row, basis: str) -> Decimal:
    """Return what one more dollar of the row adds to its amount on a basis."""
    if basis in {"look_through", "beta_adjusted"}:
        return row.unit_exposure or ZERO
    return ONE


def speaker(rows: Sequence[Row], snapshot: Snapshot) -> Row | None:
    """Return the instrument that headroom is told in: the largest of the rows, else the largest of the book."""
    pool = [row for row in rows if row.market_value] or [row for row in snapshot.rows if row.market_value]
    return max(pool, key=lambda row: (row.market_value or ZERO, row.symbol)) if pool else None


@dataclass(frozen=True, slots=True)
class Below:
    """A resolved denominator: amount (None and `finding` when Unknown), and how it answers to buying and coins."""

    amount: Decimal | None
    absolute: bool = False
    day: object = None
    source: str = ""
    buy_below: Decimal = ZERO
    buy_above: Decimal = ZERO
    room_to_floor: Decimal | None = None
    coin: Decimal = ZERO
    finding: Finding | None = None
    buys_exposure: bool = False
    """A dollar bought adds its exposure, not itself."""


def denominator(snapshot: Snapshot, part: Part) -> Below:
    """Return what the part divides by: nothing, the sleeve (never under the ramp-up floor) or a reserves series."""
    name = part.denominator
    if not name:
        return Below(None, absolute=True)
    if name == "sleeve":
        value = snapshot.market_value
        if value is None:
            return Below(None, finding=unknown("sleeve-unknown", N_(
                "The market value of the sleeve is Unknown because a price is missing, too old or refused.")))
        floor = snapshot.ramp_up_floor
        grown = value >= floor
        return Below(value if grown else floor, buy_below=ONE if grown else ZERO, buy_above=ONE,
                     room_to_floor=None if grown else floor - value,
                     coin=(snapshot.exposure or ZERO) if grown else ZERO)
    if name == "coins":
        return _coins(snapshot)
    series = name.partition(":")[2]
    found: Denominator | None = snapshot.reserves.get(series)
    if found is None:
        return Below(None, finding=unknown("reserves-missing", N_(
            "No figure of the reserves series {series} was published by {day}.", series=series, day=snapshot.as_of),
            series))
    age = (snapshot.as_of - found.day).days
    if found.freshness is Freshness.RED:
        return Below(None, day=found.day, source=found.source, finding=unknown("reserves-red", N_(
            "The reserves series {series} is of {day}, {age} days old; it is too old to divide by.", series=series,
            day=found.day, age=age), series))
    old = None if found.freshness is Freshness.FRESH else Finding(Severity.WARNING, "reserves-old", N_(
        "The reserves series {series} is of {day}, {age} days old.", series=series, day=found.day, age=age), series)
    return Below(found.amount, day=found.day, source=found.source, finding=old)


def _coins(snapshot: Snapshot) -> Below:
    """The look-through exposure of the whole book as a denominator; a purchase adds what its shares look through to."""
    exposure = snapshot.exposure
    if exposure is None:
        return Below(None, finding=unknown("exposure-unknown", N_("The exposure of the sleeve is Unknown.")))
    return Below(exposure, buys_exposure=True, coin=exposure)


def measured(group: str, numerator: Decimal | None, below: Below,
             slope: Slope | Callable[[], Slope | None] | None = None, findings: Sequence[Finding] = ()) -> Measured:
    """Put numerator and denominator together; Unknown if either is. Called inside a context of 50 digits."""
    told = [*findings, *([below.finding] if below.finding else [])]
    value: Decimal | None = None
    if numerator is not None:
        if below.absolute:
            value = numerator
        elif below.amount:
            value = numerator / below.amount
        elif below.amount is not None and not numerator:
            value = ZERO
    day = below.day
    return Measured(group, numerator, below.amount, value, tuple(told), slope,
                    denominator_day=day if hasattr(day, "isoformat") else None,  # type: ignore[arg-type]
                    denominator_source=below.source)


def missing_rows(rows: Iterable[Row], basis: str) -> list[Finding]:
    """Return one finding for each row whose amount is Unknown."""
    return [unknown("value-unknown", N_("The {basis} of {symbol} is Unknown.", basis=_BASES.get(basis, N_("value")),
                                        symbol=row.symbol), row.symbol)
            for row in rows if amount_of(row, basis) is None]


_BASES = {"market_value": N_("market value"), "cost": N_("cost"), "look_through": N_("look-through exposure"),
          "beta_adjusted": N_("beta-adjusted value"), "highest": N_("value")}


def slope_for(rows: Sequence[Row], snapshot: Snapshot, below: Below, basis: str) -> Slope | None:
    """Return how a sum over rows answers to buying its largest line and to coin prices."""
    chosen = speaker(rows, snapshot)
    if chosen is None:
        return None
    inside = any(row.symbol == chosen.symbol for row in rows)
    coin = None if basis == "cost" else total(row.exposure for row in rows)
    each = per_dollar(chosen, basis) if inside else ZERO
    if below.buys_exposure:
        exposed = chosen.unit_exposure or ZERO
        return Slope(chosen.symbol, chosen.price, each, exposed, exposed, None, coin, below.coin)
    return Slope(chosen.symbol, chosen.price, each, below.buy_below, below.buy_above, below.room_to_floor, coin,
                 below.coin)
