"""A fill and the booking that it makes, in one entry: never more than was approved, never at a worse price."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandyq.basics.decimals import canonical
from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.book.state import CostMethod
from sandyq.limits.result import Check, Verdict
from sandyq.market.settlement import settlement_date
from sandyq.reference.facts import FactRow
from sandyq.store.records import facts
from sandyq.workstation.bookings import Bookings
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.order_deciding import event
from sandyq.workstation.order_emergency import refuse_unless_reducing
from sandyq.workstation.order_evidence import STOPS, findings_of, refused, said_in
from sandyq.workstation.ordered import Executed, Execution, OrderFill, Ticket, TicketLine
from sandyq.workstation.periods import refuse_closed

if TYPE_CHECKING:
    from sandyq.workstation.ordering import OrdersDesk
    from sandyq.workstation.workstation import Workstation


def execute(station: Workstation, desk: OrdersDesk, ticket: Ticket, given: Execution) -> Executed:
    """Record one fill of an approved order with its booking. The last one ends the order.

    Raises BadInput for a line or values that do not read, Refused where more than what is left would be filled, the
    price is worse than the limit price, the limits no longer allow it, or the book cannot take the booking.
    """
    line = _line(ticket, given)
    reference = given.reference.strip() or f"{ticket.reference}/{line.number}/{len(line.fills) + 1}"
    again = _recorded(line, reference, given)
    if again is not None:
        return again
    _refuse_unless_within(station, desk, ticket, line, given, reference)
    row = booking_row(station, line, given, reference)
    _refuse_unbookable(station, row)
    found, check_row, check_reference = _checked(station, desk, ticket, line, given)
    remaining = line.remaining - given.quantity
    done = not remaining and all(not one.remaining for one in ticket.lines if one.number != line.number)
    rows: list[tuple[str, FactRow]] = [
        check_row, ("booking", row),
        ("fill", (0, reference, ticket.reference, str(line.number), reference, given.trade_date.isoformat(),
                  canonical(given.quantity), canonical(given.price), canonical(given.fees)))]
    if done:
        rows.append(event(ticket, "executed", given.trade_date, check=check_reference))
    changes = station.record("fill", {"order": ticket.reference, "fill": reference, "check": check_reference,
                                      "verdict": found.verdict.value}, rows, key=f"fill:{reference}")
    return Executed(reference, changes, remaining, done)


def _line(ticket: Ticket, given: Execution) -> TicketLine:
    line = ticket.line(given.line)
    if line is None:
        raise BadInput("no-line", N_("The order has no line {line}.", line=given.line), where=ticket.reference)
    if given.quantity <= 0 or given.price <= 0 or given.fees < 0 or given.taxes < 0:
        raise BadInput("bad-fill", N_("Quantity and price of a fill are above zero, fees and taxes not below."),
                       where=ticket.reference)
    return line


def _recorded(line: TicketLine, reference: str, given: Execution) -> Executed | None:
    """Return what recorded this fill before. Raises Refused when the reference stands for another fill."""
    earlier = next((fill for fill in line.fills if fill.reference == reference), None)
    if earlier is None:
        return None
    if not _same(earlier, given):
        raise Refused("reference-used", N_("A fill of this reference is recorded already, with other values."),
                      where=reference)
    return Executed(reference, Changes(frozenset({"fill", "booking"}), earlier.entry), line.remaining,
                    not line.remaining)


def _same(fill: OrderFill, given: Execution) -> bool:
    return (fill.trade_date, fill.quantity, fill.price, fill.fees) == (given.trade_date, given.quantity, given.price,
                                                                       given.fees)


def _refuse_unless_within(station: Workstation, desk: OrdersDesk, ticket: Ticket, line: TicketLine, given: Execution,
                          reference: str) -> None:
    if given.quantity > line.remaining:
        raise Refused("over-filled", N_("{quantity} would be filled and {left} are left of what was approved.",
                                        quantity=given.quantity, left=line.remaining), where=ticket.reference,
                      remedy=N_("What was traded beyond it is proposed as an order of its own."))
    worse = given.price > line.limit_price if line.side == "buy" else given.price < line.limit_price
    if worse:
        raise Refused("beyond-limit-price", N_("The price {price} is worse than the limit price {limit} that was "
                                               "approved.", price=given.price, limit=line.limit_price),
                      where=ticket.reference, remedy=N_("Propose the rest at another limit price."))
    first = desk.check_record(ticket.check).as_of
    if given.trade_date < first or given.trade_date > desk.now().date() + timedelta(days=1):
        raise BadInput("fill-day", N_("A fill is dated between the day of the order, {day}, and today.", day=first),
                       where=given.trade_date.isoformat())
    if given.settle_date is not None and given.settle_date < given.trade_date:
        raise BadInput("settles-before-trade", N_("The settlement date is before the trade date."),
                       where=given.settle_date.isoformat())
    if any(fact["reference"] == reference for table in ("booking", "fill") for fact in facts(station.store, table)):
        raise Refused("reference-used", N_("This reference stands for something else already."), where=reference)
    refuse_closed(station, given.trade_date, reference)


def booking_row(station: Workstation, line: TicketLine, given: Execution, reference: str) -> FactRow:
    """Return the booking of a fill; without a day of settlement the venue's own."""
    known = station.knowledge()
    instrument = known.directory.by_id(line.instrument)
    venue = instrument.mic(given.trade_date) if instrument else ""
    settles = given.settle_date or settlement_date(venue, line.currency, given.trade_date, known.market.calendars)
    return (0, reference, given.trade_date.isoformat(), settles.isoformat(), line.side, line.symbol, line.instrument,
            canonical(given.quantity), canonical(given.price), line.currency, canonical(given.fees),
            canonical(given.taxes), line.account, given.lot.strip() or None, None)


def _refuse_unbookable(station: Workstation, row: FactRow) -> None:
    """Raise Refused where the book cannot take the booking: more sold than held in the account, or no lot named."""
    known = station.knowledge()
    if known.settings.cost_method is CostMethod.SPECIFIC and row[4] == "sell" and not row[13]:
        raise Refused("lot-missing", N_("The book takes named lots: say which lot is sold."), where=str(row[1]))
    found: list[Finding] = []

    def refuse(row: FactRow, code: str, text: Text, value: str = "") -> None:
        found.append(Finding(Severity.ERROR, code, text, str(row[1]), value=value))

    if not Bookings(known, {}, refuse).screen([row]):
        raise Refused(found[0].code, found[0].text, where=str(row[1]), findings=tuple(found))


def _checked(station: Workstation, desk: OrdersDesk, ticket: Ticket, line: TicketLine,
             given: Execution) -> tuple[Check, tuple[str, FactRow], str]:
    """Check the fill and the rest of its order with the book of now, and return the check as a row of evidence.

    A soft limit passes only where the approved check had it acknowledged. A refusal is recorded before it is raised.
    """
    q = Question(max(station.latest_day(), given.trade_date), None, ticket.book)
    basket = [line.order(given.quantity, given.price, given.fees + given.taxes)]
    basket += [one.order(one.remaining - (given.quantity if one.number == line.number else 0)) for one in ticket.lines
               if one.remaining > (given.quantity if one.number == line.number else 0)]
    now = desk.now()
    found = desk.check(q, basket, without=ticket.reference, largest=False, now=now)
    fresh = _acknowledged(found.reasons) - _agreed(desk, ticket)
    if ticket.emergency:
        refuse_unless_reducing(found)
    if found.verdict not in STOPS and not fresh:
        row, reference = desk.check_row(q, found, now, ticket.reference)
        return found, row, reference
    desk.record_check(q, found, now, ticket.reference,
                      event=event(ticket, "rechecked", q.as_of, str(N_("before the execution"))))
    if found.verdict in STOPS:
        raise refused(found, ticket.reference)
    raise Refused("not-acknowledged", N_("A soft limit would be exceeded that nobody has acknowledged: {limits}.",
                                         limits=", ".join(sorted(fresh))), where=ticket.reference,
                  remedy=N_("Cancel the rest and propose it again with a reason."), findings=findings_of(found))


def _acknowledged(reasons: tuple[tuple[str, Verdict, Text], ...]) -> set[str]:
    return {name for name, verdict, _ in reasons if verdict is Verdict.ACKNOWLEDGE}


def _agreed(desk: OrdersDesk, ticket: Ticket) -> set[str]:
    """The soft limits that author and second person knew to be exceeded: of the check just before the approval."""
    before = [event.check for event in ticket.events if event.check and event.event == "rechecked"
              and (ticket.decided_at is None or event.when <= ticket.decided_at)]
    content = desk.check_record(before[-1] if before else ticket.check).content
    return {name for name, verdict, _ in said_in(content)["reasons"] if verdict == Verdict.ACKNOWLEDGE.value}
