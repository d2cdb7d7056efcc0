"""Transfers between our own accounts: securities keep their lots, money changes its place only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.references import References
from sandyq.packs.sheet import BadCell, Cells, Sheet, ticker


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``transfer`` rows. `instrument` stays empty: the desk finds it. A blank symbol is money in `currency`."""
    references = References()

    def change(cells: Cells) -> Sequence[Produced]:
        traded, settled = cells.day("trade_date"), cells.maybe_day("settle_date")
        if settled and settled < traded:
            raise BadCell("settles-before-trade", N_("The settlement date is before the trade date."), "settle_date",
                          settled)
        symbol = ticker(cells.text("symbol"), "symbol") if cells.text("symbol") else ""
        quantity = cells.number("quantity", sign="positive")
        currency = cells.currency() if cells.text("currency") or not symbol else ""
        out, into = cells.needed("from_account"), cells.needed("to_account")
        if out == into:
            raise BadCell("same-account", N_("The transfer begins and ends in one account."), "to_account", into)
        reference = cells.text("reference")
        if not reference:
            reference = references.made((traded, symbol, quantity, currency, out, into))
            sheet.report.info("reference-made", N_("The row has no reference; one was made from its content."),
                              line=cells.line, column="reference")
        if settled is None:
            sheet.report.warn("settlement-assumed", N_("There is no settlement date; the trade date is taken."),
                              line=cells.line, column="settle_date")
        return [("transfer", (cells.line, reference, traded, settled or traded, symbol, "", quantity, currency, out,
                              into, cells.text("lot"), cells.text("note")))]

    return sheet.convert(change, (1,))


FORMAT: Final = Format(
    "transfers", "transfers",
    columns("reference symbol currency from_account to_account lot note", dates="trade_date settle_date",
            numbers="quantity", required="trade_date quantity from_account to_account"),
    frozenset(), read)
