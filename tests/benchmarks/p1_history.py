"""P1: a cold process opens a book and computes its daily USD history and FIFO gains, against the numpy reference.

Ours reads decimals as text from the journalled book, computes the history and the exact lots of `book.ledger.run`; the
reference (`val.py numpy`, one repetition) reads floats from a plain table. Values, history and gains must agree.
"""

# ruff: noqa: T201  # a command that prints its figures
from __future__ import annotations

import json
import sys
import tempfile
from decimal import Decimal, localcontext
from pathlib import Path
from time import perf_counter

from measure import anchor_script, arguments, in_processes, report


def ours(path: Path) -> dict[str, object]:
    """Open the book and return the checksums and the seconds of each stage."""
    marks = [perf_counter()]

    def mark() -> None:
        marks.append(perf_counter())

    from sandyq.basics.decimals import WIDE, ZERO
    from sandyq.book.ledger import run
    from sandyq.market.fx import rate
    from sandyq.performance.history import history
    from sandyq.store.market import read_bookings, read_directory, read_market
    from sandyq.store.store import Store
    mark()
    with Store.open(path, actor="Analyst 1") as store:
        directory, market = read_directory(store), read_market(store)
        mark()
        rows = read_bookings(store)
    mark()
    splits = {instrument.id: found for instrument in directory
              for symbol in directory.symbols_of(instrument) if (found := market.splits.get(symbol))}

    def usd_rate(currency: str, day: object) -> Decimal | None:
        found = rate(market.fx, currency, "USD", day)  # type: ignore[arg-type]
        return found.rate if found else None

    from datetime import date
    series = next(iter(market.prices.values()))
    days = [date.fromordinal(number) for number in series.days]
    columns = history(rows, directory, market, days, splits=splits, reference_funds={}, fallback_factor=Decimal(1),
                      usd_rate=usd_rate)
    mark()
    from sandyq.book.state import BookSettings
    state = run(rows, splits, BookSettings(), days[-1], usd_rate=usd_rate)
    with localcontext(WIDE):
        gain = sum((part.proceeds - part.cost for part in state.realised), ZERO)
    mark()
    names = ("import", "market", "bookings", "history", "fifo")
    stages = {name: round(after - before, 3)
              for name, before, after in zip(names, marks, marks[1:], strict=False)}
    value = columns.market_value
    return {"final": round(float(value[-1]), 2), "hist": float(value.sum()), "gain": float(round(gain, 2)),
            "pieces": len(state.realised), "stages": stages}


def agree(mine: dict[str, float], reference: dict[str, float]) -> None:
    """Stop unless the checksums agree: to the cent, and the sum over all days to twelve digits."""
    assert abs(mine["final"] - reference["final"]) < 0.011, (mine, reference)
    assert abs(mine["gain"] - reference["gain"]) < 0.011, (mine, reference)
    assert abs(mine["hist"] / reference["hist"] - 1) < 1e-12, (mine, reference)
    assert mine["pieces"] == reference["pieces"], (mine, reference)


def compare(anchors: Path, folder: Path, transactions: int, instruments: int, rounds: int) -> bool:
    """Make both books, check the checksums, print the times; True when the goal is reached."""
    from books import Source, generated
    plain = generated(anchor_script(anchors, "gen_book.py"), folder, transactions, instruments)
    book = folder / "bench.sandyq"
    Source(plain).record(book)
    taken, printed = in_processes({
        "numpy reference": [sys.executable, str(anchor_script(anchors, "val.py")), "numpy", str(plain), "--rep", "1"],
        "sandyq": [sys.executable, __file__, "--open", str(book)]}, rounds)
    mine, reference = json.loads(printed["sandyq"]), json.loads(printed["numpy reference"])
    agree(mine, reference["ck"])
    print(f"checksums agree: {reference['ck']}; our stages {mine['stages']}")
    return report(taken, "numpy reference", "sandyq", 2.0)


def main() -> None:
    if sys.argv[1:2] == ["--open"]:
        print(json.dumps(ours(Path(sys.argv[2]))))
        return
    given = arguments(__doc__ or "", transactions=100_000, instruments=60)
    with tempfile.TemporaryDirectory() as folder:
        compare(given.anchors, Path(folder), given.transactions, given.instruments, given.rounds)


if __name__ == "__main__":
    main()
