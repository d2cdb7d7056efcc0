"""Asset and delta leg of a company on every day, by the rules of `exposure.methods.company`, as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sandyq.exposure.companies import UNUSABLE_AGE, CompanyFacts, Stated, facts_on
from sandyq.exposure.evidence import is_weak
from sandyq.market.series import CompanyHolding, Split
from sandyq.performance.columns import Axis, Column, Mask, latest


@dataclass(frozen=True, slots=True)
class CompanyColumns:
    """USD per share in units of today (asset), EV over market cap (ratio), usable days, and second-hand days."""

    asset_per_share: Column
    ratio: Column
    usable: Mask
    weak: Mask


def company_columns(rows: Sequence[CompanyHolding], splits: Sequence[Split], axis: Axis, price_usd: Column,
                    coin: Callable[[str], Column]) -> CompanyColumns | None:
    """Return the legs of a company per day; None without rows. `price_usd` is per share in units of today.

    What the rows say changes only on their own days, so each such day is read once and held until the next.
    """
    last = axis.days[-1]
    changes = sorted({row.day for row in rows if row.day <= last})
    facts = [found for day in changes if (found := facts_on(rows, splits, day, units=date.max)) is not None]
    if not facts:
        return None
    days = np.array([day.toordinal() for day in changes], dtype=np.int64)
    place = latest(days, axis.grid)
    known = place >= 0

    def held(values: list[float]) -> Column:
        return np.where(known, np.array(values)[place], np.nan)

    worth = axis.zeros()
    for asset in sorted({asset for found in facts for asset in found.coins}):
        coins = held([_number(found.coins.get(asset), 0.0) for found in facts])
        worth += np.where(coins == 0, 0.0, coins * coin(asset))
    basic, diluted = held([_number(f.basic) for f in facts]), held([_number(f.diluted) for f in facts])
    claims = held([_number(f.debt) + _number(f.preferred) - _number(f.cash) for f in facts])
    oldest = held([float(f.oldest.toordinal()) for f in facts])
    shares = np.where(np.isnan(diluted), basic, diluted)
    cap = price_usd * basic
    return CompanyColumns(
        asset_per_share=worth / shares, ratio=(cap + claims) / cap,
        usable=known & (axis.grid - oldest <= UNUSABLE_AGE) & ~np.isnan(shares),
        weak=held([float(_is_weak(found)) for found in facts]) > 0,
    )


def _number(stated: Stated | None, default: float = float("nan")) -> float:
    return default if stated is None else float(stated.value)


def _is_weak(facts: CompanyFacts) -> bool:
    return any(is_weak(stated.quality) for stated in facts.coins.values())
