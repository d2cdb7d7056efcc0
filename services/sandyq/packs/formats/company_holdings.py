"""What companies hold: coins and shares, and where a source says so debt, preferred stock, cash, pledged coins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.formats.fund_holdings import shares_basis
from sandyq.packs.sanity import check_supply
from sandyq.packs.sheet import BadCell, Cells, Sheet

_MONEY: Final = ("debt", "preferred", "cash")


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``company_holding`` rows. Zero coins is a statement; a blank is not, and is refused."""
    def change(cells: Cells) -> Sequence[Produced]:
        symbol, day, asset = cells.symbol(), cells.day("date"), cells.asset()
        coins = cells.number("coins", sign="zero")
        check_supply(asset, Decimal(coins))
        diluted = cells.maybe_number("diluted_shares", sign="positive", suffix=True)
        shares = cells.maybe_number("shares_outstanding", sign="positive", suffix=True)
        if diluted is not None and shares is not None and Decimal(diluted) < Decimal(shares):
            sheet.report.warn("diluted-below-basic", N_("There are fewer diluted shares than shares outstanding."),
                              line=cells.line, column="diluted_shares", value=diluted, subject=symbol)
        pledged = cells.maybe_number("pledged", sign="zero")
        if pledged is not None and Decimal(pledged) > Decimal(coins):
            raise BadCell("pledged-above-coins", N_("More coins are pledged than held."), "pledged", pledged)
        money = [cells.maybe_number(name, sign="zero", suffix=True) for name in _MONEY]
        document, source, quality = cells.note("document"), cells.note("source"), cells.note("shares_quality")
        basis = shares_basis(cells, document or "", source or "", quality or "")
        return [("company_holding", (cells.line, symbol, day, asset, coins, diluted, shares,
                                     cells.maybe_day("shares_asof"), *money, pledged, basis,
                                     cells.note("coins_quality"),
                                     quality, document, source))]

    return sheet.convert(change, (1, 2, 3))


FORMAT: Final = Format(
    "company_holdings", "company_holdings",
    columns("symbol asset shares_basis coins_quality shares_quality document source", dates="date shares_asof",
            numbers="coins diluted_shares shares_outstanding pledged " + " ".join(_MONEY),
            required="date symbol asset coins"),
    frozenset({"diluted_shares", "shares_asof", "coins_quality", "shares_quality", "document", "pledged", *_MONEY}),
    read)
