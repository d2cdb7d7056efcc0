"""What is open with brokers, and how well rated those are who keep the securities (L32)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sandyq.basics.decimals import ONE, ZERO, product
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.measures.apportioned import bounded
from sandyq.limits.measures.base import Below, Measure, Reach, measured, unknown
from sandyq.limits.result import Measured, Order
from sandyq.limits.snapshot import Row, Snapshot, total
from sandyq.limits.surroundings import Place
from sandyq.reference.ratings import rank


def take_unsettled(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return per broker the gross amount of trades that have not settled, orders included, in USD.

    A trade whose broker no register names may be with any of them: it counts for each while that stays under every
    level, and makes them Unknown otherwise.
    """
    open_amounts = [(_broker(snapshot, trade.account), trade.amount) for trade in snapshot.around.unsettled]
    open_amounts += [(_broker(snapshot, order.account), _gross(order, snapshot)) for order in snapshot.orders]
    below = Below(None, absolute=True)
    homeless = total(amount for broker, amount in open_amounts if not broker)
    findings = [] if homeless == ZERO else [Finding(Severity.WARNING, "broker-unknown", N_(
        "The broker of a trade that has not settled is not in the register."))]
    brokers = {broker for broker, _ in open_amounts if broker} or {""}
    return tuple(_with_broker(broker, [amount for name, amount in open_amounts if name == broker and name],
                              homeless, below, part, findings) for broker in sorted(brokers))


def _with_broker(broker: str, amounts: Iterable[Decimal | None], homeless: Decimal | None, below: Below, part: Part,
                 findings: list[Finding]) -> Measured:
    value = bounded(total(amounts), homeless, below, part)
    told = findings if value is not None else [*findings, unknown("unsettled-unknown", N_(
        "What is unsettled with {broker} is Unknown.", broker=broker or N_("brokers")), broker)]
    return measured(broker, value, below, None, told)


def _broker(snapshot: Snapshot, account: str) -> str:
    """Return the broker of an account; where an order names none, the only one there is."""
    places = snapshot.around.accounts
    if account:
        return places[account].broker if account in places else ""
    names = {place.broker for place in places.values()}
    return names.pop() if len(names) == 1 else ""


def _gross(order: Order, snapshot: Snapshot) -> Decimal | None:
    row = snapshot.row(order.symbol) or snapshot.candidates.get(order.symbol)
    if row is None or row.rate is None:
        return None
    value = product(order.quantity, order.price, row.rate)
    return max(value, product(order.quantity, row.price)) if row.price is not None else value


def take_custodian_rating(snapshot: Snapshot, part: Part) -> tuple[Measured, ...]:
    """Return per custodian of the securities 1 where its lowest rating is under `least`, 0 where not.

    Unknown where no register says who keeps a position, or no agency's rating of who does is recorded.
    """
    least = rank(part.options.get("least", "A-"))
    places = [place for row in snapshot.rows for place in _places(row, snapshot)]
    places += [snapshot.around.accounts[order.account] for order in snapshot.orders
               if order.account in snapshot.around.accounts]
    return tuple(_rated(name, account, least, snapshot) for name, account in sorted(
        {(place.custodian, "" if place.custodian else place.account) for place in places}))


def _places(row: Row, snapshot: Snapshot) -> tuple[Place, ...]:
    found = snapshot.around.places.get(row.symbol)
    if found is None and snapshot.around.accounts:
        # Bought by the order that is being checked: it will lie in one of the book's accounts.
        found = tuple(snapshot.around.accounts.values())
    return found or (Place("", "", "", ONE),)


def _rated(custodian: str, account: str, least: int | None, snapshot: Snapshot) -> Measured:
    below = Below(None, absolute=True)
    if not custodian:
        return measured(account, None, below, None, [unknown("keeper-unknown", N_(
            "The registers do not say who keeps the securities of account {account}.", account=account or "—"),
            account)])
    ranks = [rank(rating) for rating in snapshot.around.ratings.get(custodian, ())]
    known = [each for each in ranks if each is not None]
    if not ranks or len(known) < len(ranks) or least is None:
        return measured(custodian, None, below, None, [unknown("rating-missing", N_(
            "No rating of {party} is recorded that can be compared.", party=custodian), custodian)])
    return measured(custodian, ONE if max(known) > least else ZERO, below)


MEASURES = (
    Measure("unsettled", take_unsettled, frozenset({"USD"}), scopes=frozenset(), reach=Reach.ORDERED),
    Measure("custodian_rating", take_custodian_rating, frozenset({"count"}), scopes=frozenset(),
            options=frozenset({"least"})),
)
