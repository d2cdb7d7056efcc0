"""Holdings of a share fund as its issuer publishes them: one row for each constituent, shares, value and weight.

The issuer's own header (ARK) and the plain one are both read. A weight is stored as a part of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import HUNDRED, ONE, ZERO, canonical, quotient
from sandyq.basics.text import N_
from sandyq.packs.checks import isin_of
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sheet import BadCell, Cells, Sheet, ticker

_NEAR: Final = Decimal("0.02")
"""How far the weights of a fund and day may be from one in sum: rounding, and cash that is left out."""


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``fund_weight`` rows; weights that do not add up to about one are noted."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)

    def change(cells: Cells) -> Sequence[Produced]:
        day, fund, name = cells.day("date"), cells.symbol("fund"), " ".join(cells.text("company").split())
        symbol = ticker(cells.needed("ticker"), "ticker") if cells.text("ticker") else None
        isin = isin_of(cells.text("isin")) or None
        constituent = symbol or isin or name
        if not constituent:
            raise BadCell("value-missing", N_("The row names neither ticker nor company."), "ticker")
        weight = _weight(cells)
        shares = cells.maybe_number("shares", sign="zero")
        value = cells.maybe_number("market_value")
        if weight is None and value is None:
            raise BadCell("value-missing", N_("The row has neither weight nor market value."), "weight")
        currency = cells.currency() if cells.text("currency") else "USD" if value is not None else None
        sums[fund, day] += weight or ZERO
        return [("fund_weight", (cells.line, fund, day, constituent, symbol, isin, shares, value,
                                 canonical(weight) if weight is not None else None, currency, cells.note("source")))]

    yield from sheet.convert(change, (1, 2, 3))
    for (fund, day), total in sums.items():
        if total and abs(total - ONE) > _NEAR:
            sheet.report.warn("weights-sum", N_("The weights of {fund} on {day} add up to {sum} %.", fund=fund, day=day,
                                                sum=canonical(total * HUNDRED)), column="weight", subject=fund)


def _weight(cells: Cells) -> Decimal | None:
    """Return the weight as a part of one: the column in per cent is divided, the plain one only with its sign."""
    if cells.text("weight_pct"):
        number = cells.maybe_number("weight_pct", percent=True)
        return quotient(Decimal(number), HUNDRED) if number is not None else None
    stated = cells.text("weight")
    number = cells.maybe_number("weight", percent=True)
    if number is None:
        return None
    weight = quotient(Decimal(number), HUNDRED) if "%" in stated else Decimal(number)
    if abs(weight) > 2:
        raise BadCell("weight-unit", N_("A weight is a part of one; weights in per cent go into the column {column}.",
                                        column="weight_pct"), "weight", stated)
    return weight


FORMAT: Final = Format(
    "fund_weights", "fund_weights",
    columns("fund company constituent>company ticker symbol>ticker isin currency source", dates="date",
            numbers="shares market_value market_value($)>market_value weight weight(%)>weight_pct "
                    "weight_(%)>weight_pct market_value_($)>market_value",
            required="date fund ticker"),
    frozenset({"weight", "weight_pct"}), read)
