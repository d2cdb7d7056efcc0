"""A small book of two funds with prices of two sources, and two enrolled persons with keys of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sandyq.control.people import Role, Signer
from sandyq.control.signing import signer_from_seed
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

MANAGER, RISK = "Manager 1", "Risk 1"
INSTRUMENTS = """symbol,name,kind,underlying,issuer,exchange,mic,fee_pct,currency
IBIT,Fund A,spot_etf,BTC:1.00,Issuer A,XNAS,XNAS,0.25,USD
THIN,Fund T,spot_etf,BTC:1.00,Issuer T,AIXK,AIXK,0.25,USD
"""
BOOKINGS = """trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference
2026-01-05,2026-01-05,funding,,1000000,1,USD,0,0,C,T-1
2026-01-05,2026-01-06,buy,IBIT,1000,50,USD,0,0,C,T-2
2026-01-05,2026-01-06,buy,THIN,100,10,USD,0,0,C,T-3
"""
COINS = "date,asset,close_usd\n2026-01-05,BTC,90000\n2026-01-12,BTC,91000\n"


def signer(name: str) -> Signer:
    return signer_from_seed(name, hashlib.sha256(name.encode()).digest())


def price_file(rows: Iterable[tuple[str, str, str]], source: str, volume: str = "1000") -> str:
    """Rows are (day, symbol, close); an empty volume leaves the column out."""
    said = [f"{day},{symbol},{close},USD,T,{source}" + (f",{volume}" if volume else "") for day, symbol, close in rows]
    return "\n".join(["date,symbol,close,currency,basis,source" + (",volume" if volume else ""), *said, ""])


def imported(station: Workstation, folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    for done in station.accept([file]):
        assert done.refused == 0, done.findings


def book(folder: Path, *prices: str) -> Workstation:
    """Make the book and leave it open for writing; nobody is enrolled yet."""
    station = Workstation.create(folder / "b.sandyq", mandate="example", settings={}, actor=MANAGER)
    imported(station, folder, "instruments.csv", INSTRUMENTS)
    imported(station, folder, "coins.csv", COINS)
    for number, text in enumerate(prices):
        imported(station, folder, f"prices-{number}.csv", text)
    imported(station, folder, "transactions.csv", BOOKINGS)
    return station


def enrol(station: Workstation, *more: tuple[str, Role]) -> None:
    """Enrol the manager and the risk officer; the manager works."""
    for name, role in ((MANAGER, Role.MANAGER), (RISK, Role.RISK), *more):
        who = signer(name)
        station.people.enrol(name, role, who.public_key, station.people.proof(who, role))
    station.people.sign_in(signer(MANAGER))


def approved(station: Workstation, reference: str) -> int:
    """Let the other person approve; then the manager works again. Returns the entry."""
    station.people.sign_in(signer(RISK))
    entry = station.people.approve(reference).entry
    station.people.sign_in(signer(MANAGER))
    return entry


def on(day: str, known_at: object = None) -> Question:
    return Question(date.fromisoformat(day), known_at)  # type: ignore[arg-type]
