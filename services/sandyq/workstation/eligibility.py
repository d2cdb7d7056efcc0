"""The eligibility sheet of an instrument (F016, F017): items with value, day and source; what is missing is Unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ONE, from_float, product
from sandyq.basics.errors import BadInput
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_, Text
from sandyq.limits.eligibility import find_row, losses, structure_flags
from sandyq.limits.measures.products import FORBIDDEN
from sandyq.market.series import FundHolding
from sandyq.reference.eligibility import status_on
from sandyq.reference.instruments import Instrument
from sandyq.reference.parties import KIND_WORDS, PartyKind, Registers
from sandyq.reference.reserve_questions import CONCLUSION_WORDS, Conclusion
from sandyq.store.custody import read_registers
from sandyq.store.permits import read_worksheets
from sandyq.workstation.contract import Question
from sandyq.workstation.knowledge import Knowledge
from sandyq.workstation.recorded import EligibilityItem

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

VOLUME_DAYS: Final = 20
HOLD: Final = "hold, no buy"
ELIGIBLE: Final = "eligible"
_ATTRIBUTES: Final = MappingProxyType({
    "kind": (N_("Kind"), ""), "isin": (N_("ISIN"), ""), "issuer": (N_("Issuer"), ""),
    "sponsor_group": (N_("Sponsor"), ""), "domicile": (N_("Domicile"), ""), "mic": (N_("Venue"), ""),
    "currency": (N_("Currency"), ""), "structure": (N_("Structure"), ""), "leverage": (N_("Leverage"), "x"),
    "underlying": (N_("Underlying"), ""), "fee_pct": (N_("Fee per year"), "%"), "listed_from": (N_("Listed from"), ""),
})
_NUMBERS: Final = frozenset({"leverage", "fee_pct"})
_ROLES: Final = (PartyKind.COIN_CUSTODIAN, PartyKind.AUDITOR, PartyKind.TRUSTEE, PartyKind.PRIME_BROKER)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the items are made of."""

    instrument: Instrument
    symbols: tuple[str, ...]
    known: Knowledge
    registers: Registers
    on: date
    book: str
    known_at: datetime | None = None


def eligibility_sheet(station: Workstation, q: Question, symbol: str) -> tuple[EligibilityItem, ...]:
    """Return the sheet of the one instrument of a symbol (or id) on a day. Raises BadInput for none or several."""
    known = station.knowledge(q.known_at)
    own = known.directory.by_id(symbol)
    found = (own,) if own else tuple(i for i in known.directory.candidates(symbol, q.as_of) if i.text("kind", q.as_of))
    if len(found) != 1:
        raise BadInput("no-instrument" if not found else "ambiguous-symbol", N_(
            "There is no instrument {symbol} on {day}.", symbol=symbol, day=q.as_of) if not found else N_(
            "{symbol} is the symbol of several instruments: {ids}.", symbol=symbol,
            ids=", ".join(instrument.id for instrument in found)))
    instrument = found[0]
    names = tuple(dict.fromkeys((instrument.symbol(q.as_of), *reversed(known.directory.symbols_of(instrument)))))
    subject = _Subject(instrument, names, known, read_registers(station.store, q.known_at), q.as_of, q.book, q.known_at)
    lost, beta = _measured(station, q, instrument)
    bought = _purchases(subject, lost)
    bought = replace(bought, said={HOLD: N_("Hold, no buy"), ELIGIBLE: N_("Eligible")}.get(str(bought.value)))
    items = (bought, _worksheet(station, subject), *_attributes(subject), beta, _age(subject),
             _assets(subject), *_volume(subject), *(_role(subject, role, KIND_WORDS[role]) for role in _ROLES))
    return tuple(_sourced(station, item) for item in items)


def _measured(station: Workstation, q: Question, instrument: Instrument) -> tuple[tuple[str, ...], EligibilityItem]:
    """Return what the instrument has lost by measure, in words, and its measured beta to its coin (F018)."""
    label = N_("Measured beta to its coin")
    known = station.knowledge(q.known_at)
    if not known.has_mandate(q.book):
        return (), _item("measured_beta", label, None)
    mandate, picture = station.mandate(q), station.picture(q)
    row = find_row(picture.ordering, instrument.symbol(q.as_of))
    lost = tuple(losses(row, mandate.floors, known.permits, q.as_of)) if row else ()
    beta = picture.ordering.around.fund_beta(instrument.id) or picture.betas.get(instrument.id)
    if beta is None or row is None:
        return tuple(str(text) for _, text in lost), _item("measured_beta", label, None)
    item = _item("measured_beta", label, from_float(beta.value, 4), "", beta.window_to, beta.reference)
    if structure_flags(row, mandate.floors, picture.ordering.around):
        item = replace(item, flag=N_("Outside the band of {low} to {high}: it does not move like its coin.",
                                     low=mandate.floors.beta_low, high=mandate.floors.beta_high))
    return tuple(str(text) for _, text in lost), item


def _worksheet(station: Workstation, subject: _Subject) -> EligibilityItem:
    """The signed conclusion whether it counts as a reserve asset (F096)."""
    label = N_("Reserve-asset worksheet")
    own = [row for row in read_worksheets(station.store, subject.known_at)
           if row.instrument == subject.instrument.id and row.valid_from <= subject.on]
    last = max(own, key=lambda row: row.valid_from, default=None)
    if last is None or not last.in_force(subject.on):
        return replace(_item("reserve_asset", label, None), flag=N_("There is no worksheet in force."))
    found = _item("reserve_asset", label, last.conclusion, "", last.valid_from, last.source, last.origin)
    return replace(found, said=CONCLUSION_WORDS[Conclusion(last.conclusion)])


def _sourced(station: Workstation, item: EligibilityItem) -> EligibilityItem:
    """Name the imported file where the row itself names no source."""
    if item.source or item.origin is None:
        return item
    return replace(item, source=str(station.store_entry(item.origin.entry).payload.get("file", "")))


def _item(name: str, label: Text, value: str | Decimal | None, unit: str = "", day: date | None = None,
          source: str = "", origin: Origin | None = None) -> EligibilityItem:
    return EligibilityItem(name, label, value, unit, day, source, origin)


def _attributes(subject: _Subject) -> Iterator[EligibilityItem]:
    for name, (label, unit) in _ATTRIBUTES.items():
        found = subject.instrument.attribute(name, subject.on)
        if found is None or not found.value:
            yield _item(name, label, None, unit)
            continue
        value = Decimal(found.value) if name in _NUMBERS else found.value
        item = _item(name, label, value, unit, found.valid_from, found.source, found.origin)
        declared = (name == "leverage" and value != ONE) or (name == "structure" and found.value.lower() in FORBIDDEN)
        yield replace(item, flag=N_("It cannot be looked through; purchases are refused.")) if declared else item


def _purchases(subject: _Subject, lost: tuple[str, ...]) -> EligibilityItem:
    """Whether it may be bought: a decision, what it has lost by measure and the positive list count (F015, F017)."""
    label = N_("Purchases")
    decided = status_on(subject.known.permits.statuses, subject.instrument.id, subject.on)
    if decided is not None and not decided.may_be_bought:
        held = _item("purchases", label, HOLD, "", decided.valid_from, decided.source, decided.origin)
        return replace(held, flag=N_("Decided: {reason}", reason=decided.reason))
    stated = subject.instrument.attribute("eligibility", subject.on)
    if stated is not None and stated.value and stated.value != ELIGIBLE:
        return _item("purchases", label, HOLD, "", stated.valid_from, stated.source, stated.origin)
    if lost:
        ended = subject.known.permits.listed.get(subject.instrument.id, (None, None))[1]
        found = _item("purchases", label, HOLD, "", ended if ended and ended <= subject.on else subject.on)
        return replace(found, flag=N_("Measured: {reason}", reason=" ".join(lost)))
    if not subject.known.has_mandate(subject.book):
        return _item("purchases", label, None)
    mandate = subject.known.mandate(subject.on, subject.book)
    own = [entry for entry in mandate.positive_list if entry.valid_from <= subject.on
           and (entry.isin == subject.instrument.text("isin", subject.on) if entry.isin
                else entry.symbol == subject.instrument.symbol(subject.on))]
    if not mandate.positive_list:
        return _item("purchases", label, ELIGIBLE, "", mandate.valid_from, mandate.document)
    last = max((entry.valid_to or date.max for entry in own), default=None)
    if last is None or last < subject.on:
        return _item("purchases", label, HOLD, "", last, mandate.document)
    return _item("purchases", label, ELIGIBLE, "", max(entry.valid_from for entry in own), mandate.document)


def _age(subject: _Subject) -> EligibilityItem:
    found = subject.instrument.attribute("listed_from", subject.on)
    label = N_("Age")
    if found is None or not found.value:
        return _item("age_days", label, None, "days")
    try:
        listed = date.fromisoformat(found.value)
    except ValueError:
        return _item("age_days", label, None, "days", None, found.source, found.origin)
    return _item("age_days", label, Decimal((subject.on - listed).days), "days", listed, found.source, found.origin)


def _assets(subject: _Subject) -> EligibilityItem:
    """Net assets as last reported, or units × net asset value; otherwise what the attribute ``aum_usd`` says."""
    label = N_("Net assets")
    rows = [row for symbol in subject.symbols for row in subject.known.market.fund_holdings.get(symbol, ())
            if _net_assets(row) is not None and row.day <= subject.on]
    stated = subject.instrument.attribute("aum_usd", subject.on)
    if rows:
        last = max(rows, key=lambda row: row.day)
        if stated is None or stated.valid_from is None or stated.valid_from <= last.day:
            return _item("aum_usd", label, _net_assets(last), "USD", last.day, last.source, last.origin)
    if stated is not None and stated.value:
        return _item("aum_usd", label, Decimal(stated.value), "USD", stated.valid_from, stated.source, stated.origin)
    return _item("aum_usd", label, None, "USD")


def _net_assets(row: FundHolding) -> Decimal | None:
    if row.net_assets is not None or row.shares is None or row.nav is None:
        return row.net_assets
    return product(row.shares, row.nav)


def _volume(subject: _Subject) -> tuple[EligibilityItem, ...]:
    """The median volume of the last twenty sessions in shares, and at the last close; every session must have one."""
    shares, money = N_("Daily volume, median of 20 sessions"), N_("Daily volume at the last close")
    for symbol in subject.symbols:
        series = subject.known.market.prices.get(symbol)
        last = series.position(subject.on) if series else -1
        if series is None or last < 0:
            continue
        window = [series.at(index) for index in range(max(0, last - VOLUME_DAYS + 1), last + 1)]
        found = [product(point.volume, *(split.factor for split in series.splits
                                         if point.day < split.ex_date <= subject.on))
                 for point in window if point.volume]
        if len(found) < VOLUME_DAYS:
            break
        middle = median(found)
        close = series.latest(subject.on)
        worth = product(middle, close.close) if close else None
        return (_item("volume_shares", shares, middle, "shares", window[-1].day, window[-1].source,
                      window[-1].origin),
                _item("volume_value", money, worth, close.currency if close else "", close.day if close else None,
                      close.source if close else "", close.origin if close else None))
    return _item("volume_shares", shares, None, "shares"), _item("volume_value", money, None)


def _role(subject: _Subject, role: PartyKind, label: Text) -> EligibilityItem:
    """Who has a role: the registers first, then the instrument's own attribute of that name."""
    instrument = subject.instrument
    names = {instrument.id, *subject.symbols, instrument.text("isin", subject.on)} - {""}
    own = [row for party in sorted({row.party for row in subject.registers.parties})
           for row in subject.registers.roles_of(party, subject.on)
           if row.role == role.value and row.subject in names]
    if own:
        parties = [subject.registers.party(row.party, subject.on) for row in own]
        return _item(role.value, label, ", ".join(dict.fromkeys(party.name for party in parties if party)), "",
                     own[0].valid_from, own[0].source, own[0].origin)
    said = instrument.attribute(role.value, subject.on)
    if said is None or not said.value:
        return _item(role.value, label, None)
    return _item(role.value, label, ", ".join(said.value.split(";")), "", said.valid_from, said.source, said.origin)
