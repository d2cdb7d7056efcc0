"""How long the difference view takes over a hundred thousand facts; a command, not a test.

    python tests/records/measure_difference.py [facts] [bookings]

A book of 40 funds gets that many prices and bookings, then every price anew. Printed: the difference in a book just
opened, and in one whose present state is on the screen already, in seconds of the clock and of the processor.
"""

# ruff: noqa: T201  # a command that prints its figures
from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sandyq.control.records import Batch
from sandyq.reference.facts import FactRow
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

FUNDS = [f"F{number:02}" for number in range(40)]
LAST = date(2026, 6, 30)


def prices(count: int, step: int) -> Iterator[tuple[str, FactRow]]:
    days = [(LAST - timedelta(number)).isoformat() for number in range(count // len(FUNDS))]
    for line, (symbol, day) in enumerate((symbol, day) for symbol in FUNDS for day in days):
        yield "price", (line, symbol, day, f"{50 + step}.{1 + line % 7}", "USD", "T", day, "close", *[None] * 6)


def bookings(count: int) -> Iterator[tuple[str, FactRow]]:
    for symbol in FUNDS:
        for name, value in (("symbol", symbol), ("kind", "spot_etf"), ("mic", "XNAS"), ("underlying", "BTC:1")):
            yield "instrument_attribute", (0, f"{symbol}.XNAS", name, value, None, None, None)
    for number in range(count):
        symbol, kind = FUNDS[number % 40], "sell" if number >= 40 and number // 40 % 2 else "buy"
        day = (LAST - timedelta(2000 - 2000 * number // count)).isoformat()
        yield "booking", (number, f"R-{number}", day, day, kind, symbol, f"{symbol}.XNAS", "10", "50", "USD", "0", "0",
                          "C", None, None)


def main(facts: int, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "b.sandyq"
        Workstation.create(book, mandate="example", settings={}, actor="Analyst 1").close()
        with Workstation.open(book, actor="Analyst 1", write=True) as station:
            for batch in (bookings(rows), prices(facts, 0), prices(facts, 1)):
                station.store.record(Batch("import", "Analyst 1", {}, batch), datetime.now(UTC))
            first = station.journal(Question(LAST))[-2].known_at
        for opened in ("just opened", "on the screen"):
            with Workstation.open(book, actor="Analyst 1") as station:
                if opened == "on the screen":
                    _ = station.limits(Question(LAST))
                clock, processor = time.perf_counter(), time.process_time()
                found = station.records.difference(LAST, first, None, "sleeve")
                took, worked = time.perf_counter() - clock, time.process_time() - processor
                print(f"{opened}: {took:.2f} s, processor {worked:.2f} s, "
                      f"{len(found.facts) + found.more_facts} facts changed")


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:3], *("100000", "2000")[len(sys.argv) - 1:])))
