"""Reconciliation of statements with the book: what matches, the five kinds of breaks, ageing, notes (F111, J3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from custody_books import DAY, EARLIER, account, booking, money, record, stated, true_statement

from sandyq.basics.errors import BadInput
from sandyq.book.state import Basis
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import Match
from sandyq.workstation.workstation import Workstation

ALL = Question(DAY, None, "*")


def breaks(station: Workstation, q: Question = ALL) -> dict[str, Match]:
    return {line.subject: line.match for line in station.custody.reconcile(q).lines
            if line.match is not Match.MATCHED}


def test_a_true_statement_matches_everywhere(station: Workstation) -> None:
    record(station, true_statement())
    result = station.custody.reconcile(ALL)
    assert result.day == DAY
    assert result.accounts == ("C", "D")
    assert {line.match for line in result.lines} == {Match.MATCHED}
    assert len(result.lines) == 5
    assert not result.findings


def test_five_planted_differences_are_found_and_no_other(station: Workstation) -> None:
    rows = [stated("C", "IBIT", 990, 65), stated("C", "KEEP", 12, 320), money("C", 822_000),
            stated("D", "BITB", 400, "50.30"), money("D", 27_500)]
    record(station, rows)
    result = station.custody.reconcile(ALL)
    found = {line.subject: (line.match, line.value_usd) for line in result.lines if line.match is not Match.MATCHED}
    assert found == {
        "IBIT.XNAS": (Match.QUANTITY_BREAK, Decimal(10 * 65)),
        "FBTC.BATS": (Match.MISSING_THERE, Decimal(200 * 100)),
        "KEEP.XNAS": (Match.MISSING_HERE, Decimal(-12 * 320)),
        "BITB.ARCX": (Match.PRICE_BREAK, Decimal(400) * Decimal("-0.30")),
        "USD": (Match.QUANTITY_BREAK, Decimal(500)),
    }
    assert result.count(Match.MATCHED) == 1


def test_the_worst_break_stands_first_and_what_matches_last(station: Workstation) -> None:
    record(station, [stated("C", "IBIT", 990, 65), stated("C", "FBTC", 100, 100), money("C", 822_000),
                     stated("D", "BITB", 400, 50), money("D", 27_999)])
    lines = station.custody.reconcile(ALL).lines
    assert [line.subject for line in lines[:3]] == ["FBTC.BATS", "IBIT.XNAS", "USD"]
    assert all(line.match is Match.MATCHED for line in lines[3:])


def test_a_break_without_a_price_is_unknown_and_comes_first(station: Workstation) -> None:
    record(station, [*true_statement(), stated("C", "NOBODY", 5)])
    result = station.custody.reconcile(ALL)
    first = result.lines[0]
    assert (first.subject, first.match, first.ours, first.theirs) == ("NOBODY", Match.MISSING_HERE, None, Decimal(5))
    assert first.value_usd is None
    assert [finding.code for finding in result.findings] == ["statement-unknown"]


def test_quantities_are_those_that_have_settled(station: Workstation) -> None:
    record(station, [booking("T-9", "buy", "IBIT", 100, 65, "C", DAY, date(2025, 10, 1)), *true_statement()])
    assert not breaks(station)
    by_trade = station.custody.reconcile(ALL, basis=Basis.TRADE)
    assert {line.subject for line in by_trade.lines if line.match is not Match.MATCHED} == {"IBIT.XNAS", "USD"}


def test_an_isin_finds_its_instrument_and_a_wrong_one_does_not(station: Workstation) -> None:
    rows = [row for row in true_statement() if row[1][4] != "IBIT"]
    record(station, [*rows, stated("C", "", 1000, 65, isin="US0000000010")])
    assert not breaks(station)
    record(station, [stated("D", "BITB", 1, 50, isin="US9999999999")])
    assert breaks(station)["BITB"] is Match.MISSING_HERE


def test_a_side_that_no_statement_speaks_about_is_not_compared(station: Workstation) -> None:
    record(station, [row for row in true_statement() if row[1][3] == "security"])
    result = station.custody.reconcile(ALL)
    assert {line.kind for line in result.lines} == {"security"}
    assert {(finding.code, finding.subject) for finding in result.findings} == {("side-not-stated", "C"),
                                                                                ("side-not-stated", "D")}


def test_an_older_statement_of_one_account_is_used_and_said(station: Workstation) -> None:
    record(station, [row for row in true_statement(EARLIER) if row[1][1] == "D"])
    record(station, [row for row in true_statement() if row[1][1] == "C"])
    result = station.custody.reconcile(ALL)
    assert {line.stated_on for line in result.lines if line.account == "D"} == {EARLIER}
    assert {line.match for line in result.lines} == {Match.MATCHED}
    assert [finding.code for finding in result.findings] == ["statement-old", "statement-old"]


def test_a_break_ages_from_the_first_day_of_its_run(station: Workstation) -> None:
    days = [date(2025, 9, 2), date(2025, 9, 10), date(2025, 9, 20)]
    for day, quantity in zip(days, (990, 1000, 990), strict=True):
        record(station, [stated("C", "IBIT", quantity, None, day), stated("C", "FBTC", 199, None, day)])
    record(station, [stated("C", "IBIT", 990, 65), stated("C", "FBTC", 200, 100)])
    lines = {line.subject: line for line in station.custody.reconcile(ALL).lines}
    assert (lines["IBIT.XNAS"].since, lines["IBIT.XNAS"].age_days) == (days[2], 10)
    assert lines["FBTC.BATS"].match is Match.MATCHED
    before = {line.subject: line for line in station.custody.reconcile(Question(days[2], None, "*")).lines}
    assert before["FBTC.BATS"].since == days[0]


def test_a_statement_of_another_account_does_not_end_a_run(station: Workstation) -> None:
    record(station, [stated("C", "FBTC", 199, None, date(2025, 9, 2)), stated("D", "BITB", 400, None,
                                                                             date(2025, 9, 10)), *true_statement()])
    record(station, [stated("C", "FBTC", 199, 100)])
    line = station.custody.reconcile(ALL).lines[0]
    assert (line.subject, line.since) == ("FBTC.BATS", date(2025, 9, 2))


def test_a_note_stays_with_its_break_and_goes_with_it(station: Workstation) -> None:
    record(station, [stated("C", "IBIT", 990, None, date(2025, 9, 2))])
    station.custody.note_break("C", date(2025, 9, 2), "IBIT", "Middle office 2", "Asked the custodian.", "open")
    record(station, [stated("C", "IBIT", 990, 65)])
    line = next(line for line in station.custody.reconcile(ALL).lines if line.subject == "IBIT.XNAS")
    assert (line.owner, line.note, line.status) == ("Middle office 2", "Asked the custodian.", "open")
    record(station, [stated("C", "IBIT", 1000, 65)])
    line = next(line for line in station.custody.reconcile(ALL).lines if line.subject == "IBIT.XNAS")
    assert (line.match, line.note, line.owner) == (Match.MATCHED, "", "Middle office 1")


def test_a_note_needs_a_state_that_exists(station: Workstation) -> None:
    with pytest.raises(BadInput, match="note-status"):
        station.custody.note_break("C", DAY, "IBIT", "", "", "gone")


def test_what_was_not_known_yet_is_not_reconciled(station: Workstation) -> None:
    record(station, true_statement())
    before = station.store.entries()[-1].known_at
    record(station, [booking("T-8", "buy", "IBIT", 5, 65, "C", EARLIER)])
    assert set(breaks(station)) == {"IBIT.XNAS", "USD"}
    assert not breaks(station, Question(DAY, before, "*"))


def test_each_book_sees_its_own_accounts(station: Workstation) -> None:
    record(station, [account("D", "Bank T", book="tech"), *true_statement()])
    assert station.custody.reconcile(Question(DAY)).accounts == ("C",)
    assert station.custody.reconcile(Question(DAY, None, "tech")).accounts == ("D",)
    assert station.custody.reconcile(Question(DAY), ["D"]).accounts == ()


def test_an_account_asked_for_alone_gives_the_same_lines(station: Workstation) -> None:
    record(station, [stated("C", "IBIT", 990, 65), money("C", 1), stated("D", "BITB", 401, 50), money("D", 28_000)])
    whole = station.custody.reconcile(ALL).lines
    for name in ("C", "D"):
        assert station.custody.reconcile(ALL, [name]).lines == tuple(line for line in whole if line.account == name)


def test_a_price_in_another_currency_is_not_compared_and_said(station: Workstation) -> None:
    record(station, [stated("C", "IBIT", 1000, 30_000, currency="KZT"), stated("C", "FBTC", 200, 100)])
    result = station.custody.reconcile(ALL)
    assert {line.match for line in result.lines} == {Match.MATCHED}
    assert "price-not-compared" in {finding.code for finding in result.findings}


def test_a_transfer_counts_from_the_day_on_which_the_custodian_shows_it(station: Workstation) -> None:
    record(station, [("transfer", (0, "M-1", "2025-09-29", "2025-10-01", "IBIT", "IBIT.XNAS", "100", "USD", "C", "D",
                                   None, None)), *true_statement()])
    assert not breaks(station)
    day = date(2025, 10, 1)
    record(station, [stated("C", "IBIT", 900, None, day), stated("C", "FBTC", 200, None, day),
                     stated("D", "IBIT", 100, None, day), stated("D", "BITB", 400, None, day)])
    after = station.custody.reconcile(Question(day, None, "*"))
    assert {(line.account, line.subject, line.ours) for line in after.lines if line.kind == "security"} == {
        ("C", "IBIT.XNAS", 900), ("C", "FBTC.BATS", 200), ("D", "IBIT.XNAS", 100), ("D", "BITB.ARCX", 400)}
    assert {line.match for line in after.lines} == {Match.MATCHED}


def test_a_split_between_trade_and_statement_is_in_the_quantity(station: Workstation) -> None:
    record(station, [("split", (0, "IBIT", "2025-09-10", "10", "1", "high", None)),
                     *[row for row in true_statement() if row[1][4] != "IBIT"], stated("C", "IBIT", 10_000)])
    assert not breaks(station)


def test_a_symbol_of_two_instruments_means_the_one_that_the_account_holds(station: Workstation) -> None:
    twin = [("instrument_attribute", (0, f"{symbol}.XLON", name, value, None, "test file", "filed"))
            for symbol in ("IBIT", "KEEP")
            for name, value in {"symbol": symbol, "kind": "tech_equity", "mic": "XLON", "currency": "GBP"}.items()]
    record(station, [*twin, *true_statement()])
    assert not breaks(station)
    record(station, [stated("C", "KEEP", 3, 320)])
    result = station.custody.reconcile(ALL)
    assert breaks(station) == {"KEEP": Match.MISSING_HERE}
    assert [finding.code for finding in result.findings] == ["statement-ambiguous"]


def test_units_of_a_spin_off_are_held_here_too(station: Workstation) -> None:
    terms = '{"child":"KEEP.XNAS","cost_share":"0.1","ratio":"0.1"}'
    record(station, [("corporate_action", (0, "E-1", "spin_off", "IBIT", "IBIT.XNAS", "2025-09-15", "2025-09-15", terms,
                                           "notice", None)),
                     *true_statement(), stated("C", "KEEP", 100, 320)])
    assert not breaks(station)
