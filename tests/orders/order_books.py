"""Books and hands for the tests of orders: a standing clock, three persons, one cap that is easy to reckon with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from custody_books import DAY, EARLIER, SETTINGS, account, booking, instruments, market, record

from sandyq.control.people import Role, Signer
from sandyq.control.signing import signer_from_seed
from sandyq.limits.orders import parse_order
from sandyq.limits.result import Order
from sandyq.workstation.contract import Question
from sandyq.workstation.ordered import Executed, Execution, Proposed
from sandyq.workstation.workstation import Workstation

MANDATE = """[mandate]
name = "Sleeve"
version = "v1"
valid_from = 2020-01-01
maximum = 300_000_000

[look_through]
reference_funds = { BTC = "IBIT" }

[orders]
valid_hours = 24
max_move = 0.05

[[limit]]
id = "L01"
title = { en = "Net invested capital" }
clause = "At most 100,000 US dollars."

[[limit.part]]
measure = "net_invested"
unit = "USD"
hard = 100_000

[[limit]]
id = "L16"
title = { en = "One spot fund" }
clause = "At most 75,000 and, with a reason, 90,000 US dollars."

[[limit.part]]
measure = "market_value"
unit = "USD"
scope = { kind = ["spot_etf"] }
group_by = "symbol"
soft = 75_000
hard = 90_000
"""
PEOPLE = {"Manager 1": Role.MANAGER, "Risk 1": Role.RISK, "Back office 1": Role.BACK_OFFICE}
MORNING = datetime(2025, 9, 30, 9, tzinfo=UTC)
"""A Tuesday."""


def signer(name: str) -> Signer:
    return signer_from_seed(name, name.encode().ljust(32, b"."))


class Clock:
    """Says one moment until it is moved; every question makes it a microsecond later, as entries have an order."""

    def __init__(self) -> None:
        self.moment = MORNING

    def __call__(self) -> datetime:
        self.moment += timedelta(microseconds=1)
        return self.moment

    def later(self, **units: float) -> None:
        self.moment += timedelta(**units)


def sleeve_of_orders(path: Path, *, people: bool = True) -> Workstation:
    """1,000 IBIT bought at 60 (now 65), 200 FBTC at 90 (now 100): 78,000 USD net invested."""
    rules = path.parent / "orders.toml"
    rules.write_text(MANDATE, encoding="utf-8")
    station = Workstation.create(path, mandate=str(rules), settings=SETTINGS, actor="Middle office 1")
    record(station, [*instruments(), *market(), account("C", "Custodian S"),
                     booking("F-1", "funding", "", 900_000, 1, "C"), booking("T-1", "buy", "IBIT", 1000, 60, "C"),
                     booking("T-2", "buy", "FBTC", 200, 90, "C")])
    if people:
        enrol(station)
    return station


def enrol(station: Workstation) -> None:
    waiting = ""
    for name, role in PEOPLE.items():
        key = signer(name)
        waiting = station.people.enrol(name, role, key.public_key, station.people.proof(key, role)).proposal
        if name == "Risk 1":
            station.people.sign_in(signer("Manager 1"))
    station.people.sign_in(signer("Risk 1"))
    station.people.approve(waiting)
    station.people.sign_in(signer("Manager 1"))


def price(symbol: str, day: date, close: str) -> tuple[str, tuple[str | int | None, ...]]:
    return "price", (0, symbol, day.isoformat(), close, "USD", "T", day.isoformat(), "close", "Exchange", None, None,
                     None, None, "1000000")


class Desk:
    """The order desk in the hands of a test: who works, and orders as text."""

    def __init__(self, station: Workstation, clock: Clock) -> None:
        self.station = station
        self.clock = clock
        self.q = Question(DAY)

    def as_person(self, name: str) -> Desk:
        self.station.people.sign_in(signer(name))
        return self

    def propose(self, *texts: str, reason: str = "") -> Proposed:
        self.as_person("Manager 1")
        return self.station.orders.propose(self.now, basket(texts), reason)

    @property
    def now(self) -> Question:
        return Question(self.station.latest_day())

    def approve(self, found: Proposed, by: str = "Risk 1") -> str:
        self.as_person(by).station.people.approve(found.changes.proposal)
        return found.reference

    def approved(self, *texts: str, reason: str = "") -> str:
        return self.approve(self.propose(*texts, reason=reason))

    def fill(self, order: str, quantity: object, at: object, *, line: int = 1, day: date | None = None,
             **more: Any) -> Executed:
        self.as_person("Back office 1")
        return self.station.orders.execute(order, Execution(line, Decimal(str(quantity)), Decimal(str(at)),
                                                               day or self.station.latest_day(), **more))

    def state(self, reference: str) -> str:
        return self.station.orders.ticket(reference).state.value

    def close(self, symbol: str, day: date, close: str) -> None:
        record(self.station, [price(symbol, day, close)])

    def held(self, symbol: str) -> Decimal:
        lines = self.station.holdings(self.now).open_lines
        return next((line.quantity for line in lines if line.symbol == symbol), Decimal(0))


def basket(texts: Sequence[str]) -> tuple[Order, ...]:
    return tuple(parse_order(text) for text in texts)


__all__ = ["DAY", "EARLIER", "Clock", "Desk", "basket", "enrol", "price", "signer", "sleeve_of_orders"]
