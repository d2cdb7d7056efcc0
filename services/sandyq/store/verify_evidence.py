"""Verification of evidence: what was checked, run, ordered and filled must still be what it says of itself.

A chain of hashes shows that nothing was changed after it was recorded; this finds what was wrong when it was recorded
past the desks: a content under another content's hash, evidence recorded a second time, a fill that nobody approved or
that is more than was approved, a row signed by nobody who may.
"""

# ruff: noqa: S608  # tables and columns come from sandyq.reference.facts, never from a person or a file
from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from sandyq.basics.decimals import ZERO
from sandyq.basics.text import N_
from sandyq.control.attesting import row_holds
from sandyq.control.deciding import enrolled_then, trusted
from sandyq.control.people import RIGHTS, Enrolment, Right
from sandyq.control.records import Damage
from sandyq.reference.facts import TABLES, THIRD_TABLES
from sandyq.store.approvals import book_id, proposals_as_recorded, read_enrolments
from sandyq.store.engine import BROKEN, Connection
from sandyq.store.guards import ONCE
from sandyq.store.visibility import visible_at

_UNREADABLE: Final = N_("Evidence of orders, runs and days cannot be read.").template
_OTHER_HASH: Final = N_("The content is not the one that its hash names.").template
_TWICE: Final = N_("Evidence was recorded a second time in the place of the first.").template
_NO_ORDER: Final = N_("There is a fill without an approved order.").template
_OVERFILLED: Final = N_("The fills are more than what was approved.").template
_WORSE_PRICE: Final = N_("The fill is at a worse price than what was approved.").template
_AFTER_END: Final = N_("The fill was recorded after the order had ended.").template
_NOT_BOOKED: Final = N_("The entry does not book what the fill says.").template
_NOT_SIGNED: Final = N_("The signature of the row does not hold.").template
_NO_EMERGENCY: Final = N_("An emergency order only sells.").template
_OWN_REVIEW: Final = N_("Who gave the emergency order reviewed it.").template
_NO_REFERENCE: Final = N_("An override names no decision of the committee.").template
_NO_EVIDENCE: Final = N_("A breach was closed without evidence.").template

_HASHED: Final = tuple(table.name for table in THIRD_TABLES if {"content", "content_hash"} <= set(table.columns))
"""Tables whose rows hold a content and its hash."""
_ENDS: Final = frozenset({"expired", "withdrawn", "cancelled"})
_SIGNED: Final = ("emergency_order", "emergency_review")
_OWN: Final = """EXISTS (SELECT 1 FROM "emergency_order" o WHERE o."reference" = "order_reference"
 AND o."person" = "emergency_review"."person")"""
_Row = dict[str, Any]


def evidence_damages(connection: Connection) -> list[Damage]:
    """Return what is wrong with evidence, by entry and table."""
    try:
        return [*_hashes(connection), *_twice(connection), *_fills(connection), *_signatures(connection),
                *_rules(connection)]
    except (*BROKEN, ValueError, TypeError, ArithmeticError):
        return [Damage(0, "fill", "", _UNREADABLE)]


def _rows(connection: Connection, table: str, *, visible: bool = False) -> list[_Row]:
    """Return rows with entry, id and every column; `visible` leaves out what was reversed."""
    names = ("entry", "id", "line", *TABLES[table].columns)
    where, values = visible_at(connection, None).condition(table) if visible else ("1", [])
    listed = ", ".join(f'"{name}"' for name in names)
    return [dict(zip(names, row, strict=True))
            for row in connection.execute(f'SELECT {listed} FROM "{table}" WHERE {where} ORDER BY "id"', values)]


def _hashes(connection: Connection) -> Iterator[Damage]:
    for table in _HASHED:
        for entry, number, content, mark in connection.execute(
                f'SELECT "entry", "id", "content", "content_hash" FROM "{table}" ORDER BY "id"'):
            if sha256(str(content).encode()).hexdigest() != mark:
                yield Damage(entry, table, str(number), _OTHER_HASH)


def _twice(connection: Connection) -> Iterator[Damage]:
    for table in ONCE:
        keys = ", ".join(f'"{column}"' for column in TABLES[table].key)
        same = " AND ".join(f'later."{column}" = earlier."{column}"' for column in TABLES[table].key)
        if connection.execute(f'SELECT 1 FROM "{table}" GROUP BY {keys} HAVING count(*) > 1 LIMIT 1').fetchone():
            for entry, number in connection.execute(
                    f'SELECT "entry", "id" FROM "{table}" later WHERE EXISTS (SELECT 1 FROM "{table}" earlier '
                    f'WHERE {same} AND earlier."id" < later."id") ORDER BY "id"'):
                yield Damage(entry, table, str(number), _TWICE)


def _fills(connection: Connection) -> Iterator[Damage]:
    ordered = {(row["reference"], row["line_number"]): row
               for table in ("trade_order", "emergency_order") for row in _rows(connection, table)}
    ended = {row["reference"]: row["entry"] for row in reversed(_rows(connection, "order_event"))
             if row["event"] in _ENDS}
    filled: dict[tuple[str, str], Decimal] = {}
    for fill in _rows(connection, "fill", visible=True):
        key, entry, number = (fill["order_reference"], fill["line_number"]), fill["entry"], str(fill["id"])
        if key not in ordered:
            yield Damage(entry, "fill", number, _NO_ORDER)
            continue
        filled[key] = filled.get(key, ZERO) + Decimal(fill["quantity"])
        if filled[key] > Decimal(ordered[key]["quantity"]):
            yield Damage(entry, "fill", number, _OVERFILLED)
        if _worse(ordered[key], Decimal(fill["price"])):
            yield Damage(entry, "fill", number, _WORSE_PRICE)
        if ended.get(fill["order_reference"], entry) < entry:
            yield Damage(entry, "fill", number, _AFTER_END)
        if connection.execute('SELECT 1 FROM "booking" WHERE "entry" = ? AND "reference" = ? AND "quantity" = ?',
                              [entry, fill["booking"], fill["quantity"]]).fetchone() is None:
            yield Damage(entry, "fill", number, _NOT_BOOKED)


def _worse(line: _Row, price: Decimal) -> bool:
    limit = Decimal(line["limit_price"])
    return price > limit if line["side"] == "buy" else price < limit


def _signatures(connection: Connection) -> Iterator[Damage]:
    rows = [(table, row) for table in _SIGNED for row in _rows(connection, table)]
    if not rows:
        return
    book = book_id(connection)
    people = trusted(read_enrolments(connection), proposals_as_recorded(connection), book)
    for table, row in rows:
        if not _signed(people, book, table, row):
            yield Damage(row["entry"], table, str(row["id"]), _NOT_SIGNED)


def _signed(people: tuple[Enrolment, ...], book: str, table: str, row: _Row) -> bool:
    person = enrolled_then(people, row["person"], row["entry"])
    if person is None or RIGHTS[person.role].isdisjoint({Right.PROPOSE, Right.APPROVE}):
        return False
    return row_holds(person.public_key, book, table, (row["line"], *(row[name] for name in TABLES[table].columns)))


def _rules(connection: Connection) -> Iterator[Damage]:
    """Hold rows against the rules that triggers hold, for whoever took those away meanwhile."""
    for table, condition, what in (
            ("emergency_order", "\"side\" <> 'sell'", _NO_EMERGENCY),
            ("emergency_review", _OWN, _OWN_REVIEW),
            ("gate_override", "trim(\"committee_reference\") = ''", _NO_REFERENCE),
            ("breach_step", "\"step\" = 'closed' AND coalesce(trim(\"evidence\"), '') = ''", _NO_EVIDENCE)):
        for entry, number in connection.execute(f'SELECT "entry", "id" FROM "{table}" WHERE {condition} ORDER BY "id"'):
            yield Damage(entry, table, str(number), what)
