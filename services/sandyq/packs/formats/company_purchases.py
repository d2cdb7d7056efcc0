"""Purchases of coins by companies, as filed. Rows that contradict themselves are refused, not repaired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import canonical, product
from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sanity import check_supply
from sandyq.packs.sheet import BadCell, Cells, Sheet

OFF_COST: Final = Decimal("0.05")
"""Largest distance of the cost from coins times average price."""


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``company_purchase`` rows that are possible; the running total may not fall."""
    totals: dict[tuple[str, str], Decimal] = {}

    def change(cells: Cells) -> Sequence[Produced]:
        symbol, day, asset = cells.symbol(), cells.day("filing_date"), cells.asset()
        coins = cells.number("coins", sign="zero")
        cost, average = cells.maybe_number("cost_usd", sign="zero"), cells.maybe_number("avg_price_usd", sign="zero")
        total = cells.maybe_number("cumulative_coins", sign="zero")
        if coins == "0" and cost not in {None, "0"}:
            raise BadCell("purchase-impossible", N_("No coins were bought for this cost."), "cost_usd", cost or "")
        check_supply(asset, Decimal(coins))
        _check_cost(coins, cost, average)
        if total is not None:
            check_supply(asset, Decimal(total))
            if Decimal(total) < totals.get((symbol, asset), Decimal(0)):
                raise BadCell("total-falls", N_("The running total is lower than in the row before."),
                              "cumulative_coins", total)
            totals[symbol, asset] = Decimal(total)
        return [("company_purchase", (cells.line, symbol, day, asset, coins, cost, average, total,
                                      cells.note("accession"), cells.note("quality"), cells.note("source")))]

    return sheet.convert(change, (1, 2, 3, 8))


def _check_cost(coins: str, cost: str | None, average: str | None) -> None:
    if cost is None or average is None:
        return
    counted = product(Decimal(coins), Decimal(average))
    if abs(Decimal(cost) - counted) > product(counted, OFF_COST):
        raise BadCell("cost-unit", N_("The cost is not coins times average price ({counted}): one of them is in "
                                      "another unit.", counted=canonical(counted)), "cost_usd", cost)


FORMAT: Final = Format(
    "company_purchases", "company_purchases",
    columns("symbol asset accession quality source", dates="filing_date",
            numbers="coins cost_usd avg_price_usd cumulative_coins", required="filing_date symbol asset coins"),
    frozenset(), read)
