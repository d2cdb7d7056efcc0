"""Calendars that ship with Sandyq, and the one in force for each market: the book's own tables come first."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from sandyq.market.series import Calendar
from sandyq.reference.venues import HOME_MARKETS
from sandyq_resources import text


@cache
def shipped() -> dict[str, Calendar]:
    """Return the shipped calendars: New York by its published rules, Kazakhstan by its public holidays.

    The exchanges of Kazakhstan (AIX, KASE) ship by rule: closed on public holidays and their observed days. Moved
    working days of a single year are decided by decree and must be imported.
    """
    closed: dict[str, set[int]] = {}
    early: dict[str, set[int]] = {}
    for row in csv.DictReader(text("calendars", "calendars.csv").splitlines()):
        days = early if row["kind"].startswith("early") else closed
        days.setdefault(row["market"], set()).add(date.fromisoformat(row["date"]).toordinal())
    return {
        market: Calendar(market, frozenset(days), frozenset(early.get(market, ())),
                         date(date.fromordinal(min(days)).year, 1, 1).toordinal(),
                         date(date.fromordinal(max(days)).year, 12, 31).toordinal())
        for market, days in closed.items()
    }


def in_force(own: Mapping[str, Calendar]) -> dict[str, Calendar]:
    """Return the calendar of every market: year by year the first table that covers the year.

    The order is: the book's table of the market, the book's table of its home market (KZ for AIX and KASE), the
    shipped table of the market, the shipped one of its home market. So an import of one year moves days of that year
    and leaves the others as they were.
    """
    found: dict[str, Calendar] = {}
    for market in dict.fromkeys((*shipped(), *own, *HOME_MARKETS)):
        home = HOME_MARKETS.get(market, market)
        tables = [table[name] for table in (own, shipped()) for name in dict.fromkeys((market, home)) if name in table]
        if tables:
            found[market] = _by_year(market, tables)
    return found


def _by_year(market: str, tables: Sequence[Calendar]) -> Calendar:
    """Join tables year by year; moved working days of an earlier table amend the closures of a later one."""
    first, last = min(table.known_from for table in tables), max(table.known_to for table in tables)
    closed, early, opened = set[int](), set[int](), set[int]()
    for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1):
        begins, ends = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        year_of = [table for table in tables if table.known_from <= begins and ends <= table.known_to]
        complete = next((table for table in year_of if _within(table.closed, begins, ends)), None)
        if complete is None:
            first = ends + 1  # a year that no table covers: what lies before it is not vouched for
            continue
        amending = year_of[:year_of.index(complete) + 1]
        moved = set[int]().union(*(_within(table.opened, begins, ends) for table in amending))
        closed |= _within(complete.closed, begins, ends) - moved
        early |= _within(complete.early, begins, ends)
        opened |= moved
    return Calendar(market, frozenset(closed), frozenset(early), first, last, frozenset(opened))


def _within(days: frozenset[int], begins: int, ends: int) -> set[int]:
    return {day for day in days if begins <= day <= ends}
