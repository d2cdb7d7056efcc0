"""How risk is measured: conventions that the mandate fixes, because libraries differ in every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Method(StrEnum):
    """HISTORICAL: the window's returns as they were. FILTERED: each rescaled to the volatility of today."""

    HISTORICAL = "historical"
    FILTERED = "filtered"


class Quantile(StrEnum):
    """Which loss of n stands for a probability p of worse (domain.md O15).

    ORDER_STATISTIC: the k-th worst, k = n·p rounded up (the cautious one, default). HIGHER: the return at or above the
    position p·(n − 1) of the sorted returns. LINEAR: interpolated between the two around that position.
    """

    ORDER_STATISTIC = "order_statistic"
    HIGHER = "higher"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True)
class RiskRules:
    """The section [risk] of a mandate.

    `window`: trading days of history; a result needs at least `least` scenarios. `decay`: the weight that exponentially
    weighted variance keeps per day. `log_returns`: a loss is value × log return (domain.md E1), else value × simple
    return, which is smaller for a fall. The early warning draws `paths` paths of `horizon` trading days in blocks of
    `block` consecutive days, all instruments together, from the generator seeded with `seed`.
    """

    method: Method = Method.FILTERED
    window: int = 500
    least: int = 250
    decay: Decimal = Decimal("0.94")
    quantile: Quantile = Quantile.ORDER_STATISTIC
    log_returns: bool = True
    horizon: int = 10
    block: int = 5
    paths: int = 100_000
    seed: int = 1
