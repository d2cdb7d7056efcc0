"""P12: a check of an order against every limit before and after, inside the process, as it runs while typing.

The state before the order is given and the largest order is not searched, as in the order draft.
"""

# ruff: noqa: T201  # a command that prints its figures
from __future__ import annotations

import argparse
import gc
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from statistics import median
from time import perf_counter

from sandyq.basics.decimals import ONE, ZERO
from sandyq.exposure.result import Rung
from sandyq.limits.check import check
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import Order, State
from sandyq.limits.snapshot import Denominator, Row, Snapshot
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind

DAY = date(2026, 6, 30)
GOALS = ((40, 60, 5.0), (200, 2_000, 16.0))
"""Limits, positions and the goal in milliseconds."""
_KINDS = (Kind.SPOT_ETF, Kind.TREASURY_COMPANY, Kind.MINER, Kind.EXCHANGE)
_HEAD = """
[mandate]
name = "Board"
version = "1"
valid_from = 2026-01-01
maximum = 900_000_000_000
[eligibility]
token_clause = "Clause 2: no tokens."
"""
_PARTS = (
    'measure = "net_invested"\nunit = "USD"\nwarn = 700_000_000_000\nhard = 900_000_000_000',
    'measure = "market_value"\nunit = "ratio"\ndenominator = "reserves:gross"\nsoft = 0.5\nhard = 0.75',
    'measure = "market_value"\nbasis = "look_through"\nunit = "USD"\nsoft = 500_000_000_000\nhard = 800_000_000_000',
    'measure = "market_value"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "issuer"\nsoft = 0.5\nhard = 0.7',
    'measure = "market_value"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "kind"\nsoft = 0.9\nhard = 0.95',
    'measure = "market_value"\nunit = "ratio"\ndenominator = "sleeve"\nscope = {kind = ["miner"]}\nhard = 0.9',
    'measure = "market_value"\nbasis = "highest"\nunit = "USD"\nhard = 800_000_000_000',
    'measure = "ownership"\nunit = "ratio"\nhard = 0.5',
)
"""Sums over the whole book, groups, a scope, and one measure line by line; repeated until there are enough."""


def mandate(limits: int) -> Mandate:
    """Return a mandate of so many limits."""
    return read_mandate(_HEAD + "".join(
        f'[[limit]]\nid = "L{number:03d}"\nclause = "Clause {number}."\n[[limit.part]]\n'
        f"{_PARTS[number % len(_PARTS)]}\n" for number in range(limits)))


def snapshot(positions: int) -> Snapshot:
    """Return a book of so many positions of four kinds."""
    gross = {"gross": Denominator(Decimal(600_000_000_000), date(2026, 5, 31), "bulletin", None)}
    return Snapshot(as_of=DAY, rows=tuple(map(_row, range(positions))), candidates={}, invested=Decimal(1_000_000),
                    flows=(), reserves=gross, programme=None, ramp_up_floor=ZERO, drawdown=None)


def _row(number: int) -> Row:
    symbol = f"S{number:04d}"
    count, price, beta = Decimal(1000 + 37 * number), Decimal(number % 90 + 10) + Decimal("0.37"), Decimal("1.15")
    value, through = count * price, price * beta
    return Row(symbol=symbol, instrument=symbol, kind=_KINDS[number % 4], issuer=f"Issuer {number // 2}",
               sponsor_group=f"Group {number % 9}", currency="USD", country="US", venue="XNAS", quantity=count,
               price=price, rate=ONE, market_value=value, cost=value, exposure=count * through,
               exposure_high=count * through, coins={"BTC": count * through}, custody={}, share_exposure=through,
               share_high=through, share_coins={"BTC": through}, share_custody={}, beta=beta, premium=None, age=0,
               rung=Rung.REPORTED, holdings_age=None, volume=Decimal(1_000_000), units=Decimal(10**9), structure="",
               leverage=ONE)


def milliseconds(limits: int, positions: int, rounds: int) -> Sequence[float]:
    """Time the check of one purchase; the verdict and the moved limits are asserted, not only timed."""
    book, rules = snapshot(positions), mandate(limits)
    before = evaluate(book, rules, DAY)
    order = Order("buy", Decimal(100), "S0000", Decimal("10.37"))
    taken = []
    for _ in range(rounds):
        gc.collect()
        start = perf_counter()
        result = check(book, rules, [order], before=before, largest=False)
        taken.append((perf_counter() - start) * 1000)
        assert len(result.changes) == limits
        assert all(change.after.state is not State.UNKNOWN for change in result.changes)
        assert any(change.moved for change in result.changes)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    for limits, positions, goal in GOALS:
        taken = milliseconds(limits, positions, given.rounds)
        found = median(taken)
        print(f"{'reached' if found <= goal else 'MISSED'}: {limits} limits over {positions} positions "
              f"{found:.1f} ms [{min(taken):.1f}-{max(taken):.1f}], goal {goal:g} ms")


if __name__ == "__main__":
    main()
