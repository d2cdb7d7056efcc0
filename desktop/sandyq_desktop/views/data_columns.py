"""Columns of Data's sections beside the import."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from sandyq.basics.text import N_, Text
from sandyq.workstation.recorded import Match
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.delegate import LEFT

MATCHES = {
    Match.MATCHED: (Shape.OK, "t_ok", N_("Matched")),
    Match.QUANTITY_BREAK: (Shape.BREACH, "t_breach", N_("Quantity break")),
    Match.PRICE_BREAK: (Shape.WARNING, "t_warn", N_("Price break")),
    Match.MISSING_HERE: (Shape.BREACH, "t_breach", N_("Missing here")),
    Match.MISSING_THERE: (Shape.BREACH, "t_breach", N_("Missing there")),
}
PRICE_STATES = {"proposed": N_("waits for a second person"), "in_force": N_("in force"), "expired": N_("expired"),
                "withdrawn": N_("withdrawn")}
NOTES = {"open": N_("open"), "explained": N_("explained"), "closed": N_("closed")}
LICENCES = {"active": N_("active"), "expired": N_("expired"), "suspended": N_("suspended"),
            "sanctioned": N_("sanctioned")}
MOST_DAYS = 6


def match_columns(look: Look) -> tuple[Column, ...]:
    del look

    def paint(painter: QPainter, cell: QRectF, row: Any, look_: Look, ground: str) -> None:
        shape, token, word = MATCHES[row.match]
        size = look_.px(12)
        draw(painter, shape, QRectF(cell.left() + 6, cell.center().y() - size / 2, size, size), look_.color(token),
             look_.color(ground))
        painter.setFont(look_.font("body", 400 if row.match is Match.MATCHED else 500))
        painter.setPen(look_.color(token))
        painter.drawText(cell.adjusted(look_.px(24), 0, 0, 0), LEFT, look_.say(word))

    def difference(row: Any) -> object:
        return None if row.ours is None or row.theirs is None else row.ours - row.theirs

    return (
        Column("match", N_("State"), lambda r: MATCHES[r.match][2], paint=paint, extra=18,
               spoken=lambda r, look_: look_.say(MATCHES[r.match][2])),
        Column("account", N_("Account"), lambda r: r.account, most=140, tone=lambda _r: "tx2"),
        Column("subject", N_("Subject"), lambda r: r.subject, weight=lambda _r: 500),
        Column("name", N_("Name"), lambda r: r.name, most=200, leaves=2, tone=lambda _r: "tx2"),
        Column("ours", N_("Ours"), lambda r: r.ours, number=True),
        Column("theirs", N_("Theirs"), lambda r: r.theirs, number=True),
        Column("difference", N_("Difference"), difference, number=True, sign=True,
               tone=lambda r: "tx" if r.match is Match.MATCHED else "t_soft",
               weight=lambda r: 400 if r.match is Match.MATCHED else 500),
        Column("our_price", N_("Our price"), lambda r: r.our_price if r.kind == "security" else "", number=True,
               leaves=4),
        Column("their_price", N_("Their price"), lambda r: r.their_price if r.kind == "security" else "", number=True,
               leaves=3),
        Column("value", N_("Difference\nin USD"), lambda r: r.value_usd, number=True, digits=2),
        Column("age", N_("Age,\ndays"), lambda r: "" if r.match is Match.MATCHED else r.age_days, number=True,
               digits=0),
        Column("owner", N_("Owner"), lambda r: r.owner or ("" if r.match is Match.MATCHED else None), most=150),
        Column("status", N_("Note's state"), lambda r: NOTES.get(r.status, r.status), leaves=5),
        Column("note", N_("Note"), lambda r: r.note, role="small", stretch=True, tone=lambda _r: "tx2"),
    )


def completeness_columns(look: Look) -> tuple[Column, ...]:
    def missing(row: Any) -> str:
        days = ", ".join(look.words.language.date(day) for day in row.missing[:MOST_DAYS])
        rest = len(row.missing) - MOST_DAYS
        return days if rest <= 0 else look.say(N_("{days} and {n} more", days=days, n=rest))

    return (
        Column("symbol", N_("Symbol"), lambda r: r.symbol, weight=lambda _r: 500),
        Column("market", N_("Exchange"), lambda r: r.market or None),
        Column("expected", N_("Expected"), lambda r: r.expected, number=True, digits=0),
        Column("present", N_("Present"), lambda r: r.present, number=True, digits=0,
               tone=lambda r: "t_warn" if r.present < r.expected else "tx"),
        Column("last", N_("Last close"), lambda r: r.last),
        Column("age", N_("Age, bd"), lambda r: r.age, number=True, digits=0,
               tone=lambda r: "t_warn" if r.age else "tx3"),
        Column("owner", N_("Owner"), lambda r: r.owner or None),
        Column("calendar", N_("Calendar"), lambda r: N_("of the exchange") if r.calendar_known else
               N_("assumed: weekdays"), tone=lambda r: "tx2" if r.calendar_known else "t_warn", role="small"),
        Column("missing", N_("Missing days"), missing, stretch=True, role="small"),
    )


def manual_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (
        Column("symbol", N_("Symbol"), lambda r: r.symbol, weight=lambda _r: 500),
        Column("day", N_("Day"), lambda r: r.day), Column("close", N_("Closing price"), lambda r: r.close, number=True),
        Column("currency", N_("Currency"), lambda r: r.currency, tone=lambda _r: "tx2"),
        Column("replaced", N_("Imported close"), lambda r: r.replaced, number=True),
        Column("state", N_("State"), lambda r: PRICE_STATES.get(r.state, r.state), weight=lambda _r: 500),
        Column("expires", N_("Counts until"), lambda r: r.expires),
        Column("author", N_("Prepared by"), lambda r: r.author),
        Column("approver", N_("Approved by"), lambda r: r.approver),
        Column("reason", N_("Reason"), lambda r: r.reason, role="small", stretch=True, tone=lambda _r: "tx2"),
    )


def level_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (
        Column("symbol", N_("Symbol"), lambda r: r.symbol, weight=lambda _r: 500),
        Column("level", N_("IFRS 13 level"), lambda r: r.level, number=True, digits=0),
        Column("decided", N_("By"), lambda r: N_("decision") if r.decided else N_("rule"), tone=lambda _r: "tx2"),
        Column("reason", N_("Reason"), lambda r: r.reason, role="small", stretch=True, tone=lambda _r: "tx2"),
    )


def source_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (
        Column("source", N_("Source"), lambda r: r.source, stretch=True),
        Column("rank", N_("Rank"), lambda r: "" if r.rank is None else r.rank, number=True, digits=0),
        Column("tolerance", N_("Tolerance, bp"), lambda r: "" if r.tolerance_bp is None else r.tolerance_bp,
               number=True),
        Column("rows", N_("Rows"), lambda r: r.rows, number=True, digits=0),
    )


def two_source_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (
        Column("symbol", N_("Symbol"), lambda r: r.symbol, weight=lambda _r: 500),
        Column("day", N_("Day"), lambda r: r.day),
        Column("source", N_("Source"), lambda r: r.source, most=200),
        Column("close", N_("Closing price"), lambda r: r.close, number=True),
        Column("other", N_("Other source"), lambda r: r.other_source, most=200),
        Column("other_close", N_("Its close"), lambda r: r.other_close, number=True),
        Column("difference", N_("Difference, bp"), lambda r: r.difference_bp, number=True, digits=1, sign=True,
               tone=lambda _r: "t_warn", weight=lambda _r: 500),
        Column("tolerance", N_("Tolerance, bp"), lambda r: r.tolerance_bp, number=True),
        Column("used", N_("Counts"), lambda r: r.used, stretch=True),
    )


def party_columns(look: Look) -> tuple[Column, ...]:
    def roles(row: Any) -> str:
        return "; ".join(f"{look.say(role.replace('_', ' '))}: {subject}" for role, subject in row.roles)

    def status(row: Any) -> Text | str:
        known = str(row.status)
        return LICENCES.get(known, known)

    return (
        Column("name", N_("Party"), lambda r: r.name, weight=lambda _r: 500, most=260),
        Column("kind", N_("Kind"), lambda r: look.say(r.kind.replace("_", " "))),
        Column("country", N_("Country"), lambda r: r.country or None),
        Column("status", N_("Status"), status, tone=lambda r: "tx2" if r.status == "active" else "t_breach"),
        Column("licence", N_("Licence"), lambda r: r.licence),
        Column("until", N_("Until"), lambda r: r.licence_until or ""),
        Column("authority", N_("Authority"), lambda r: r.licence_authority, most=180, leaves=1),
        Column("roles", N_("Roles"), roles, role="small", stretch=True, tone=lambda _r: "tx2"),
        Column("findings", N_("Findings"), lambda r: "; ".join(look.say(f.text) for f in r.findings), role="small",
               most=300, tone=lambda _r: "t_warn"),
    )


def account_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (
        Column("account", N_("Account"), lambda r: r.account, weight=lambda _r: 500),
        Column("institution", N_("Institution"), lambda r: r.institution, stretch=True),
        Column("form", N_("Form"), lambda r: FORMS.get(r.form, r.form)), Column("book", N_("Book"), lambda r: r.book),
        Column("currency", N_("Currency"), lambda r: r.currency),
        Column("booked", N_("Booked"), lambda r: r.booked, number=True, digits=2),
        Column("settled", N_("Settled"), lambda r: r.settled, number=True, digits=2),
        Column("unsettled", N_("Not settled"), lambda r: r.unsettled, number=True, digits=2),
        Column("statement", N_("Statement"), lambda r: r.statement, number=True, digits=2),
        Column("day", N_("Statement of"), lambda r: r.statement_day),
    )


FORMS = {"securities": N_("securities"), "bank_money": N_("bank money"), "cbdc": N_("digital tenge")}


def ladder_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (
        Column("day", N_("Day"), lambda r: r.day), Column("account", N_("Account"), lambda r: r.account),
        Column("currency", N_("Currency"), lambda r: r.currency),
        Column("inflow", N_("In"), lambda r: r.inflow, number=True, digits=2),
        Column("outflow", N_("Out"), lambda r: r.outflow, number=True, digits=2),
        Column("balance", N_("Left"), lambda r: r.balance, number=True, digits=2, weight=lambda _r: 600),
        Column("references", N_("Bookings"), lambda r: ", ".join(r.references), role="small", stretch=True),
    )
