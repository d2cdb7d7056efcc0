"""What a person or a saved mapping says about a file before it is read, and what the book can say about its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from sandyq.market.series import FundHolding
from sandyq.packs.mappings import SavedMapping


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Declarations win over detection; empty means not declared.

    `mapping` is a value, or the name of one that ships with the program. `date_format`: ymd, dmy or mdy. `decimal`:
    point or comma. `symbol`, `currency`, `source`, `basis`, `price_type`, `cutoff`, `shares_basis` fill a column that
    the file does not have; `constants` does the same for any other column. `adjusted_as_of` is the day that
    split-adjusted prices are adjusted to. `sheet` names the sheet of a workbook; without it the first one is read.
    `skip_rows` leaves out lines before the header.
    """

    kind: str = ""
    mapping: SavedMapping | str | None = None
    encoding: str = ""
    delimiter: str = ""
    date_format: str = ""
    decimal: str = ""
    adjusted_as_of: date | None = None
    symbol: str = ""
    currency: str = ""
    source: str = ""
    basis: str = ""
    price_type: str = ""
    cutoff: str = ""
    shares_basis: str = ""
    sheet: str = ""
    skip_rows: int = 0
    constants: Mapping[str, str] = field(default_factory=dict)

    def given(self) -> dict[str, str]:
        """Return the columns that the options fill."""
        named = {"symbol": self.symbol, "currency": self.currency, "source": self.source, "basis": self.basis,
                 "price_type": self.price_type, "cutoff": self.cutoff, "shares_basis": self.shares_basis}
        return {name: value for name, value in {**self.constants, **named}.items() if value}


class Context(Protocol):
    """What the book already knows, for the sanity of coin data and of jumps in prices."""

    def coin_close(self, asset: str, day: date) -> Decimal | None:
        """Return the coin's price in USD on exactly that day."""

    def last_fund_holding(self, symbol: str, asset: str) -> FundHolding | None:
        """Return the latest holding recorded for the fund."""

    def has_split(self, symbol: str, after: date, until: date) -> bool:
        """Return whether a split has its ex-date in ``after < ex_date <= until``."""


class NoContext:
    """A file read by itself: nothing is known."""

    def coin_close(self, asset: str, day: date) -> Decimal | None:  # noqa: ARG002 - the protocol's names
        return None

    def last_fund_holding(self, symbol: str, asset: str) -> FundHolding | None:  # noqa: ARG002
        return None

    def has_split(self, symbol: str, after: date, until: date) -> bool:  # noqa: ARG002
        return False
