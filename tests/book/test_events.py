"""Each corporate action and transfer by hand: lots, dates, cost, cash and what is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from book_rows import Published, book, event, row, transfer

from sandyq.basics.errors import Refused
from sandyq.book.ladder import ladder
from sandyq.book.ledger import screen
from sandyq.book.state import Basis, BookSettings, CostMethod
from sandyq.reference.events import Event

D = Decimal
JAN, FEB, MAR, APR = date(2025, 1, 6), date(2025, 2, 3), date(2025, 3, 3), date(2025, 4, 1)
EX, PAID = date(2024, 7, 31), date(2024, 8, 2)


def codes(state: object) -> set[str]:
    return {finding.code for finding in state.findings} - {"cash-negative"}  # type: ignore[attr-defined]


def grayscale() -> Event:
    """The trust's distribution of 2024 (O1): a tenth of the coins and of the cost go to the new trust."""
    return event("GBTC-2024", "in_kind_distribution", "GBTC", EX, child="BTC.ARCX", ratio=1, cost_share="0.1",
                 asset="BTC", parent_coins_before="0.00088695", parent_coins_after="0.000798255",
                 child_coins="0.00008869514526")


def test_oracle_o1_the_distribution_keeps_coins_and_cost_to_the_printed_digits() -> None:
    state = book([row("buy", date(2023, 3, 1), 100_000, 50, instrument="GBTC", reference="B-1")], PAID,
                 events=[grayscale()])
    terms = grayscale().terms
    parent, child = state.positions["GBTC"], state.positions["BTC.ARCX"]
    assert parent.quantity * D(terms["parent_coins_before"]) == D("88.695")
    assert parent.quantity * D(terms["parent_coins_after"]) == D("79.8255")
    child_coins = D("26935.83753443") / D(303_690_100)
    coins = parent.quantity * D(terms["parent_coins_after"]) + child.quantity * child_coins
    assert coins.quantize(D("1e-8")) == D("88.69501453")
    assert abs(coins - D("88.695")) <= D("88.695") * D("2e-7")
    assert (parent.cost_usd, child.cost_usd) == (D(4_500_000), D(500_000))
    assert not state.realised and state.totals["GBTC"].realised_usd == 0
    assert sum((line.amount for line in state.cash), D(0)) == -5_000_000
    lot = child.lots[0]
    assert (lot.acquired, lot.reference, lot.quantity) == (date(2023, 3, 1), "B-1", 100_000)
    (kept,) = state.conservation
    assert (kept.before, kept.parent, kept.child, kept.sold) == (5_000_000, 4_500_000, 500_000, 0)
    assert kept.holds and kept.before_usd == 5_000_000
    assert state.net_invested == 5_000_000


def test_oracle_o1_the_reverse_split_of_november_follows() -> None:
    state = book([row("buy", date(2023, 3, 1), 100_000, 50, instrument="GBTC")], date(2024, 12, 31),
                 events=[grayscale()], splits={"BTC.ARCX": [Published(date(2024, 11, 19), D(1), D(5))]})
    units = state.positions["BTC.ARCX"].quantity
    assert units == 20_000
    per_unit = D("26935.83753443") / D(60_738_020)
    assert per_unit.quantize(D("1e-12")) == D("0.000443475726")
    assert (units * per_unit).quantize(D("1e-8")) == D("8.86951453")
    assert state.positions["BTC.ARCX"].cost_usd == 500_000


@pytest.mark.parametrize("method", [CostMethod.FIFO, CostMethod.AVERAGE, CostMethod.SPECIFIC])
def test_cost_that_does_not_divide_is_conserved_to_the_last_digit(method: CostMethod) -> None:
    rows = [row("buy", JAN, "7.3", "33.33", instrument="P"), row("buy", FEB, "1.1", "0.07", instrument="P")]
    spin = event("E1", "spin_off", "P", MAR, child="C", ratio="0.3333", cost_share="0.123456789")
    state = book(rows, events=[spin], settings=BookSettings(method))
    bought = D("7.3") * D("33.33") + D("1.1") * D("0.07")
    assert sum((position.cost_usd or 0 for position in state.positions.values()), D(0)) == bought
    assert state.positions["C"].quantity == D("8.4") * D("0.3333")
    assert all(line.holds for line in state.conservation)


def test_a_fraction_of_the_child_is_sold_for_money_that_comes_on_the_pay_date() -> None:
    rows = [row("funding", JAN, 5000), row("buy", JAN, 101, 10, instrument="P", reference="B")]
    spin = event("E1", "spin_off", "P", FEB, MAR, child="C", ratio="0.25", cost_share="0.2", cash_in_lieu_price=12,
                 currency="USD")
    state = book(rows, FEB, events=[spin])
    assert state.positions["C"].quantity == 25
    (part,) = state.realised
    assert (part.quantity, part.proceeds, part.sale_reference, part.lot_reference) == (D("0.25"), 3, "E1", "B")
    assert part.acquired == JAN and part.cost == D(202) * D("0.25") / D("25.25")
    (cash,) = state.cash
    assert (cash.amount, cash.unsettled) == (5000 - 1010 + 3, 3)
    assert book(rows, FEB, events=[spin], basis=Basis.SETTLEMENT).cash[0].amount == 5000 - 1010
    assert book(rows, MAR, events=[spin], basis=Basis.SETTLEMENT).cash[0].amount == 5000 - 1010 + 3
    assert state.positions["C"].unsettled == 25


def test_a_reverse_split_that_is_booked_published_and_an_event_acts_once_and_sells_fractions() -> None:
    rows = [row("buy", JAN, 1003, 2, account="A"), row("buy", JAN, 7, 2, account="B"),
            row("split", FEB, 1, 5, reference="S")]
    act = event("E1", "split", "X.XNAS", FEB, MAR, new=1, old=5, cash_in_lieu_price=11, currency="USD")
    state = book(rows, events=[act], splits={"X.XNAS": [Published(FEB, D(1), D(5))]})
    position = state.positions["X.XNAS"]
    assert position.quantity == 201
    assert {lot.account: lot.quantity for lot in position.lots} == {"A": 200, "B": 1}
    assert [(part.account, part.quantity, part.proceeds) for part in state.realised] == [
        ("A", D("0.6"), D("6.6")), ("B", D("0.4"), D("4.4"))]
    assert len(state.splits["X.XNAS"]) == 1
    assert sum((part.cost for part in state.realised), D(0)) + (position.cost_usd or 0) == 2020
    assert codes(state) == {"split-once"}


def test_a_split_event_alone_is_a_split() -> None:
    act = event("E1", "split", "X.XNAS", FEB, new=10, old=1)
    state = book([row("buy", JAN, 3, 100)], events=[act])
    assert state.positions["X.XNAS"].quantity == 30
    assert not state.moves


def test_a_distribution_pays_the_units_held_at_the_open_of_the_ex_date() -> None:
    rows = [row("buy", JAN, 100, 10), row("sell", FEB, 40, 12), row("buy", FEB, 5, 12)]
    act = event("E1", "cash_distribution", "X.XNAS", FEB, MAR, amount="0.5", withholding="0.3", currency="USD",
                return_of_capital="0.25")
    state = book(rows, MAR, events=[act])
    (income, returned) = state.event_cash
    assert (income.income, income.withholding, income.cash) == (50, 15, 35)
    assert returned.returned == 25
    totals = state.totals["X.XNAS"]
    assert (totals.income_usd, totals.withholding_usd) == (50, 15)
    # 1000 - 25 of cost over 100 units, 40 sold; 5 bought later at 12.
    assert state.positions["X.XNAS"].cost_usd == D(975) * 60 / 100 + 60
    assert totals.realised_usd == 480 - D(975) * 40 / 100


def test_a_dividend_that_is_booked_counts_instead_of_the_event() -> None:
    rows = [row("buy", JAN, 100, 10, account="A"), row("buy", JAN, 10, 10, account="B"),
            row("dividend", MAR, 100, "0.49", account="A", reference="D-1")]
    act = event("E1", "cash_distribution", "X.XNAS", FEB, MAR, amount="0.5", currency="USD")
    state = book(rows, events=[act])
    assert state.totals["X.XNAS"].income_usd == D(49) + 5
    assert codes(state) == {"event-booked"}


def test_a_merger_for_cash_is_a_sale() -> None:
    act = event("E1", "merger", "P", FEB, MAR, cash=21, currency="USD")
    state = book([row("buy", JAN, 10, 15, instrument="P")], FEB, events=[act])
    assert not [key for key, position in state.positions.items() if position.quantity]
    assert state.totals["P"].realised_usd == 60
    assert state.net_invested == 0 and state.invested_raw == 150 - 210
    assert state.cash[0].unsettled == 210


def test_a_merger_for_stock_keeps_dates_and_history() -> None:
    act = event("E1", "merger", "P", FEB, acquirer="Q", ratio="1.5")
    rows = [row("buy", JAN, 10, 15, instrument="P", reference="B-1"),
            row("buy", date(2025, 1, 2), 4, 20, instrument="Q", reference="B-0"),
            row("sell", MAR, 10, 16, instrument="Q")]
    state = book(rows, events=[act])
    assert [(part.lot_reference, part.acquired, part.quantity, part.cost) for part in state.realised] == [
        ("B-0", date(2025, 1, 2), 4, 80), ("B-1", JAN, 6, 60)]
    (lot,) = state.positions["Q"].lots
    assert (lot.reference, lot.acquired, lot.quantity, lot.cost) == ("B-1", JAN, 9, 90)


def test_a_mixed_merger_realises_the_money_against_its_share_of_the_cost() -> None:
    act = event("E1", "merger", "P", FEB, acquirer="Q", ratio="0.5", cash=6, currency="USD", cost_share_cash="0.4",
                cash_in_lieu_price=30)
    state = book([row("buy", JAN, 11, 20, instrument="P")], events=[act])
    assert state.positions["Q"].quantity == 5
    (kept,) = state.conservation
    assert (kept.before, kept.parent, kept.child) == (220, 0, 120)
    assert kept.sold == 88 + 12
    assert state.totals["P"].realised_usd == 66 - 88
    assert state.totals["Q"].realised_usd == 15 - 12


def test_a_liquidation_leaves_a_receivable_until_the_final_payment() -> None:
    rows = [row("buy", JAN, 100, 10, account="A")]
    end = event("E1", "liquidation", "X.XNAS", FEB, APR, amount=9, currency="USD")
    first = event("E2", "liquidation_payment", "X.XNAS", MAR, amount=5, currency="USD", final="no")
    last = event("E3", "liquidation_payment", "X.XNAS", APR, amount="3.5", currency="USD", final="yes")
    after = book(rows, FEB, events=[last, end, first])
    assert not after.positions
    (due,) = after.receivables
    assert (due.account, due.amount, due.due, due.event) == ("A", 900, APR, "E1")
    assert after.totals["X.XNAS"].realised_usd == -100
    assert book(rows, MAR, events=[last, end, first]).receivables[0].amount == 400
    done = book(rows, APR, events=[last, end, first])
    assert not done.receivables
    assert done.totals["X.XNAS"].realised_usd == -150
    assert sum((line.amount for line in done.cash), D(0)) == -1000 + 850


def test_a_payment_above_the_expectation_is_realised_at_once() -> None:
    end = event("E1", "liquidation", "X.XNAS", FEB, amount=9, currency="USD")
    paid = event("E2", "liquidation_payment", "X.XNAS", MAR, amount=11, currency="USD", final="no")
    state = book([row("buy", JAN, 100, 10)], events=[end, paid])
    assert state.totals["X.XNAS"].realised_usd == 100
    assert [due.amount for due in state.receivables] == [0]


def test_a_payment_without_a_liquidation_is_told_and_books_nothing() -> None:
    paid = event("E2", "liquidation_payment", "X.XNAS", MAR, amount=11, currency="USD", final="yes")
    state = book([row("buy", JAN, 100, 10)], events=[paid])
    assert codes(state) == {"liquidation-unknown"}
    assert not state.event_cash


def test_terms_that_do_not_read_are_told_and_the_event_does_nothing() -> None:
    bad = event("E1", "spin_off", "X.XNAS", FEB, child="C", ratio="-1", cost_share="2")
    empty = event("E2", "merger", "X.XNAS", FEB)
    rows = [row("buy", JAN, 100, 10)]
    state = book(rows, events=[bad, empty])
    assert state.positions == book(rows).positions
    assert [finding.column for finding in state.findings if finding.code == "event-terms"] == [
        "ratio", "cost_share", "ratio"]


def test_a_transfer_keeps_dates_and_cost_and_takes_the_oldest_lots() -> None:
    rows = [row("buy", JAN, 10, 5, account="A", reference="B-1"), row("buy", FEB, 10, 7, account="A", reference="B-2"),
            row("buy", date(2025, 1, 20), 1, 6, account="B", reference="B-3")]
    state = book(rows, events=[], transfers=[transfer("M-1", MAR, 12, "A", "B")])
    assert [(lot.account, lot.reference, lot.acquired, lot.quantity, lot.cost)
            for lot in state.positions["X.XNAS"].lots] == [
        ("A", "B-2", FEB, 8, 56), ("B", "B-1", JAN, 10, 50), ("B", "B-3", date(2025, 1, 20), 1, 6),
        ("B", "B-2", FEB, 2, 14)]
    assert not state.realised and state.net_invested == 50 + 70 + 6


def test_a_transfer_there_and_back_restores_the_state() -> None:
    rows = [row("buy", JAN, 10, "3.33", account="A"), row("buy", FEB, 10, 7, account="A")]
    there, back = transfer("M-1", MAR, 4, "A", "B"), transfer("M-2", APR, 4, "B", "A")
    assert book(rows, transfers=[there, back]).positions == book(rows).positions


def test_a_transfer_of_a_named_lot_moves_that_lot() -> None:
    rows = [row("buy", JAN, 10, 5, account="A", reference="B-1"), row("buy", FEB, 10, 7, account="A", reference="B-2")]
    state = book(rows, transfers=[transfer("M-1", MAR, 3, "A", "B", lot="B-2")])
    assert {(lot.account, lot.reference): lot.quantity for lot in state.positions["X.XNAS"].lots} == {
        ("A", "B-1"): 10, ("A", "B-2"): 7, ("B", "B-2"): 3}


def test_a_transfer_of_more_than_there_is_is_refused_with_what_is_available() -> None:
    with pytest.raises(Refused) as refused:
        book([row("buy", JAN, 10, 5, account="A")], transfers=[transfer("M-1", MAR, 11, "A", "B")])
    assert refused.value.code == "oversold"
    assert "10" in str(refused.value)


def test_cost_leaves_one_book_and_enters_the_other() -> None:
    books = {"A": "sleeve", "B": "tech"}
    rows = [row("buy", JAN, 10, 5, account="A"), row("buy", JAN, 2, 50, account="B", instrument="Y.XNAS")]
    moved = [transfer("M-1", MAR, 4, "A", "B"), transfer("M-2", MAR, 30, "A", "B", instrument="")]
    sleeve, tech, both = (book(rows, transfers=moved, books=books, which=which) for which in ("sleeve", "tech", "*"))
    assert (sleeve.net_invested, tech.net_invested, both.net_invested) == (30, 120, 150)
    assert sleeve.positions["X.XNAS"].quantity == 6 and tech.positions["X.XNAS"].quantity == 4
    assert tech.positions["X.XNAS"].lots[0].acquired == JAN
    assert [line.amount for line in sleeve.cash] == [-50 - 30]
    assert [line.amount for line in tech.cash] == [-100 + 30]
    assert [(flow.reference, flow.amount_usd) for flow in tech.flows][-1] == ("M-1", 20)
    assert len(both.flows) == 2


def test_two_books_never_share_lots_even_when_the_pool_is_the_book() -> None:
    books = {"A": "sleeve", "B": "tech", "C": "sleeve"}
    how = BookSettings(lot_scope="book")
    rows = [row("buy", JAN, 10, 5, account="B"), row("buy", FEB, 10, 7, account="A"),
            row("sell", MAR, 10, 8, account="C")]
    state = book(rows, settings=how, books=books)
    assert [part.cost for part in state.realised] == [70]
    with pytest.raises(Refused):
        book([*rows, row("sell", APR, 1, 8, account="C")], settings=how, books=books)


def test_a_transfer_settles_later_than_it_is_traded() -> None:
    rows = [row("buy", JAN, 10, 5, account="A")]
    moved = [transfer("M-1", FEB, 4, "A", "B", settle=MAR)]
    before = book(rows, FEB, transfers=moved, basis=Basis.SETTLEMENT)
    assert {lot.account for lot in before.positions["X.XNAS"].lots} == {"A"}
    after = book(rows, MAR, transfers=moved, basis=Basis.SETTLEMENT)
    assert {lot.account for lot in after.positions["X.XNAS"].lots} == {"A", "B"}


def test_units_that_an_event_brought_can_be_sold_and_no_more() -> None:
    held = [row("buy", JAN, 100, 10, instrument="P")]
    spin = [event("E1", "spin_off", "P", FEB, child="C", ratio="0.5", cost_share="0.2")]
    new = [row("sell", MAR, 50, 3, instrument="C", reference="S-1"),
           row("sell", APR, 1, 3, instrument="C", reference="S-2")]
    accepted, findings = screen(held, new, {}, BookSettings(), events=spin)
    assert [item.reference for item in accepted] == ["S-1"]
    assert [(item.code, item.subject) for item in findings] == [("oversold", "S-2")]


def test_a_late_sale_that_a_transfer_needs_is_refused() -> None:
    held = [row("buy", JAN, 100, 10)]
    moved = [transfer("M-1", APR, 100, "A", "B")]
    accepted, findings = screen(held, [row("sell", MAR, 1, 3, reference="S-1")], {}, BookSettings(), transfers=moved)
    assert not accepted
    assert [item.code for item in findings] == ["oversold"]


def test_the_cash_ladder_ends_at_the_balance_on_trade_date() -> None:
    rows = [row("funding", JAN, 5000, reference="F"), row("buy", FEB, 10, 100, settle=date(2025, 2, 5), reference="B"),
            row("sell", FEB, 5, 110, settle=date(2025, 2, 4), reference="S")]
    act = event("E1", "cash_distribution", "X.XNAS", FEB, MAR, amount=1, currency="USD")
    early = row("buy", JAN, 7, 1, reference="B0")
    state = book([*rows, early], FEB, events=[act])
    steps = ladder(state, [*rows, early])
    assert [(step.day, step.inflow, step.outflow, step.balance, step.references) for step in steps] == [
        (date(2025, 2, 4), 550, 0, 5000 - 7 + 550, ("S",)), (date(2025, 2, 5), 0, 1000, 5543 - 1000, ("B",)),
        (MAR, 7, 0, 4550, ("E1",))]
    assert steps[-1].balance == state.cash[0].amount


@pytest.mark.parametrize("method", [CostMethod.FIFO, CostMethod.AVERAGE])
def test_the_child_keeps_the_dollar_rate_of_the_purchase(method: CostMethod) -> None:
    rates = {"KZT": {JAN: D("0.0025"), FEB: D("0.002"), MAR: D("0.001")}}
    rows = [row("buy", JAN, 10, 1000, instrument="P", currency="KZT"),
            row("sell", MAR, 5, 400, instrument="C", currency="KZT")]
    spin = event("E1", "spin_off", "P", FEB, child="C", ratio=1, cost_share="0.2")
    state = book(rows, events=[spin], rates=rates, settings=BookSettings(method))
    assert state.positions["P"].cost_usd == 20
    assert state.positions["C"].cost_usd == D("2.5")
    (part,) = state.realised
    assert (part.cost, part.cost_usd, part.proceeds_usd) == (1000, D("2.5"), 2)
    (kept,) = state.conservation
    assert (kept.currency, kept.before, kept.child, kept.before_usd, kept.child_usd) == ("KZT", 10000, 2000, 25, 5)


def test_an_unknown_rate_leaves_the_cost_in_dollars_unknown_and_the_cost_itself_exact() -> None:
    spin = event("E1", "spin_off", "P", FEB, child="C", ratio=1, cost_share="0.2")
    state = book([row("buy", JAN, 10, 1000, instrument="P", currency="KZT")], events=[spin])
    assert state.positions["C"].cost_usd is None
    assert [(lot.cost, lot.cost_usd) for lot in state.positions["C"].lots] == [(2000, None)]
    assert state.conservation[0].before_usd is None and state.conservation[0].holds


def test_events_follow_each_other_on_one_day_in_a_fixed_order() -> None:
    day = [event("E2", "spin_off", "P", FEB, child="C", ratio=1, cost_share="0.5"),
           event("E10", "merger", "P", FEB, acquirer="Q", ratio=2),
           event("E1", "cash_distribution", "P", FEB, amount=1, currency="USD")]
    rows = [row("buy", JAN, 10, 10, instrument="P")]
    states = [book(rows, events=order) for order in (day, day[::-1], [day[1], day[2], day[0]])]
    assert states[0] == states[1] == states[2]
    assert {name: (held.quantity, held.cost_usd) for name, held in states[0].positions.items()} == {
        "C": (10, 50), "Q": (20, 50)}
    assert states[0].totals["P"].income_usd == 10


def test_where_the_pool_is_the_book_each_account_is_paid_for_its_own_units() -> None:
    rows = [row("buy", JAN, 30, 10, account="A"), row("buy", JAN, 10, 20, account="C"),
            row("sell", FEB, 20, 12, account="C", reference="S")]
    act = event("E1", "cash_distribution", "X.XNAS", MAR, amount=1, currency="USD")
    state = book([*rows, row("buy", FEB, 15, 20, account="C")], events=[act], settings=BookSettings(lot_scope="book"))
    assert {money.account: money.cash for money in state.event_cash} == {"A": 30, "C": 5}
    assert sum((money.cash for money in state.event_cash), D(0)) == state.positions["X.XNAS"].quantity


def test_an_event_known_twice_acts_once_with_its_latest_terms() -> None:
    first = event("E1", "spin_off", "P", FEB, child="C", ratio=1, cost_share="0.2")
    second = event("E1", "spin_off", "P", FEB, child="C", ratio=1, cost_share="0.3")
    state = book([row("buy", JAN, 10, 10, instrument="P")], events=[second, first])
    assert state.positions["C"].cost_usd == 30


def test_a_split_event_that_differs_from_the_published_split_is_told_and_not_applied() -> None:
    told = event("E1", "split", "X.XNAS", date(2025, 2, 5), new=2, old=1)
    state = book([row("buy", JAN, 3, 100)], events=[told], splits={"X.XNAS": [Published(FEB, D(10), D(1))]})
    assert state.positions["X.XNAS"].quantity == 30
    assert codes(state) == {"split-ratio-differs"}
