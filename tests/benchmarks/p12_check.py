"""P12: a check of an order against every limit before and after, inside the process, as it runs while typing.

The state before the order is prepared once, as a picture keeps it, and the largest order is not searched, as in the
order draft.
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
from sandyq.limits.after_orders import with_orders
from sandyq.limits.check import check
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Mandate
from sandyq.limits.prepared import Prepared
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
_SUM = 'measure = "market_value"\nhard = 0.99\nunit = "ratio"\n'
_PARTS = (
    'measure = "net_invested"\nunit = "USD"\nhard = 900_000_000_000',
    'measure = "pace"\nunit = "USD"\nhard = 900_000_000_000\noptions = {days = "30"}',
    'measure = "custodian"\nunit = "ratio"\nhard = 0.99', 'measure = "ownership"\nunit = "ratio"\nhard = 0.99',
    'measure = "coin_mix"\nunit = "ratio"\nscope = {coin = ["ETH"]}\nhard = 0.99',
    'measure = "days_to_exit"\nunit = "days"\nhard = 900_000', 'measure = "book_exit"\nunit = "days"\nhard = 900_000',
    'measure = "order_volume"\nunit = "ratio"\nhard = 0.5', 'measure = "forbidden_products"\nunit = "count"\nhard = 0',
    'measure = "stale_share"\nunit = "ratio"\ndenominator = "sleeve"\noptions = {days = "1"}\nhard = 0.5',
    'measure = "holdings_age"\nunit = "days"\nhard = 900',
    'measure = "white_list"\nunit = "count"\noptions = {dimension = "country", allowed = ["US", "IE"]}\nhard = 0',
    'measure = "market_value"\nbasis = "look_through"\nunit = "USD"\nhard = 800_000_000_000',
    'measure = "through_funds"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "issuer"\nhard = 0.99',
    *(f'{_SUM}denominator = "{below}"\nbasis = "{basis}"\n{scope}{group}'
      for basis in ("market_value", "look_through", "cost", "highest")
      for below in ("sleeve", "reserves:gross", "coins")
      for scope in ("", 'scope = {kind = ["spot_etf", "miner"]}\n', 'scope = {currency = ["!USD"]}\n')
      for group in ("", 'group_by = "issuer"', 'group_by = "symbol"', 'group_by = "sponsor_group"',
                    'group_by = "country"', 'group_by = "coin"') if basis == "look_through" or "coin" not in group),
)
"""One of each kind of measure, then sums over bases, denominators, scopes and groups; a mandate takes every n-th."""


def mandate(limits: int) -> Mandate:
    """Return a mandate of so many limits, no two of which are alike."""
    single = _PARTS[:14]
    sums = _PARTS[14:]
    step = max(len(sums) // max(limits - len(single), 1), 1)
    parts = [*single, *sums[::step], *sums][:limits]
    return read_mandate(_HEAD + "".join(
        f'[[limit]]\nid = "L{number:03d}"\nclause = "Clause {number}."\n[[limit.part]]\n{part}\n'
        for number, part in enumerate(parts)))


def snapshot(positions: int) -> Snapshot:
    """Return a book of so many positions of four kinds."""
    gross = {"gross": Denominator(Decimal(600_000_000_000), date(2026, 5, 31), "bulletin", None)}
    return Snapshot(as_of=DAY, rows=tuple(map(_row, range(positions))), candidates={}, invested=Decimal(1_000_000),
                    flows=(), reserves=gross, programme=None, ramp_up_floor=ZERO, drawdown=None)


def _row(number: int) -> Row:
    symbol = f"S{number:04d}"
    count, price, beta = Decimal(1000 + 37 * number), Decimal(number % 90 + 10) + Decimal("0.37"), Decimal("1.15")
    value, through, coin = count * price, price * beta, ("BTC", "BTC", "ETH")[number % 3]
    return Row(symbol=symbol, instrument=symbol, kind=_KINDS[number % 4], issuer=f"Issuer {number // 2}",
               sponsor_group=f"Group {number % 9}", currency=("USD", "USD", "EUR")[number % 3],
               country=("US", "IE")[number % 2], venue="XNAS", quantity=count,
               price=price, rate=ONE, market_value=value, cost=value, exposure=count * through,
               exposure_high=count * through, coins={coin: count * through}, custody=_custody(number, count * through),
               share_exposure=through, share_high=through, share_coins={coin: through},
               share_custody=_custody(number, through), beta=beta, premium=None, age=0,
               rung=Rung.REPORTED, holdings_age=number % 90, volume=Decimal(1_000_000), units=Decimal(10**9),
               structure="", leverage=ONE)


def _custody(number: int, amount: Decimal) -> dict[str, Decimal | None]:
    return {f"Keeper {number % 3}": amount} if number % 4 == 0 else {}


def milliseconds(limits: int, positions: int, rounds: int, *, rooms: bool = False) -> Sequence[float]:
    """Time the check of a purchase as it is typed: another quantity each time, three lines in turn.

    The verdict and the moved limits are asserted, not only timed. `rooms`: with the headroom of every limit after it.
    """
    book, rules = snapshot(positions), mandate(limits)
    ready = Prepared(book, rules)
    taken = []
    for number in range(rounds + 3):
        order = Order("buy", Decimal(100 + number), f"S{number % 3:04d}", Decimal("10.37"))
        gc.collect()
        start = perf_counter()
        result = check(book, rules, [order], largest=False, prepared=ready)
        if rooms:
            told = [part.headroom for change in result.changes for part in change.after.parts]
            assert len(told) == limits
        taken.append((perf_counter() - start) * 1000)
        assert len(result.changes) == limits
        assert all(change.after.state is not State.UNKNOWN for change in result.changes)
        assert any(change.moved for change in result.changes)
    return taken[3:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    for limits, positions, goal in GOALS:
        taken = milliseconds(limits, positions, given.rounds)
        found, rooms = median(taken), median(milliseconds(limits, positions, 3, rooms=True))
        print(f"{'reached' if found <= goal else 'MISSED'}: {limits} limits over {positions} positions "
              f"{found:.1f} ms [{min(taken):.1f}-{max(taken):.1f}], goal {goal:g} ms; "
              f"the book measured whole {median(whole(limits, positions)):.0f} ms; "
              f"with every headroom {rooms:.0f} ms")


def whole(limits: int, positions: int) -> Sequence[float]:
    """Time what a check would cost that measures the book after the order again."""
    book, rules = snapshot(positions), mandate(limits)
    taken = []
    for number in range(3):
        order = Order("buy", Decimal(100 + number), "S0000", Decimal("10.37"))
        start = perf_counter()
        evaluate(with_orders(book, [order], rules), rules, DAY, rooms=False)
        taken.append((perf_counter() - start) * 1000)
    return taken


if __name__ == "__main__":
    main()
