"""Closed days and periods: two persons, a frozen text under a hash, restatement, nothing written behind."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from desks import BOOKINGS, CHECKER, CLOSES, DAY, MAKER, approved, at_work, enrolled, small
from driving import copied, run, run_json, written
from small_books import FUND_LIMIT, HEADER, ONLY_NET_INVESTED, book, bought

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused, SandyqError
from sandyq.limits.result import State
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.recorded import Cause

NOT_KZT = "No rate of the tenge in this book"
NEXT_DAY = date(2025, 10, 7)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    file = small(folder / "b")
    run_json("import", file, written(folder / "fx.csv",
                                     "date,base,quote,rate,frequency\n2025-10-06,USD,KZT,540,daily\n"))
    return enrolled(file)


@pytest.fixture
def book_file(first: Path, tmp_path: Path) -> Path:
    return copied(first, tmp_path / "b.sandyq")


def proposed(file: Path, reason: str = "") -> Changes:
    with at_work(file) as station:
        return station.records.close_day(Question(DAY), reason)


def reprice(file: Path, close: str, step: int = 0) -> None:
    text = f"date,symbol,close,currency,basis\n2025-10-06,IBIT,{close},USD,T\n"
    with at_work(file) as station:
        station.accept([written(file.parent / f"p{step}.csv", text)])


def test_a_day_is_closed_by_two_persons_under_one_hash(book_file: Path) -> None:
    waits = proposed(book_file)
    assert waits.proposal
    with at_work(book_file) as station:
        assert station.records.closed_days(Question(DAY)) == ()
        with pytest.raises(Refused):
            station.people.approve(waits.proposal)
    entry = approved(book_file, waits.proposal)
    with at_work(book_file) as station:
        closed, = station.records.closed_days(Question(DAY))
        row, = station.store.rows("valuation_close")
        assert station.verify().holds
    assert (closed.prepared_by, closed.checked_by, closed.version) == (MAKER, CHECKER, 1)
    assert (closed.origin.entry, closed.restated) == (entry, False)
    content = row[6]
    assert hashlib.sha256(content.encode()).hexdigest() == row[7] == closed.content_hash
    assert json.loads(content)["said"]["figures"]["totals/market_value_usd"] == str(800 * 70 + 500 * 108)
    assert json.loads(content)["said"]["limits"]["L01"]["state"] == "ok"


def test_closing_a_day_stores_the_run_of_its_limits_which_replays_to_its_hash(book_file: Path) -> None:
    proposed(book_file)
    with at_work(book_file) as station:
        run_of_the_day, = station.breaches.runs(Question(DAY))
        again = station.breaches.run_again(Question(DAY), DAY)
    assert run_of_the_day.day == DAY
    assert again.repeats


def test_replaying_the_day_at_its_moment_gives_the_signed_hash(book_file: Path) -> None:
    with at_work(book_file) as station:
        moment = station.journal(Question(DAY))[-1].known_at
    approved(book_file, proposed(book_file).proposal)
    reprice(book_file, "65")
    again = run_json("replay", book_file, "--as-of", DAY, "--known-at", moment.astimezone(UTC).isoformat())
    with at_work(book_file) as station:
        assert station.records.closed_days(Question(DAY))[0].content_hash == again["hash"]


def test_a_closed_day_stays_as_it_was_and_the_restatement_names_the_price_and_the_limit(book_file: Path) -> None:
    approved(book_file, proposed(book_file).proposal)
    reprice(book_file, "600")
    with at_work(book_file) as station:
        closed, = station.records.closed_days(Question(DAY))
        found = station.records.restatement(Question(DAY), DAY)
    assert closed.restated is True
    value = next(figure for figure in found.difference.figures if figure.key == "totals/market_value_usd")
    assert (value.old, value.new) == (Decimal(110000), Decimal(800 * 600 + 54000))
    assert value.parts == ((Cause.PRICE, Decimal(800 * 530)),)
    fact, = found.difference.facts
    assert (fact.cause, fact.old, fact.new) == (Cause.PRICE, "close 70", "close 600")
    said = run_json("restate", book_file, "--day", DAY)
    assert said["causes"] == ["price"]
    assert said["closed"]["restated"] is True
    assert "600" in run("restate", book_file, "--day", DAY).output


def test_a_day_whose_signature_does_not_hold_was_never_closed(book_file: Path) -> None:
    approved(book_file, proposed(book_file).proposal)
    with at_work(book_file) as station:
        station.store.connection.execute('DROP TRIGGER "approval_update"')
        station.store.connection.execute(f"UPDATE \"approval\" SET \"signature\" = '{'0' * 128}'")
    with at_work(book_file) as station:
        assert station.records.closed_days(Question(DAY)) == ()
        assert not station.verify().holds


def test_facts_about_later_days_restate_nothing(book_file: Path) -> None:
    approved(book_file, proposed(book_file).proposal)
    with at_work(book_file) as station:
        signed = station.records.closed_days(Question(DAY))[0].content_hash
        station.accept([written(book_file.parent / "next.csv",
                                f"date,symbol,close,currency,basis\n{NEXT_DAY},IBIT,99,USD,T\n")])
        closed, = station.records.closed_days(Question(DAY))
        said = station.records.replay(Question(DAY))
        row, = station.store.rows("valuation_close")
    assert (closed.restated, closed.content_hash) == (False, signed)
    assert json.loads(said.text)["said"] == json.loads(row[6])["said"]


def test_the_restatement_lists_the_limit_that_would_have_changed_state(tmp_path: Path) -> None:
    """One fund at most 70 %: 50.9 % as signed, 89.9 % after the price was corrected."""
    file = book(tmp_path / "b", BOOKINGS, CLOSES, ONLY_NET_INVESTED + FUND_LIMIT.replace("hard = 0.40", "hard = 0.70"))
    enrolled(file)
    approved(file, proposed(file, NOT_KZT).proposal)
    reprice(file, "600")
    changed, = run_json("restate", file, "--day", DAY)["states_changed"]
    assert changed["id"] == "L16"
    assert changed["state"] == [State.OK.value, State.BREACH.value]


def test_later_data_make_a_second_version_and_the_first_one_is_still_there(book_file: Path) -> None:
    approved(book_file, proposed(book_file).proposal)
    with at_work(book_file) as station, pytest.raises(Refused, match="closed-already"):
        station.records.close_day(Question(DAY))
    reprice(book_file, "71")
    approved(book_file, proposed(book_file).proposal)
    with at_work(book_file) as station:
        one, two = station.records.closed_days(Question(DAY))
        between = station.store_entry(one.origin.entry).known_at
        assert [(item.version, item.restated) for item in (one, two)] == [(1, True), (2, False)]
        assert [item.version for item in station.records.closed_days(Question(DAY, between))] == [1]
        assert station.records.restatement(Question(DAY), DAY, 1).difference.figures[0].new == 800 * 71 + 54000
        with pytest.raises(BadInput, match="not-closed"):
            station.records.restatement(Question(DAY), DAY, 3)


def test_a_day_with_unknown_figures_needs_a_reason(tmp_path: Path) -> None:
    file = enrolled(book(tmp_path / "b", BOOKINGS, {"IBIT": CLOSES["IBIT"]}, ONLY_NET_INVESTED + FUND_LIMIT))
    with at_work(file) as station, pytest.raises(Refused) as refused:
        station.records.close_day(Question(DAY))
    assert refused.value.code == "day-unknown"
    named = {finding.subject for finding in refused.value.findings}
    assert {"totals/market_value_usd", "holdings/FBTC/price"} <= named
    approved(file, proposed(file, "No source has a price of FBTC").proposal)
    with at_work(file) as station:
        assert station.records.closed_days(Question(DAY))[0].version == 1


def test_a_book_without_people_closes_nothing(tmp_path: Path) -> None:
    file = small(tmp_path / "b")
    with at_work(file) as station:
        for act in (lambda: station.records.close_day(Question(DAY), NOT_KZT),
                    lambda: station.records.close_period(DAY, "Quarter end")):
            with pytest.raises(ApprovalNeeded):
                act()


@pytest.fixture
def closed_file(book_file: Path) -> Path:
    with at_work(book_file) as station:
        waits = station.records.close_period(date(2025, 6, 30), "Half year")
    approved(book_file, waits.proposal)
    return book_file


def test_nothing_dated_in_a_closed_period_is_written_by_the_service(closed_file: Path, tmp_path: Path) -> None:
    late = written(tmp_path / "late.csv", f"{HEADER}\n{bought('IBIT', 5, 50, day='2025-06-30')},L-1\n")
    with at_work(closed_file) as station:
        assert station.records.closed_through(Question(DAY)) == date(2025, 6, 30)
        before = station.head()
        for act in (lambda: station.records.correct("T-1", {"price": "51"}, "Late"),
                    lambda: station.records.reverse("booking", "T-3", "Late")):
            with pytest.raises(Refused, match="period-closed"):
                act()
        assert station.head() == before
        preview, = station.accept([late])
        assert (preview.new, preview.refused) == (0, 1)
        assert {finding.code for finding in preview.findings} >= {"period-closed"}
        assert "L-1" not in {row.reference for row in station.knowledge().transactions}


def test_the_database_refuses_what_goes_past_the_service(closed_file: Path) -> None:
    day = "2025-06-30"
    row = (0, "X-1", day, day, "buy", "IBIT", "IBIT.XNAS", "1", "50", "USD", "0", "0", "C", None, None)
    with at_work(closed_file) as station:
        before = station.head()
        with pytest.raises(SandyqError):
            station.record("import", {}, [("booking", row)])
        assert station.head() == before


def test_a_booking_after_the_period_is_written_and_may_not_move_into_it(closed_file: Path, tmp_path: Path) -> None:
    later = written(tmp_path / "later.csv", f"{HEADER}\n{bought('IBIT', 5, 50, day='2025-07-01')},L-2\n")
    with at_work(closed_file) as station:
        station.accept([later])
        station.records.correct("L-2", {"price": "51"}, "Confirmation")
        with pytest.raises(Refused, match="period-closed"):
            station.records.correct("L-2", {"trade_date": "2025-06-30"}, "Was a day earlier")


def test_two_persons_reopen_a_period_and_what_was_closed_when_stays_known(closed_file: Path) -> None:
    with at_work(closed_file) as station:
        closed_at = station.journal(Question(DAY))[-1].known_at
        with pytest.raises(Refused, match="closed-already"):
            station.records.close_period(date(2025, 5, 31), "Earlier")
        with pytest.raises(Refused, match="not-closed"):
            station.records.reopen_period(date(2025, 6, 30), "Nothing to open")
        waits = station.records.reopen_period(date(2025, 2, 28), "A confirmation came late")
    approved(closed_file, waits.proposal)
    with at_work(closed_file) as station:
        station.records.correct("T-1", {"price": "51"}, "Confirmation")
        assert station.records.closed_through(Question(DAY)) == date(2025, 2, 28)
        assert station.records.closed_through(Question(DAY, closed_at)) == date(2025, 6, 30)


def test_a_period_that_is_not_over_is_not_closed(book_file: Path) -> None:
    with at_work(book_file) as station, pytest.raises(BadInput, match="period-not-over"):
        station.records.close_period(datetime.now(UTC).date(), "Too early")


def test_two_people_with_two_keys_close_a_day_and_a_period_by_command(tmp_path: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDYQ_KEY_PASSPHRASE", "a long sentence for tests")
    file = small(tmp_path / "b")
    keys = {name: tmp_path / f"{number}.key" for number, name in enumerate((MAKER, CHECKER))}
    for name, role in ((MAKER, "middle_office"), (CHECKER, "risk")):
        run_json("person", "add", file, name, "--role", role, "--key", keys[name])
    for words in (("close-day", file, "--as-of", DAY, "--with-unknown", NOT_KZT),
                  ("close-period", file, "--through", "2025-06-30", "--reason", "Half year")):
        waits = run_json(*words, "--key", keys[MAKER], exits=(6,))
        assert run_json("approve", file, waits["proposal"], "--key", keys[MAKER], exits=(3,))["error"]
        run_json("approve", file, waits["proposal"], "--key", keys[CHECKER])
    listed = run_json("closed-days", file)
    assert listed["closed_through"] == "2025-06-30"
    day, = listed["days"]
    assert (day["prepared_by"], day["checked_by"], day["restated"]) == (MAKER, CHECKER, False)
    assert "as signed" in run("closed-days", file).output
    late = run_json("correct", file, "T-1", "--set", "price=51", "--reason", "Late", "--key", keys[MAKER], exits=(3,))
    assert late["error"]["code"] == "period-closed"
    words = run("reopen-period", file, "--through", "2025-02-28", "--reason", "Late", "--key", keys[MAKER])
    assert words.exit_code == 6
    assert "waits for a second person" in words.output
