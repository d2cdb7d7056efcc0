"""P3: exact FIFO with lots kept, in decimals, against the plain loop over floats that the anchors print.

`lots` is the loop that is compared (rows already in the book's order and grouped, as the float loop's columns are);
`run` is everything the book says: ordering, cash, flows, totals, findings and every realised part with its currency.
"""

# ruff: noqa: T201  # a command that prints its figures
from __future__ import annotations

import tempfile
from collections import defaultdict, deque
from collections.abc import Sequence
from decimal import Decimal, localcontext
from pathlib import Path

from books import Source, generated
from measure import Taken, anchor_script, arguments, in_process, report

from sandyq.basics.decimals import ONE, WIDE, ZERO
from sandyq.book.collector import paused_collector
from sandyq.book.ledger import run
from sandyq.book.lots import Lots
from sandyq.book.matching import match
from sandyq.book.order import in_order
from sandyq.book.rates import remembered
from sandyq.book.shortage import refuse
from sandyq.book.state import BookSettings, BookState
from sandyq.book.transactions import Transaction


def float_loop(trades: Sequence[tuple[int, int, int, float]]) -> tuple[float, int]:
    """Return gain and number of parts over (instrument, type, quantity, price), as the anchors' plain loop does."""
    held: dict[int, deque[list[float]]] = defaultdict(deque)
    gain, parts = 0.0, 0
    for instrument, kind, quantity, price in trades:
        lots = held[instrument]
        if kind == 0:
            lots.append([quantity, price])
        elif kind == 1:
            wanted: float = quantity
            while wanted > 0:
                first = lots[0]
                part = min(first[0], wanted)
                gain += (price - first[1]) * part
                first[0] -= part
                wanted -= part
                parts += 1
                if not first[0]:
                    lots.popleft()
        elif kind == 4:
            for lot in lots:
                lot[0] *= quantity
                lot[1] /= quantity
    return gain, parts


def exact_loop(groups: Sequence[Sequence[Transaction]]) -> list[Lots]:
    """Match every instrument's ordered rows; lots, parts and their costs are kept."""
    with localcontext(WIDE), paused_collector():
        rate = remembered(lambda _currency, _day: ONE)
        return [match(rows, BookSettings(), rate, refuse) for rows in groups]


def gain_of(lots: Sequence[Lots]) -> tuple[Decimal, int]:
    """Return proceeds minus cost in the instruments' currencies and the number of parts."""
    with localcontext(WIDE):
        gain = sum((part.proceeds - part.cost for item in lots for part in item.slices), ZERO)
    return gain, sum(len(item.slices) for item in lots)


def compare(source: Source, rounds: int) -> dict[str, Taken]:
    """Check that both loops agree to the cent, then time them and the whole `run`."""
    rows = source.transactions()
    trades = [(row[2], row[3], row[4], row[5]) for row in source.trades]
    by_instrument: dict[str, list[Transaction]] = defaultdict(list)
    for row in rows:
        if row.instrument:
            by_instrument[row.instrument].append(row)
    groups = [in_order(group) for group in by_instrument.values()]

    def whole() -> BookState:
        return run(rows, {}, BookSettings(), source.days[-1], usd_rate=lambda _currency, _day: ONE)

    loose, exact, state = float_loop(trades), gain_of(exact_loop(groups)), whole()
    assert abs(Decimal(loose[0]) - exact[0]) < Decimal("0.01") + abs(exact[0]) * Decimal("1e-12"), (loose, exact)
    assert loose[1] == exact[1] == len(state.realised)
    with localcontext(WIDE):
        told = sum((part.proceeds - part.cost for part in state.realised), ZERO)
    assert told == exact[0], (told, exact)
    print(f"gain {exact[0]:.2f} in {exact[1]} parts, the same in both")
    del state
    return in_process({"float loop": lambda: float_loop(trades), "lots": lambda: exact_loop(groups), "run": whole},
                      rounds)


def main() -> None:
    given = arguments(__doc__ or "", transactions=100_000, instruments=60)
    script = anchor_script(given.anchors, "gen_book.py")
    with tempfile.TemporaryDirectory() as folder:
        source = Source(generated(script, Path(folder), given.transactions, given.instruments))
        report(compare(source, given.rounds), "float loop", "lots", 4.0)


if __name__ == "__main__":
    main()
