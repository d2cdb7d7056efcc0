"""What funds hold: coins, shares, coins per share, net asset value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs.format import Format, Produced, columns
from sandyq.packs.sanity import FundChecks, Stated
from sandyq.packs.sheet import BadCell, Cells, Sheet

_SAID: Final = ("coins", "shares_outstanding", "coins_per_share", "nav", "net_assets_usd", "market_price")
_RESTATED: Final = ("split-adjusted", "split adjusted", "post-split", "post split", "shares adjusted for")


def restated(text: str) -> bool:
    """Whether a source says that its share count is already in units after later splits."""
    folded = text.lower()
    return any(mark in folded for mark in _RESTATED)


def shares_basis(cells: Cells, *texts: str) -> str:
    """Return S or R: the column's word wins, else S where a source says split-adjusted, else R."""
    stated = cells.text("shares_basis").upper()
    if stated:
        if stated not in {"R", "S"}:
            raise BadCell("bad-basis", N_("Share counts are R (as reported on the day) or S (restated for splits)."),
                          "shares_basis", stated)
        return stated
    return "S" if any(restated(text) for text in texts) else "R"


def exact_or_none(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def read(sheet: Sheet) -> Iterator[Produced]:
    """Yield ``fund_holding`` rows that pass the sanity checks of coin data."""
    checks = FundChecks(sheet.context, sheet.report)

    def change(cells: Cells) -> Sequence[Produced]:
        symbol, day, asset = cells.symbol(), cells.day("date"), cells.asset()
        said = {name: cells.maybe_number(name, sign="zero", suffix=name == "shares_outstanding") for name in _SAID}
        if not any(value is not None for value in said.values()):
            raise BadCell("nothing-said", N_("The row gives no figure."))
        for name in ("shares_outstanding", "coins_per_share", "nav", "market_price"):
            if said[name] == "0":
                raise BadCell("zero-number", N_("The column {column} cannot be zero.", column=name), name, "0")
        source, quality = cells.note("source"), cells.note("quality")
        numbers = {name: exact_or_none(value) for name, value in said.items()}
        checks.check(Stated(symbol, date.fromisoformat(day), asset, numbers["coins"], numbers["shares_outstanding"],
                            numbers["coins_per_share"], numbers["nav"], numbers["net_assets_usd"]), cells.line)
        return [("fund_holding", (cells.line, symbol, day, asset, *(said[name] for name in _SAID),
                                  shares_basis(cells, quality or ""), quality, source))]

    return sheet.convert(change, (1, 2, 3))


FORMAT: Final = Format(
    "fund_holdings", "fund_holdings",
    columns("symbol asset shares_basis quality source", dates="date", numbers=" ".join(_SAID),
            required="date symbol asset"),
    frozenset({"coins_per_share", "nav", "net_assets_usd"}), read)
