"""The national programme beside the sleeve: participants, their vehicles, each coin consolidated (F005, F123).

A memo: nothing of it stands in the sleeve's book, and a participant without a figure makes the total Unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Programme
from sandyq.market.programme import Participant, participants, worth
from sandyq.workstation.contract import Question

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


@dataclass(frozen=True, slots=True)
class CoinLine:
    """One asset over the whole programme. `sleeve_usd` is our look-through; None is Unknown, as in `others_usd`.

    An empty `asset` sums what participants give as a total without saying in what. `quantity` of the other vehicles is
    None where one of them does not say it.
    """

    asset: str
    sleeve_usd: Decimal | None
    others_usd: Decimal | None
    quantity: Decimal | None
    total_usd: Decimal | None
    share_of_ceiling: Decimal | None


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """The programme on a day. `total_usd` None: a participant is missing, or our own worth is Unknown."""

    as_of: date
    sleeve_usd: Decimal | None
    participants: tuple[Participant, ...]
    total_usd: Decimal | None
    ceiling_usd: Decimal | None
    headroom_usd: Decimal | None
    coins: tuple[CoinLine, ...]
    findings: tuple[Finding, ...]


def programme(station: Workstation, q: Question) -> ProgrammeView:
    """Return the programme on the question's day: the sleeve at market value, the others by their last figures."""
    known = station.knowledge(q.known_at)
    rules = known.mandate(q.as_of, q.book).programme if known.has_mandate(q.book) else Programme()
    others = participants(rules.participants, known.market.programme, known.market.vehicles, known.market.fx, q.as_of)
    sleeve = station.holdings(q).market_value_usd
    total = _sum([sleeve, *(item.amount_usd for item in others)]) if others else None
    ceiling = None if rules.ceiling is None else worth(
        rules.ceiling, known.mandate(q.as_of, q.book).currency, known.market.fx, q.as_of)
    return ProgrammeView(q.as_of, sleeve, others, total, ceiling,
                         None if ceiling is None or total is None else ceiling - total,
                         tuple(_coins(station, q, others, ceiling)), tuple(_findings(others, total, ceiling)))


def _coins(station: Workstation, q: Question, others: tuple[Participant, ...],
           ceiling: Decimal | None) -> Iterator[CoinLine]:
    known = station.knowledge(q.known_at)
    own = _own_coins(station, q)
    vehicles = [row for item in others for row in item.vehicles]
    for asset in sorted({*own, *(row.asset for row in vehicles)}):
        rows = [row for row in vehicles if row.asset == asset]
        amount = _sum([worth(row.amount, row.currency, known.market.fx, q.as_of) for row in rows])
        ours = own.get(asset, ZERO)
        total = _sum([ours, amount])
        share = None if total is None or not ceiling else total / ceiling
        yield CoinLine(asset, ours, amount, _sum([row.quantity for row in rows]), total, share)
    unsaid = [item.amount_usd for item in others if not item.vehicles]
    if unsaid:
        amount = _sum(unsaid)
        yield CoinLine("", ZERO, amount, None, amount, None if amount is None or not ceiling else amount / ceiling)


def _own_coins(station: Workstation, q: Question) -> dict[str, Decimal | None]:
    """Return the sleeve's look-through in USD by coin, the central figure."""
    if not station.knowledge(q.known_at).has_mandate(q.book):
        return {}
    found: dict[str, Decimal | None] = {}
    for line in station.exposure(q).lines:
        for coin, amount in line.coins_usd.items():
            found[coin] = _sum([found.get(coin, ZERO), amount.central])
    return found


def _findings(others: tuple[Participant, ...], total: Decimal | None, ceiling: Decimal | None) -> Iterator[Finding]:
    for item in others:
        if item.amount_usd is None:
            yield Finding(Severity.ERROR, "participant-missing", N_(
                "There is no figure of {participant}: the programme is Unknown.", participant=item.name), item.name)
    if not others:
        yield Finding(Severity.WARNING, "programme-missing", N_("No figure of another participant is recorded."))
    if total is not None and ceiling is not None and total > ceiling:
        yield Finding(Severity.WARNING, "programme-ceiling", N_(
            "The programme is {excess} USD above its ceiling.", excess=total - ceiling))


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
