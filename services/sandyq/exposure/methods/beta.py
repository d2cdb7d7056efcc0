"""Everything that is seen through by its beta: value × beta, its own or the median of its peers (domain.md C4)."""

from __future__ import annotations

from typing import Final

from sandyq.basics.decimals import ONE, quotient
from sandyq.basics.text import N_
from sandyq.exposure.betas import BY_BETA, main_coin
from sandyq.exposure.case import UNKNOWN, Case, Passed, times
from sandyq.exposure.legs import beta_candidates, choose
from sandyq.exposure.result import ExposureLine
from sandyq.reference.kinds import Kind

KINDS: Final = BY_BETA | {Kind.REFERENCE}


def look(case: Case) -> ExposureLine | Passed:
    """Return the line on the beta rung, or pass when neither the line nor its peers have an admitted beta.

    Its coins are equivalents of the coin that the beta is taken to: value × beta over the coin's price.
    """
    line = case.line
    if line.kind not in KINDS or line.market_value_usd is None:
        return Passed()
    candidates, findings = beta_candidates(case, line.market_value_usd)
    choice = choose(candidates)
    if choice is None:
        return Passed(findings)
    coin = main_coin(line.instrument, case.as_of)
    point = case.coins.point(coin)
    own = choice.chosen.name == "beta"
    return ExposureLine(
        symbol=case.symbol, instrument=line.instrument.id, market_value_usd=line.market_value_usd,
        rung=choice.chosen.rung,
        method=N_("market value × beta") if own else N_("market value × the median beta of its peers"),
        coins={coin: UNKNOWN if point is None else times(choice.exposure, quotient(ONE, point.close))},
        equivalent=True, exposure_usd=choice.exposure, coins_per_share=None, reported="",
        basis_date=case.beta.window_to if own and case.beta is not None else None, premium=None, mnav=None,
        beta=case.beta, legs=choice.legs, custodians={}, findings=findings, coins_usd={coin: choice.exposure},
    )
