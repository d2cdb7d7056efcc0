"""Value the book on its day: last official close × quantity × rate, in USD and KZT. What is unknown stays unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, localcontext
from types import MappingProxyType

from sandyq.basics.decimals import WIDE, ZERO, product
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.state import BookState, Cash, Lot, Position, Realised, Totals
from sandyq.market import calendars
from sandyq.market.series import MarketData
from sandyq.reference.instruments import Directory, Instrument
from sandyq.reference.kinds import Kind
from sandyq.reference.venues import close_of
from sandyq.valuation.exchange import KZT, USD, Exchange, exchange
from sandyq.valuation.holdings import CashLine, Freshness, Holdings, Line, Thresholds, ValuedLot
from sandyq.valuation.pricing import Quote, quote
from sandyq.valuation.results import realised_fx_usd, unrealised_fx_usd

_NO_TOTALS = Totals()
_CLOSED = Quote(None, None, Freshness.FRESH)


def value(state: BookState, directory: Directory, market: MarketData,
          thresholds: Thresholds | None = None) -> Holdings:
    """Return the valued book. Totals of market value are None as soon as one open line is Unknown."""
    with localcontext(WIDE):
        return _Valuation(state, directory, market, thresholds or Thresholds()).holdings()


class _Valuation:
    """One valuation: the rates of the day are looked up once per currency."""

    def __init__(self, state: BookState, directory: Directory, market: MarketData, thresholds: Thresholds) -> None:
        self._state = state
        self._directory = directory
        self._market = market
        self._thresholds = thresholds
        self._on: date = state.as_of
        self._rates: dict[str, Exchange] = {}
        self._kzt = exchange(market, USD, KZT, self._on, thresholds)
        self._realised: dict[str, list[Realised]] = defaultdict(list)
        for part in state.realised:
            self._realised[part.instrument].append(part)

    def holdings(self) -> Holdings:
        state = self._state
        opened = [key for key, position in state.positions.items() if position.quantity]
        closed = [key for key in (*state.positions, *state.totals) if key and key not in set(opened)]
        lines = (*self._sorted(self._line(key) for key in opened),
                 *self._sorted(self._line(key) for key in dict.fromkeys(closed)))
        cash = tuple(self._cash(item) for item in state.cash)
        values = [line.market_value_usd for line in lines if line.quantity]
        rest = state.totals.get("", _NO_TOTALS)
        return Holdings(
            as_of=self._on, state=state, lines=lines, cash=cash, kzt=self._kzt.point,
            market_value_usd=_sum(values), market_value_kzt=self._in_kzt(_sum(values)),
            known_market_value_usd=sum((item for item in values if item is not None), ZERO),
            unknown_lines=sum(1 for item in values if item is None),
            cost_usd=_sum(line.cost_usd for line in lines),
            unrealised_usd=_sum(line.unrealised_usd for line in lines),
            realised_usd=_sum([rest.realised_usd, *(line.realised_usd for line in lines)]),
            income_usd=_sum([rest.income_usd, *(line.income_usd for line in lines)]),
            withholding_usd=_sum([rest.withholding_usd, *(line.withholding_usd for line in lines)]),
            fees_usd=_sum([rest.fees_usd, *(line.fees_usd for line in lines)]),
            taxes_usd=_sum([rest.taxes_usd, *(line.taxes_usd for line in lines)]),
            net_invested_usd=state.net_invested,
            findings=(*state.findings, *self._kzt.findings, *self._calendar_findings(lines),
                      *self._cash_findings(lines)),
        )

    def _sorted(self, lines: Iterable[Line]) -> list[Line]:
        return sorted(lines, key=lambda line: (line.symbol, line.instrument.id))

    def _line(self, key: str) -> Line:
        state, on = self._state, self._on
        position = state.positions.get(key) or Position(key, ZERO, ZERO, ())
        totals = state.totals.get(key, _NO_TOTALS)
        instrument = self._directory.by_id(key)
        findings: list[Finding] = []
        if instrument is None:
            instrument = Instrument(key, MappingProxyType({}))
            findings.append(Finding(Severity.ERROR, "instrument-unknown", N_(
                "The instrument {instrument} is not known.", instrument=key), subject=key))
        is_open = bool(position.quantity)
        priced = quote(instrument, self._directory, self._market, self._thresholds, on,
                       state.splits.get(key, ())) if is_open else _CLOSED
        findings += priced.findings
        money = self._rate(priced.price.currency) if priced.price else None
        if money:
            findings += money.findings
        market_value = self._worth(position, priced, money)
        if is_open and position.cost_usd is None:
            findings.append(Finding(Severity.ERROR, "cost-unknown", N_(
                "The cost of {symbol} in USD is unknown: a rate of a purchase day is missing.",
                symbol=instrument.symbol(on) or key), subject=instrument.symbol(on) or key))
        return Line(
            instrument=instrument, symbol=instrument.symbol(on) or key, kind=_kind(instrument, on, findings),
            quantity=position.quantity, price=priced.price, age=priced.age, freshness=priced.freshness,
            fx=money.point if money else None, market_value_usd=market_value,
            market_value_kzt=self._in_kzt(market_value), cost_usd=position.cost_usd,
            unrealised_usd=_minus(market_value, position.cost_usd),
            unrealised_fx_usd=self._unrealised_fx(position) if market_value is not None else None,
            realised_usd=totals.realised_usd, realised_fx_usd=realised_fx_usd(self._realised.get(key, ())),
            income_usd=totals.income_usd, withholding_usd=totals.withholding_usd, fees_usd=totals.fees_usd,
            taxes_usd=totals.taxes_usd, lots=tuple(_valued(lot, priced, money) for lot in position.lots),
            findings=tuple(findings), price_time=self._price_time(instrument, priced),
        )

    def _price_time(self, instrument: Instrument, priced: Quote) -> str:
        """Return when the venue took the close (F047): its own hour, the early one on a day of an early close."""
        price = priced.price
        if price is None or price.price_type != "close":
            return ""
        calendar = self._market.calendars.get(instrument.market(price.day))
        early = calendar is not None and price.day.toordinal() in calendar.early
        return close_of(instrument.mic(price.day), early=early)

    def _worth(self, position: Position, priced: Quote, money: Exchange | None) -> Decimal | None:
        if not position.quantity:
            return ZERO
        if priced.usable is None or money is None or money.rate is None:
            return None
        return product(position.quantity, priced.usable.close, money.rate)

    def _unrealised_fx(self, position: Position) -> Decimal | None:
        return unrealised_fx_usd(position.lots, lambda currency: self._rate(currency).rate)

    def _rate(self, currency: str) -> Exchange:
        if currency not in self._rates:
            self._rates[currency] = exchange(self._market, currency, USD, self._on, self._thresholds)
        return self._rates[currency]

    def _in_kzt(self, usd: Decimal | None) -> Decimal | None:
        if usd is None or self._kzt.rate is None:
            return None
        return product(usd, self._kzt.rate)

    def _cash(self, cash: Cash) -> CashLine:
        rate = self._rate(cash.currency).rate
        usd = None if rate is None else product(cash.amount, rate)
        return CashLine(cash, usd, cash.amount if cash.currency == KZT else self._in_kzt(usd))

    def _calendar_findings(self, lines: Sequence[Line]) -> list[Finding]:
        """Return one warning for each market whose closures are not known on the day."""
        findings: list[Finding] = []
        for name in sorted({line.instrument.market(self._on) for line in lines if line.price}):
            calendar = self._market.calendars.get(name)
            if calendar is None:
                findings.append(Finding(Severity.WARNING, "calendar-unknown", N_(
                    "The holidays of the market {market} are not known: ages there count every weekday.",
                    market=name), subject=name))
            elif not calendars.is_covered(calendar, self._on):
                findings.append(Finding(Severity.WARNING, "calendar-ends", N_(
                    "The calendar of the market {market} does not reach {day}: ages there count every weekday.",
                    market=name, day=self._on), subject=name))
        return findings

    def _cash_findings(self, lines: Sequence[Line]) -> list[Finding]:
        """Return the doubts about rates that only cash needs; those of lines are told there."""
        told = {finding.subject for line in lines for finding in line.findings}
        needed = {cash.currency for cash in self._state.cash if cash.amount}
        return [finding for currency in sorted(needed) for finding in self._rate(currency).findings
                if finding.subject not in told]


def _kind(instrument: Instrument, on: date, findings: list[Finding]) -> Kind:
    text = instrument.text("kind", on)
    if text in Kind.__members__.values():
        return Kind(text)
    findings.append(Finding(Severity.ERROR, "kind-unknown", N_(
        "The kind of {instrument} is not known.", instrument=instrument.id), subject=instrument.id))
    return Kind.REFERENCE


def _valued(lot: Lot, priced: Quote, money: Exchange | None) -> ValuedLot:
    if priced.usable is None or money is None or money.rate is None:
        return ValuedLot(lot, None, None)
    worth = product(lot.quantity, priced.usable.close, money.rate)
    return ValuedLot(lot, worth, _minus(worth, lot.cost_usd))


def _minus(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else left - right


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    total = ZERO
    for item in values:
        if item is None:
            return None
        total += item
    return total
