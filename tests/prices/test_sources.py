"""Several sources for one close: the best ranked counts whatever the order of import, and breaks are listed (F051)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from price_books import approved, book, enrol, imported, on, price_file

from sandyq.basics.errors import BadInput
from sandyq.store.price_sources import Rank, Said, best_of
from sandyq.workstation.workstation import Workstation

D = Decimal
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)
A = price_file([("2026-01-05", "IBIT", "50"), ("2026-01-06", "IBIT", "51"), ("2026-01-05", "THIN", "10")], "Vendor A")
B = price_file([("2026-01-05", "IBIT", "50.02"), ("2026-01-06", "IBIT", "51.5")], "Vendor B")
C = price_file([("2026-01-06", "IBIT", "51.1")], "Vendor C")


def close(station: Workstation, day: str) -> tuple[Decimal, str]:
    line = station.holdings(on(day)).line("IBIT")
    assert line is not None
    assert line.price is not None
    return line.price.close, line.price.source


def test_without_ranks_the_latest_row_counts(tmp_path: Path) -> None:
    with book(tmp_path, A, B) as station:
        assert close(station, "2026-01-06") == (D("51.5"), "Vendor B")


@pytest.mark.parametrize("order", list(permutations((A, B, C))))
def test_with_ranks_the_order_of_import_changes_nothing(tmp_path: Path, order: tuple[str, ...]) -> None:
    with book(tmp_path, *order) as station:
        for place, source in enumerate(("Vendor C", "Vendor A", "Vendor B"), 1):
            station.prices.rank(source, place, None, "Annual review")
        assert close(station, "2026-01-05") == (D(50), "Vendor A")
        assert close(station, "2026-01-06") == (D("51.1"), "Vendor C")


def test_a_corrected_row_of_the_ranked_source_counts_and_the_worse_source_never_returns(tmp_path: Path) -> None:
    with book(tmp_path, A, B) as station:
        station.prices.rank("Vendor A", 1, None, "Annual review")
        imported(station, tmp_path, "c.csv", price_file([("2026-01-06", "IBIT", "51.2")], "Vendor A"))
        imported(station, tmp_path, "d.csv", price_file([("2026-01-06", "IBIT", "60")], "Vendor B"))
        assert close(station, "2026-01-06") == (D("51.2"), "Vendor A")
        seen = {item.source: (item.rank, item.rows) for item in station.prices.sources(on("2026-01-06"))}
        assert seen["Vendor A"] == (1, 4)
        assert seen["Vendor B"] == (None, 3)


def test_ranks_are_decided_by_two_once_people_are_enrolled_and_known_from_then_on(tmp_path: Path) -> None:
    with book(tmp_path, A, B) as station:
        enrol(station)
        changes = station.prices.rank("Vendor A", 1, D(5), "Annual review")
        assert changes.proposal
        assert close(station, "2026-01-06") == (D("51.5"), "Vendor B")
        before = station.journal(on("2026-01-06"))[-1].known_at
        approved(station, changes.proposal)
        assert close(station, "2026-01-06") == (D(51), "Vendor A")
        line = station.holdings(on("2026-01-06", before)).line("IBIT")
        assert line is not None
        assert line.price is not None
        assert line.price.source == "Vendor B"


def test_a_rank_with_a_first_day_leaves_earlier_days_as_they_were(tmp_path: Path) -> None:
    with book(tmp_path, A, B) as station:
        station.record("price_source", {}, [("price_source", (0, "Vendor A", "1", None, "2026-01-06"))])
        assert close(station, "2026-01-05") == (D("50.02"), "Vendor B")
        assert close(station, "2026-01-06") == (D(51), "Vendor A")


def test_a_source_that_was_rolled_back_says_nothing_any_more(tmp_path: Path) -> None:
    with book(tmp_path, A, B) as station:
        station.prices.rank("Vendor B", 1, None, "Annual review")
        entry = next(e.seq for e in station.journal(on("2026-01-31")) if e.payload.get("file") == "prices-1.csv")
        station.roll_back(entry, "wrong file")
        assert close(station, "2026-01-06") == (D(51), "Vendor A")
        assert station.prices.two_source_breaks(on("2026-01-31"), FIRST, LAST) == ()


def test_breaks_are_those_beyond_the_tolerance(tmp_path: Path) -> None:
    with book(tmp_path, A, B) as station:
        (found,) = station.prices.two_source_breaks(on("2026-01-31"), FIRST, LAST)
        assert (found.symbol, found.day, found.used, found.other_source) == (
            "IBIT", date(2026, 1, 6), "Vendor B", "Vendor A")
        # 0.5 on 51.5 is 97.09 basis points; 0.02 on 50.02 is 4.0 and within the ten that hold without a rank.
        assert round(found.difference_bp, 2) == D("97.09")
        station.prices.rank("Vendor A", 1, D(100), "Known to differ")
        assert station.prices.two_source_breaks(on("2026-01-31"), FIRST, LAST) == ()
        station.prices.rank("Vendor A", 1, D(3), "Tighter")
        assert len(station.prices.two_source_breaks(on("2026-01-31"), FIRST, LAST)) == 2


def test_sources_are_compared_as_traded_and_not_as_filed(tmp_path: Path) -> None:
    """A file adjusted for the split of one for ten says 5 where the other says 50: the same close."""
    adjusted = ("date,symbol,close,currency,basis,source,volume\n2026-01-05,IBIT,5,USD,S,Vendor S,1\n"
                "2026-01-30,IBIT,5.5,USD,S,Vendor S,1\n")
    with book(tmp_path, A) as station:
        imported(station, tmp_path, "splits.csv", "symbol,ex_date,new_shares,old_shares\nIBIT,2026-01-20,10,1\n")
        imported(station, tmp_path, "s.csv", adjusted)
        assert station.prices.two_source_breaks(on("2026-01-31"), FIRST, LAST) == ()
        line = station.holdings(on("2026-01-05")).line("IBIT")
        assert line is not None
        assert line.price is not None
        others = station.prices.other_sources(on("2026-01-05"), line.price, "IBIT")
        assert [(point.close, apart) for point, apart in others] == [(D(50), D(0))]


@pytest.mark.parametrize(("source", "rank", "tolerance", "reason"), [
    ("", 1, None, "x"), ("A", 0, None, "x"), ("A", 1, D(-1), "x"), ("A", 1, None, " ")])
def test_a_rank_without_sense_is_refused(tmp_path: Path, source: str, rank: int, tolerance: Decimal | None,
                                         reason: str) -> None:
    with book(tmp_path, A) as station, pytest.raises(BadInput):
        station.prices.rank(source, rank, tolerance, reason)


ranked = st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 9), max_size=5)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(ranked, st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5, unique=True), st.randoms())
def test_among_distinct_ranks_the_order_of_recording_never_decides(places: dict[str, int], names: list[str],
                                                                    random: object) -> None:
    """Oracle: the smallest rank that any of the sources has; only among equals does the later row win."""
    ranks = [Rank(name, place, None, None) for name, place in places.items()]
    random.shuffle(names)  # type: ignore[attr-defined]
    said = [Said("X", "2026-01-05", name, "1", "T", None, "2026-01-05", 1, number, number, "USD")
            for number, name in enumerate(names)]
    chosen = best_of(said, ranks)
    best = min(places.get(name, 10**9) for name in names)
    assert places.get(chosen.source, 10**9) == best
    equals = [item for item in said if places.get(item.source, 10**9) == best]
    assert chosen is equals[-1]
