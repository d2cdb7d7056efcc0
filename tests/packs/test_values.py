"""Numbers, dates, headers and the list of formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandyq.packs import dates, formats, numbers
from sandyq.packs.formats import FORMATS
from sandyq.packs.formats.sponsors import sponsor_group
from sandyq.packs.formats.underlying import underlying
from sandyq.packs.reading import recognise


@pytest.mark.parametrize(("text", "mark", "expected"), [
    ("1,234.50", ".", "1234.5"), ("1.234,50", ",", "1234.5"), ("1 234,5", ",", "1234.5"),
    ("1\u00a0234\u202f", ".", "1234"), ("1'234.5", ".", "1234.5"), ("$1,000", ".", "1000"), ("-$3320.05", ".",
    "-3320.05"),
    ("(12.5)", ".", "-12.5"), ("\u22121", ".", "-1"), ("0.10", ".", "0.1"), ("-0.0", ".", "0"), (",5", ",", "0.5"),
    ("007", ".", "7"), ("+3", ".", "3")])
def test_numbers_are_read_in_the_files_spelling(text: str, mark: str, expected: str) -> None:
    assert numbers.parse(text, mark) == expected


@pytest.mark.parametrize(("text", "mark"), [
    ("1,23", "."), ("12,34,567", "."), ("1.2.3", "."), ("1e5", "."), ("NaN", "."), ("inf", "."), ("", "."), ("-", "."),
    ("--1", "."), ("5%", "."), ("5M", "."), ("1.", "."), ("1 2345", "."), ("1'234 567", "."), ("٣", "."), ("1_000",
    "."),
    ("9" * 19, "."), ("(-1)", "."), ("0x10", "."), ("1.234.567", ".")])
def test_anything_else_is_no_number(text: str, mark: str) -> None:
    with pytest.raises(numbers.BadNumber):
        numbers.parse(text, mark)


def test_abbreviations_and_per_cents_are_read_only_where_expected() -> None:
    assert numbers.parse("61,78M", ",", suffix=True) == "61780000"
    assert numbers.parse("1.5K", suffix=True) == "1500"
    assert numbers.parse("2B", suffix=True) == "2000000000"
    assert numbers.parse("0,25 %", ",", percent=True) == "0.25"


@pytest.mark.parametrize(("values", "usual", "mark", "mixed"), [
    (["1,234", "2,345"], True, None, False), (["1,234", "2,5"], True, ",", False), (["1,234", "0.5"], False, ".",
    False),
    (["1.234"], True, ".", False), (["1.234"], False, None, False), (["1,234,567"], True, ".", False),
    (["1.234,5"], False, ",", False), (["0,123"], False, ",", False), (["1 234,567"], False, ",", False),
    (["1,5", "1.5"], True, None, True), (["12", "15"], False, ".", False), ([], True, ".", False)])
def test_the_decimal_mark_is_found_or_asked_for(values: list[str], usual: bool, mark: str | None, mixed: bool) -> None:
    found = numbers.detect(values, point_is_usual=usual)
    assert (found.mark, found.mixed) == (mark, mixed)


@pytest.mark.parametrize(("values", "order", "mixed"), [
    (["03/04/2025", "04/04/2025"], None, False), (["03/04/2025", "13/04/2025"], "dmy", False),
    (["03/04/2025", "04/13/2025"], "mdy", False), (["13/04/2025", "04/13/2025"], None, True),
    (["03.04.2025"], "dmy", False), (["2025-04-03"], "ymd", False), (["05/05/2025"], "dmy", False), (["x"], "ymd",
    False)])
def test_the_order_of_days_and_months_is_found_or_asked_for(values: list[str], order: str | None, mixed: bool) -> None:
    found = dates.detect(values)
    assert (found.order, found.mixed) == (order, mixed)


@pytest.mark.parametrize("text", ["2025-02-29", "31.04.2025", "1900-01-01", "2101-01-01", "03.04.25", "2025-1-2",
    "today",
                                  "2025-01-02 10:30", "01/02.2025", ""])
def test_days_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(dates.BadDate):
        dates.parse(text, "dmy")


def test_partial_dates_stand_for_their_last_day() -> None:
    assert dates.partial("2024-02") == ("2024-02-29", False)
    assert dates.partial("2015") == ("2015-12-31", False)
    assert dates.partial("2025-10-03") == ("2025-10-03", True)
    assert dates.partial("October") is None


@pytest.mark.parametrize(("text", "expected"), [
    ("BTC:1.00", "BTC:1"), ("BTC", "BTC"), ("BTC futures CME:1.00", "BTC:1"), ("none", "NONE"), ("USDC issuer", "NONE"),
    ("BTC:0.7673;ETH:0.1431;other:0.0896", "BTC:0.7673;ETH:0.1431;OTHER:0.0896"), ("BTC:1.00 (synthetic)", "BTC:1"),
    ("crypto equities (constituent file needed)", "MIXED"), ("BTC;ETH;other treasury", "BTC;ETH"), ("GOLD", "GOLD")])
def test_the_words_for_an_underlying_become_coin_codes(text: str, expected: str) -> None:
    assert underlying(text) == expected


def test_an_unknown_sponsor_is_its_own_group() -> None:
    assert sponsor_group("Some House (formerly Another)") == "Some House"


def test_every_format_module_is_listed() -> None:
    folder = Path(formats.__file__).parent
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__", "sponsors", "underlying"}
    assert modules == {form.name for form in FORMATS}


def test_columns_are_recognised_in_any_order_and_a_bare_table_is_not() -> None:
    form = recognise(["Currency", " CLOSE ", "symbol", "date", "remark"])
    assert form is not None
    assert form.kind == "prices"
    assert recognise(["date", "symbol", "asset", "coins"]) is None
    assert recognise(["a", "b"]) is None
