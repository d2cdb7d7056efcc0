"""Sales under one signature, when nobody else is there: what makes no limit worse, reviewed the next business day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.text import N_
from sandyq.control.attesting import signed_row
from sandyq.control.people import Right
from sandyq.limits.result import SEVERITY, Check, Order, State, Verdict
from sandyq.reference.facts import TABLES, FactRow
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.order_book import EMERGENCY, calendar_of
from sandyq.workstation.order_evidence import findings_of
from sandyq.workstation.order_proposing import next_reference, order_row, prepared, require_people
from sandyq.workstation.ordered import Proposed, Ticket, hours_later

if TYPE_CHECKING:
    from sandyq.workstation.ordering import OrdersDesk
    from sandyq.workstation.workstation import Workstation

OUTCOMES: Final = ("accepted", "objected")
_OF_ORDER: Final = TABLES["trade_order"].columns
_OF_EMERGENCY: Final = TABLES[EMERGENCY].columns


def give(station: Workstation, desk: OrdersDesk, q: Question, basket: Sequence[Order], reason: str) -> Proposed:
    """Record an emergency order with its check, signed by the person who works here.

    Raises Refused unless every line is a sale and no limit gets worse; BadInput without a reason; ApprovalNeeded where
    nobody is enrolled.
    """
    if not reason.strip():
        raise BadInput("no-reason", N_("An emergency order has a reason."))
    require_people(station)
    if any(one.side != "sell" for one in basket):
        raise Refused("not-reducing", N_("An emergency order only sells; a purchase takes two persons."))
    orders = prepared(station, q, basket)
    now = desk.now()
    found = desk.check(q, orders, now=now)
    refuse_unless_reducing(found)
    mandate = station.mandate(q)
    until = hours_later(now, mandate.order_rules.valid_hours, calendar_of(station.knowledge()))
    (check_row, check), signer = desk.check_row(q, found, now, ""), station.signer
    assert signer is not None
    reference = next_reference(station, "E", EMERGENCY)
    rows: list[tuple[str, FactRow]] = [check_row]
    for number, one in enumerate(orders, 1):
        usual = order_row(station, q, number, one, reference, until, check, reason, "")
        values = dict(zip(_OF_ORDER, usual[1:], strict=True)) | {"person": signer.name, "signature": ""}
        row: FactRow = (0, *(values[name] for name in _OF_EMERGENCY))
        rows.append((EMERGENCY, signed_row(signer, station.people.book_id, EMERGENCY, row)))
    changes = station.record(EMERGENCY, {"order": reference, "check": check, "reason": reason.strip()}, rows,
                             key=f"emergency:{reference}")
    return Proposed(reference, check, found, changes, until)


def refuse_unless_reducing(found: Check) -> None:
    """Raise Refused where the sales are not within every limit, or put any limit into a worse state."""
    worse = [change.limit.id for change in found.changes
             if State.NOT_APPLICABLE not in {change.before.state, change.after.state}
             and SEVERITY[change.after.state] < SEVERITY[change.before.state]]
    if found.verdict is not Verdict.PASS or worse:
        raise Refused("not-reducing", N_("An emergency order makes no limit worse; this takes two persons."),
                      where=", ".join(worse), findings=findings_of(found))


def review(station: Workstation, ticket: Ticket, outcome: str, note: str) -> Changes:
    """Sign the review of an emergency order. Raises Refused for one's own or a second one, BadInput."""
    if not ticket.emergency:
        raise BadInput("not-an-emergency", N_("Only an emergency order is reviewed."), where=ticket.reference)
    if outcome not in OUTCOMES:
        raise BadInput("bad-outcome", N_("A review says {outcomes}.", outcomes=", ".join(OUTCOMES)), where=outcome)
    if not note.strip():
        raise BadInput("no-reason", N_("A decision has a reason."), where=ticket.reference)
    station.people.require(Right.APPROVE)
    signer = station.signer
    assert signer is not None
    if signer.name == ticket.author:
        raise Refused("may-not-decide", N_("Who gave the emergency order does not review it."), where=ticket.reference)
    if ticket.reviewed_by:
        raise Refused("recorded-already", N_("{person} has reviewed it already.", person=ticket.reviewed_by),
                      where=ticket.reference)
    row = signed_row(signer, station.people.book_id, "emergency_review",
                     (0, ticket.reference, signer.name, outcome, note.strip(), ""))
    return station.record("emergency_review", {"order": ticket.reference, "outcome": outcome},
                          [("emergency_review", row)])
