"""Trading days: age is counted in the exchange's own days, never in calendar days."""

from __future__ import annotations

from datetime import date

from sandyq.market.series import Calendar

_SATURDAY = 5


def is_open(calendar: Calendar, day: date) -> bool:
    """Return whether the market trades on the day: a weekday that is not in its table of closures, or a moved one."""
    if day.weekday() >= _SATURDAY:
        return day.toordinal() in calendar.opened
    return day.toordinal() not in calendar.closed


def is_covered(calendar: Calendar, day: date) -> bool:
    """Return whether the table of closures reaches the day; outside it only weekends are known."""
    return calendar.known_from <= day.toordinal() <= calendar.known_to


def age(calendar: Calendar, priced: date, on: date) -> int:
    """Return the number of trading days after `priced` up to and including `on`; 0 on the price's own day.

    A Friday close asked on Saturday is 0 days old, on an open Monday 1.
    """
    first, last = priced.toordinal() + 1, on.toordinal()
    if last < first:
        return 0
    span = last - first + 1
    weeks, rest = divmod(span, 7)
    weekdays = weeks * 5 + sum(1 for day in range(last - rest + 1, last + 1) if (day + 6) % 7 < _SATURDAY)
    shut = sum(1 for day in calendar.closed if first <= day <= last and (day + 6) % 7 < _SATURDAY)
    moved = sum(1 for day in calendar.opened if first <= day <= last and (day + 6) % 7 >= _SATURDAY)
    return weekdays - shut + moved
