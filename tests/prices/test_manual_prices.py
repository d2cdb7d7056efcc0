"""A price set by hand needs two persons, a reason and an expiry, and nothing overwrites it silently (F050)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from price_books import RISK, approved, book, enrol, imported, on, price_file, signer

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.workstation import Workstation

D = Decimal
CLOSES = price_file([("2026-01-05", "IBIT", "50"), ("2026-01-06", "IBIT", "51"), ("2026-01-05", "THIN", "10"),
                     ("2026-01-12", "IBIT", "52")], "Vendor A")


def proposed(station: Workstation, day: str = "2026-01-07", close: str = "11", expires: str = "2026-01-09") -> str:
    return station.prices.propose_manual("THIN", date.fromisoformat(day), D(close), "USD", "Broker's statement",
                                         date.fromisoformat(expires)).proposal


def test_nobody_sets_a_price_alone(tmp_path: Path) -> None:
    with book(tmp_path, CLOSES) as station:
        with pytest.raises(ApprovalNeeded):
            proposed(station)
        enrol(station)
        reference = proposed(station)
        with pytest.raises(Refused):
            station.people.approve(reference)
        line = station.holdings(on("2026-01-07")).line("THIN")
        assert line is not None
        assert line.price is not None
        assert (line.price.close, line.price.price_type) == (D(10), "close")
        (waiting,) = station.prices.manual_prices(on("2026-01-07"))
        assert (waiting.state, waiting.proposal, waiting.approver) == ("proposed", reference, "")


def test_an_approved_price_counts_until_it_expires_and_not_a_day_longer(tmp_path: Path) -> None:
    with book(tmp_path, CLOSES) as station:
        enrol(station)
        before = datetime.now(UTC)
        entry = approved(station, proposed(station))
        closes = {}
        for day in ("2026-01-06", "2026-01-07", "2026-01-09", "2026-01-10"):
            line = station.holdings(on(day)).line("THIN")
            assert line is not None
            assert line.price is not None
            closes[day] = (line.price.close, line.price.price_type, {finding.code for finding in line.findings})
        assert closes["2026-01-06"][:2] == (D(10), "close")
        assert closes["2026-01-07"][:2] == closes["2026-01-09"][:2] == (D(11), "manual")
        assert "price-manual" in closes["2026-01-07"][2]
        assert closes["2026-01-10"][:2] == (D(10), "close")
        assert "manual-price-expired" in closes["2026-01-10"][2]
        earlier = station.holdings(on("2026-01-07", before)).line("THIN")
        assert earlier is not None
        assert earlier.price is not None
        assert earlier.price.close == D(10)
        (shown,) = station.prices.manual_prices(on("2026-01-09"))
        assert (shown.state, shown.author, shown.approver, shown.origin.entry) == (
            "in_force", "Manager 1", RISK, entry)
        assert station.prices.manual_prices(on("2026-01-10"))[0].state == "expired"
        assert station.prices.manual_prices(on("2026-01-09", before)) == ()


def test_a_later_import_neither_overwrites_it_nor_is_lost(tmp_path: Path) -> None:
    with book(tmp_path, CLOSES) as station:
        enrol(station)
        approved(station, proposed(station))
        file = tmp_path / "late.csv"
        file.write_text(price_file([("2026-01-07", "THIN", "10.5")], "Vendor A"), encoding="utf-8")
        (preview,) = station.preview([file])
        assert [(f.code, f.line) for f in preview.findings if f.code == "manual-price-differs"] == [
            ("manual-price-differs", 2)]
        station.accept([file])
        line = station.holdings(on("2026-01-07")).line("THIN")
        assert line is not None
        assert line.price is not None
        assert line.price.close == D(11)
        said = {finding.code: str(finding.text) for finding in line.findings}["manual-price-differs"]
        assert "11" in said
        assert "10.5" in said
        assert station.prices.manual_prices(on("2026-01-07"))[0].replaced == D("10.5")
        tree = station.explain(on("2026-01-07"), "holdings/THIN/price")
        named = {part.key.rpartition("/")[2]: part.value for part in tree.parts}
        assert (named["author"], named["replaced"]) == ("Manager 1", D("10.5"))
        later = station.holdings(on("2026-01-10")).line("THIN")
        assert later is not None
        assert later.price is not None
        assert later.price.close == D("10.5")


def test_a_newer_official_close_takes_over_before_the_expiry(tmp_path: Path) -> None:
    with book(tmp_path, CLOSES) as station:
        enrol(station)
        approved(station, proposed(station, expires="2026-01-30"))
        imported(station, tmp_path, "next.csv", price_file([("2026-01-08", "THIN", "12")], "Vendor A"))
        line = station.holdings(on("2026-01-09")).line("THIN")
        assert line is not None
        assert line.price is not None
        assert (line.price.close, line.price.price_type) == (D(12), "close")


def test_a_price_by_hand_is_amber_at_most_until_its_expiry(tmp_path: Path) -> None:
    with book(tmp_path, CLOSES) as station:
        enrol(station)
        approved(station, proposed(station, expires="2026-02-27"))
        line = station.holdings(on("2026-02-27")).line("THIN")
        assert line is not None
        assert line.freshness is Freshness.AMBER
        assert line.market_value_usd == D(1100)
        gone = station.holdings(on("2026-02-28")).line("THIN")
        assert gone is not None
        assert gone.freshness is Freshness.RED
        assert gone.market_value_usd is None


def test_withdrawing_takes_two_persons_once_it_is_in_force(tmp_path: Path) -> None:
    with book(tmp_path, CLOSES) as station:
        enrol(station)
        reference = proposed(station)
        station.prices.withdraw_manual("THIN", date(2026, 1, 7), "wrong day")
        assert station.people.proposal(reference).state == "withdrawn"
        approved(station, proposed(station))
        again = station.prices.withdraw_manual("THIN", date(2026, 1, 7), "wrong statement")
        assert station.prices.withdraw_manual("THIN", date(2026, 1, 7), "asked twice").proposal == again.proposal
        line = station.holdings(on("2026-01-07")).line("THIN")
        assert line is not None
        assert line.price is not None
        assert line.price.close == D(11)
        approved(station, again.proposal)
        line = station.holdings(on("2026-01-07")).line("THIN")
        assert line is not None
        assert line.price is not None
        assert line.price.close == D(10)
        (shown,) = station.prices.manual_prices(on("2026-01-07"))
        assert (shown.state, shown.reason) == ("withdrawn", "wrong statement")
        assert station.verify().holds


@pytest.mark.parametrize(("symbol", "close", "currency", "reason", "expires", "code"), [
    ("NONE", "1", "USD", "x", "2026-01-09", "symbol-unknown"),
    ("THIN", "0", "USD", "x", "2026-01-09", "price-not-positive"),
    ("THIN", "-1", "USD", "x", "2026-01-09", "price-not-positive"),
    ("THIN", "1", "US", "x", "2026-01-09", "bad-currency"),
    ("THIN", "1", "USD", " ", "2026-01-09", "no-reason"),
    ("THIN", "1", "USD", "x", "2026-01-06", "expires-early"),
])
def test_what_makes_no_sense_is_refused_in_words(tmp_path: Path, symbol: str, close: str, currency: str, reason: str,
                                                 expires: str, code: str) -> None:
    with book(tmp_path, CLOSES) as station:
        enrol(station)
        with pytest.raises(BadInput) as refused:
            station.prices.propose_manual(symbol, date(2026, 1, 7), D(close), currency, reason,
                                          date.fromisoformat(expires))
        assert refused.value.code == code
        assert station.people.proposals() == ()


def test_only_the_author_takes_back_a_proposal(tmp_path: Path) -> None:
    with book(tmp_path, CLOSES) as station:
        enrol(station)
        proposed(station)
        station.people.sign_in(signer(RISK))
        with pytest.raises(Refused):
            station.prices.withdraw_manual("THIN", date(2026, 1, 7), "not mine")


def test_the_daily_history_says_the_same_as_the_valuation_of_each_day(tmp_path: Path) -> None:
    with book(tmp_path, CLOSES) as station:
        enrol(station)
        approved(station, proposed(station, expires="2026-01-20"))
        approved(station, proposed(station, day="2026-01-13", close="14", expires="2026-01-14"))
        imported(station, tmp_path, "next.csv", price_file([("2026-01-14", "THIN", "13"), ("2026-01-14", "IBIT", "53")],
                                                           "Vendor A"))
        history = station.history(on("2026-01-23"), date(2026, 1, 5))
        seen = 0
        for day, worth in zip(history.days, history.market_value, strict=True):
            said = station.holdings(on(day.isoformat())).market_value_usd
            assert said is None or abs(float(said) - worth) < 1e-6, day
            assert said is not None or worth != worth, day
            seen += 1
        assert seen > 10
