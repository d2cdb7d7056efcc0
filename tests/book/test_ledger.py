"""Cash, bases, fees, transfers, returns of capital, refusals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from book_rows import Published, book, row

from sandyq.basics.errors import Refused
from sandyq.book.ledger import screen, validate
from sandyq.book.state import Basis, BookSettings, CostMethod

D = Decimal

MON, TUE, WED, THU = date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 8)
X = "X.XNAS"


def test_fees_and_taxes_stay_apart_from_cost() -> None:
    state = book([row("buy", MON, 10, 5, fees=1, taxes="0.5"), row("sell", TUE, 4, 6, fees="0.3")])
    assert state.positions[X].cost_usd == 30
    totals = state.totals[X]
    assert (totals.realised_usd, totals.fees_usd, totals.taxes_usd) == (4, D("1.3"), D("0.5"))


def test_fees_and_taxes_go_into_cost_when_the_book_says_so() -> None:
    state = book([row("buy", MON, 10, 5, fees=1, taxes="0.5"), row("sell", TUE, 4, 6, fees="0.3")],
                 settings=BookSettings(fees_in_cost=True))
    assert state.positions[X].cost_usd == D("30.9")
    totals = state.totals[X]
    assert (totals.realised_usd, totals.fees_usd, totals.taxes_usd) == (D("3.1"), D("1.3"), D("0.5"))


def test_an_oversold_position_is_refused_with_what_is_available() -> None:
    with pytest.raises(Refused) as caught:
        book([row("buy", MON, 10, 5), row("sell", TUE, 11, 6, reference="S-1")])
    assert caught.value.code == "oversold"
    assert caught.value.exit_code == 3
    assert caught.value.what.values["available"] == 10
    assert "S-1" in str(caught.value)


def test_a_lot_of_another_account_cannot_be_sold_unless_lots_are_kept_for_the_book() -> None:
    rows = [row("buy", MON, 10, 5, account="A"), row("sell", TUE, 4, 6, account="B")]
    with pytest.raises(Refused):
        book(rows)
    assert book(rows, settings=BookSettings(lot_scope="book")).positions[X].quantity == 6


def test_a_named_lot_that_is_too_small_is_refused_with_what_is_in_it() -> None:
    rows = [row("buy", MON, 10, 5, reference="L1"), row("buy", MON, 10, 5, reference="L2"),
            row("sell", TUE, 11, 6, lot="L1")]
    with pytest.raises(Refused) as caught:
        book(rows, settings=BookSettings(CostMethod.SPECIFIC))
    assert caught.value.what.values["available"] == 10
    assert caught.value.what.values["lot"] == "L1"


def test_a_sale_without_a_named_lot_is_told_in_a_book_of_named_lots() -> None:
    rows = [row("buy", MON, 10, 5), row("sell", TUE, 1, 6, reference="S")]
    settings = BookSettings(CostMethod.SPECIFIC)
    assert next(finding.code for finding in book(rows, settings=settings).findings) == "lot-not-named"
    assert [finding.code for finding in screen(rows[:1], rows[1:], {}, settings)[1]] == ["lot-missing"]


def test_screening_refuses_just_the_rows_that_do_not_fit() -> None:
    held = [row("buy", MON, 10, 5)]
    new = [row("sell", TUE, 4, 6, reference="S1"), row("sell", TUE, 7, 6, reference="S2"),
           row("sell", WED, 6, 6, reference="S3"), row("funding", MON, 100)]
    accepted, findings = screen(held, new, {}, BookSettings())
    assert [item.reference for item in accepted] == ["S1", "S3", new[3].reference]
    assert [(finding.code, finding.subject) for finding in findings] == [("oversold", "S2")]


def test_a_backdated_sale_that_takes_a_later_sales_shares_is_refused() -> None:
    held = [row("buy", MON, 10, 5), row("sell", THU, 8, 6, reference="BOOKED")]
    new = [row("sell", TUE, 3, 6, reference="LATE"), row("sell", TUE, 2, 6, reference="FINE")]
    accepted, findings = screen(held, new, {}, BookSettings())
    assert [item.reference for item in accepted] == ["FINE"]
    assert findings[0].subject == "LATE"


def test_validate_names_every_offending_row() -> None:
    rows = [row("buy", MON, 1, 5), row("sell", TUE, 2, 6, reference="S1"), row("sell", TUE, 3, 6, reference="S2")]
    assert [finding.subject for finding in validate(rows, {}, BookSettings())] == ["S1", "S2"]


def test_settlement_basis_counts_what_has_moved() -> None:
    rows = [row("funding", MON, 1000), row("buy", MON, 10, 50, settle=TUE), row("sell", TUE, 4, 60, settle=WED)]
    traded = book(rows, TUE)
    settled = book(rows, TUE, basis=Basis.SETTLEMENT)
    assert (traded.positions[X].quantity, settled.positions[X].quantity) == (6, 10)
    assert traded.positions[X].unsettled == settled.positions[X].unsettled == -4
    assert (traded.cash[0].amount, traded.cash[0].unsettled) == (740, 240)
    assert (settled.cash[0].amount, settled.cash[0].unsettled) == (500, 240)


def test_a_purchase_that_is_only_traded_shows_as_unsettled() -> None:
    state = book([row("buy", MON, 10, 50, settle=WED)], MON, basis=Basis.SETTLEMENT)
    assert (state.positions[X].quantity, state.positions[X].unsettled) == (0, 10)
    assert state.cash[0].unsettled == -500


def test_a_sale_that_settles_before_its_purchase_waits() -> None:
    rows = [row("buy", MON, 10, 50, settle=THU), row("sell", TUE, 4, 60, settle=WED)]
    state = book(rows, WED, basis=Basis.SETTLEMENT)
    assert state.positions[X].unsettled == 6
    assert "settles-before-purchase" in [finding.code for finding in state.findings]


def test_cash_below_zero_is_a_finding_with_account_day_and_amount() -> None:
    state = book([row("funding", MON, 100), row("buy", TUE, 10, 11, account="A"), row("funding", WED, 50)])
    finding = state.findings[0]
    assert (finding.code, finding.subject, finding.value) == ("cash-negative", "A", "-10")
    assert finding.text.values["day"] == TUE


def test_a_named_overdraft_is_no_finding() -> None:
    state = book([row("funding", MON, 100), row("buy", TUE, 10, 11, note="overdraft: tranche arrives on Friday")])
    assert state.findings == ()
    assert state.cash[0].overdraft_reason == "tranche arrives on Friday"


def test_cash_within_a_day_may_dip_before_the_money_arrives() -> None:
    assert book([row("buy", MON, 10, 10), row("funding", MON, 100)]).findings == ()


def test_income_withholding_and_fees_are_kept_apart() -> None:
    state = book([row("funding", MON, 1000), row("buy", MON, 10, 50), row("dividend", TUE, 10, 2, taxes=3),
                  row("withholding", TUE, 10, "0.1"), row("fee", WED, 5), row("interest", WED, 7)])
    line, own = state.totals[X], state.totals[""]
    assert (line.income_usd, line.withholding_usd) == (20, 4)
    assert (own.income_usd, own.fees_usd) == (7, 5)
    assert state.cash[0].amount == 1000 - 500 + 20 - 3 - 1 - 5 + 7
    assert state.net_invested == 500


def test_a_return_of_capital_lowers_cost_and_realises_the_excess() -> None:
    rows = [row("buy", MON, 10, 1), row("buy", MON, 10, 5), row("return_of_capital", TUE, 20, 2)]
    state = book(rows)
    assert state.positions[X].cost_usd == 30
    assert state.totals[X].realised_usd == 10
    average = book(rows, settings=BookSettings(CostMethod.AVERAGE))
    assert (average.positions[X].cost_usd, average.totals[X].realised_usd) == (20, 0)


def test_a_transfer_moves_lots_without_a_result() -> None:
    state = book([row("buy", MON, 10, 5, account="A"), row("transfer_out", TUE, 4, 5, account="A"),
                  row("transfer_in", TUE, 4, 5, account="B")])
    assert state.totals[X].realised_usd == 0
    assert sorted((lot.account, lot.quantity) for lot in state.positions[X].lots) == [("A", 6), ("B", 4)]
    assert state.net_invested == 50


def test_a_foreign_lot_keeps_the_rate_of_its_trade_date() -> None:
    rates = {"EUR": {MON: D("1.1"), TUE: D("1.2")}}
    state = book([row("buy", MON, 10, 5, currency="EUR"), row("sell", TUE, 4, 5, currency="EUR")], rates=rates)
    assert state.positions[X].cost_usd == D(33)
    assert state.totals[X].realised_usd == D(2)


def test_a_missing_rate_makes_usd_figures_unknown_and_never_zero() -> None:
    state = book([row("buy", MON, 10, 5, currency="EUR")])
    assert state.positions[X].cost_usd is None
    assert state.net_invested is None


def test_a_booked_split_and_the_published_one_act_once() -> None:
    rows = [row("buy", MON, 10, 50), row("split", THU, 10, 1)]
    state = book(rows, splits={X: [Published(WED, D(10), D(1))]})
    assert state.positions[X].quantity == 100
    assert "split-once" in [finding.code for finding in state.findings]
    assert book(rows).positions[X].quantity == 100


def test_a_split_acts_before_the_trades_of_its_day() -> None:
    state = book([row("sell", WED, 100, 6), row("buy", MON, 10, 50)], splits={X: [Published(WED, D(10), D(1))]})
    assert X not in state.positions
    assert state.totals[X].realised_usd == 100


def test_a_named_lot_survives_a_split() -> None:
    state = book([row("buy", MON, 10, 50, reference="L1"), row("buy", TUE, 10, 60, reference="L2"),
                  row("sell", THU, 50, 7, lot="L2")], splits={X: [Published(WED, D(10), D(1))]},
                 settings=BookSettings(CostMethod.SPECIFIC))
    assert [(lot.reference, lot.quantity, lot.cost) for lot in state.positions[X].lots] == [
        ("L1", 100, 500), ("L2", 50, 300)]
