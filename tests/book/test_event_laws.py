"""Laws of events and transfers: what holds for every sequence of them, in every order in which they become known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from random import Random

import numpy as np
from book_rows import Published, book, event, row, transfer
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.decimals import WIDE
from sandyq.basics.errors import Refused
from sandyq.book.ladder import ladder
from sandyq.book.ledger import screen
from sandyq.book.positions import account_quantities, daily_quantities
from sandyq.book.replay import sound, with_event_splits
from sandyq.book.state import Basis, BookSettings, BookState, CostMethod
from sandyq.book.transactions import Transaction
from sandyq.reference.events import Event, EventType, Transfer

D = Decimal
START, END = date(2025, 1, 1), date(2025, 6, 30)
BOOKS = {"A": "sleeve", "B": "tech", "C": "sleeve"}
NAMES = ("P", "C", "Q")
METHODS = st.sampled_from([BookSettings(method, fees, scope) for method in (CostMethod.FIFO, CostMethod.AVERAGE)
                           for fees in (False, True) for scope in ("account", "book")])
DAYS = st.integers(0, 110).map(lambda number: START + timedelta(number))


@dataclass(frozen=True)
class Story:
    """Bookings, events, transfers and published splits that fit together."""

    rows: tuple[Transaction, ...]
    events: tuple[Event, ...]
    transfers: tuple[Transfer, ...]
    splits: dict[str, list[Published]]
    how: BookSettings

    def state(self, as_of: date = END, which: str | None = None,
              rows: Sequence[Transaction] | None = None) -> BookState:
        return book(self.rows if rows is None else rows, as_of, splits=self.splits, settings=self.how,
                    events=self.events, transfers=self.transfers, books=BOOKS, which=which)


@st.composite
def events(draw: st.DrawFn, number: int) -> Event:
    kind = draw(st.sampled_from(("spin_off", "spin_off", "cash_distribution", "merger", "liquidation",
                                 "liquidation_payment", "split")))
    day = draw(DAYS)
    pay = draw(st.sampled_from([None, day + timedelta(3)]))
    instrument = draw(st.sampled_from(NAMES))
    other = draw(st.sampled_from([name for name in NAMES if name != instrument]))
    lieu = draw(st.sampled_from([{}, {"cash_in_lieu_price": "7.31", "currency": "USD"}]))
    name = f"E-{number}"
    if kind == "spin_off":
        return event(name, kind, instrument, day, pay, child=other, ratio=draw(st.sampled_from(("1", "0.25", "1.5"))),
                     cost_share=draw(st.sampled_from(("0.1", "0.3333333333", "0"))), **lieu)
    if kind == "cash_distribution":
        return event(name, kind, instrument, day, pay, amount="0.37", withholding="0.3", currency="USD",
                     **draw(st.sampled_from([{}, {"return_of_capital": "2.5"}])))
    if kind == "merger":
        terms = draw(st.sampled_from([{"cash": "21", "currency": "USD"}, {"acquirer": other, "ratio": "0.7", **lieu},
                                      {"acquirer": other, "ratio": "0.7", "cash": "5", "currency": "USD",
                                       "cost_share_cash": "0.2", **lieu}]))
        return event(name, kind, instrument, day, pay, **terms)
    if kind == "split":
        return event(name, kind, instrument, day, pay, new=draw(st.sampled_from((1, 3, 10))), old=draw(
            st.sampled_from((1, 5, 7))), **lieu)
    final = {"final": draw(st.sampled_from(("yes", "no")))} if kind == "liquidation_payment" else {}
    return event(name, kind, instrument, day, pay, amount=draw(st.sampled_from((9, 12))), currency="USD", **final)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    how = draw(METHODS)
    happened = tuple(draw(events(number)) for number in range(draw(st.integers(0, 4))))
    splits = {"P": draw(st.lists(st.builds(Published, DAYS, st.just(D(2)), st.sampled_from([D(1), D(3)])),
                                 max_size=1))}
    rows = [row(draw(st.sampled_from(("buy", "buy", "buy", "sell", "dividend"))), draw(DAYS),
                draw(st.decimals(D("0.5"), D(300), places=draw(st.integers(0, 3)))),
                draw(st.decimals(D("0.01"), D(90), places=2)), fees=draw(st.sampled_from(["0", "0.07"])),
                account=draw(st.sampled_from(tuple(BOOKS))), instrument=draw(st.sampled_from(NAMES)),
                reference=f"R-{number}") for number in range(draw(st.integers(1, 12)))]
    kept, _ = screen((), rows, splits, how, events=happened, books=BOOKS)
    moved: list[Transfer] = []
    for number in range(draw(st.integers(0, 4))):
        source, target = draw(st.permutations(tuple(BOOKS)))[:2]
        extra = transfer(f"M-{number}", draw(DAYS), draw(st.decimals(D("0.5"), D(80), places=1)), source, target,
                         instrument=draw(st.sampled_from(NAMES)))
        try:
            book(kept, END, splits=splits, settings=how, events=happened, transfers=[*moved, extra], books=BOOKS)
        except Refused:
            continue
        moved.append(extra)
    return Story(kept, happened, tuple(moved), splits, how)


@settings(max_examples=120, deadline=None)
@given(stories())
def test_lots_sum_to_positions_and_cost_is_conserved(story: Story) -> None:
    state = story.state()
    with localcontext(WIDE):
        for position in state.positions.values():
            assert sum((lot.quantity for lot in position.lots), D(0)) == position.quantity
            assert sum((lot.cost_usd or D(0) for lot in position.lots), D(0)) == position.cost_usd
            assert all(lot.quantity > 0 for lot in position.lots)
        bought = sum((item.quantity * item.price + (item.fees if story.how.fees_in_cost else 0)
                      for item in story.rows if item.type == "buy"), D(0))
        held = sum((position.cost_usd or D(0) for position in state.positions.values()), D(0))
        sold = sum((part.cost for part in state.realised), D(0))
        distributions = {item.event for item in story.events if item.type is EventType.CASH_DISTRIBUTION}
        excess = sum((part.proceeds for part in state.realised if part.sale_reference in distributions), D(0))
        returned = sum((money.returned for money in state.event_cash), D(0)) - excess
        assert bought == held + sold + returned
        for line in state.conservation:
            assert line.before == line.parent + line.child + line.sold
            assert line.holds


@settings(max_examples=80, deadline=None)
@given(stories())
def test_cash_is_what_rows_and_events_moved(story: Story) -> None:
    state = story.state()
    signs = {"buy": -1, "sell": 1, "dividend": 1}
    with localcontext(WIDE):
        booked = sum((signs[item.type] * item.quantity * item.price - item.fees for item in story.rows), D(0))
        paid = sum((money.cash for money in state.event_cash), D(0))
        assert sum((line.amount for line in state.cash), D(0)) == booked + paid
        owed = sum((item.amount for item in state.receivables), D(0))
        by_event = {item.event: item.type for item in story.events}
        proceeds = sum((part.proceeds for part in state.realised if part.sale_reference in by_event
                        and by_event[part.sale_reference] is not EventType.CASH_DISTRIBUTION), D(0))
        income = sum((money.income - money.withholding + money.returned for money in state.event_cash), D(0))
        assert paid + owed == proceeds + income


@settings(max_examples=80, deadline=None)
@given(stories(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_become_known_never_changes_the_end(story: Story, random: Random) -> None:
    rows, happened, moved = list(story.rows), list(story.events), list(story.transfers)
    for items in (rows, happened, moved):
        random.shuffle(items)
    shuffled = Story(tuple(rows), tuple(happened), tuple(moved), story.splits, story.how)
    assert shuffled.state() == story.state()


@settings(max_examples=80, deadline=None)
@given(stories(), st.sampled_from([START + timedelta(60), END]))
def test_the_consolidated_book_is_the_sum_of_its_books(story: Story, as_of: date) -> None:
    both = story.state(as_of)
    parts = [story.state(as_of, which) for which in ("sleeve", "tech")]
    with localcontext(WIDE):
        for name in NAMES:
            held = [part.positions.get(name) for part in (both, *parts)]
            quantity = [item.quantity if item else D(0) for item in held]
            cost = [(item.cost_usd if item else D(0)) or D(0) for item in held]
            assert quantity[0] == quantity[1] + quantity[2]
            assert cost[0] == cost[1] + cost[2]
        assert sorted(both.cash, key=lambda line: line.account) == sorted(
            (line for part in parts for line in part.cash), key=lambda line: line.account)
        assert sorted(map(repr, both.realised)) == sorted(repr(item) for part in parts for item in part.realised)
        assert both.invested_raw == sum((part.invested_raw or D(0) for part in parts), D(0))
        assert len(both.receivables) == sum(len(part.receivables) for part in parts)
        assert sum((line.before for line in both.conservation), D(0)) == sum(
            (line.before for part in parts for line in part.conservation), D(0))


@settings(max_examples=80, deadline=None)
@given(stories())
def test_quantities_by_account_and_by_day_are_the_ledgers(story: Story) -> None:
    state = story.state()
    facts, _ = with_event_splits(story.splits, sound(story.events, END)[0])
    by_account = account_quantities(story.rows, facts, END, moves=state.moves)
    days = [START + timedelta(number) for number in (0, 20, 21, 60, 180)]
    table = daily_quantities(story.rows, facts, NAMES, [day.toordinal() for day in days], moves=state.moves)
    for place, name in enumerate(NAMES):
        total = sum((quantity for (_, instrument), quantity in by_account.items() if instrument == name), D(0))
        held = state.positions.get(name)
        assert abs(total - (held.quantity if held else 0)) < D("0.000001")
        for column, day in enumerate(days):
            then = story.state(day).positions.get(name)
            assert np.isclose(table[place, column], float(then.quantity if then else 0), rtol=1e-9, atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(stories(), st.data())
def test_a_row_event_or_transfer_left_out_leaves_no_trace(story: Story, data: st.DataObject) -> None:
    before = story.state()
    extra = row("buy", data.draw(DAYS), 17, 3, account="A", instrument="P", reference="R-99")
    assert story.state(rows=[*story.rows, extra]) != before
    assert story.state(rows=[item for item in (*story.rows, extra) if item is not extra]) == before


@settings(max_examples=50, deadline=None)
@given(stories(), st.randoms(use_true_random=False))
def test_once_everything_has_settled_both_bases_say_the_same(story: Story, random: Random) -> None:
    late = Story(tuple(replace(item, settle_date=item.trade_date + timedelta(random.randint(0, 4)))
                       for item in story.rows), story.events,
                 tuple(replace(item, settle_date=item.trade_date + timedelta(random.randint(0, 4)))
                       for item in story.transfers), story.splits, story.how)
    traded, settled = (book(late.rows, END, splits=late.splits, settings=late.how, events=late.events,
                            transfers=late.transfers, books=BOOKS, basis=basis) for basis in Basis)
    assert traded.positions == settled.positions
    assert traded.realised == settled.realised
    assert traded.receivables == settled.receivables
    assert {(line.account, line.amount) for line in traded.cash} == {
        (line.account, line.amount) for line in settled.cash}


@settings(max_examples=60, deadline=None)
@given(stories(), DAYS)
def test_cash_on_trade_date_is_settled_cash_and_what_is_to_come(story: Story, as_of: date) -> None:
    # On settlement basis an event acts on what has settled: with both at once only the end is the same.
    lag = timedelta(0 if story.events else 2)
    rows = [replace(item, settle_date=item.trade_date + lag) for item in story.rows]
    traded, settled = (book(rows, as_of, splits=story.splits, settings=story.how, events=story.events,
                            transfers=story.transfers, books=BOOKS, basis=basis) for basis in Basis)
    with localcontext(WIDE):
        assert {line.account: line.amount - line.unsettled for line in traded.cash} == {
            line.account: line.amount for line in settled.cash}
        steps = ladder(traded, rows, story.transfers)
        last = {step.account: step.balance for step in steps}
        for line in traded.cash:
            if line.account in last:
                assert last[line.account] == line.amount
