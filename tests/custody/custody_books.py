"""Books for the tests of custody, made of fact rows: few, round and checkable by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from sandyq.basics.decimals import canonical
from sandyq.control.people import Role
from sandyq.control.signing import signer_from_seed
from sandyq.reference.facts import FactRow
from sandyq.workstation.workstation import Workstation

DAY = date(2025, 9, 30)
EARLIER = date(2025, 8, 29)
MANDATE = """[mandate]
name = "{name}"
version = "v1"
valid_from = 2020-01-01
book = "{book}"
maximum = 300_000_000

[look_through]
reference_funds = {{ BTC = "IBIT" }}

[[limit]]
id = "L01"
title = {{ en = "Net invested capital" }}
clause = "At most {cap} US dollars."

[[limit.part]]
measure = "net_invested"
unit = "USD"
hard = {cap}
"""
FUNDS = (("IBIT", "Fund A", "XNAS", "US0000000010", "Sponsor A", "Custodian K"),
         ("FBTC", "Fund B", "BATS", "US0000000028", "Sponsor B", "Custodian L"),
         ("BITB", "Fund C", "ARCX", "US0000000036", "Sponsor A", ""))
COMPANY = ("KEEP", "Custodian K shares", "XNAS", "US0000000044")
CLOSES = {"IBIT": {EARLIER: "60", DAY: "65"}, "FBTC": {EARLIER: "90", DAY: "100"}, "BITB": {EARLIER: "55", DAY: "50"},
          "KEEP": {EARLIER: "300", DAY: "320"}}
SETTINGS = {"cost_method": "fifo", "lot_scope": "account", "fees_in_cost": "false"}
Rows = list[tuple[str, FactRow]]


def mandate(folder: Path, name: str = "Sleeve", book: str = "sleeve", cap: int = 300_000_000) -> Path:
    file = folder / f"mandate_{book}.toml"
    file.write_text(MANDATE.format(name=name, book=book, cap=cap), encoding="utf-8")
    return file


def instruments() -> Rows:
    rows: Rows = []
    for symbol, name, mic, isin, sponsor, custodian in FUNDS:
        facts = {"symbol": symbol, "name": name, "kind": "spot_etf", "mic": mic, "isin": isin, "currency": "USD",
                 "underlying": "BTC:1", "issuer": f"{sponsor} Delaware", "sponsor_group": sponsor,
                 "coin_custodian": custodian, "fee_pct": "0.25", "domicile": "US", "listed_from": "2024-01-11"}
        rows += [_attribute(f"{symbol}.{mic}", key, value) for key, value in facts.items() if value]
    symbol, name, mic, isin = COMPANY
    facts = {"symbol": symbol, "name": name, "kind": "tech_equity", "mic": mic, "isin": isin, "currency": "USD",
             "underlying": "NONE", "issuer": "Custodian K"}
    return rows + [_attribute(f"{symbol}.{mic}", key, value) for key, value in facts.items()]


def _attribute(instrument: str, name: str, value: str) -> tuple[str, FactRow]:
    return "instrument_attribute", (0, instrument, name, value, None, "test file", "filed")


def market() -> Rows:
    """Closes on two days, and what the funds say they hold: a thousandth of a bitcoin per unit, worth 100,000 USD."""
    rows: Rows = []
    for symbol, closes in CLOSES.items():
        for day, close in closes.items():
            rows.append(("price", (0, symbol, day.isoformat(), close, "USD", "T", day.isoformat(), "close", "Exchange",
                                   None, None, None, None, "1000000")))
            if symbol != "KEEP":
                rows.append(("fund_holding", (0, symbol, day.isoformat(), "BTC", "1000", "1000000", "0.001", None,
                                              "65000000", None, "R", "reported", "Issuer")))
    for day in (EARLIER, DAY):
        rows.append(("coin_price", (0, "BTC", day.isoformat(), "60000", "24:00 UTC", "Exchange")))
    return rows


def booking(reference: str, kind: str, symbol: str, quantity: object, price: object, account: str, day: date = EARLIER,
            settle: date | None = None, currency: str = "USD", fees: object = 0) -> tuple[str, FactRow]:
    mic = {name: venue for name, _, venue, *_ in FUNDS} | {COMPANY[0]: COMPANY[2]}
    return "booking", (0, reference, day.isoformat(), (settle or day).isoformat(), kind, symbol or None,
                       f"{symbol}.{mic[symbol]}" if symbol else None, _exact(quantity), _exact(price), currency,
                       _exact(fees), "0", account, None, None)


def _exact(number: object) -> str:
    return canonical(Decimal(str(number)))


def account(name: str, institution: str, form: str = "securities", currency: str | None = None, book: str = "sleeve",
            owner: str = "Middle office 1") -> tuple[str, FactRow]:
    return "account", (0, name, institution, currency, form, book, owner, None, None, "register")


def bookings() -> Rows:
    """Account C: 1,000 IBIT, 200 FBTC, 900,000 − 60,000 − 18,000 USD; account D: 400 BITB and 50,000 − 22,000 USD."""
    return [
        booking("F-1", "funding", "", 900_000, 1, "C"), booking("F-2", "funding", "", 50_000, 1, "D"),
        booking("T-1", "buy", "IBIT", 1000, 60, "C"), booking("T-2", "buy", "FBTC", 200, 90, "C"),
        booking("T-3", "buy", "BITB", 400, 55, "D"),
    ]


def sleeve(path: Path, extra: Sequence[tuple[str, FactRow]] = ()) -> Workstation:
    """Make the book and leave it open for writing."""
    station = Workstation.create(path, mandate=str(mandate(path.parent)), settings=SETTINGS, actor="Middle office 1")
    record(station, [*instruments(), *market(), account("C", "Custodian S"), account("D", "Bank T"), *bookings(),
                     *extra])
    return station


def record(station: Workstation, rows: Sequence[tuple[str, FactRow]], kind: str = "import") -> int:
    """Record rows under one entry and return its number."""
    return station.record(kind, {"file": "rows", "sha256": "0" * 64}, rows).entry


def stated(account_name: str, symbol: str, quantity: object, price: object | None = None, day: date = DAY, *,
           isin: str = "", currency: str = "USD", kind: str = "security") -> tuple[str, FactRow]:
    return "statement_line", (0, account_name, day.isoformat(), kind, symbol or None, isin or None, None,
                              _exact(quantity), None if price is None else _exact(price), None, currency, None)


def money(account_name: str, amount: object, day: date = DAY, currency: str = "USD") -> tuple[str, FactRow]:
    return stated(account_name, "", amount, None, day, currency=currency, kind="cash")


def true_statement(day: date = DAY) -> Rows:
    """What the custodian and the bank would say if both were right."""
    price = {symbol: closes[day] for symbol, closes in CLOSES.items()}
    return [stated("C", "IBIT", 1000, price["IBIT"], day), stated("C", "FBTC", 200, price["FBTC"], day),
            money("C", 822_000, day), stated("D", "BITB", 400, price["BITB"], day), money("D", 28_000, day)]


def enrolled(station: Workstation, name: str = "Middle office 1", seed: int = 1) -> None:
    """Enrol a person of the middle office and open their key."""
    signer = signer_from_seed(name, bytes([seed]) * 32)
    proof = station.people.proof(signer, Role.MIDDLE_OFFICE)
    station.people.enrol(name, Role.MIDDLE_OFFICE, signer.public_key, proof)
    station.people.sign_in(signer)
