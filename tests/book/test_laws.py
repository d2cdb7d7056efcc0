"""Laws of the book: what holds for every sequence of bookings."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, localcontext
from random import Random

import numpy as np
from book_rows import Published, book, row
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.decimals import WIDE
from sandyq.book.ledger import screen
from sandyq.book.positions import account_quantities, daily_quantities
from sandyq.book.state import BookSettings, CostMethod
from sandyq.book.transactions import Transaction

D = Decimal

START, END = date(2025, 1, 1), date(2025, 4, 30)
METHODS = st.sampled_from([BookSettings(method, fees, scope) for method in (CostMethod.FIFO, CostMethod.AVERAGE)
                           for fees in (False, True) for scope in ("account", "book")])
SPLITS = st.lists(st.builds(
    Published, st.integers(0, 100).map(lambda n: START + timedelta(n)), st.sampled_from([D(1), D(2), D(3), D(10)]),
    st.sampled_from([D(1), D(3), D(7)])), max_size=2)


@st.composite
def histories(draw: st.DrawFn) -> list[Transaction]:
    """Rows that fit: what does not fit is screened out."""
    rows = []
    for number in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(("buy", "buy", "sell", "dividend", "funding", "transfer_out", "transfer_in",
                                     "fee")))
        rows.append(row(kind, START + timedelta(draw(st.integers(0, 110))), draw(st.decimals(
            D("0.01"), D(500), places=draw(st.integers(0, 4)))), draw(st.decimals(D("0.01"), D(90), places=2)),
            fees=draw(st.sampled_from(["0", "0.07", "1.1"])), account=draw(st.sampled_from(["A", "B"])),
            instrument=draw(st.sampled_from(["X", "Y"])), reference=f"R-{number}"))
    return [item for item in rows if item.quantity]


@settings(max_examples=80, deadline=None)
@given(histories(), SPLITS, METHODS)
def test_lots_sum_to_positions_and_cost_is_conserved(rows: list[Transaction], splits: list[Published],
                                                     how: BookSettings) -> None:
    facts = {"X": splits}
    kept, _ = screen((), rows, facts, how)
    state = book(kept, END, splits=facts, settings=how)
    with localcontext(WIDE):
        for position in state.positions.values():
            assert sum((lot.quantity for lot in position.lots), D(0)) == position.quantity
            assert sum((lot.cost_usd or D(0) for lot in position.lots), D(0)) == position.cost_usd
            assert all(lot.quantity > 0 for lot in position.lots)
        for instrument in ("X", "Y"):
            if any(item.instrument == instrument and item.type == "transfer_out" for item in kept):
                continue
            bought = sum((item.quantity * item.price + (item.fees if how.fees_in_cost else 0) for item in kept
                          if item.instrument == instrument and item.type in ("buy", "transfer_in")), D(0))
            sold = sum((part.cost for part in state.realised if part.instrument == instrument), D(0))
            held = state.positions[instrument].cost_usd if instrument in state.positions else D(0)
            assert held is not None and bought == sold + held


@settings(max_examples=60, deadline=None)
@given(histories(), SPLITS, METHODS, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(rows: list[Transaction], splits: list[Published], how: BookSettings,
                                              random: Random) -> None:
    facts = {"X": splits}
    kept, _ = screen((), rows, facts, how)
    shuffled = list(kept)
    random.shuffle(shuffled)
    assert book(kept, END, splits=facts, settings=how) == book(shuffled, END, splits=facts, settings=how)


@settings(max_examples=60, deadline=None)
@given(histories())
def test_cash_is_what_the_rows_moved(rows: list[Transaction]) -> None:
    kept, _ = screen((), rows, {}, BookSettings())
    state = book(kept, END)
    signs = {"buy": -1, "sell": 1, "dividend": 1, "funding": 1, "fee": -1, "transfer_in": 0, "transfer_out": 0}
    expected = sum((signs[item.type] * item.quantity * item.price - item.fees - item.taxes for item in kept), D(0))
    assert sum((line.amount for line in state.cash), D(0)) == expected


@settings(max_examples=60, deadline=None)
@given(histories(), histories(), SPLITS)
def test_screened_rows_always_fit_the_book(held: list[Transaction], new: list[Transaction],
                                           splits: list[Published]) -> None:
    facts = {"X": splits}
    booked, _ = screen((), held, facts, BookSettings())
    accepted, findings = screen(booked, new, facts, BookSettings())
    assert len(accepted) + len(findings) == len(new)
    assert book([*booked, *accepted], END, splits=facts).as_of == END


@settings(max_examples=60, deadline=None)
@given(histories(), SPLITS)
def test_daily_quantities_are_the_ledgers(rows: list[Transaction], splits: list[Published]) -> None:
    facts = {"X": splits}
    kept, _ = screen((), rows, facts, BookSettings())
    days = [START + timedelta(n) for n in (0, 20, 21, 60, 119)]
    table = daily_quantities(kept, facts, ["X", "Y"], [day.toordinal() for day in days])
    for column, day in enumerate(days):
        state = book(kept, day, splits=facts)
        for place, instrument in enumerate(("X", "Y")):
            held = state.positions.get(instrument)
            exact = held.quantity if held else D(0)
            assert np.isclose(table[place, column], float(exact), rtol=1e-9, atol=1e-6)


def test_quantities_by_account_do_not_depend_on_the_lot_scope() -> None:
    rows = [row("buy", START, 10, 5, account="A"), row("buy", START, 10, 5, account="B"),
            row("sell", START + timedelta(5), 20, 5, account="B")]
    splits = {"X.XNAS": [Published(START + timedelta(2), D(2), D(1))]}
    assert account_quantities(rows, splits, END) == {("A", "X.XNAS"): D(20)}


def test_a_reversed_row_leaves_no_trace() -> None:
    kept = [row("buy", START, 10, 5, reference="B1"), row("sell", END, 5, 6, reference="S1")]
    wrong = row("buy", START, 99, 1, reference="B2")
    assert book([*kept, wrong], END) != book(kept, END)
    assert book([item for item in (*kept, wrong) if item is not wrong], END) == book(kept, END)


def test_references_sort_by_their_numbers() -> None:
    state = book([row("buy", START, 1, 20, reference="T-10"), row("buy", START, 1, 10, reference="T-9"),
                  row("sell", END, 1, 30)], END)
    assert state.realised[0].lot_reference == "T-9"
