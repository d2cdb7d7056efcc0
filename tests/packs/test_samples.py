"""Small good and bad files, and exactly what is said about each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sandyq.basics.errors import BadInput
from sandyq.market.series import FundHolding
from sandyq.packs.mappings import from_text
from sandyq.packs.reading import Reading, ReadOptions, read_file
from sandyq.reference.facts import FactRow

SAMPLES = Path(__file__).parent / "samples"


def taken(name: str, options: ReadOptions | None = None, context: object = None) -> tuple[Reading, list[FactRow]]:
    reading = read_file(SAMPLES / name, options, context)  # type: ignore[arg-type]
    return reading, [row for _, row in reading.rows()]


def said(reading: Reading) -> list[tuple[str, int]]:
    return [(finding.code, finding.line) for finding in reading.findings]


def refused_with(name: str, options: ReadOptions | None = None) -> BadInput:
    with pytest.raises(BadInput) as caught:
        list(read_file(SAMPLES / name, options).rows())
    return caught.value


def test_a_canonical_price_file_gives_canonical_rows() -> None:
    reading, rows = taken("good_prices.csv")
    assert (reading.kind, reading.read, reading.refused, reading.findings) == ("prices", 2, 0, ())
    assert rows[0] == (2, "IBIT", "2025-03-03", "51.2", "USD", "T", "2025-03-03", "close", None, None, None, None, None,
                       None)
    assert rows[1][3] == "50.1"


def test_a_cyrillic_file_with_a_preamble_semicolons_and_decimal_commas_is_read() -> None:
    reading, rows = taken("good_prices_cp1251.csv")
    assert (reading.encoding, reading.delimiter) == ("cp1251", ";")
    assert [(row[0], row[2], row[3], row[8]) for row in rows] == [
        (4, "2025-03-03", "51.2", "Биржа"), (5, "2025-03-04", "1050.1", "Биржа")]


def test_utf16_without_a_byte_order_mark_is_recognised() -> None:
    reading, rows = taken("good_prices_utf16le.txt")
    assert (reading.encoding, reading.delimiter, rows[0][2], rows[0][3]) == ("utf-16-le", "\t", "2025-03-13", "51.25")


def test_dates_that_can_be_read_two_ways_stop_the_file_and_the_option_opens_it() -> None:
    error = refused_with("bad_dates_two_ways.csv")
    assert error.code == "ambiguous-date"
    assert "--date-format" in str(error)
    assert [(f.line, f.column, f.value) for f in error.findings] == [(2, "date", "03/04/2025")]
    assert [row[2] for row in taken("bad_dates_two_ways.csv", ReadOptions(date_format="dmy"))[1]] == [
        "2025-04-03", "2025-06-05"]
    assert [row[2] for row in taken("bad_dates_two_ways.csv", ReadOptions(date_format="mdy"))[1]] == [
        "2025-03-04", "2025-05-06"]


def test_numbers_that_can_be_read_two_ways_stop_the_file_and_the_option_opens_it() -> None:
    error = refused_with("bad_numbers_two_ways.csv")
    assert error.code == "ambiguous-number"
    assert "--decimal" in str(error)
    assert [row[3] for row in taken("bad_numbers_two_ways.csv", ReadOptions(decimal="comma"))[1]] == ["1.234", "1.25"]
    assert [row[3] for row in taken("bad_numbers_two_ways.csv", ReadOptions(decimal="point"))[1]] == ["1234", "1250"]


def test_each_bad_price_row_is_refused_with_its_reason_and_the_good_ones_go_on() -> None:
    reading, rows = taken("bad_prices.csv")
    assert [row[0] for row in rows] == [2, 8, 13]
    assert said(reading) == [
        ("bad-date", 3), ("high-below-low", 4), ("zero-number", 5), ("bad-number", 6), ("bad-number", 7),
        ("weekend-price", 8), ("homoglyph", 9), ("value-missing", 10), ("negative-number", 11), ("bad-basis", 12),
        ("price-jump", 13), ("row-length", 14), ("bad-date", 15)]
    assert (reading.read, reading.refused) == (14, 11)
    assert reading.findings[0].value == "2025-02-30"
    assert reading.findings[0].column == "date"


def test_tokens_wrong_isins_and_unknown_words_are_no_instruments() -> None:
    reading, rows = taken("bad_instruments.csv")
    assert {row[1] for row in rows} == {"IBIT.XNAS"}
    assert said(reading) == [("bad-isin", 3), ("token-refused", 4), ("token-refused", 5), ("kind-unknown", 6),
                             ("venue-unknown", 7), ("fee-implausible", 8)]


def test_impossible_coin_data_is_refused() -> None:
    reading, rows = taken("bad_fund_holdings.csv")
    assert [row[0] for row in rows] == [2, 5, 6]
    assert said(reading) == [("coins-above-supply", 3), ("coins-jump", 4), ("coins-per-share-contradicts", 6),
                             ("nothing-said", 7)]


class Known:
    """A book that knows one coin price, one holding and one split."""

    def __init__(self, price: str, split: bool = False) -> None:
        self.price, self.split = Decimal(price), split

    def coin_close(self, asset: str, day: date) -> Decimal | None:
        return self.price if asset == "BTC" and day.year == 2025 else None

    def last_fund_holding(self, symbol: str, asset: str) -> FundHolding | None:
        return None

    def has_split(self, symbol: str, after: date, until: date) -> bool:
        return self.split and after < until


def holdings(folder: Path, *rows: str) -> Path:
    file = folder / "holdings.csv"
    file.write_text("date,symbol,asset,coins,shares_outstanding,coins_per_share,nav,net_assets_usd\n" + "\n".join(rows),
                    encoding="utf-8")
    return file


def test_coins_times_price_must_meet_net_assets(tmp_path: Path) -> None:
    file = holdings(tmp_path, "2025-01-02,IBIT,BTC,1000,,,,100000000", "2025-01-03,IBIT,BTC,1000,,,,104000000",
                    "2025-01-06,FBTC,BTC,,,0.001,90,")
    reading = read_file(file, None, Known("100000"))
    assert [row[0] for _, row in reading.rows()] == [2, 3]
    assert said(reading) == [("coins-off-net-assets", 4)]


def test_a_split_explains_a_jump_in_coins_per_share_and_in_prices(tmp_path: Path) -> None:
    file = holdings(tmp_path, "2025-01-02,BTC,BTC,,,0.0001,,", "2025-02-03,BTC,BTC,,,0.0005,,")
    assert said_after(file, Known("0")) == ["coins-jump"]
    assert said_after(file, Known("0", split=True)) == []
    prices = tmp_path / "prices.csv"
    prices.write_text("date,symbol,close,currency\n2024-08-07,MSTR,1350,USD\n2024-08-08,MSTR,135,USD\n")
    assert said_after(prices, Known("1")) == ["price-jump"]
    assert said_after(prices, Known("1", split=True)) == []


def said_after(file: Path, known: Known) -> list[str]:
    reading = read_file(file, None, known)
    assert sum(1 for _ in reading.rows()) + reading.refused == reading.read
    return [finding.code for finding in reading.findings]


def test_transactions_keep_the_rules_of_the_interface() -> None:
    reading, rows = taken("transactions.csv")
    assert [row[0] for row in rows] == [2, 3, 8, 9]
    assert said(reading) == [("negative-number", 4), ("type-unknown", 5), ("cash-with-symbol", 6),
                             ("settles-before-trade", 7), ("settlement-assumed", 8), ("reference-made", 8),
                             ("cash-price", 10)]
    assert rows[1] == (3, "T-1", "2025-01-03", "2025-01-06", "buy", "BTC", "", "1000", "45.1", "USD", "12.5", "0",
                       "Custodian 1", "", "")
    assert reading.hints == {3: {"mic": "ARCX"}, 8: {"settle": "assumed"}, 9: {"mic": "XNAS", "isin": "US46438F1012"}}
    again, repeated = taken("transactions.csv")
    assert repeated == rows
    assert str(rows[2][1]).startswith("row-")
    assert again.sha256 == reading.sha256


def test_a_mandate_is_kept_as_text() -> None:
    reading, rows = taken("mandate.toml")
    assert (reading.kind, reading.read) == ("mandate", 1)
    assert rows == [(1, "Example", "1.0", "2024-01-01", (SAMPLES / "mandate.toml").read_text(encoding="utf-8"))]


def test_a_saved_mapping_serves_a_vendors_header_and_is_itself_importable() -> None:
    mapping = from_text((SAMPLES / "vendor.json").read_text(encoding="utf-8"))
    reading, rows = taken("vendor.csv", ReadOptions(mapping=mapping))
    assert (reading.kind, reading.mapping) == ("prices", "vendor")
    assert rows[0][1:5] == ("VBTC", "2025-04-03", "1234.5", "EUR")
    _, stored = taken("vendor.json")
    assert from_text(str(stored[0][2])) == mapping


@pytest.mark.parametrize(("name", "code"), [("bad_quotes.csv", "broken-table"),
                                            ("bad_missing_currency.csv", "missing-columns"),
                                            ("vendor.csv", "not-recognised")])
def test_files_that_cannot_be_read_say_why_and_what_to_do(name: str, code: str) -> None:
    error = refused_with(name)
    assert error.code == code
    assert error.remedy is not None


def test_options_fill_missing_columns() -> None:
    _, rows = taken("bad_missing_currency.csv", ReadOptions(currency="USD", basis="S", adjusted_as_of=date(2025, 6, 1),
                                                            source="Source 1"))
    assert rows[0][4:9] == ("USD", "S", "2025-06-01", "close", "Source 1")


@pytest.mark.parametrize("option", [ReadOptions(kind="tokens"), ReadOptions(mapping="nobody"),
                                    ReadOptions(encoding="utf-7"), ReadOptions(date_format="ydm"),
                                    ReadOptions(decimal="dot")])
def test_an_unknown_option_is_refused(option: ReadOptions) -> None:
    assert refused_with("good_prices.csv", option).remedy is not None


def lines_of(rows: Sequence[FactRow]) -> list[object]:
    return [row[0] for row in rows]


def test_reading_twice_gives_the_same_rows_and_counts() -> None:
    reading, rows = taken("bad_prices.csv")
    once = (reading.read, reading.refused, reading.findings)
    assert lines_of([row for _, row in reading.rows()]) == lines_of(rows)
    assert (reading.read, reading.refused, reading.findings) == once
