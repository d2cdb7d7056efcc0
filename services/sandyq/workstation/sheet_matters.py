"""What is open on a report's day: breaches that last, waivers in force, orders approved and not executed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sandyq.basics.text import N_, Text
from sandyq.limits.cure_clock import Waiver
from sandyq.limits.why import CLASSES
from sandyq.market.calendars import is_open
from sandyq.market.series import Calendar
from sandyq.reports.matters import Matters, OpenBreach, OpenOrder, StandingWaiver
from sandyq.workstation.breached import STEP_WORDS, Breach
from sandyq.workstation.contract import Question
from sandyq.workstation.ordered import OrderState, Ticket
from sandyq.workstation.waivers import read_waivers

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


def matters(station: Workstation, q: Question, moment: datetime) -> Matters:
    """Return what is open. `moment` is the one up to which knowledge counts, so that a sheet repeats byte for byte."""
    if not station.knowledge(q.known_at).has_mandate(q.book):
        return Matters()
    return Matters(
        tuple(_breach(station, q, one) for one in station.breaches.standing(q)),
        tuple(_waiver(station, q, one) for one in read_waivers(station, q) if one.in_force(q.as_of)),
        tuple(order for ticket in reversed(station.orders.tickets(q, moment))
              if ticket.state is OrderState.APPROVED and _day(station, ticket) <= q.as_of for order in _lines(ticket)))


def _breach(station: Workstation, q: Question, one: Breach) -> OpenBreach:
    kind: Text | None = CLASSES[one.kind] if one.kind is not None else None
    if kind is not None and not one.confirmed:
        kind = N_("{kind}, proposed", kind=kind)
    return OpenBreach(one.reference, one.subject.limit, one.first, kind, STEP_WORDS[one.step], one.clock.due,
                      one.clock.left, one.clock.overdue and one.waiver is None,
                      _waiver(station, q, one.waiver) if one.waiver is not None else None)


def _waiver(station: Workstation, q: Question, one: Waiver) -> StandingWaiver:
    limit = station.mandate(q).limit(one.limit)
    parts = limit.parts if limit is not None else ()
    unit = parts[one.part or 0].unit if (one.part or 0) < len(parts) else ""
    name = limit.calendar if limit is not None else ""
    calendar = station.knowledge(q.known_at).market.calendars.get(name, Calendar(name))
    days = (q.as_of + timedelta(days=number) for number in range(1, (one.valid_to - q.as_of).days + 1))
    return StandingWaiver(one.reference, one.limit, unit, one.ceiling, one.valid_from, one.valid_to,
                          sum(1 for day in days if is_open(calendar, day)))


def _lines(ticket: Ticket) -> tuple[OpenOrder, ...]:
    return tuple(OpenOrder(ticket.reference, line.side, line.remaining, line.symbol, line.limit_price, line.currency,
                           ticket.ends) for line in ticket.lines if line.remaining > 0)


def _day(station: Workstation, ticket: Ticket) -> date:
    """Return the day whose figures an order was checked on; a sheet of an earlier day does not know it."""
    return station.orders.check_record(ticket.check).as_of if ticket.check else ticket.proposed_at.date()
