"""Laws of the order check over random books, mandates and baskets of every measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_books import DAY, SYMBOLS, baskets, books, emptied, mandates, row, sales

from sandyq.basics.decimals import ONE, ZERO
from sandyq.limits.after_orders import order_amount, with_orders
from sandyq.limits.check import check
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Mandate, Part
from sandyq.limits.prepared import Prepared
from sandyq.limits.result import Measured, Order, Verdict
from sandyq.limits.snapshot import Snapshot
from sandyq.limits.toml import read_mandate

WEIGHT = {Verdict.PASS: 0, Verdict.ACKNOWLEDGE: 1, Verdict.UNKNOWN: 2, Verdict.REFUSED: 2}
NAMED = {"token_count", "short_count", "forbidden_products", "stale_share", "fallback_share", "largest_groups",
         "groups_above", "herfindahl"}
"""Measures whose one group is named after its lines, so that a basket may rename it."""
some = settings(max_examples=50, deadline=None)


def past(value: Decimal | None, level: Decimal | None, part: Part) -> bool:
    if value is None or level is None:
        return False
    return value > level if part.direction == "max" else value < level


def pairs(book: Snapshot, mandate: Mandate, basket: tuple[Order, ...]) -> Iterator[
        tuple[Part, dict[str, Measured], dict[str, Measured]]]:
    """Yield each part with its groups before and after, both measured whole."""
    before, after = (evaluate(each, mandate, DAY, rooms=False)
                     for each in (book, with_orders(book, basket, mandate)))
    for old, new in zip(before.results, after.results, strict=True):
        for was, now in zip(old.parts, new.parts, strict=True):
            yield was.part, {each.group: each for each in was.groups}, {each.group: each for each in now.groups}


@settings(max_examples=100, deadline=None)
@given(st.data(), books(), mandates())
def test_measuring_the_touched_lines_equals_measuring_the_whole_book_again(
        data: st.DataObject, book: Snapshot, mandate: Mandate) -> None:
    ready = Prepared(book, mandate, pending=data.draw(st.one_of(st.just(()), baskets(book, 2))))
    for _ in range(2):
        basket = data.draw(baskets(ready.snapshot))
        whole = evaluate(with_orders(ready.snapshot, basket, mandate), mandate, DAY)
        for limit, again in zip(ready.after(basket), whole.results, strict=True):
            assert limit.after == again


@some
@given(st.data(), books(), mandates())
def test_a_basket_that_passes_leaves_nothing_newly_beyond_its_limit(
        data: st.DataObject, book: Snapshot, mandate: Mandate) -> None:
    basket = data.draw(baskets(book))
    verdict = check(book, mandate, basket, largest=False).verdict
    assume(WEIGHT[verdict] < 2)
    for part, before, after in pairs(book, mandate, basket):
        if "blocks" in part.options:
            continue
        level = part.in_force if verdict is Verdict.PASS else part.hard
        was = {name for name, group in before.items() if past(group.value, level, part)}
        now = {name for name, group in after.items() if past(group.value, level, part)}
        assert now <= was or (part.measure in NAMED and was)


@some
@given(st.data(), books(), mandates())
def test_sales_that_make_nothing_worse_that_is_beyond_are_never_refused(
        data: st.DataObject, book: Snapshot, mandate: Mandate) -> None:
    basket = data.draw(sales(book))
    worse = False
    for part, before, after in pairs(book, mandate, basket):
        alone = next(iter(before.values())) if before and part.measure in NAMED else None
        for name, group in after.items():
            was = before.get(name) or alone
            known = was is not None and was.value is not None
            worse |= past(group.value, part.in_force, part) and (
                not known or past(group.value, was.value if was else None, part))
            worse |= group.value is None and known
    if not worse:
        assert check(book, mandate, basket, largest=False).verdict is not Verdict.REFUSED


@some
@given(st.data(), books(), mandates())
def test_the_sequence_of_a_basket_and_of_the_lines_of_a_book_changes_nothing(
        data: st.DataObject, book: Snapshot, mandate: Mandate) -> None:
    basket = data.draw(baskets(book))
    straight = check(book, mandate, basket, largest=False)
    mixed = replace(book, rows=tuple(data.draw(st.permutations(book.rows))))
    turned = check(mixed, mandate, data.draw(st.permutations(basket)), largest=False)
    assert straight.verdict is turned.verdict
    assert [(change.verdict, change.after.state, change.after.worst and change.after.worst.value)
            for change in straight.changes] == [
        (change.verdict, change.after.state, change.after.worst and change.after.worst.value)
        for change in turned.changes]


@some
@given(st.data(), books(), mandates())
def test_an_order_in_two_lines_gets_the_verdict_of_the_whole(
        data: st.DataObject, book: Snapshot, mandate: Mandate) -> None:
    order = data.draw(baskets(book, 1))[0]
    assume(order.quantity > 1)
    first = Decimal(data.draw(st.integers(1, int(order.quantity) - 1)))
    halves = (replace(order, quantity=first), replace(order, quantity=order.quantity - first))
    assert check(book, mandate, halves, largest=False).verdict is check(book, mandate, [order], largest=False).verdict


@some
@given(st.data(), books(), mandates(), st.integers(6, 11), st.sampled_from(SYMBOLS))
def test_what_is_no_longer_known_never_loosens_a_verdict_on_purchases(
        data: st.DataObject, book: Snapshot, mandate: Mandate, loss: int, symbol: str) -> None:
    basket = tuple(order for order in data.draw(baskets(book)) if order.side == "buy")
    assume(basket)
    whole = check(book, mandate, basket, largest=False)
    found = book.find(symbol)
    assert found is not None
    poor = row(SYMBOLS.index(symbol), int(found.quantity) or 1, 1000, 3, loss)
    fields = {6: ("exposure", "exposure_high", "share_exposure", "coins", "custody", "share_coins", "share_custody"),
              7: ("price", "market_value"), 8: ("country",), 9: ("beta",), 10: ("volume",), 11: ("units",)}[loss]
    less = replace(found, **{name: getattr(poor, name) for name in fields})
    less = less if found.quantity else emptied(less)
    known = replace(book, rows=tuple(less if each.symbol == symbol else each for each in book.rows),
                    candidates={name: less if name == symbol else each for name, each in book.candidates.items()})
    assert WEIGHT[check(known, mandate, basket, largest=False).verdict] >= WEIGHT[whole.verdict]


@settings(max_examples=25, deadline=None)
@given(st.data(), books(), mandates())
def test_one_share_more_than_the_largest_order_does_not_pass(
        data: st.DataObject, book: Snapshot, mandate: Mandate) -> None:
    order = data.draw(baskets(book, 1))[0]
    found = check(book, mandate, [order]).largest[0]
    more = replace(order, quantity=found.quantity + 1)
    assume(found.binding)
    assert check(book, mandate, [more], largest=False).verdict is not Verdict.PASS
    if found.quantity:
        exactly = replace(order, quantity=found.quantity)
        assert check(book, mandate, [exactly], largest=False).verdict is Verdict.PASS


CAP = """
[mandate]
name = "Board"
version = "1"
valid_from = 2025-01-01
maximum = 300_000_000
[orders]
slippage = {slippage}
fx_buffer = {buffer}
[[limit]]
id = "L01"
clause = "Money put in."
[[limit.part]]
measure = "net_invested"
unit = "USD"
hard = {level}
"""


def capped(level: int, slippage: str = "0", buffer: str = "0") -> Mandate:
    return read_mandate(CAP.format(level=level, slippage=slippage, buffer=buffer))


def held(*rows: object, invested: str = "0") -> Snapshot:
    return Snapshot(as_of=DAY, rows=rows, candidates={}, invested=Decimal(invested),  # type: ignore[arg-type]
                    flows=(), reserves={}, programme=None, ramp_up_floor=ZERO, drawdown=None)


ONE_LINE = held(row(0, 100, 1000, 3, 0))
EUROS = held(row(2, 100, 1000, 3, 0))


def test_a_purchase_is_tested_at_its_limit_price_with_slippage() -> None:
    order = Order("buy", Decimal(10), "S0", Decimal(100))
    assert check(ONE_LINE, capped(1000), [order], largest=False).verdict is Verdict.PASS
    assert check(ONE_LINE, capped(1000, "0.0001"), [order], largest=False).verdict is Verdict.REFUSED
    slipped = check(ONE_LINE, capped(1005, "0.005"), [order], largest=False)
    assert (slipped.verdict, slipped.amount_usd) == (Verdict.PASS, Decimal(1005))


def test_a_foreign_purchase_is_tested_at_a_worse_rate_and_a_sale_brings_less() -> None:
    order = Order("buy", Decimal(10), "S2", Decimal(10))
    found = EUROS.rows[0]
    assert order_amount(order, found, capped(1, buffer="0.02")) == Decimal("1.1234567") * 102
    assert order_amount(replace(order, side="sell"), found, capped(1, buffer="0.02")) == -Decimal("1.1234567") * 98
    assert order_amount(order, ONE_LINE.rows[0], capped(1, buffer="0.02")) == 100


def test_two_orders_are_never_approved_against_the_same_headroom() -> None:
    order, mandate = Order("buy", Decimal(60), "S0", Decimal(10)), capped(1000)
    assert check(ONE_LINE, mandate, [order], largest=False).verdict is Verdict.PASS
    again = check(ONE_LINE, mandate, [order], pending=[order])
    assert again.verdict is Verdict.REFUSED
    assert again.changes[0].before.worst is not None
    assert again.changes[0].before.worst.value == 600
    assert (again.pending, again.largest[0].quantity) == ((order,), Decimal(40))


def test_a_sale_on_its_way_makes_no_room_and_is_not_sold_twice() -> None:
    book, mandate = replace(ONE_LINE, invested=Decimal(950)), capped(1000)
    sale, order = Order("sell", Decimal(60), "S0", Decimal(10)), Order("buy", Decimal(10), "S0", Decimal(10))
    assert check(book, mandate, [order], largest=False, pending=[sale]).verdict is Verdict.REFUSED
    assert check(book, mandate, [sale], largest=False, pending=[sale]).verdict is Verdict.REFUSED
    assert check(book, mandate, [replace(sale, quantity=Decimal(40))], largest=False,
                 pending=[sale]).verdict is Verdict.PASS


def test_what_is_being_bought_cannot_be_sold_yet() -> None:
    buy, sale = Order("buy", Decimal(50), "S0", Decimal(10)), Order("sell", Decimal(120), "S0", Decimal(10))
    assert check(ONE_LINE, capped(9000), [sale], largest=False, pending=[buy]).verdict is Verdict.REFUSED


def test_selling_out_is_still_held_against_the_volume_of_a_day() -> None:
    volume = read_mandate(CAP.format(level=9000, slippage=0, buffer=0).replace(
        'measure = "net_invested"\nunit = "USD"\nhard = 9000', 'measure = "order_volume"\nunit = "ratio"\nhard = 0.05'))
    line = replace(ONE_LINE.rows[0], volume=Decimal(1000))
    sale = Order("sell", Decimal(100), "S0", Decimal(10))
    assert check(held(line), volume, [sale], largest=False).verdict is Verdict.REFUSED
    assert check(held(line), volume, [replace(sale, quantity=Decimal(50))], largest=False).verdict is Verdict.PASS


def test_only_sales_pass_where_a_limit_stops_purchases() -> None:
    stop = read_mandate(CAP.format(level=9000, slippage=0, buffer=0).replace(
        'measure = "net_invested"\nunit = "USD"\nhard = 9000',
        'measure = "drawdown"\nunit = "ratio"\nhard = 0.35\noptions = {blocks = "buys"}'))
    fallen = replace(ONE_LINE, drawdown=Decimal("0.4"), flows=((DAY, ONE),))
    buy = Order("buy", ONE, "S0", Decimal(10))
    assert check(fallen, stop, [buy], largest=False).verdict is Verdict.REFUSED
    assert check(fallen, stop, [replace(buy, side="sell")], largest=False).verdict is Verdict.PASS
