"""A statement with five planted differences is reconciled to exactly these five, whatever the form of its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from custody_books import DAY, EARLIER, booking, sleeve
from driving import run_json, written

HELD = (("IBIT", "US0000000010", "990", "65"), ("BITB", "US0000000036", "50", "50.5"),
        ("KEEP", "US0000000044", "12", "320"), ("NONE", "US0000000051", "5", "10"))
"""What the custodian of account C says: IBIT ten short, FBTC not at all, BITB at another price, KEEP and one more."""
PLANTED = {"IBIT.XNAS": "quantity_break", "FBTC.BATS": "missing_there", "BITB.ARCX": "price_break",
           "KEEP.XNAS": "missing_here"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "b.sandyq"
    with sleeve(path, [booking("T-6", "buy", "BITB", 50, 55, "C", EARLIER)]):
        return path


def comma_separated(folder: Path) -> Path:
    rows = "".join(f"{DAY},C,{symbol},{isin},{quantity},{price},USD\n" for symbol, isin, quantity, price in HELD)
    return written(folder / "statement.csv", "date,account,symbol,isin,quantity,price,currency\n" + rows)


def workbook(folder: Path) -> Path:
    book = xlsxwriter.Workbook(folder / "statement.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["date", "account", "symbol", "isin", "quantity", "price", "currency"])
    for number, (symbol, isin, quantity, price) in enumerate(HELD, 1):
        sheet.write_datetime(number, 0, DAY, book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(number, 1, ["C", symbol, isin, float(quantity), float(price), "USD"])
    book.close()
    return folder / "statement.xlsx"


def swift(folder: Path) -> Path:
    def comma(number: str) -> str:
        return number.replace(".", ",") if "." in number else number + ","

    lines = [":16R:GENL", ":28E:1/ONLY", ":20C::SEME//STMT0001", ":23G:NEWM", f":98A::STAT//{DAY:%Y%m%d}",
             ":22F::SFRE//DAIL", ":22F::CODE//COMP", ":22F::STTY//CUST", ":22F::STBA//SETT", ":97A::SAFE//C",
             ":17B::ACTI//Y", ":17B::AUDT//N", ":17B::CONS//N", ":16S:GENL", ":16R:SUBSAFE"]
    for symbol, isin, quantity, price in HELD:
        lines += [":16R:FIN", f":35B:ISIN {isin}", symbol, f":90B::MRKT//ACTU/USD{comma(price)}",
                  f":93B::AGGR//UNIT/{comma(quantity)}", ":16S:FIN"]
    lines += [":16S:SUBSAFE", "-}"]
    return written(folder / "statement.mt535", "{1:F01BANKXXXXAXXX0000000000}{2:O5351200250930}{4:\n"
                   + "\n".join(lines) + "\n")


def iso_20022(folder: Path) -> Path:
    balances = "".join(
        f"<BalForAcct><FinInstrmId><ISIN>{isin}</ISIN></FinInstrmId><AggtBal><ShrtLngInd>LONG</ShrtLngInd><Qty><Qty>"
        f"<Qty><Unit>{quantity}</Unit></Qty></Qty></Qty></AggtBal><PricDtls><Tp><Cd>MRKT</Cd></Tp>"
        f"<Val><Amt Ccy=\"USD\">{price}</Amt></Val></PricDtls></BalForAcct>" for _, isin, quantity, price in HELD)
    return written(folder / "statement.xml", (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:semt.002.001.10">'
        "<SctiesBalCtdyRpt><Pgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></Pgntn><StmtGnlDtls><StmtDtTm>"
        f"<Dt>{DAY}</Dt></StmtDtTm></StmtGnlDtls><SfkpgAcct><Id>C</Id></SfkpgAcct>{balances}"
        "</SctiesBalCtdyRpt></Document>"))


@pytest.mark.parametrize("make", [comma_separated, workbook, swift, iso_20022])
def test_a_file_with_five_planted_differences_gives_exactly_these_five(tmp_path: Path, book: Path,
                                                                      make: Callable[[Path], Path]) -> None:
    file = make(tmp_path)
    answer = run_json("reconcile", book, file)
    assert [batch["new"] for batch in answer["imported"]] == [len(HELD)]
    found = {line["subject"]: line["match"] for line in answer["lines"] if line["match"] != "matched"}
    unknown = set(found) - set(PLANTED)
    assert len(unknown) == 1
    assert unknown < {"NONE", "US0000000051"}
    assert {name: match for name, match in found.items() if name in PLANTED} == PLANTED
    assert found[unknown.pop()] == "missing_here"
    assert (answer["breaks"], answer["file"]) == (5, file.name)
    again = run_json("reconcile", book, file)
    assert again["imported"][0]["already_imported"] is not None
    assert again["lines"] == answer["lines"]


def test_a_statement_of_two_accounts_with_money_comes_by_import_too(tmp_path: Path, book: Path) -> None:
    rows = ("C,IBIT,990,65,USD", "C,FBTC,200,101.5,USD", "C,KEEP,7,,USD", "C,,819250,,USD", "D,,27500,,USD")
    file = written(tmp_path / "both.csv", "date,account,symbol,quantity,price,currency\n"
                   + "".join(f"{DAY},{row}\n" for row in rows))
    (batch,) = run_json("import", book, file)["batches"]
    assert (batch["kind"], batch["new"], batch["refused"]) == ("statement", 5, 0)
    answer = run_json("reconcile", book)
    assert {(line["account"], line["subject"]): (line["match"], line["value_usd"]) for line in answer["lines"]} == {
        ("C", "KEEP.XNAS"): ("missing_here", None), ("C", "BITB.ARCX"): ("missing_there", "2500.00"),
        ("C", "IBIT.XNAS"): ("quantity_break", "650.00"), ("D", "USD"): ("quantity_break", "500.00"),
        ("C", "FBTC.BATS"): ("price_break", "-300.00"), ("C", "USD"): ("matched", "0.00")}
    assert answer["lines"][0]["subject"] == "KEEP.XNAS"
    assert [finding["subject"] for finding in answer["findings"]] == ["D"]
