"""What a limits run and an order check answer: states with Unknown, headroom three ways, the exact excess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding
from sandyq.basics.text import Text

if TYPE_CHECKING:
    # A name in annotations only: the window needs the states before its first paint, not the mandate's reader.
    from sandyq.limits.mandate import Limit, Part


class State(StrEnum):
    """Result of one limit, worst first in `SEVERITY`."""

    BREACH = "breach"
    SOFT_BREACH = "soft_breach"
    UNKNOWN = "unknown"
    WARNING = "warning"
    OK = "ok"
    UPCOMING = "upcoming"
    NOT_APPLICABLE = "not_applicable"


SEVERITY = {state: rank for rank, state in enumerate(State)}
"""Order of rows in the Limits view: breach first, not applicable last."""


@dataclass(frozen=True, slots=True)
class Headroom:
    """Room to the limit in force (soft if there is one, else hard); negative says how much must go.

    `usd` is the purchase (sale for a minimum) of `symbol` that reaches the limit; `shares` the same in whole shares,
    rounded down; `coin_move` the relative move of coin prices that reaches it (0.05 = +5 %), None when none within
    [-100 %, +100 %] does (`coin_move_beyond` then says so) or when it does not depend on coins.
    """

    usd: Decimal | None = None
    shares: Decimal | None = None
    symbol: str = ""
    coin_move: Decimal | None = None
    coin_move_beyond: bool = False


@dataclass(frozen=True, slots=True)
class Slope:
    """How a group answers to one more dollar of an instrument, and to a move of all coin prices.

    One dollar of `symbol` adds `buy` to the numerator and `buy_below` to the denominator (`buy_above` once the sleeve
    has outgrown its ramp-up floor, which is `room_to_floor` dollars away). A coin move of +100 % adds `coin` to the
    numerator and `coin_below` to the denominator. Everything is linear between the kinks, so headroom is exact.
    """

    symbol: str
    price_usd: Decimal | None
    buy: Decimal
    buy_below: Decimal = ZERO
    buy_above: Decimal = ZERO
    room_to_floor: Decimal | None = None
    coin: Decimal | None = None
    coin_below: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Measured:
    """One group of one measure: numerator over denominator (denominator None: an absolute amount).

    `value` is in the limit's unit as a plain ratio or amount (0.005233 for 0.5233 %); None is Unknown.
    """

    group: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    findings: tuple[Finding, ...] = ()
    slope: Slope | Callable[[], Slope | None] | None = field(default=None, compare=False)
    """The slope, or what computes it: only the worst group's is ever asked for."""
    denominator_day: date | None = None
    denominator_source: str = ""


@dataclass(frozen=True)
class PartResult:
    """One part of a limit at its worst group. `utilisation` = value / limit in force (inverse for minima), 1 = full.

    Without slots, so that `groups` and `headroom` after an order may be worked out when they are first asked for.
    """

    part: Part
    state: State
    group: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    utilisation: Decimal | None
    excess: Decimal | None
    """How far beyond the limit in force, in the limit's unit; None when within."""
    excess_usd: Decimal | None
    headroom: Headroom
    groups: tuple[Measured, ...]
    findings: tuple[Finding, ...]
    denominator_day: date | None = None
    denominator_source: str = ""

    @classmethod
    def later(cls, work: Callable[[str], object], **fields: object) -> PartResult:
        """Return a result whose missing fields `work` finds by name when they are first asked for."""
        made = object.__new__(cls)
        made.__dict__.update(fields, _work=work)
        return made

    if not TYPE_CHECKING:
        def __getattr__(self, name: str) -> object:
            if name not in {"groups", "headroom"} or "_work" not in self.__dict__:
                raise AttributeError(name)
            found = self.__dict__[name] = self._work(name)
            return found


@dataclass(frozen=True, slots=True)
class LimitResult:
    """One limit: the worst of its parts speaks for it."""

    limit: Limit
    state: State
    worst: PartResult | None
    parts: tuple[PartResult, ...]
    findings: tuple[Finding, ...] = ()
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class LimitsRun:
    """All limits of the mandate in force on a day, in the mandate's order."""

    as_of: date
    mandate_version: str
    results: tuple[LimitResult, ...]
    findings: tuple[Finding, ...] = ()

    def by_id(self, limit_id: str) -> LimitResult | None:
        return next((result for result in self.results if result.limit.id == limit_id), None)

    def counts(self) -> dict[State, int]:
        return {state: sum(1 for r in self.results if r.state is state) for state in State}


class Verdict(StrEnum):
    """Of an order: passes, needs a reasoned acknowledgement (soft), is refused (hard), or cannot be judged."""

    PASS = "pass"  # noqa: S105 - the word that interface.md gives
    ACKNOWLEDGE = "acknowledge"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Order:
    """One line of a draft basket. `side` is buy or sell; `fee` in the instrument's currency, price likewise."""

    side: str
    quantity: Decimal
    symbol: str
    price: Decimal
    fee: Decimal | None = None
    account: str = ""
    """The account of ours that it is for; empty: nobody asks through whom it goes."""
    tranche: str = ""
    """The tranche of the mandate's plan that it belongs to; empty: none."""


@dataclass(frozen=True, slots=True)
class Change:
    """One limit before and after the basket, and what that does to the verdict."""

    limit: Limit
    before: LimitResult
    after: LimitResult
    verdict: Verdict
    moved: bool
    reason: Text | None
    book: str = ""
    """Of whose mandate the limit is, where it is not the checked book's own: ``*`` for all books together."""


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest order of the given line that passes, and the limit that binds one share above it."""

    symbol: str
    side: str
    quantity: Decimal
    binding: str
    amount_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class Check:
    """A basket against every limit. `reasons` has eligibility refusals too; all failing limits are listed."""

    as_of: date
    orders: tuple[Order, ...]
    verdict: Verdict
    changes: tuple[Change, ...]
    reasons: tuple[tuple[str, Verdict, Text], ...]
    """(limit id or eligibility code, verdict, sentence with the exact excess)."""
    largest: tuple[Largest, ...]
    amount_usd: Decimal | None
    findings: tuple[Finding, ...] = ()
    pending: tuple[Order, ...] = ()
    """Orders on their way that the state before the basket counts already."""
