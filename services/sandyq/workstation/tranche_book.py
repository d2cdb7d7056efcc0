"""What the tranche plan is held against: purchases with the tranche their orders named, releases, overrides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding
from sandyq.basics.text import N_, Text
from sandyq.book.transactions import TransactionType
from sandyq.control.proposals import Proposal, ProposalState
from sandyq.gate.waiting import Waiting, cost_of_waiting
from sandyq.limits.after_orders import order_amount
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import Check, Order, Verdict
from sandyq.limits.surroundings import GateSign, Override
from sandyq.limits.tranche_plan import Bought, Release, TrancheStanding, beyond_volume, may_buy, standings
from sandyq.market import fx
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.store.records import Fact, facts
from sandyq.workstation.contract import Question

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


@dataclass(frozen=True, slots=True)
class Signed:
    """An override or a release that counts: who proposed and who approved it, and when."""

    author: str
    checker: str
    when: datetime
    reason: str
    entry: int


@dataclass(frozen=True, slots=True)
class SignedOverride:
    """An override of the gate with its two signatures; `used` USD bought from its first day on, None Unknown."""

    override: Override
    signed: Signed
    used: Decimal | None


@dataclass(frozen=True, slots=True)
class SignedRelease:
    """A release of a tranche with its two signatures and the evidence stored with it."""

    release: Release
    signed: Signed
    content: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The tranche plan of a book on a day. Amounts in USD, None Unknown; `gate` None: the mandate has no gate."""

    as_of: date
    standings: tuple[TrancheStanding, ...]
    gate: GateSign | None
    overrides: tuple[SignedOverride, ...]
    releases: tuple[SignedRelease, ...]
    waiting: Waiting | None
    planned: Decimal
    done: Decimal | None
    maximum: Decimal
    bought: tuple[Bought, ...]
    proposals: tuple[Proposal, ...] = ()
    """Overrides and releases that wait for a second person."""

    def standing(self, name: str) -> TrancheStanding | None:
        return next((one for one in self.standings if one.tranche.id == name), None)

    @property
    def override_count(self) -> int:
        """How often the gate was overridden in the last 365 days: a figure for audit."""
        return sum(1 for one in self.overrides if 0 <= (self.as_of - one.override.valid_from).days < 365)


def gate_sign(station: Workstation, q: Question) -> GateSign | None:
    """Return the gate's state on the question's day as the limits see it."""
    return station.picture(q).ordering.around.gate


def purchases(station: Workstation, q: Question) -> tuple[Bought, ...]:
    """Return the purchases of the question's book up to its day, at their price with fees and taxes, in USD."""
    known = station.knowledge(q.known_at)
    named = {(fact["reference"], fact["line_number"]): fact["tranche"]
             for fact in facts(station.store, "trade_order", q.known_at)}
    tranche = {fact["booking"]: named.get((fact["order_reference"], fact["line_number"]), "")
               for fact in facts(station.store, "fill", q.known_at)}
    found = []
    for row in known.transactions:
        if (row.type is TransactionType.BUY and row.trade_date <= q.as_of
                and q.book in {ALL_BOOKS, known.books.get(row.account, SLEEVE)}):
            rate = Decimal(1) if row.currency == "USD" else known.usd_rate(row.currency, row.trade_date)
            paid = product(row.quantity, row.price) + row.fees + row.taxes
            found.append(Bought(row.trade_date, None if rate is None else product(paid, rate),
                                tranche.get(row.reference, "")))
    return tuple(sorted(found, key=lambda one: one.day))


def releases(station: Workstation, q: Question) -> tuple[SignedRelease, ...]:
    """Return the releases that two persons signed, oldest first."""
    found = [SignedRelease(Release(fact["reference"], fact["tranche"], fact.number("amount_usd"),
                                   fact.sure_day("valid_from"), fact.sure_day("valid_to"), fact["content_hash"]),
                           signed(station, fact), fact["content"])
             for fact in facts(station.store, "tranche_release", q.known_at) if fact["book"] == q.book]
    return tuple(sorted(found, key=lambda one: one.release.valid_from))


def overrides(station: Workstation, q: Question, bought: Sequence[Bought]) -> tuple[SignedOverride, ...]:
    """Return the overrides that two persons signed, oldest first."""
    found = []
    for fact in facts(station.store, "gate_override", q.known_at):
        if fact["book"] == q.book:
            one = Override(fact["reference"], fact["committee_reference"], fact["tranche"],
                           fact.number("amount_usd") if fact["amount_usd"] else None, fact.sure_day("valid_from"),
                           fact.sure_day("valid_to"))
            found.append(SignedOverride(one, signed(station, fact), _used(one, bought)))
    return tuple(sorted(found, key=lambda one: one.override.valid_from))


def signed(station: Workstation, fact: Fact) -> Signed:
    """Return who signed a fact of two persons."""
    entry = station.store_entry(fact.origin.entry)
    reference = str(entry.payload.get("proposal", ""))
    author = station.people.proposal(reference).author if reference else ""
    return Signed(author, entry.actor, entry.known_at, fact["reason"], fact.origin.entry)


def override_sentence(one: Override) -> Text:
    """Return the line that every later report prints."""
    return N_("Gate override {reference} by committee decision {committee}, {first} to {last}, USD {amount}, {what}.",
              reference=one.reference, committee=one.committee_reference, first=one.valid_from, last=one.valid_to,
              amount=one.amount, what=N_("tranche {tranche}", tranche=one.tranche) if one.tranche
              else N_("one purchase"))


def _used(one: Override, bought: Sequence[Bought]) -> Decimal | None:
    amounts = [item.amount for item in bought if one.in_force(item.day)]
    return None if None in amounts else sum((amount for amount in amounts if amount is not None), ZERO)


def read_plan(station: Workstation, q: Question, since: date | None = None) -> Plan:
    """Return the plan against what was done. Raises BadInput when the book has no mandate."""
    mandate, bought = station.mandate(q), purchases(station, q)
    signs, given = overrides(station, q, bought), releases(station, q)
    gate = gate_sign(station, q)
    invested = station.holdings(q).net_invested_usd
    found = standings(mandate, bought, [one.release for one in given], [one.override for one in signs], gate, q.as_of,
                      invested)
    amounts = [one.done for one in found]
    done = (None if None in amounts else sum((amount for amount in amounts if amount is not None), ZERO)
            ) if found else invested
    planned = sum((one.tranche.amount for one in found), ZERO) if found else mandate.target
    waiting = None if done is None else _waiting(station, q, mandate, planned - done, bought, since)
    open_ones = tuple(one for one in station.people.proposals(q) if one.state is ProposalState.OPEN
                      and one.kind in {"gate_override", "tranche_release"})
    return Plan(q.as_of, found, gate, signs, given, waiting, planned, done, mandate.maximum, bought, open_ones)


def _waiting(station: Workstation, q: Question, mandate: Mandate, undeployed: Decimal, bought: Sequence[Bought],
             since: date | None) -> Waiting | None:
    """Since the last purchase; before any, since the plan's first day, else since the first mandate came in force."""
    known = station.knowledge(q.known_at)
    planned = [tranche.earliest for tranche in mandate.tranches if tranche.earliest is not None]
    first = min((one.valid_from for one in known.mandates if one.book == mandate.book), default=mandate.valid_from)
    start = since or max((one.day for one in bought), default=min(planned, default=first))
    series = known.market.coins.get(mandate.gate.coin if mandate.gate else "BTC")
    then, now = (series.latest(start), series.latest(q.as_of)) if series else (None, None)
    if then is None or now is None or start > q.as_of or not then.close:
        return None
    rate = fx.rate(known.market.fx, "USD", "KZT", q.as_of)
    return cost_of_waiting(undeployed, start, then.close, q.as_of, now.close, rate.rate if rate else None)


def named_tranche(order: Order, plan: Plan) -> str:
    """Return the tranche that an order belongs to: the one it names, else the one that is released on the day."""
    return order.tranche or next((one.tranche.id for one in plan.standings if one.release is not None), "")


def with_tranches(station: Workstation, q: Question, basket: Sequence[Order]) -> tuple[Order, ...]:
    """Return a basket whose purchases name their tranche, the released one where they named none.

    Raises BadInput where the mandate has a plan and no tranche is released.
    """
    mandate = station.mandate(q) if station.knowledge(q.known_at).has_mandate(q.book) else None
    if mandate is None or not mandate.tranches or all(one.side != "buy" or one.tranche for one in basket):
        return tuple(basket)
    plan = read_plan(station, q)
    found = tuple(replace(one, tranche=named_tranche(one, plan)) if one.side == "buy" else one for one in basket)
    if any(one.side == "buy" and not one.tranche for one in found):
        raise BadInput("tranche-needed", N_("The mandate has a tranche plan, and no tranche is released."),
                       remedy=N_("Have the next tranche released by two persons; every purchase belongs to one."))
    return found


def under_plan(station: Workstation, q: Question, basket: Sequence[Order], pending: Sequence[Order], found: Check, *,
               all_named: bool) -> Check:
    """Add to a check why its purchases may not go under the tranche plan; nothing where the mandate has none.

    A draft may leave its tranche open; with `all_named` (of an order that was proposed) one that names none is refused.
    """
    purchases_now = [one for one in basket if one.side == "buy" and (one.tranche or all_named)]
    mandate = station.mandate(q) if station.knowledge(q.known_at).has_mandate(q.book) else None
    if mandate is None or not mandate.tranches or not purchases_now:
        return found
    plan = read_plan(station, q)
    reasons: list[Finding] = []
    for name in dict.fromkeys(named_tranche(one, plan) for one in purchases_now):
        own = [one for one in purchases_now if named_tranche(one, plan) == name]
        approved = [one for one in pending if one.side == "buy" and named_tranche(one, plan) == name]
        reasons += may_buy(plan.standing(name), _amount(station, q, mandate, own), name, q.as_of, plan.gate,
                           [one.override for one in plan.overrides], _amount(station, q, mandate, approved))
        reasons += _beyond_volume(station, q, plan.standing(name), own, approved)
    if not reasons:
        return found
    said = tuple(("plan", Verdict.REFUSED, reason.text) for reason in reasons)
    return replace(found, verdict=Verdict.REFUSED, reasons=(*found.reasons, *said), largest=())


def _beyond_volume(station: Workstation, q: Question, standing: TrancheStanding | None, own: Sequence[Order],
                   approved: Sequence[Order]) -> Iterator[Finding]:
    """Yield why a symbol's purchases of the day are too many: ordered, approved and bought on it already."""
    known, picture = station.knowledge(q.known_at), station.picture(q).ordering
    for symbol in dict.fromkeys(one.symbol for one in own) if standing is not None else ():
        row = picture.find(symbol)
        bought = [one.quantity for one in known.transactions if row is not None and one.instrument == row.instrument
                  and one.type is TransactionType.BUY and one.trade_date == q.as_of]
        shares = sum((one.quantity for one in (*own, *approved) if one.symbol == symbol), sum(bought, ZERO))
        assert standing is not None
        reason = beyond_volume(standing.tranche, symbol, shares, row.volume if row else None)
        if reason is not None:
            yield reason


def _amount(station: Workstation, q: Question, mandate: Mandate, orders: Sequence[Order]) -> Decimal | None:
    total = ZERO
    for order in orders:
        row = station.picture(q).ordering.find(order.symbol)
        amount = order_amount(order, row, mandate) if row is not None else None
        if amount is None:
            return None
        total += amount
    return total
