"""What may be bought at all: the positive list, allowed kinds, floors, never a token (F014-F018, F122)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sandyq.basics.decimals import from_float, product
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Floors, Mandate
from sandyq.limits.measures.products import is_forbidden
from sandyq.limits.permits import Permits, Reason, party_refusals
from sandyq.limits.result import Order, Verdict
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.limits.surroundings import Surroundings
from sandyq.reference.coins import COINS, STABLECOINS
from sandyq.reference.eligibility import status_on
from sandyq.reference.kinds import FUNDS, Kind


def find_row(snapshot: Snapshot, symbol: str) -> Row | None:
    """Return the held or the candidate row of a symbol."""
    return snapshot.find(symbol)


def refusals(snapshot: Snapshot, mandate: Mandate, order: Order) -> list[Reason]:
    """Return every reason outside the limits for which an order cannot be placed."""
    row = find_row(snapshot, order.symbol)
    if row is None:
        if order.symbol in COINS or order.symbol in STABLECOINS:
            return [("token", Verdict.REFUSED, N_(
                "{symbol} is a token; the sleeve holds listed funds and shares only. {clause}", symbol=order.symbol,
                clause=mandate.token_clause))]
        return [("instrument", Verdict.REFUSED, N_(
            "There is no instrument {symbol} with a kind, a venue and a price.", symbol=order.symbol))]
    parties = party_refusals(snapshot.permits, order.account, row.venue, snapshot.as_of)
    if order.side == "sell":
        if order.quantity > row.quantity:
            return [("oversold", Verdict.REFUSED, N_(
                "{wanted} {symbol} are to be sold and {available} are held.", wanted=order.quantity,
                symbol=order.symbol, available=row.quantity)), *parties]
        return [*parties]
    return [*_purchase(row, mandate, snapshot), *_eligible(row, mandate, snapshot), *parties]


def _purchase(row: Row, mandate: Mandate, snapshot: Snapshot) -> list[Reason]:
    found: list[Reason] = []
    if snapshot.as_of < mandate.valid_from:
        found.append(("mandate", Verdict.REFUSED, N_("The mandate is in force from {day} on; nothing is bought before.",
                                                     day=mandate.valid_from)))
    if row.kind is Kind.REFERENCE or (mandate.allowed_kinds and row.kind.value not in mandate.allowed_kinds):
        found.append(("kind", Verdict.REFUSED, N_("The mandate does not allow instruments of the kind {kind}.",
                                                  kind=row.kind.value)))
    if is_forbidden(row):
        found.append(("structure", Verdict.REFUSED, N_(
            "{symbol} is leveraged or pays out income by its structure; it cannot be looked through.",
            symbol=row.symbol)))
    if not on_positive_list(row, mandate, snapshot.as_of):
        found.append(("positive-list", Verdict.REFUSED, N_(
            "{symbol} is not on the positive list on {day}.", symbol=row.symbol, day=snapshot.as_of)))
    if row.price is None:
        found.append(("price", Verdict.UNKNOWN, N_("{symbol} has no price that is fit for valuation.",
                                                   symbol=row.symbol)))
    return found


def on_positive_list(row: Row, mandate: Mandate, on: date) -> bool:
    """Return whether an instrument may be bought by the positive list on a day, by ISIN or else by symbol (F015).

    A mandate without a list allows what its kinds allow.
    """
    return not mandate.positive_list or any(
        (entry.isin == row.isin if entry.isin and row.isin else entry.symbol == row.symbol)
        and entry.valid_from <= on and (entry.valid_to is None or on <= entry.valid_to)
        for entry in mandate.positive_list)


def _eligible(row: Row, mandate: Mandate, snapshot: Snapshot) -> Iterator[Reason]:
    """Yield why the instrument is held and not bought: a decision, or a floor that it has fallen under (F017)."""
    decided = status_on(snapshot.permits.statuses, row.instrument, snapshot.as_of)
    if decided is not None and not decided.may_be_bought:
        yield "eligibility", Verdict.REFUSED, N_(
            "{symbol} is held and not bought since {day}: {reason}", symbol=row.symbol, day=decided.valid_from,
            reason=decided.reason)
    for code, text in losses(row, mandate.floors, snapshot.permits, snapshot.as_of):
        yield code, Verdict.REFUSED, text


def losses(row: Row, floors: Floors, permits: Permits, on: date) -> Iterator[tuple[str, Text]]:
    """Yield why an instrument has lost its eligibility by what is measured: its listing, its floors (code, sentence).

    What is Unknown breaks no floor; limits that need the figure refuse such an order.
    """
    first, last = permits.listed.get(row.instrument, (None, None))
    if last is not None and last <= on:
        yield "delisted", N_("{symbol} is no longer listed since {day}.", symbol=row.symbol, day=last)
    if floors.age_days is not None and first is not None and (on - first).days < floors.age_days:
        yield "floor-age", N_("{symbol} is listed since {day} only; the mandate asks for {days} days.",
                              symbol=row.symbol, day=first, days=floors.age_days)
    volume, assets = daily_volume(row), net_assets(row)
    if floors.volume is not None and volume is not None and volume < floors.volume:
        yield "floor-volume", N_("The daily volume of {symbol} is {amount} USD, under the floor of {least} USD.",
                                 symbol=row.symbol, amount=round(volume), least=floors.volume)
    if floors.assets is not None and assets is not None and assets < floors.assets:
        yield "floor-assets", N_("The net assets of {symbol} are {amount} USD, under the floor of {least} USD.",
                                 symbol=row.symbol, amount=round(assets), least=floors.assets)


def daily_volume(row: Row) -> Decimal | None:
    """Return the median daily volume in USD at the valuation price, None when Unknown."""
    return None if row.volume is None or row.price is None else product(row.volume, row.price)


def net_assets(row: Row) -> Decimal | None:
    """Return a fund's units times the valuation price in USD; None for companies and when Unknown."""
    if row.kind not in FUNDS or row.units is None or row.price is None:
        return None
    return product(row.units, row.price)


def structure_flags(row: Row, floors: Floors, around: Surroundings) -> tuple[Finding, ...]:
    """Return a warning for a fund that should move with its coin and measurably does not (F018): leveraged or an
    income product, whatever it says of itself. The beta's reference and window stand in `Surroundings.fund_beta`.
    """
    beta = around.fund_beta(row.instrument)
    if beta is None or floors.beta_low <= from_float(beta.value) <= floors.beta_high:
        return ()
    return (Finding(Severity.WARNING, "beta-outside-band", N_(
        "The measured beta of {symbol} is {beta}; a spot fund moves with its coin.", symbol=row.symbol,
        beta=from_float(beta.value, 3)), row.symbol),)


def doubts(snapshot: Snapshot, mandate: Mandate, order: Order) -> list[Finding]:
    """Return warnings about an ordered instrument: its measured structure (F018)."""
    row = find_row(snapshot, order.symbol)
    return [] if row is None else list(structure_flags(row, mandate.floors, snapshot.around))
