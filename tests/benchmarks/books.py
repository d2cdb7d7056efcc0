"""The seeded book of the anchors (`gen_book.py`) as facts of ours: prices, rates, instruments and bookings.

Types there: 0 buy, 1 sell, 2 dividend, 3 fee, 4 split; whole shares, prices as floats with four decimals.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from sandyq.basics.decimals import ZERO, canonical
from sandyq.basics.origin import Origin
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.control.records import Batch
from sandyq.reference.facts import FactRow
from sandyq.store.store import Store

CURRENCIES = ("USD", "EUR", "CHF", "GBP", "CAD", "HKD", "SEK", "JPY")
"""The order in which the generator numbers them."""
_TYPES = (TransactionType.BUY, TransactionType.SELL, TransactionType.DIVIDEND, TransactionType.FEE,
          TransactionType.SPLIT)


def generated(script: Path, folder: Path, transactions: int, instruments: int) -> Path:
    """Make the anchors' book in a folder and return its database."""
    subprocess.run([sys.executable, str(script), str(folder), "--txns", str(transactions), "--inst",
                    str(instruments)], check=True, stdout=subprocess.DEVNULL)
    return folder / "book.db"


class Source:
    """The anchors' database, read once."""

    def __init__(self, path: Path) -> None:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.days = [date.fromisoformat(text) for _, text in connection.execute("select * from calendar order by day")]
        self.instruments = connection.execute("select id, ticker, ccy from instruments order by id").fetchall()
        self.trades = connection.execute("select id, day, inst, type, qty, price, amount from txns order by id"
                                         ).fetchall()
        self.prices = connection.execute("select inst, day, close from prices order by inst, day").fetchall()
        self.rates = connection.execute("select ccy, day, rate from fx order by ccy, day").fetchall()
        connection.close()
        self.symbols = {number: ticker for number, ticker, _ in self.instruments}
        self.currency = {number: CURRENCIES[code] for number, _, code in self.instruments}

    def transactions(self) -> list[Transaction]:
        """Return the trades as transactions of the book floor."""
        found = []
        for number, day, instrument, kind, quantity, price, amount in self.trades:
            units, each = _amounts(kind, quantity, price, amount)
            on = self.days[day]
            found.append(Transaction(on, on, _TYPES[kind], "" if kind == 3 else f"I-{instrument:04d}", units, each,
                                     self.currency[instrument], ZERO, ZERO, "A", f"T-{number}", "", "",
                                     Origin(2, number)))
        return found

    def facts(self) -> Iterator[tuple[str, FactRow]]:
        """Yield every fact in the form in which the store records it."""
        for number, ticker, _ in self.instruments:
            for name, value in (("symbol", ticker), ("kind", "equity_etf"), ("mic", "XNAS"),
                                ("currency", self.currency[number])):
                yield "instrument_attribute", (0, f"I-{number:04d}", name, value, None, None, None)
        days = [day.isoformat() for day in self.days]
        for place, (instrument, day, close) in enumerate(self.prices):
            yield "price", (place, self.symbols[instrument], days[day], _text(close), self.currency[instrument], "raw",
                            days[day], "close", None, None, None, None, None, None)
        for place, (code, day, rate) in enumerate(self.rates):
            if code:
                yield "fx_rate", (place, CURRENCIES[code], "USD", days[day], _text(rate), "daily", None)
        for number, day, instrument, kind, quantity, price, amount in self.trades:
            units, each = _amounts(kind, quantity, price, amount)
            if kind == 4:
                yield "split", (number, self.symbols[instrument], days[day], str(quantity), "1", None, None)
                continue
            cash = kind == 3
            yield "booking", (number, f"T-{number}", days[day], days[day], _TYPES[kind].value,
                              None if cash else self.symbols[instrument], None if cash else f"I-{instrument:04d}",
                              canonical(units), canonical(each), self.currency[instrument], "0", "0", "A", None, None)

    def record(self, path: Path) -> None:
        """Make a book of ours with all of it."""
        now = datetime(2026, 7, 1, tzinfo=UTC)
        with Store.create(path, actor="Analyst 1", now=now) as store:
            store.record(Batch("import", "Analyst 1", {"file": "generated"}, self.facts()), now)


def _text(number: float) -> str:
    return canonical(Decimal(repr(number)))


def _amounts(kind: int, quantity: int, price: float, amount: float) -> tuple[Decimal, Decimal]:
    if kind <= 1:
        return Decimal(quantity), Decimal(repr(price))
    return (Decimal(quantity), Decimal(1)) if kind == 4 else (Decimal(repr(amount)), Decimal(1))
