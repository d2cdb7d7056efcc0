"""Files of brokers and issuers: every row is taken or refused with a reason, and what is taken is exact."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from sandyq.basics.errors import BadInput
from sandyq.packs.reading import Reading, ReadOptions, read_file
from sandyq.reference.facts import TABLES, FactRow

SAMPLES = Path(__file__).parent / "samples"
BOOKING = {name: place + 1 for place, name in enumerate(TABLES["booking"].columns)}


def bookings(file: Path, options: ReadOptions | None = None) -> tuple[Reading, list[FactRow]]:
    reading = read_file(file, options)
    return reading, [row for table, row in reading.rows() if table == "booking"]


def values(row: FactRow, names: str) -> tuple[str, ...]:
    return tuple(str(row[BOOKING[name]]) for name in names.split())


def refused(reading: Reading) -> dict[int, tuple[str, str]]:
    return {item.line: (item.code, item.column) for item in reading.findings if item.severity == "error"}


@pytest.mark.data
def test_the_real_flex_query_is_read_to_the_last_element(shared_data: Path) -> None:
    reading, rows = bookings(shared_data / "raw_examples" / "ibkr_flex_01.xml")
    assert (reading.kind, reading.read, reading.refused, len(rows)) == ("transactions", 26, 7, 19)
    assert Counter(values(row, "type")[0] for row in rows) == {"buy": 13, "fee": 4, "interest": 1, "withholding": 1}
    assert refused(reading) == {18: ("not-for-this-book", "assetCategory"), 48: ("amount-returned", "amount"),
                                **dict.fromkeys(range(36, 41), ("event-to-book", "type"))}
    # Signed money of the trades, as the file's own netCash has it: quantity times price and commission.
    spent = sum(Decimal(q) * Decimal(p) + Decimal(f) for q, p, f in
                (values(row, "quantity price fees") for row in rows if values(row, "type") == ("buy",)))
    assert spent == Decimal("1356.75") + Decimal("1628.1") + Decimal("271.35") + 7 * 232 + 464 + 2574 + 27300


@pytest.mark.data
def test_the_real_schwab_file_is_read_with_its_account_and_its_total(shared_data: Path) -> None:
    reading, rows = bookings(shared_data / "raw_examples" / "schwab_brokerage_transactions.csv")
    assert (reading.kind, reading.read, reading.refused, len(rows)) == ("transactions", 11, 0, 11)
    assert dict(reading.counts) == {"settlement-assumed": 3, "money-moved": 4, "total-only": 3}
    assert Counter(values(row, "type")[0] for row in rows) == {
        "buy": 2, "sell": 1, "funding": 3, "redemption": 1, "dividend": 3, "interest": 1}
    assert values(rows[0], "trade_date type symbol quantity price fees account") == (
        "2023-04-27", "buy", "BND", "45", "73.7789", "0", "General Investing ...XXX")
    assert values(rows[3], "type quantity price fees") == ("sell", "10.065", "73.4049", "0.01")
    assert reading.hints == {line: {"settle": "assumed"} for line in (3, 6, 8)}


@pytest.mark.data
def test_the_real_issuer_file_gives_weights(shared_data: Path) -> None:
    reading = read_file(shared_data / "raw_examples" / "ark_ARKW_holdings.csv")
    rows = list(reading.rows())
    assert (reading.kind, reading.read, reading.refused, dict(reading.counts)) == ("fund_weights", 45, 0, {})
    assert rows[0] == ("fund_weight", (2, "ARKW", "2021-09-08", "TWOU", "TWOU", None, "1176615", "42746422.95",
                                       "0.0073", "USD", None))
    assert abs(sum(Decimal(str(row[8])) for _, row in rows) - 1) < Decimal("0.02")


def test_two_accounts_of_a_flex_query_are_told_apart() -> None:
    reading, rows = bookings(SAMPLES / "flex.xml")
    assert (reading.read, reading.refused) == (13, 6)
    assert [values(row, "reference type symbol quantity price fees taxes account") for row in rows] == [
        ("ibkr-11", "buy", "IBIT", "100", "48.5", "1.05", "0", "U1"),
        ("ibkr-12", "sell", "IBIT", "40", "47", "0", "0.12", "U1"),
        ("ibkr-12-fee", "fee", "", "0.9", "1", "0", "0", "U1"),
        ("ibkr-21", "dividend", "SPYX", "100", "0.25", "0", "0", "U2"),
        ("ibkr-22", "withholding", "SPYX", "1", "3.75", "0", "0", "U2"),
        ("ibkr-23", "funding", "", "1000", "1", "0", "0", "U2"),
        ("ibkr-24", "redemption", "", "400", "1", "0", "0", "U2"),
        ("ibkr-31", "transfer_in", "MSTR", "10", "0", "0", "0", "U2")]
    assert values(rows[2], "currency") == ("EUR",)
    assert refused(reading) == {7: ("sign-contradicts", "quantity"), 8: ("not-for-this-book", "assetCategory"),
                                9: ("trade-cancelled", "buySell"), 10: ("summary", "levelOfDetail"),
                                17: ("type-unknown", "type"), 21: ("event-to-book", "type")}
    assert reading.hints == {5: {"isin": "US46438F1012", "mic": "XNAS"}}
    assert bookings(SAMPLES / "flex.xml")[1] == rows


def test_an_element_without_an_account_takes_that_of_its_statement(tmp_path: Path) -> None:
    file = tmp_path / "flex.xml"
    row = '<CashTransaction currency="USD" dateTime="2025-03-03" amount="5" type="Broker Interest Received"/>'
    file.write_text(f'<FlexQueryResponse><FlexStatements><FlexStatement accountId="U7"><CashTransactions>{row}'
                    "</CashTransactions></FlexStatement></FlexStatements></FlexQueryResponse>", encoding="utf-8")
    assert [values(item, "account type quantity") for item in bookings(file)[1]] == [("U7", "interest", "5")]


def test_references_made_from_content_stay_apart_and_come_back(tmp_path: Path) -> None:
    row = ('<CashTransaction accountId="U1" currency="USD" description="FEE" dateTime="2025-03-03" amount="-5" '
           'type="Other Fees"/>')
    file = tmp_path / "flex.xml"
    file.write_text(f"<FlexQueryResponse><CashTransactions>{row}{row}</CashTransactions></FlexQueryResponse>",
                    encoding="utf-8")
    first = [values(item, "reference") for item in bookings(file)[1]]
    assert len(set(first)) == 2
    assert [values(item, "reference") for item in bookings(file)[1]] == first


SCHWAB = ('"Transactions  for account Growth ...123 as of 05/03/2023 02:21:05 PM ET"\n'
          '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"\n')


@pytest.mark.parametrize(("row", "code"), [
    ('"04/27/2023","Stock Split","BND","X","45","","",""', "value-missing"),
    ('"04/27/2023","Spin-off","BND","X","45","","","$1.00"', "event-to-book"),
    ('"04/27/2023","Buy to Open","BND","X","1","$1.00","","-$1.00"', "type-unknown"),
    ('"04/27/2023","Buy","BND","X","45","$1.00","","$45.00"', "sign-contradicts"),
    ('"04/27/2023","Qualified Dividend","BND","X","","","","-$45.00"', "amount-returned"),
    ('"04/31/2023","Buy","BND","X","45","$1.00","","-$45.00"', "bad-date"),
    ('"04/27/2023","Buy","BND","X","4,5","$1.00","","-$45.00"', "bad-number"),
    ('"04/27/2023","Buy","ВND","X","45","$1.00","","-$45.00"', "homoglyph"),
])
def test_rows_that_cannot_be_booked_are_refused_with_the_reason(tmp_path: Path, row: str, code: str) -> None:
    file = tmp_path / "schwab.csv"
    file.write_text(SCHWAB + row + "\n", encoding="utf-8")
    reading, rows = bookings(file)
    assert (reading.read, reading.refused, rows) == (1, 1, [])
    assert [(item.code, item.line) for item in reading.findings if item.severity == "error"] == [(code, 3)]


def test_a_total_that_does_not_fit_is_said(tmp_path: Path) -> None:
    file = tmp_path / "schwab.csv"
    file.write_text(SCHWAB + '"04/27/2023","Buy","BND","X","45","$1.00","$0.10","-$45.20"\n'
                             '"Transactions Total","","","","","","","-$45.10",\n', encoding="utf-8")
    reading, rows = bookings(file)
    assert (reading.read, reading.refused, len(rows)) == (1, 0, 1)
    assert {"amount-differs": 1, "control-total": 1}.items() <= reading.counts.items()


@pytest.mark.parametrize("text", [
    '<!DOCTYPE f [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><FlexQueryResponse>&b;</FlexQueryResponse>',
    '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><FlexQueryResponse>&x;</FlexQueryResponse>',
    '<!DOCTYPE FlexQueryResponse SYSTEM "other.dtd"><FlexQueryResponse/>',
    "<FlexQueryResponse><Trades>", "<FlexQueryResponse>&nothing;</FlexQueryResponse>",
    "<FlexQueryResponse>" + "<a>" * 100, "<FlexQueryResponse>\x00</FlexQueryResponse>",
    '<?xml version="1.0" encoding="utf-99"?><FlexQueryResponse><', "<other/>", "<html><body>Sign in</body></html>",
    "<FlexQueryResponse>\udc80</FlexQueryResponse>",
])
def test_hostile_xml_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "flex.xml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput) as caught:
        list(read_file(file).rows())
    assert str(caught.value)
