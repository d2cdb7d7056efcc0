"""A book with a gate of one test, a plan of three tranches and three persons, on closes that a test steers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from custody_books import DAY, SETTINGS, account, booking, instruments, market, record
from order_books import Desk, enrol

from sandyq.basics.decimals import canonical
from sandyq.reference.facts import FactRow
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

MANDATE = """[mandate]
name = "Sleeve"
version = "v1"
valid_from = 2020-01-01
maximum = 300_000

[look_through]
reference_funds = { BTC = "IBIT" }

[gate]
coin = "BTC"
dwell_days = 10
lapse_days = 30

[[gate.test]]
id = "G5"
kind = "shock"
days = 20
least = -0.07

[[limit]]
id = "L24"
title = { en = "Entry gate open" }
clause = "Nothing is bought while the gate is shut."

[[limit.part]]
measure = "gate"
unit = "count"
hard = 0

[[limit]]
id = "L01"
title = { en = "Net invested capital" }
clause = "At most 300,000 US dollars."

[[limit.part]]
measure = "net_invested"
unit = "USD"
hard = 300_000

[[tranche]]
id = "T1"
amount = 80_000
earliest = 2025-01-01

[[tranche]]
id = "T2"
amount = 50_000
earliest = 2025-09-01
min_gap_days = 14

[[tranche]]
id = "T3"
amount = 60_000
earliest = 2025-12-01
min_gap_days = 14
"""
CALM_DAYS = 50
"""Days of closes up to the book's last day, all of them calm."""


def coin(day: date, close: float) -> tuple[str, FactRow]:
    return "coin_price", (0, "BTC", day.isoformat(), canonical(Decimal(f"{close:.2f}")), "UTC", "T")


def closes(station: Workstation, moves: Sequence[float]) -> None:
    """Record closes of the coin by daily moves, the last of them on the book's last day."""
    price, rows = 100_000.0, []
    for place, move in enumerate(moves):
        price *= 1 + move
        rows.append(coin(DAY - timedelta(days=len(moves) - 1 - place), price))
    record(station, rows)


def gated_sleeve(path: Path, moves: Sequence[float], mandate: str = MANDATE) -> Workstation:
    """1,000 IBIT bought at 60 and 200 FBTC at 90 on an earlier day: 78,000 USD, which the plan counts for T1."""
    rules = path.parent / "gated.toml"
    rules.write_text(mandate, encoding="utf-8")
    station = Workstation.create(path, mandate=str(rules), settings=SETTINGS, actor="Middle office 1")
    record(station, [*instruments(), *(row for row in market() if row[0] != "coin_price"), account("C", "Custodian S"),
                     booking("F-1", "funding", "", 900_000, 1, "C"), booking("T-1", "buy", "IBIT", 1000, 60, "C"),
                     booking("T-2", "buy", "FBTC", 200, 90, "C")])
    closes(station, moves)
    enrol(station)
    return station


Q = Question(DAY)
__all__ = ["CALM_DAYS", "DAY", "MANDATE", "Desk", "Q", "closes", "coin", "gated_sleeve"]
