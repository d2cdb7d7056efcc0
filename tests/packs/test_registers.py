"""Registers and events in files: what is taken, and why the rest is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandyq.packs.reading import Reading, read_file
from sandyq.reference.facts import FactRow

SAMPLES = Path(__file__).parent / "samples"


def taken(file: Path) -> tuple[Reading, list[tuple[str, FactRow]]]:
    reading = read_file(file)
    return reading, list(reading.rows())


def written(folder: Path, text: str) -> Path:
    file = folder / "register.csv"
    file.write_text(text, encoding="utf-8")
    return file


def refused(reading: Reading) -> list[tuple[str, int, str]]:
    return [(item.code, item.line, item.column) for item in reading.findings if item.severity == "error"]


def test_corporate_actions_are_held_to_the_terms_of_their_type() -> None:
    reading, rows = taken(SAMPLES / "corporate_actions.csv")
    assert (reading.kind, reading.read, reading.refused) == ("corporate_actions", 13, 8)
    assert [(row[1], row[3], json.loads(str(row[7]))) for _, row in rows] == [
        ("E-1", "MSTR", {"new": "10", "old": "1"}),
        ("GBTC-spin_off-2024-07-31", "GBTC", {"child": "BTC", "ratio": "1", "cost_share": "0.1"}),
        ("E-3", "HODL", {"amount": "0.25", "currency": "USD"}),
        ("E-4", "AAAA", {"symbol": "BBBB", "isin": "US46438F1012"}),
        ("E-12", "MSTR", {"asset": "BTC", "shares": "256473000"})]
    assert refused(reading) == [
        ("event-terms", 6, "ratio"), ("event-terms", 7, "cost_share"), ("event-terms", 8, "child"),
        ("no-such-term", 9, "amount"), ("word-unknown", 10, "type"), ("bad-isin", 11, "new_isin"),
        ("pays-before-ex", 12, "pay_date"), ("word-unknown", 14, "final")]


def test_a_column_that_is_no_term_refuses_the_rows_that_use_it(tmp_path: Path) -> None:
    reading, rows = taken(written(tmp_path, "event,type,symbol,ex_date,new,old,raito\nE-1,split,MSTR,2024-08-08,10,1,\n"
                                            "E-2,split,MSTR,2024-08-09,10,1,5\n"))
    assert [row[1] for _, row in rows] == ["E-1"]
    assert refused(reading) == [("no-such-term", 3, "raito")]


def test_a_fee_in_a_stablecoin_names_its_provider_and_is_never_a_holding() -> None:
    reading, rows = taken(SAMPLES / "fees_in_tokens.csv")
    assert [row for table, row in rows if table == "stablecoin_settlement"] == [
        (2, "F-1", "Provider 1", "L-100", "USDC", "250.05", "0.9998", "Provider quote 17", None),
        (7, "F-6", "Provider 1", "L-100", "USDC", "300", "0.9998", "Provider quote 17", None)]
    booked = [row for table, row in rows if table == "booking"]
    assert [(row[1], row[4], row[5], row[9]) for row in booked] == [
        (name, "fee", "", "USD") for name in ("F-1", "F-6", "F-7")]
    assert refused(reading) == [
        ("value-missing", 3, "provider"), ("value-missing", 4, "licence"), ("token-settlement", 5, "type"),
        ("token-unknown", 6, "token"), ("event-not-transaction", 9, "type")]
    assert reading.counts["settlement-differs"] == 1
    sentence = next(str(item.text) for item in reading.findings if item.code == "event-not-transaction")
    assert "corporate_actions" in sentence


@pytest.mark.parametrize(("text", "kind", "rows", "errors"), [
    (("reference,trade_date,settle_date,symbol,quantity,currency,from_account,to_account\n"
     "X-1,2025-03-03,2025-03-04,IBIT,100,,Custodian 1,Custodian 2\n"
     "X-2,2025-03-03,,,5000,USD,Bank 1,Bank 2\nX-3,2025-03-03,,IBIT,1,,Custodian 1,Custodian 1\n"
     "X-4,2025-03-03,,,5000,,Bank 1,Bank 2\n"), "transfers",
     [("transfer", (2, "X-1", "2025-03-03", "2025-03-04", "IBIT", "", "100", "", "Custodian 1", "Custodian 2", "", "")),
      ("transfer", (3, "X-2", "2025-03-03", "2025-03-03", "", "", "5000", "USD", "Bank 1", "Bank 2", "", ""))],
     [("same-account", 4, "to_account"), ("value-missing", 5, "currency")]),
    (("account,institution,currency,form,book,owner,valid_from\nCustodian 1,Institution 1,,securities,,Analyst 1,\n"
     "Bank 1,Institution 2,usd,bank money,tech,Back office 1,2025-01-01\nWallet 1,Institution 3,USDT,wallet,,,\n"
     "Bank 2,Institution 2,,bank_money,,,\nBank 3,Institution 2,USD,bank_money,*,,\n"), "accounts",
     [("account", (2, "Custodian 1", "Institution 1", None, "securities", "sleeve", "Analyst 1", None, None, None)),
      ("account", (3, "Bank 1", "Institution 2", "USD", "bank_money", "tech", "Back office 1", "2025-01-01", None,
                   None))],
     [("token-refused", 4, "form"), ("value-missing", 5, "currency"), ("bad-book", 6, "book")]),
    (("party,name,kind,country,status,valid_from,source\nP-1,Broker 1,broker,kz,active,2025-01-01,Register\n"
     "P-2,Venue 1,bourse,KZ,active,,\nP-3,Venue 1,venue,KZ,,,\nP-4,Venue 1,venue,KAZ,active,,\n"), "parties",
     [("party", (2, "P-1", "Broker 1", "broker", "KZ", "active", "2025-01-01", "Register"))],
     [("word-unknown", 3, "kind"), ("value-missing", 4, "status"), ("bad-code", 5, "country")]),
    (("party,role,subject,share,valid_from,valid_to\nP-1,coin custodian,IBIT.XNAS,90%,2025-01-01,\n"
     "P-1,auditor,IBIT.XNAS,1.5,,\nP-1,auditor,IBIT.XNAS,,2025-02-01,2025-01-01\n"), "party_roles",
     [("party_role", (2, "P-1", "coin_custodian", "IBIT.XNAS", "0.9", "2025-01-01", None, None))],
     [("share-above-one", 3, "share"), ("ends-before-begin", 4, "valid_to")]),
    (("party,number,authority,activity,valid_from,valid_to,status\n"
     "P-1,L-1,Authority 1,broker,2025-01-01,2026-01-01,Active\nP-1,,Authority 1,broker,,,active\n"), "licences",
     [("licence", (2, "P-1", "L-1", "Authority 1", "broker", "2025-01-01", "2026-01-01", "active", None))],
     [("value-missing", 3, "number")]),
    ("source,rank,tolerance_bp,valid_from\nPrimary,1,25,2025-01-01\nSecond,1.5,,\n", "price_sources",
     [("price_source", (2, "Primary", "1", "25", "2025-01-01"))], [("bad-number", 3, "rank")]),
    ("symbol,level,reason,valid_from\nDEFI,2,Thin trading,2025-01-01\nDEFI,4,Thin trading,2025-01-01\n",
     "fair_value_levels", [("fair_value_level", (2, "DEFI", "2", "Thin trading", "2025-01-01"))],
     [("word-unknown", 3, "level")]),
    (("instrument,attribute,value,valid_from,source\nIBIT.XNAS,fee_pct,0.25%,2025-01-01,Prospectus\n"
     "IBIT,auditor,Auditor 1,,\nIBIT.XNAS,isin,US46438F1013,,\nIBIT.XNAS,kind,token,,\n"), "attributes",
     [("instrument_attribute", (2, "IBIT.XNAS", "fee_pct", "0.25", "2025-01-01", "Prospectus", "filed"))],
     [("bad-instrument", 3, "instrument"), ("bad-isin", 4, "value"), ("kind-unknown", 5, "value")]),
    (("date,fund,ticker,company,shares,weight,weight_pct\n2025-03-03,ARKW,COIN,Company 1,10,,60\n"
     "2025-03-03,ARKW,HOOD,Company 2,10,0.4,\n2025-03-03,ARKW,HOOD2,Company 2,10,40,\n"), "fund_weights",
     [("fund_weight", (2, "ARKW", "2025-03-03", "COIN", "COIN", None, "10", None, "0.6", None, None)),
      ("fund_weight", (3, "ARKW", "2025-03-03", "HOOD", "HOOD", None, "10", None, "0.4", None, None))],
     [("weight-unit", 4, "weight")]),
], ids=["transfers", "accounts", "parties", "party_roles", "licences", "price_sources", "levels", "attributes",
        "weights"])
def test_a_register_is_recognised_and_checked(tmp_path: Path, text: str, kind: str, rows: list[object],
                                              errors: list[object]) -> None:
    reading, made = taken(written(tmp_path, text))
    assert reading.kind == kind
    assert made == rows
    assert refused(reading) == errors
