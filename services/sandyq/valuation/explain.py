"""Explain a figure of the valued book: the tree of its inputs down to bookings, price rows and fixings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.decimals import product
from sandyq.basics.errors import BadInput
from sandyq.basics.figure import Figure
from sandyq.basics.text import N_, Text
from sandyq.book.state import Realised
from sandyq.market.series import FxPoint
from sandyq.valuation.holdings import Holdings, Line

LABELS: Final = MappingProxyType({
    "market_value_usd": N_("Market value"), "market_value_kzt": N_("Market value in tenge"),
    "quantity": N_("Quantity"), "price": N_("Price"), "fx": N_("Rate"), "cost_usd": N_("Cost"),
    "unrealised_usd": N_("Unrealised result"), "unrealised_fx_usd": N_("Unrealised result, currency part"),
    "realised_usd": N_("Realised result"), "realised_fx_usd": N_("Realised result, currency part"),
    "income_usd": N_("Income"), "withholding_usd": N_("Tax withheld"), "fees_usd": N_("Fees"),
    "taxes_usd": N_("Transaction taxes"), "net_invested_usd": N_("Net invested"), "age": N_("Age of the price"),
    "known_market_value_usd": N_("Market value of the known lines"), "unknown_lines": N_("Lines that are Unknown"),
    "usd_kzt": N_("Rate USD/KZT"),
})


RATE: Final = N_("Rate {base}/{quote}")
"""The label by which the workstation knows a rate whose fixings it adds."""


def explain_line(line: Line, holdings: Holdings, figure: str) -> Figure:
    """Return the tree of one figure of a line, such as ``market_value_usd``. Raises BadInput for another name."""
    make = _LINE.get(figure)
    if make is None:
        raise _no_figure(figure, _LINE)
    return make(line, holdings)


def explain_total(holdings: Holdings, figure: str) -> Figure:
    """Return the tree of one total, such as ``market_value_usd``: its lines, each with its own tree."""
    if figure not in _TOTALS:
        raise _no_figure(figure, _TOTALS)
    own_way = _OWN_TOTALS.get(figure)
    if own_way is not None:
        return own_way(holdings)
    total: Decimal | None = getattr(holdings, figure)
    parts = tuple(explain_line(line, holdings, figure) for line in holdings.lines
                  if getattr(line, figure) is None or getattr(line, figure))
    note = N_("Sum of {count} lines", count=len(parts))
    rest = holdings.state.totals.get("")
    own: Decimal | None = getattr(rest, figure, None) if rest is not None and figure in _WITHOUT_LINE else None
    if own:
        parts = (*parts, Figure(f"totals/{figure}/book", N_("Rows without an instrument"), own, "USD"))
    if total is None and figure.startswith("market_value"):
        note = N_("Unknown: {unknown} of {count} lines cannot be valued. Known lines: {known} USD.",
                  unknown=holdings.unknown_lines, count=len(holdings.open_lines), known=holdings.known_market_value_usd)
    return Figure(f"totals/{figure}", LABELS[figure], total, _unit(figure), note, parts=parts,
                  findings=holdings.findings, convention=not parts)


def _known(holdings: Holdings) -> Figure:
    parts = tuple(_market_value(line, holdings) for line in holdings.open_lines if line.market_value_usd is not None)
    return Figure("totals/known_market_value_usd", LABELS["known_market_value_usd"], holdings.known_market_value_usd,
                  "USD", N_("Sum of {count} lines", count=len(parts)), parts=parts, convention=not parts)


def _unknown(holdings: Holdings) -> Figure:
    parts = tuple(_market_value(line, holdings) for line in holdings.open_lines if line.market_value_usd is None)
    return Figure("totals/unknown_lines", LABELS["unknown_lines"], holdings.unknown_lines, "", N_(
        "Open lines without a market value"), parts=parts, convention=not parts)


def _kzt(holdings: Holdings) -> Figure:
    if holdings.kzt is None:
        return Figure("totals/usd_kzt", LABELS["usd_kzt"], None, "KZT", N_("Unknown: there is no rate USD/KZT"))
    return rate_figure("totals/usd_kzt", holdings.kzt)


def _market_value(line: Line, holdings: Holdings) -> Figure:
    del holdings
    price = line.price.close if line.price else None
    if line.market_value_usd is None:
        note = N_("Unknown: the price or the rate is missing or too old")
    elif line.fx is not None and line.fx.rate != 1:
        note = N_("{quantity} × {price} × {rate}", quantity=line.quantity, price=price, rate=line.fx.rate)
    else:
        note = N_("{quantity} × {price}", quantity=line.quantity, price=price)
    parts = [_quantity(line), _price(line)]
    if line.fx is not None and line.fx.base != line.fx.quote:
        parts.append(rate_figure(_key(line, "fx"), line.fx))
    return _figure(line, "market_value_usd", line.market_value_usd, note, tuple(parts))


def _market_value_kzt(line: Line, holdings: Holdings) -> Figure:
    usd = _market_value(line, holdings)
    kzt = holdings.kzt
    if kzt is None:
        return _figure(line, "market_value_kzt", line.market_value_kzt, N_("Unknown: there is no rate USD/KZT"), (usd,))
    note = N_("{value} USD × {rate}, the last rate published on or before {as_of} (of {day})",
              value=line.market_value_usd, rate=kzt.rate, as_of=holdings.as_of, day=kzt.day)
    return _figure(line, "market_value_kzt", line.market_value_kzt, note, (usd, rate_figure(_key(line, "kzt"), kzt)))


def _quantity(line: Line, holdings: Holdings | None = None) -> Figure:
    parts = tuple(Figure(
        f"{_key(line, 'quantity')}/{valued.lot.reference}", N_("Lot {reference}", reference=valued.lot.reference),
        valued.lot.quantity, "shares", N_("bought {day}, account {account}", day=valued.lot.trade_date,
                                          account=valued.lot.account), valued.lot.origin) for valued in line.lots)
    if holdings is not None:
        parts += _splits(line, holdings)
    return Figure(_key(line, "quantity"), LABELS["quantity"], line.quantity, "shares",
                  N_("Sum of {count} open lots", count=len(line.lots)), parts=parts, convention=not parts)


def _splits(line: Line, holdings: Holdings) -> tuple[Figure, ...]:
    """Return the splits that acted on the lots, with the total cost that they left alone (F030)."""
    return tuple(Figure(
        f"{_key(line, 'quantity')}/split/{split.ex_date}", N_("Split {new} for {old}", new=split.new, old=split.old),
        split.ex_date, "", N_("{before} became {after}; total cost {cost} before and after",
                              before=split.quantity_before, after=split.quantity_after, cost=split.cost),
        split.origin) for split in holdings.state.splits.get(line.instrument.id, ()))


def _price(line: Line, holdings: Holdings | None = None) -> Figure:
    del holdings
    price = line.price
    findings = tuple(finding for finding in line.findings if finding.code.startswith(("price", "adjusted")))
    if price is None:
        note = N_("No price fit for valuation") if line.quantity else N_("Nothing is held.")
        return Figure(_key(line, "price"), LABELS["price"], None, "", note, findings=findings)
    label = N_("Price set by hand") if price.price_type == "manual" else N_("Close as filed")
    filed = Figure(f"{_key(line, 'price')}/filed", label, price.filed, price.currency,
                   N_("{source}, {day}, {time}", source=price.source, day=price.day, time=line.price_time)
                   if line.price_time else N_("{source}, {day}", source=price.source, day=price.day), price.origin)
    parts: tuple[Figure, ...] = (filed,)
    if price.factor != 1:
        parts = (filed, Figure(f"{_key(line, 'price')}/factor", N_("Split factor"), price.factor, "x", N_(
            "Turns the filed close into units of the valuation day")))
    note = N_("{type} of {day}, {age} trading days old, {freshness}", type=price.price_type, day=price.day,
              age=line.age, freshness=line.freshness.value)
    return Figure(_key(line, "price"), LABELS["price"], price.close, price.currency, note, price.origin, parts,
                  findings)


def _fx(line: Line, holdings: Holdings) -> Figure:
    del holdings
    if line.fx is None:
        return Figure(_key(line, "fx"), LABELS["fx"], None, "", N_("No rate"))
    return rate_figure(_key(line, "fx"), line.fx)


def rate_figure(key: str, point: FxPoint) -> Figure:
    """Return a rate with its fixing; a currency's rate to itself is one by definition."""
    if point.base == point.quote:
        return Figure(key, Text(RATE.template, {"base": point.base, "quote": point.quote}), point.rate, point.quote,
                      N_("A currency is one of itself."), convention=True)
    path = ", ".join(point.path)
    note = N_("fixing of {day}, {source}; from {path}", day=point.day, source=point.source, path=path) if path else None
    return Figure(key, Text(RATE.template, {"base": point.base, "quote": point.quote}), point.rate, point.quote, note,
                  point.origin)


def _cost(line: Line, holdings: Holdings) -> Figure:
    parts = tuple(Figure(
        f"{_key(line, 'cost_usd')}/{valued.lot.reference}", N_("Lot {reference}", reference=valued.lot.reference),
        valued.lot.cost_usd, "USD",
        N_("{cost} {currency} at the rate of {day}", cost=valued.lot.cost, currency=valued.lot.currency,
           day=valued.lot.trade_date) if valued.lot.currency != "USD" else
        N_("{quantity} bought {day}", quantity=valued.lot.quantity, day=valued.lot.trade_date),
        valued.lot.origin) for valued in line.lots)
    settings = holdings.state.settings
    note = (N_("Cost method {method}, dealing fees and taxes inside", method=settings.cost_method.value)
            if settings.fees_in_cost else
            N_("Cost method {method}, dealing fees and taxes apart", method=settings.cost_method.value))
    return _figure(line, "cost_usd", line.cost_usd, note, parts + _splits(line, holdings))


def _unrealised(line: Line, holdings: Holdings) -> Figure:
    value, cost = _market_value(line, holdings), _cost(line, holdings)
    note = N_("{value} − {cost}", value=line.market_value_usd, cost=line.cost_usd)
    return _figure(line, "unrealised_usd", line.unrealised_usd, note, (value, cost, _unrealised_fx(line, holdings)))


def _unrealised_fx(line: Line, holdings: Holdings) -> Figure:
    del holdings
    parts = []
    for valued in line.lots:
        lot = valued.lot
        rate = Decimal(1) if lot.currency == "USD" else None
        if line.fx is not None and line.fx.base == lot.currency:
            rate = line.fx.rate
        parts.append(Figure(
            f"{_key(line, 'unrealised_fx_usd')}/{lot.reference}", N_("Lot {reference}", reference=lot.reference),
            None if rate is None or lot.cost_usd is None else product(lot.cost, rate) - lot.cost_usd, "USD",
            N_("{cost} {currency} × {rate} − {cost_usd} USD", cost=lot.cost, currency=lot.currency, rate=rate,
               cost_usd=lot.cost_usd), lot.origin))
    if line.fx is not None and line.fx.base != line.fx.quote:
        parts.append(rate_figure(f"{_key(line, 'unrealised_fx_usd')}/fx", line.fx))
    return _figure(line, "unrealised_fx_usd", line.unrealised_fx_usd, N_(
        "Cost at the rate of the valuation day − cost at the rates of the purchases"), tuple(parts))


def _age(line: Line, holdings: Holdings) -> Figure:
    if line.age is None or line.price is None:
        note = N_("No price fit for valuation") if line.quantity else N_("Nothing is held.")
        return Figure(_key(line, "age"), LABELS["age"], None, "bd", note, findings=line.findings)
    market = line.instrument.market(holdings.as_of)
    rule = Figure(f"{_key(line, 'age')}/calendar", N_("Calendar {market}", market=market), market, "", N_(
        "Trading days after {day}, up to and including {as_of}", day=line.price.day, as_of=holdings.as_of),
        convention=True)
    return Figure(_key(line, "age"), LABELS["age"], line.age, "bd", N_("{freshness}", freshness=line.freshness.value),
                  parts=(_price(line), rule))


def _sales(line: Line, holdings: Holdings) -> Iterable[Realised]:
    return (part for part in holdings.state.realised if part.instrument == line.instrument.id)


def _realised(line: Line, holdings: Holdings) -> Figure:
    parts = tuple(Figure(
        f"{_key(line, 'realised_usd')}/{part.sale_reference}/{part.lot_reference}",
        N_("{sale} from lot {lot}", sale=part.sale_reference, lot=part.lot_reference),
        None if part.proceeds_usd is None or part.cost_usd is None else part.proceeds_usd - part.cost_usd, "USD",
        N_("{proceeds} − {cost} USD, {quantity} sold {day}", proceeds=part.proceeds_usd, cost=part.cost_usd,
           quantity=part.quantity, day=part.sold), part.origin) for part in _sales(line, holdings))
    return _figure(line, "realised_usd", line.realised_usd, N_("Sum of {count} sold parts", count=len(parts)), parts)


def _realised_fx(line: Line, holdings: Holdings) -> Figure:
    parts = tuple(Figure(
        f"{_key(line, 'realised_fx_usd')}/{part.sale_reference}/{part.lot_reference}",
        N_("{sale} from lot {lot}", sale=part.sale_reference, lot=part.lot_reference),
        None if part.usd_rate is None or part.cost_usd is None else product(part.cost, part.usd_rate) - part.cost_usd,
        "USD", N_("{cost} {currency} × {rate} − {cost_usd} USD", cost=part.cost, currency=part.currency,
                  rate=part.usd_rate, cost_usd=part.cost_usd), part.origin) for part in _sales(line, holdings))
    return _figure(line, "realised_fx_usd", line.realised_fx_usd, N_(
        "Cost at the rates of the sales − cost at the rates of the purchases"), parts)


def _since_inception(figure: str) -> Callable[[Line, Holdings], Figure]:
    def make(line: Line, holdings: Holdings) -> Figure:
        return _figure(line, figure, getattr(line, figure), N_(
            "Since inception to {day}, each booking at the rate of its day", day=holdings.as_of))

    return make


def _net_invested(holdings: Holdings) -> Figure:
    state = holdings.state
    parts = tuple(Figure(f"totals/net_invested_usd/{flow.reference}", N_("Booking {reference}",
                                                                        reference=flow.reference),
                         flow.amount_usd, "USD", N_("{day}", day=flow.day), flow.origin) for flow in state.flows)
    return Figure("totals/net_invested_usd", LABELS["net_invested_usd"], holdings.net_invested_usd, "USD", N_(
        "Purchases with costs − sale proceeds after costs = {raw}, never under zero; dividends are left out",
        raw=state.invested_raw), parts=parts, convention=not parts)


def _figure(line: Line, figure: str, value: Decimal | None, note: Text, parts: tuple[Figure, ...] = ()) -> Figure:
    return Figure(_key(line, figure), LABELS[figure], value, _unit(figure), note, parts=parts,
                  findings=line.findings if value is None else (), convention=not parts and not value)


def _key(line: Line, figure: str) -> str:
    return f"holdings/{line.symbol}/{figure}"


def _unit(figure: str) -> str:
    return "KZT" if figure.endswith("_kzt") else "USD"


def _no_figure(figure: str, known: Iterable[str]) -> BadInput:
    return BadInput("no-figure", N_("There is no figure {figure}.", figure=figure), remedy=N_(
        "Use one of {figures}.", figures=", ".join(sorted(known))))


_BOOKED: Final = ("income_usd", "withholding_usd", "fees_usd", "taxes_usd")
_LINE: Final = MappingProxyType({
    "market_value_usd": _market_value, "market_value_kzt": _market_value_kzt, "quantity": _quantity, "price": _price,
    "fx": _fx, "age": _age, "cost_usd": _cost, "unrealised_usd": _unrealised, "unrealised_fx_usd": _unrealised_fx,
    "realised_usd": _realised, "realised_fx_usd": _realised_fx,
    **{figure: _since_inception(figure) for figure in _BOOKED},
})
_OWN_TOTALS: Final[Mapping[str, Callable[[Holdings], Figure]]] = MappingProxyType({
    "net_invested_usd": _net_invested, "known_market_value_usd": _known, "unknown_lines": _unknown, "usd_kzt": _kzt})
_TOTALS: Final = ("market_value_usd", "market_value_kzt", "cost_usd", "unrealised_usd", "realised_usd", *_BOOKED,
                  *_OWN_TOTALS)
TOTALS: Final = _TOTALS
LINE: Final = tuple(_LINE)
_WITHOUT_LINE: Final = ("realised_usd", *_BOOKED)
