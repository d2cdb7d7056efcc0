"""Events and transfers of a file find their instruments; a trade without a settlement date gets its venue's (F023)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import DAY, approved, at_work, enrolled, small
from driving import copied, written

from sandyq.basics.text import Text
from sandyq.packs.report import Report
from sandyq.reference.facts import FactRow
from sandyq.workstation.arriving import resolve_events, resolve_transfers, settled
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation


class Refusals:
    """Notes (reference, code) of each refused row."""

    def __init__(self) -> None:
        self.noted: list[tuple[object, str]] = []

    def __call__(self, row: FactRow, code: str, text: Text, value: str = "") -> None:
        assert str(text)
        self.noted.append((row[1], code))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("first") / "b")


@pytest.fixture
def station(first: Path, tmp_path: Path) -> Iterator[Workstation]:
    with at_work(copied(first, tmp_path / "b.sandyq")) as opened:
        yield opened


def event(name: str, kind: str, symbol: str, terms: dict[str, str], day: str = "2025-06-02") -> FactRow:
    return (7, name, kind, symbol, None, day, None, json.dumps(terms), "8-K", None)


SPIN = {"child": "FBTC", "ratio": "0.50", "cost_share": "0.1"}


def test_events_of_a_file_get_instruments_and_canonical_terms(station: Workstation) -> None:
    refusals = Refusals()
    rows = [event("E-1", "spin_off", "IBIT", SPIN), event("E-2", "spin_off", "NONE", SPIN),
            event("E-3", "spin_off", "IBIT", {**SPIN, "child": "NONE"}),
            event("E-4", "spin_off", "IBIT", {"ratio": "1"}), event("E-5", "fee_change", "IBIT", {"fee_pct": "0.12"})]
    found = list(resolve_events(station.store, station.knowledge(), rows, refusals))
    assert [row[1] for row in found] == ["E-1", "E-5"]
    assert found[0][4] == "IBIT.XNAS"
    assert json.loads(str(found[0][7])) == {"child": "FBTC.BATS", "ratio": "0.5", "cost_share": "0.1"}
    assert refusals.noted == [("E-2", "unknown-instrument"), ("E-3", "unknown-instrument"), ("E-4", "event-terms")]


def test_an_event_that_came_before_comes_as_it_is_recorded_and_another_one_under_its_id_does_not(
        station: Workstation) -> None:
    refusals = Refusals()
    first, = resolve_events(station.store, station.knowledge(), [event("E-1", "spin_off", "IBIT", SPIN)], refusals)
    station.record("corporate_action", {}, [("corporate_action", first)])
    again = list(resolve_events(station.store, station.knowledge(), [
        event("E-1", "spin_off", "IBIT", SPIN), event("E-1", "spin_off", "IBIT", {**SPIN, "ratio": "2"})], refusals))
    assert again == [first]
    assert refusals.noted == [("E-1", "event-differs")]


def transfer(reference: str, quantity: str, to: str = "D", symbol: str | None = "IBIT") -> FactRow:
    return (3, reference, "2025-06-02", "2025-06-02", symbol, None, quantity, "" if symbol else "USD", "C", to, None,
            None)


def test_transfers_of_a_file_move_what_is_held_and_no_more(station: Workstation) -> None:
    refusals = Refusals()
    rows = [transfer("M-1", "500"), transfer("M-2", "400"), transfer("M-3", "300"), transfer("M-4", "1", to="C"),
            transfer("M-5", "1000", symbol=None), transfer("M-6", "1", symbol="NONE")]
    found = list(resolve_transfers(station.store, station.knowledge(), rows, refusals))
    assert [(row[1], row[5]) for row in found] == [("M-1", "IBIT.XNAS"), ("M-3", "IBIT.XNAS"), ("M-5", None)]
    assert [code for _, code in refusals.noted] == ["oversold", "same-account", "unknown-instrument"]


@pytest.mark.parametrize(("traded", "expected"), [
    ("2024-05-24", "2024-05-29"),  # Friday, two days, Memorial Day on Monday 27
    ("2024-05-28", "2024-05-29"),  # the first day of one day's settlement
    ("2025-07-03", "2025-07-07"),  # a Thursday before Independence Day
])
def test_a_trade_without_a_settlement_date_settles_by_its_venue(station: Workstation, traded: str,
                                                               expected: str) -> None:
    def row(kind: str, line: int) -> FactRow:
        return (line, f"R-{line}", traded, traded, kind, "IBIT", "IBIT.XNAS", "1", "50", "USD", "0", "0", "C", None,
                None)

    hints = {1: {"settle": "assumed"}, 3: {"settle": "assumed"}}
    report = Report("t.csv")
    found = list(settled(station.knowledge(), [row("buy", 1), row("buy", 2), row("dividend", 3)], hints, report))
    assert [item[3] for item in found] == [expected, traded, traded]
    assert [finding.code for finding in report.findings] == ["settlement-by-venue"]


def test_a_file_without_settlement_dates_books_them_by_venue_and_says_so(station: Workstation, tmp_path: Path) -> None:
    """A Thursday before Independence Day settles on Monday; the dividend keeps its day."""
    file = written(tmp_path / "t.csv", "trade_date,type,symbol,quantity,price,currency,account,reference\n"
                                       "2025-07-03,buy,IBIT,1,50,USD,C,S-1\n2025-07-03,dividend,IBIT,1,2,USD,C,S-2\n")
    preview, = station.accept([file])
    days = {row.reference: row.settle_date.isoformat() for row in station.knowledge().transactions}
    assert (days["S-1"], days["S-2"]) == ("2025-07-07", "2025-07-03")
    assert "settlement-by-venue" in {finding.code for finding in preview.findings}


def test_a_fee_settled_in_a_stablecoin_is_recorded_with_how_it_was_settled(station: Workstation,
                                                                          tmp_path: Path) -> None:
    head = ("trade_date,type,symbol,quantity,price,currency,account,reference,provider,licence,token,token_amount,"
            "rate_to_par,")
    file = written(tmp_path / "f.csv", head + "par_reference\n2025-07-03,fee,,1000,1,USD,C,S-3,Provider 1,L-1,USDT,"
                                              "1000.5,0.9995,Par 1\n")
    preview, = station.accept([file])
    assert (preview.new, preview.refused) == (1, 0), preview.findings
    row, = station.store.rows("stablecoin_settlement")
    assert row[3:7] == ("S-3", "Provider 1", "L-1", "USDT")
    assert not any("USDT" in name for name in station.holdings(Question(DAY)).state.positions)


ACTIONS = """event,type,symbol,ex_date,child,ratio,cost_share,fee_pct,source
E-1,spin_off,IBIT,2025-06-02,FBTC,0.50,0.1,,8-K
E-2,fee_change,IBIT,2025-06-02,,,,0.12,Prospectus
E-3,spin_off,NOPE,2025-06-02,FBTC,1,0.1,,8-K
"""


def test_a_file_of_events_is_imported_once_whatever_its_bytes(station: Workstation, tmp_path: Path) -> None:
    preview, = station.accept([written(tmp_path / "a.csv", ACTIONS)])
    assert (preview.kind, preview.new, preview.refused) == ("corporate_actions", 2, 1)
    assert station.holdings(Question(DAY)).state.positions["FBTC.BATS"].quantity == 500 + 400
    again, = station.accept([written(tmp_path / "b.csv", ACTIONS.replace("0.50", "0.5"))])
    assert (again.new, again.superseding, again.duplicate, again.refused) == (0, 0, 2, 1)
    other, = station.accept([written(tmp_path / "c.csv", ACTIONS.replace("0.50", "2"))])
    assert (other.new, other.superseding, other.duplicate, other.refused) == (0, 0, 1, 2)
    assert "event-differs" in {finding.code for finding in other.findings}
    station.roll_back(preview.entry or 0, "Wrong file")
    assert station.holdings(Question(DAY)).state.positions["FBTC.BATS"].quantity == 500


def test_a_file_of_transfers_moves_lots_to_the_other_account(station: Workstation, tmp_path: Path) -> None:
    text = ("reference,trade_date,settle_date,symbol,quantity,currency,from_account,to_account\n"
            "M-1,2025-06-02,2025-06-02,IBIT,300,,C,D\nM-2,2025-06-02,2025-06-02,IBIT,900,,C,D\n")
    preview, = station.accept([written(tmp_path / "m.csv", text)])
    assert (preview.new, preview.refused) == (1, 1)
    lots = station.holdings(Question(DAY)).state.positions["IBIT.XNAS"].lots
    assert {(lot.account, lot.quantity, lot.reference) for lot in lots} == {("C", 500, "T-1"), ("D", 300, "T-1")}
    again, = station.accept([written(tmp_path / "n.csv", text.replace(",900,", ",901,"))])
    assert (again.new, again.duplicate, again.refused) == (0, 1, 1)


def test_with_people_a_file_of_events_waits_for_a_second_person(first: Path, tmp_path: Path) -> None:
    file = enrolled(copied(first, tmp_path / "two.sandyq"))
    with at_work(file) as station:
        preview, = station.accept([written(tmp_path / "a.csv", ACTIONS)])
        assert preview.proposal
        assert not station.knowledge().events
    approved(file, preview.proposal)
    with at_work(file) as station:
        assert [event.event for event in station.knowledge().events] == ["E-1", "E-2"]
        assert station.verify().holds
