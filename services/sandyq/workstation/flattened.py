"""A picture of a day as a flat list of figures by key: what is compared between two moments, and what is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from sandyq.basics.decimals import WIDE, ZERO, canonical
from sandyq.basics.text import N_, Text
from sandyq.limits.result import LimitsRun, State
from sandyq.workstation.picture import Picture

_TOTALS: Final = (
    ("market_value_usd", "USD", N_("Market value")), ("market_value_kzt", "KZT", N_("Market value in KZT")),
    ("cost_usd", "USD", N_("Cost")), ("net_invested_usd", "USD", N_("Net invested")),
    ("unrealised_usd", "USD", N_("Unrealised result")), ("realised_usd", "USD", N_("Realised result")),
    ("income_usd", "USD", N_("Income")), ("withholding_usd", "USD", N_("Tax withheld")),
    ("fees_usd", "USD", N_("Fees")), ("taxes_usd", "USD", N_("Taxes")),
)
_ADDITIVE: Final = frozenset({"quantity", "market_value_usd", "cost_usd", "exposure_usd", "coins"})
"""Figures of a line that are zero, not Unknown, where there is no such line."""
_DIGITS: Final = {"USD": 6, "KZT": 6, "ratio": 12}
_OTHER_DIGITS: Final = 12
_ESTIMATED_USD: Final = 2
_ESTIMATED: Final = 6
"""Exposures rest on estimates in floating point: beyond these digits they say nothing and need not be repeatable."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure of a day; `estimated` when floating point went into it. None is Unknown."""

    label: Text
    unit: str
    value: Decimal | None
    estimated: bool = False


def figures(picture: Picture) -> dict[str, Shown]:
    """Return the figures of a day by key: totals, exposure, each line, the rates used; not the limits."""
    return dict((*_totals(picture), *_lines(picture), *_seen_through(picture), *_rates(picture)))


def absent(key: str) -> Decimal | None:
    """Return what a figure is worth on a day that does not have it: nothing held is zero, no price is Unknown."""
    return ZERO if key.rpartition("/")[2] in _ADDITIVE or "/coins/" in key else None


def limit_values(run: LimitsRun) -> dict[str, tuple[str, Decimal | None, State]]:
    """Return each limit's (unit, worst value, state)."""
    return {result.limit.id: (result.worst.part.unit if result.worst else "",
                              result.worst.value if result.worst else None, result.state) for result in run.results}


def frozen(value: Decimal | None, unit: str, *, estimated: bool = False) -> str | None:
    """Return the text under which a figure is frozen: rounded half to even to the digits that its unit has."""
    if value is None:
        return None
    digits = _DIGITS.get(unit, _OTHER_DIGITS)
    if estimated:
        digits = _ESTIMATED_USD if unit == "USD" else _ESTIMATED
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -digits:
        value = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN, context=WIDE)
    return canonical(value)


def line_names(picture: Picture) -> dict[str, str]:
    """Return how each open line is named, by instrument id: its symbol, or the id where two lines bear one symbol."""
    symbols = [line.symbol for line in picture.holdings.open_lines]
    return {line.instrument.id: line.symbol if symbols.count(line.symbol) == 1 else line.instrument.id
            for line in picture.holdings.open_lines}


def _totals(picture: Picture) -> Iterator[tuple[str, Shown]]:
    for name, unit, label in _TOTALS:
        yield f"totals/{name}", Shown(label, unit, getattr(picture.holdings, name))
    seen = picture.exposure
    yield "totals/exposure_usd", Shown(N_("Look-through exposure"), "USD", seen.total_usd.central, estimated=True)
    yield "totals/coin_equivalent", Shown(N_("Coin equivalent"), "BTC", seen.coin_equivalent, estimated=True)


def _lines(picture: Picture) -> Iterator[tuple[str, Shown]]:
    names = line_names(picture)
    for line in picture.holdings.open_lines:
        symbol = names[line.instrument.id]
        place = f"holdings/{symbol}"
        yield f"{place}/quantity", Shown(N_("{symbol}, quantity", symbol=symbol), "", line.quantity)
        yield f"{place}/price", Shown(N_("{symbol}, price", symbol=symbol), line.price.currency if line.price else "",
                                      line.price.close if line.price else None)
        yield f"{place}/market_value_usd", Shown(N_("{symbol}, market value", symbol=symbol), "USD",
                                                 line.market_value_usd)
        yield f"{place}/cost_usd", Shown(N_("{symbol}, cost", symbol=symbol), "USD", line.cost_usd)
    for cash in picture.holdings.cash:
        account, currency = cash.cash.account, cash.cash.currency
        yield f"cash/{account}/{currency}/quantity", Shown(N_("Cash in {account}", account=account), currency,
                                                          cash.cash.amount)


def _seen_through(picture: Picture) -> Iterator[tuple[str, Shown]]:
    names = line_names(picture)
    for line in picture.exposure.lines:
        if line.instrument in names:
            symbol = names[line.instrument]
            yield f"exposure/{symbol}/exposure_usd", Shown(
                N_("{symbol}, exposure", symbol=symbol), "USD", line.exposure_usd.central, estimated=True)
    for coin, amount in picture.exposure.by_coin.items():
        yield f"exposure/coins/{coin}", Shown(N_("Coins held indirectly, {coin}", coin=coin), coin,
                                              amount.central, estimated=True)


def _rates(picture: Picture) -> Iterator[tuple[str, Shown]]:
    if picture.holdings.kzt:
        yield "rates/USD/KZT", Shown(N_("Rate of {pair}", pair="USD/KZT"), "KZT", picture.holdings.kzt.rate)
    rates = {line.fx.base + "/" + line.fx.quote: line.fx for line in picture.holdings.open_lines if line.fx}
    for pair, point in sorted(rates.items()):
        if point.base != point.quote:
            yield f"rates/{pair}", Shown(N_("Rate of {pair}", pair=pair), point.quote, point.rate)
    for coin, (price, _, _) in sorted(picture.exposure.coin_prices.items()):
        yield f"rates/{coin}", Shown(N_("Price of {coin}", coin=coin), "USD", price)

