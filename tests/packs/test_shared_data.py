"""Every real file imports as it is: exact counts of rows and findings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sandyq.basics.errors import BadInput
from sandyq.packs.reading import ReadOptions, read_file
from sandyq.reference.facts import TABLES

pytestmark = pytest.mark.data

EXPECTED = {
    "calendars.csv": ("calendars", 324, 0, {"calendar_day": 324}, {}),
    "coins_daily.csv": ("coins", 8789, 0, {"coin_price": 8789}, {"price-jump": 1}),
    "company_holdings.csv": ("company_holdings", 298, 0, {"company_holding": 298}, {}),
    "company_purchases.csv": ("company_purchases", 88, 4, {"company_purchase": 84},
                              {"purchase-impossible": 3, "cost-unit": 1}),
    "dividends.csv": ("dividends", 72, 1, {"dividend": 71}, {"no-amount": 1}),
    "fund_flows.csv": ("fund_flows", 9808, 0, {"fund_flow": 9808}, {}),
    "fund_holdings.csv": ("fund_holdings", 13, 0, {"fund_holding": 13}, {}),
    "fx_daily.csv": ("fx", 27529, 0, {"fx_rate": 27529}, {}),
    "fx_monthly_hmrc.csv": ("fx", 146, 0, {"fx_rate": 146}, {}),
    "instrument_facts.csv": ("instruments", 63, 0, {"instrument_attribute": 678, "fund_holding": 19},
                             {"underlying-read-as": 13, "date-partial": 2, "facts-not-booked": 9}),
    "instruments.csv": ("instruments", 32, 0, {"instrument_attribute": 253}, {}),
    "prices_daily.csv": ("prices", 26766, 0, {"price": 26766}, {"dividend-adjusted": 3, "price-jump": 9}),
    "reserves.csv": ("reserves", 4, 0, {"reserve": 4}, {}),
    "splits.csv": ("splits", 3, 0, {"split": 3}, {"split-unverified": 2}),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_real_file_gives_exactly_its_rows_and_findings(shared_data: Path, name: str) -> None:
    reading = read_file(shared_data / name)
    tables: Counter[str] = Counter()
    for table, row in reading.rows():
        tables[table] += 1
        columns = TABLES[table].columns
        assert len(row) == len(columns) + 1
        assert isinstance(row[0], int)
        for column, value in zip(columns, row[1:], strict=True):
            assert value is None or isinstance(value, str)
            assert value is not None or column not in TABLES[table].required
    assert (reading.kind, reading.read, reading.refused, dict(tables), dict(reading.counts)) == EXPECTED[name]


def rows(file: Path, table: str) -> list[dict[str, object]]:
    return [dict(zip(("line", *TABLES[name].columns), row, strict=True))
            for name, row in read_file(file).rows() if name == table]


def test_every_data_file_is_expected(shared_data: Path) -> None:
    assert {file.name for file in shared_data.glob("*.csv")} == set(EXPECTED)


def test_the_two_instrument_files_name_the_same_instrument_alike(shared_data: Path) -> None:
    plain, wide = ({str(row["instrument"]).rsplit(".", 1)[0]: row["instrument"]
                    for row in rows(shared_data / name, "instrument_attribute")}
                   for name in ("instruments.csv", "instrument_facts.csv"))
    common = set(plain) & set(wide)
    assert len(common) == 29
    assert all(plain[symbol] == wide[symbol] for symbol in common)
    assert wide["BTC"] == "BTC.ARCX"


def test_funds_of_one_sponsor_share_a_group_in_both_files(shared_data: Path) -> None:
    groups: dict[str, set[object]] = {}
    for name in ("instruments.csv", "instrument_facts.csv"):
        for row in rows(shared_data / name, "instrument_attribute"):
            if row["attribute"] == "sponsor_group":
                groups.setdefault(str(row["instrument"]), set()).add(row["value"])
    assert groups["IBIT.XNAS"] == groups["ETHA.XNAS"] == {"BlackRock"}
    assert groups["ARKB.BATS"] == {"21Shares"}
    assert all(len(names) == 1 for names in groups.values())


def test_coins_per_share_of_the_facts_become_fund_holdings_with_their_quality(shared_data: Path) -> None:
    found = {(row["symbol"], row["date"]): row for row in rows(shared_data / "instrument_facts.csv", "fund_holding")}
    assert (found["IBIT", "2025-11-28"]["coins_per_share"], found["IBIT", "2025-11-28"]["quality"]) == (
        "0.00056745", "derived")
    assert found["FBTC", "2024-12-31"]["quality"] == "computed"
    assert found["GBTC", "2026-03-31"]["quality"] == "official"
    assert found["GBTC", "2026-03-31"]["coins"] == "154703.84755988"
    assert found["BTC", "2024-07-31"]["shares_basis"] == "S"
    assert found["IBIT", "2025-11-28"]["shares_basis"] == "R"


def test_split_adjusted_prices_say_as_of_which_day(shared_data: Path) -> None:
    found = rows(shared_data / "prices_daily.csv", "price")
    assert {(row["basis"], row["adjusted_as_of"] == "2026-03-31") for row in found if row["basis"] != "R"} == {
        ("S", True), ("SD", True)}
    assert all(row["adjusted_as_of"] == row["date"] for row in found if row["basis"] == "R")


def test_company_share_counts_that_speak_of_a_split_are_restated_ones(shared_data: Path) -> None:
    found = rows(shared_data / "company_holdings.csv", "company_holding")
    assert {row["symbol"] for row in found if row["shares_basis"] == "S"} == {"MSTR", "BTOG", "SQNS", "ASST"}
    assert {row["shares_basis"] for row in found if row["symbol"] == "MSTR" and "split-adjusted" in str(row["source"])
            } == {"S"}


def test_the_french_vendor_file_imports_through_its_mapping(shared_data: Path) -> None:
    file = shared_data / "raw_examples" / "investing_com_fr_IBIT.csv"
    reading = read_file(file)
    found = [row for _, row in reading.rows()]
    assert (reading.encoding, reading.mapping, reading.read, reading.refused) == (
        "utf-8-sig", "investing_com_fr", 222, 0)
    assert found[0] == (2, "IBIT", "2024-11-27", "55.03", "USD", "S", "2024-11-27", "close", "Investing.com", "53.83",
                        "55.49", "53.66", None, "61780000")
    assert dict(reading.counts) == {"symbol-from-name": 1, "columns-ignored": 1, "mapping-used": 1}
    given = read_file(file, ReadOptions(mapping="investing_com_fr", symbol="IBIT"))
    assert [row for _, row in given.rows()] == found
    assert "symbol-from-name" not in given.counts


def test_a_table_of_no_known_kind_is_refused_with_what_to_do(shared_data: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_file(shared_data / "raw_examples" / "MANIFEST.csv")
    assert caught.value.code == "not-recognised"
    assert caught.value.remedy is not None
