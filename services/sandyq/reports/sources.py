"""The sheet of sources: every input that the figures rest on, with its date, file, line and journal entry (F106)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.exposure.result import ExposureLine
from sandyq.reports.sheet import SheetData
from sandyq.reports.tables import Cell, Column, Table
from sandyq.reports.words import utc
from sandyq.valuation.holdings import Line

WORDS: Final = MappingProxyType({"price": N_("price"), "rate": N_("rate"), "lot": N_("lot"),
                                 "funding": N_("funding")})

Source = tuple[str, str, date | None, Decimal | None, str, str, Origin]
"""What, about which subject, of which day, the value, its unit, the source's name, and where it was filed."""


def sources_table(data: SheetData) -> Table:
    """Return one row per input: prices, rates, lots, funding and what the look-through rests on."""
    say = data.language.say
    columns = (
        Column(say("Input"), width=22), Column(say("Subject"), width=14), Column(say("Date"), "date", width=12),
        Column(say("Value"), "number", 6, 20), Column(say("Unit"), width=10), Column(say("Source"), width=28),
        Column(say("File"), width=32), Column(say("Line"), "number", 0, 8), Column(say("Entry"), "number", 0, 8),
        Column(say("Imported by"), width=18), Column(say("Known at (UTC)"), width=18), Column("SHA-256", width=66),
    )
    rows = tuple(_row(source, data) for source in sources(data))
    return Table(say("Sources"), f"{say('Sources')}, {data.language.date(data.as_of)}", columns, rows)


def sources(data: SheetData) -> Iterator[Source]:
    """Yield every input in the order of the holdings, each with the place in the file it was read from."""
    holdings = data.holdings
    for line in holdings.lines:
        yield from _of_line(line)
    for funding in holdings.state.fundings:
        yield ("funding", funding.account, funding.day, funding.amount, funding.currency, funding.reference,
               funding.origin)
    if holdings.kzt is not None and holdings.kzt.origin is not None:
        rate = holdings.kzt
        yield "rate", "USD/KZT", rate.day, rate.rate, "KZT", rate.source, holdings.kzt.origin
    for exposed in data.exposure.lines:
        yield from _of_exposure(exposed)


def _of_line(line: Line) -> Iterator[Source]:
    if line.price is not None:
        price = line.price
        yield "price", line.symbol, price.day, price.filed, price.currency, price.source, price.origin
    rate = line.fx
    if rate is not None and rate.origin is not None:
        yield "rate", f"{rate.base}/{rate.quote}", rate.day, rate.rate, rate.quote, rate.source, rate.origin
    for valued in line.lots:
        lot = valued.lot
        yield "lot", line.symbol, lot.trade_date, lot.quantity, "", f"{lot.account} {lot.reference}", lot.origin


def _of_exposure(line: ExposureLine) -> Iterator[Source]:
    for leg in line.legs:
        for what, origin in leg.origins:
            yield what, line.symbol, None, None, "", leg.name, origin


def _row(source: Source, data: SheetData) -> tuple[Cell, ...]:
    what, subject, day, value, unit, name, origin = source
    file = data.files.get(origin.entry)
    word = data.language.say(WORDS[what]) if what in WORDS else what
    known = f"{utc(file.known_at):%Y-%m-%d %H:%M:%S}" if file and file.known_at else ""
    return (word, subject, day, value, unit, name, file.file if file else "", Decimal(origin.line),
            Decimal(origin.entry), file.actor if file else "", known, file.sha256 if file else "")
