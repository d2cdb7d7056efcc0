"""Laws of the comparison itself, for any balances on both sides."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.origin import Origin
from sandyq.book.reconciliation import (
    CASH,
    SECURITY,
    Compared,
    Earlier,
    Held,
    Match,
    Side,
    Stated,
    broken_since,
    compare,
)

ACCOUNTS, SUBJECTS = ("A", "B", "C"), ("X", "Y", "Z")
amounts = st.decimals(min_value=-1000, max_value=1000, places=2)
keys = st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from((SECURITY, CASH)), st.sampled_from(SUBJECTS))
sides = st.dictionaries(keys, amounts, max_size=12)
ALL_SIDES = [(account, kind) for account in ACCOUNTS for kind in (SECURITY, CASH)]


def compared(ours: dict[tuple[str, str, str], Decimal], theirs: dict[tuple[str, str, str], Decimal],
             wanted: list[Side] | None = None) -> tuple[Compared, ...]:
    return compare([Held(*key, amount, Decimal(2), "USD") for key, amount in ours.items()],
                   [Stated(*key, amount, Decimal(2), "USD", Origin(1, 1)) for key, amount in theirs.items()],
                   ALL_SIDES if wanted is None else wanted, lambda _: Decimal(1), tolerance_bp=Decimal(0))


@settings(max_examples=80, deadline=None)
@given(sides, sides)
def test_the_differences_sum_to_ours_minus_theirs(ours: dict[tuple[str, str, str], Decimal],
                                                  theirs: dict[tuple[str, str, str], Decimal]) -> None:
    lines = compared(ours, theirs)
    assert sum(line.difference for line in lines) == sum(ours.values()) - sum(theirs.values())
    assert sum(line.value_usd or 0 for line in lines) == 2 * (sum(ours.values()) - sum(theirs.values()))


@settings(max_examples=60, deadline=None)
@given(sides, sides)
def test_each_account_is_reconciled_by_itself(ours: dict[tuple[str, str, str], Decimal],
                                              theirs: dict[tuple[str, str, str], Decimal]) -> None:
    alone = {line for account in ACCOUNTS for line in compared(
        {key: amount for key, amount in ours.items() if key[0] == account},
        {key: amount for key, amount in theirs.items() if key[0] == account},
        [side for side in ALL_SIDES if side[0] == account])}
    assert alone == set(compared(ours, theirs))


@settings(max_examples=60, deadline=None)
@given(sides)
def test_equal_sides_have_no_break(ours: dict[tuple[str, str, str], Decimal]) -> None:
    assert {line.match for line in compared(ours, ours)} <= {Match.MATCHED}


@settings(max_examples=60, deadline=None)
@given(sides, sides)
def test_breaks_come_before_what_matches_and_fall_in_worth(ours: dict[tuple[str, str, str], Decimal],
                                                           theirs: dict[tuple[str, str, str], Decimal]) -> None:
    lines = compared(ours, theirs)
    matched = [line.match is Match.MATCHED for line in lines]
    assert matched == sorted(matched)
    worth = [abs(line.value_usd or Decimal(0)) for line in lines if line.match is not Match.MATCHED]
    assert worth == sorted(worth, reverse=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from((Match.MATCHED, Match.QUANTITY_BREAK, Match.PRICE_BREAK)), min_size=1, max_size=12))
def test_a_run_begins_after_the_last_day_that_was_otherwise(states: list[Match]) -> None:
    days = [date(2025, 1, 1) + timedelta(n) for n in range(len(states))]
    key = ("A", SECURITY, "X")
    side = frozenset({key[:2]})
    other = Earlier(date(2025, 6, 1), frozenset({("B", SECURITY)}), {})
    earlier = [Earlier(day, side, {key: state}) for day, state in zip(days[:-1], states[:-1], strict=True)]
    earlier.insert(len(earlier) // 2, other)
    since = broken_since({key: states[-1]}, days[-1], reversed(earlier))[key]
    if states[-1] is Match.MATCHED:
        assert since == days[-1]
        return
    run = states[days.index(since):]
    assert set(run) == {states[-1]}
    assert since == days[0] or states[days.index(since) - 1] is not states[-1]


def test_money_agrees_within_half_a_cent_and_prices_within_the_tolerance() -> None:
    def match(kind: str, ours: str, theirs: str, price: str = "2", bp: int = 10) -> Match:
        return compare([Held("A", kind, "X", Decimal(ours), Decimal(2), "USD")],
                       [Stated("A", kind, "X", Decimal(theirs), Decimal(price), "USD", Origin(1, 1))], [("A", kind)],
                       lambda _: Decimal(1), tolerance_bp=Decimal(bp))[0].match

    assert match(CASH, "1.004", "1") is Match.MATCHED
    assert match(CASH, "1.005", "1") is Match.QUANTITY_BREAK
    assert match(SECURITY, "1.00000001", "1") is Match.QUANTITY_BREAK
    assert match(SECURITY, "1", "1", "2.002") is Match.MATCHED
    assert match(SECURITY, "1", "1", "2.0021") is Match.PRICE_BREAK
    assert match(SECURITY, "1", "0") is Match.MISSING_THERE
