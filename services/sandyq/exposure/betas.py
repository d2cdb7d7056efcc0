"""Betas of all instruments on a day: 252 daily log returns to a fund of the same close, else to the coin itself.

A spot fund's beta to a coin price of another hour is 0.95 by the clock alone (domain.md C4), so the reference is a
fund that closes with the share; only where the two have fewer than 120 common returns the coin's own close is used,
and `Beta.reference` then names the coin and its clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from statistics import median
from typing import Final

from sandyq.exposure.regression import MINIMUM_OBSERVATIONS, UPPER_PROBABILITY, Fit, least_squares
from sandyq.exposure.result import Beta
from sandyq.exposure.returns import Floats, Ordinals, coin_closes, continuous_closes, paired_returns, series_of
from sandyq.exposure.student_t import quantile
from sandyq.market.series import MarketData
from sandyq.reference.coins import COINS
from sandyq.reference.instruments import Directory, Instrument
from sandyq.reference.kinds import Kind

WINDOW: Final = 252
LEAST_PAIRS: Final = 30
"""Fewer common returns than this are no estimate at all, not even one to show."""
BY_BETA: Final = frozenset({Kind.EQUITY_ETF, Kind.TREASURY_COMPANY, Kind.MINER, Kind.EXCHANGE, Kind.INFRASTRUCTURE,
                            Kind.TECH_EQUITY})
MOVES_WITH_COIN: Final = frozenset({Kind.SPOT_ETF, Kind.ETP, Kind.FUTURES_ETF})
"""Funds that hold a coin or its futures: their beta to it is near one unless they are leveraged, whatever they say."""
_SPARE: Final = 60
"""Rows read beyond the window, because two series do not share every day."""
_Closes = tuple[Ordinals, Floats]


def main_coin(instrument: Instrument, on: date) -> str:
    """Return the coin that an instrument's beta is taken to: its first underlying coin, else bitcoin."""
    for code, _ in instrument.underlying(on):
        if code in COINS:
            return code
    return "BTC"


def estimate_betas(directory: Directory, market: MarketData, as_of: date, *, reference_funds: Mapping[str, str],
                   window: int = WINDOW, instruments: Iterable[Instrument] | None = None,
                   kinds: Collection[Kind] = BY_BETA) -> dict[str, Beta]:
    """Return a beta per instrument id for every instrument of the `kinds` (seen through by beta) that has prices.

    Compute it once per (as-of, known-at) and pass it to `look_through`: what-if questions then cost no regression.
    The whole directory takes part, so that peers of what is held are there too; `instruments` narrows it.
    """
    until, rows = as_of.toordinal(), window + 1 + _SPARE
    funds: dict[str, _Closes] = {}
    for coin, symbol in reference_funds.items():
        series = market.prices.get(symbol)
        if series is not None and len(series.days):
            funds[coin] = continuous_closes(series, until, rows)
    coins: dict[str, _Closes] = {}
    quantiles: dict[int, float] = {}
    found: dict[str, Beta] = {}
    for instrument in directory if instruments is None else instruments:
        if instrument.kind(as_of) not in kinds:
            continue
        series = series_of(instrument, directory, market, as_of)
        if series is None:
            continue
        coin = main_coin(instrument, as_of)
        closes = continuous_closes(series, until, rows)
        pairs = paired_returns(closes, funds[coin]) if coin in funds else None
        reference = reference_funds.get(coin, "")
        if (pairs is None or len(pairs[0]) < MINIMUM_OBSERVATIONS) and coin in market.coins:
            if coin not in coins:
                coins[coin] = coin_closes(market.coins[coin], until, 2 * rows)
            by_coin = paired_returns(closes, coins[coin])
            if pairs is None or len(by_coin[0]) > len(pairs[0]):
                pairs, reference = by_coin, clock_name(coin, market.coins[coin].cutoffs[-1])
        beta = _beta(pairs, reference, window, quantiles) if pairs is not None else None
        if beta is not None:
            found[instrument.id] = beta
    return found


def clock_name(coin: str, cutoff: str) -> str:
    """Return how a coin's own series is named as a reference: ``BTC 24:00 UTC``."""
    return f"{coin} {cutoff}"


def is_coin_clock(reference: str) -> bool:
    """Return whether a beta was taken to a coin's own series rather than to a fund of the same close."""
    return " " in reference


def _beta(pairs: tuple[Ordinals, Floats, Floats], reference: str, window: int,
          quantiles: dict[int, float]) -> Beta | None:
    days, mine, theirs = pairs[0][-window:], pairs[1][-window:], pairs[2][-window:]
    if len(days) < LEAST_PAIRS:
        return None
    fit: Fit | None = least_squares(theirs, mine)
    if fit is None:
        return None
    freedom = fit.observations - 2
    if freedom not in quantiles:
        quantiles[freedom] = quantile(UPPER_PROBABILITY, freedom)
    return Beta(
        value=fit.slope, standard_error=fit.standard_error, r_squared=fit.r_squared, observations=fit.observations,
        upper=fit.upper(quantiles[freedom]), window_from=date.fromordinal(int(days[0])),
        window_to=date.fromordinal(int(days[-1])), reference=reference, admitted=fit.admitted,
    )


def fund_beta(instrument: Instrument, directory: Directory, market: MarketData, as_of: date, *,
              reference_funds: Mapping[str, str]) -> Beta | None:
    """Return how a fund that should move with its coin moves (F018); None for other kinds and without enough prices.

    A fund that is its coin's reference itself is held against the coin's own series.
    """
    others = {coin: symbol for coin, symbol in reference_funds.items()
              if symbol not in directory.symbols_of(instrument)}
    return estimate_betas(directory, market, as_of, reference_funds=others, instruments=[instrument],
                          kinds=MOVES_WITH_COIN).get(instrument.id)


def peer_betas(betas: Mapping[str, Beta], directory: Directory, on: date) -> dict[Kind, tuple[float, float, int]]:
    """Return per kind (median of admitted betas, median of their upper bounds, how many): the peer-group beta."""
    groups: dict[Kind, list[Beta]] = {}
    for instrument_id, beta in betas.items():
        instrument = directory.by_id(instrument_id)
        if beta.admitted and instrument is not None:
            groups.setdefault(instrument.kind(on), []).append(beta)
    return {kind: (median(beta.value for beta in group), median(beta.upper for beta in group), len(group))
            for kind, group in groups.items()}
