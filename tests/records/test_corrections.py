"""Corrections: a reversal and a new row in one entry; the first row stays, with author and reason (F025)."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from desks import BOOKINGS, CLOSES, DAY, at_work, small
from driving import copied, run, run_json, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_books import FUND_LIMIT, HEADER, ONLY_NET_INVESTED, book, bought, sold

from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.origin import Origin
from sandyq.book.state import BookState
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("first") / "b")


@pytest.fixture
def book_file(first: Path, tmp_path: Path) -> Path:
    return copied(first, tmp_path / "b.sandyq")


def state(file: Path) -> BookState:
    with Workstation.open(file, actor="Auditor 1") as station:
        return without_origins(station.holdings(Question(DAY)).state)


def without_origins(found: BookState) -> BookState:
    """The state without the numbers of entries: two books that say the same differ in nothing else."""
    nowhere = Origin(0, 0)
    positions = {name: replace(item, lots=tuple(replace(lot, origin=nowhere) for lot in item.lots))
                 for name, item in found.positions.items()}
    return replace(found, positions=positions,
                   fundings=tuple(replace(item, origin=nowhere) for item in found.fundings),
                   realised=tuple(replace(item, origin=nowhere) for item in found.realised),
                   flows=tuple(replace(item, origin=nowhere) for item in found.flows))


def test_a_correction_is_one_entry_with_a_reversal_and_the_new_row(book_file: Path) -> None:
    done = run_json("correct", book_file, "T-1", "--set", "price=51.25", "--reason", "Broker's confirmation",
                    "--actor", "Middle office 2")
    with Workstation.open(book_file, actor="Auditor 1") as station:
        entry = station.store_entry(done["entry"])
        assert (entry.kind, entry.actor) == ("correction", "Middle office 2")
        assert entry.payload["reference"] == "T-1"
        assert entry.payload["reason"] == "Broker's confirmation"
        assert set(station.store.facts_of(entry.seq)) == {"reversal", "booking"}
        assert station.holdings(Question(DAY)).state.positions["IBIT.XNAS"].cost_usd == Decimal(800) * Decimal("51.25")
        assert station.verify().holds


def test_the_first_row_stays_visible_with_who_ended_it_when_and_why(book_file: Path) -> None:
    run_json("correct", book_file, "T-1", "--set", "quantity=1100", "--reason", "Part fill", "--actor", "Analyst 2")
    old, new = run_json("history", book_file, "T-1")["versions"]
    assert (old["mark"], new["mark"]) == ("reversed", "current")
    assert (old["values"]["quantity"], new["values"]["quantity"]) == ("1000", "1100")
    assert (old["ended_actor"], old["reason"], old["ended_by"]) == ("Analyst 2", "Part fill", new["entry"])
    assert "reversed" in run("history", book_file, "T-1").output


def test_what_was_known_before_the_correction_is_answered_as_before(book_file: Path) -> None:
    with Workstation.open(book_file, actor="Auditor 1") as station:
        before = station.journal(Question(DAY))[-1].known_at
        cost = station.holdings(Question(DAY)).cost_usd
    run_json("correct", book_file, "T-2", "--set", "price=95", "--reason", "Typing error")
    with Workstation.open(book_file, actor="Auditor 1") as station:
        assert station.holdings(Question(DAY, before)).cost_usd == cost
        assert station.holdings(Question(DAY)).cost_usd == cost + 500 * 5


def test_another_symbol_finds_its_own_instrument(book_file: Path) -> None:
    run_json("correct", book_file, "T-2", "--set", "symbol=IBIT", "--reason", "Wrong fund")
    assert state(book_file).positions["IBIT.XNAS"].quantity == 1300


@pytest.mark.parametrize(("values", "code"), [
    (["price=abc"], "not-a-booking"), (["quantity=-5"], "not-a-booking"), (["trade_date=2025-13-01"], "not-a-booking"),
    (["settle_date=2025-01-01"], "not-a-booking"), (["colour=red"], "no-such-column"), (["reference=T-9"],
                                                                                      "column-fixed"),
    (["price=50"], "nothing-changes"), ([], "nothing-changes"), (["price"], "bad-pair"), (["symbol=USDT"],
                                                                                      "token-refused"),
    (["symbol=NONE"], "unknown-instrument"),
])
def test_values_that_cannot_be_booked_are_refused_and_nothing_is_recorded(book_file: Path, values: list[str],
                                                                          code: str) -> None:
    before = book_file.read_bytes()
    words = [word for value in values for word in ("--set", value)]
    answer = run_json("correct", book_file, "T-1", *words, "--reason", "Try", exits=(1,))
    assert answer["error"]["code"] == code
    assert book_file.read_bytes() == before


def test_a_later_sale_holds_the_purchase_that_it_needs(book_file: Path) -> None:
    with at_work(book_file) as station:
        with pytest.raises(Refused) as smaller:
            station.records.correct("T-1", {"quantity": "150"}, "Smaller")
        with pytest.raises(Refused) as gone:
            station.records.reverse("booking", "T-1", "Never happened")
        with pytest.raises(Refused) as later:
            station.records.correct("T-1", {"trade_date": "2025-05-01", "settle_date": "2025-05-02"}, "Later")
    assert {error.value.code for error in (smaller, gone, later)} == {"oversold"}


def test_a_correction_needs_a_reason_a_booking_and_one_that_is_in_force(book_file: Path) -> None:
    with at_work(book_file) as station:
        with pytest.raises(BadInput, match="reason"):
            station.records.correct("T-3", {"price": "61"}, "  ")
        with pytest.raises(BadInput, match="no-such-reference"):
            station.records.correct("T-99", {"price": "61"}, "Why not")
        station.records.reverse("booking", "T-3", "Never happened")
        with pytest.raises(Refused, match="reversed-already"):
            station.records.correct("T-3", {"price": "61"}, "Again")


def test_rolling_a_batch_back_takes_the_corrections_of_its_bookings_along(book_file: Path, tmp_path: Path) -> None:
    batch = written(tmp_path / "more.csv", f"{HEADER}\n{bought('IBIT', 10, 50, day='2025-05-05')},N-1\n")
    with at_work(book_file) as station:
        before = station.records.replay(Question(DAY)).said_hash
        entry = station.accept([batch])[0].entry or 0
        station.records.correct("N-1", {"price": "51"}, "Confirmation")
        station.records.correct("N-1", {"price": "52"}, "Second confirmation")
        station.roll_back(entry, "Wrong file")
        assert station.records.replay(Question(DAY)).said_hash == before
        assert {item.mark for item in station.records.history_of("N-1")} == {"reversed"}
        again = station.accept([written(tmp_path / "other.csv", batch.read_text().replace(",50,", ",53,"))])[0]
        assert again.new == 1
        assert station.verify().holds


def test_a_batch_that_later_sales_need_is_not_rolled_back(book_file: Path, tmp_path: Path) -> None:
    with at_work(book_file) as station:
        entry = next(item.seq for item in station.journal(Question(DAY)) if item.payload.get("kind") == "transactions")
        station.accept([written(tmp_path / "s.csv", f"{HEADER}\n{sold('IBIT', 5, 60, day='2025-05-05')},N-2\n")])
        head = station.head()
        with pytest.raises(Refused, match="oversold"):
            station.roll_back(entry, "Wrong file")
        assert station.head() == head


def test_a_transfer_is_reversed_unless_a_later_sale_needs_it(book_file: Path) -> None:
    def moved(reference: str) -> tuple[str, tuple[str | int | None, ...]]:
        return "transfer", (0, reference, "2025-05-05", "2025-05-05", "IBIT", "IBIT.XNAS", "300", "", "C", "D", None,
                            None)

    with at_work(book_file) as station:
        before = station.records.replay(Question(DAY)).said_hash
        station.record("transfer", {}, [moved("M-1")])
        assert station.records.replay(Question(DAY)).said_hash != before
        station.records.reverse("transfer", "M-1", "Wrong account")
        assert station.records.replay(Question(DAY)).said_hash == before
        assert [item.mark for item in station.records.history_of("M-1", "transfer")] == ["reversed"]
        station.record("transfer", {}, [moved("M-2")])
        station.record("import", {}, [("booking", (
            0, "S-1", "2025-06-02", "2025-06-03", "sell", "IBIT", "IBIT.XNAS", "300", "60", "USD", "0", "0", "D", None,
            None))])
        with pytest.raises(Refused, match="oversold"):
            station.records.reverse("transfer", "M-2", "Wrong account")
        with pytest.raises(BadInput, match="no-such-kind"):
            station.records.reverse("price", "IBIT", "Not one by one")


COLUMNS = st.sampled_from([("quantity", "1250"), ("price", "48.5"), ("fees", "12.5"), ("account", "D"),
                           ("trade_date", "2025-02-03"), ("symbol", "FBTC"), ("note", "seen")])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(COLUMNS, min_size=1, max_size=3, unique_by=lambda pair: pair[0]), st.booleans())
def test_a_correction_gives_what_a_right_first_entry_would_have_given(changes: list[tuple[str, str]],
                                                                      twice: bool) -> None:
    values = dict(changes)
    if values.keys() & {"symbol", "account"}:
        values = {name: value for name, value in values.items() if name not in {"symbol", "account"}} or {"fees": "1"}
    right = dict(zip(HEADER.split(",")[:10], BOOKINGS[1].split(","), strict=True)) | {
        name: value for name, value in values.items() if name != "note"}
    with tempfile.TemporaryDirectory() as folder:
        wrong = small(Path(folder) / "wrong")
        with at_work(wrong) as station:
            if twice:
                station.records.correct("T-1", {"price": "1"}, "First try")
            station.records.correct("T-1", {**({"price": "50"} if twice else {}), **values}, "As confirmed")
        expected = book(Path(folder) / "right", [BOOKINGS[0], ",".join(right.values()), *BOOKINGS[2:]], CLOSES,
                        ONLY_NET_INVESTED + FUND_LIMIT)
        assert state(wrong) == state(expected)
