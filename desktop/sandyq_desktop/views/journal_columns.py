"""Columns of the Journal's sections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from sandyq.basics.text import N_
from sandyq.control.proposals import ProposalState
from sandyq.control.records import Entry
from sandyq.workstation.recorded import Cause
from sandyq_desktop.controls import LEFT
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import CellPainter, Column

ELIDE = Qt.TextElideMode.ElideRight
STATES = {
    ProposalState.OPEN: (N_("waits"), "acc"), ProposalState.APPROVED: (N_("approved"), "t_ok"),
    ProposalState.REFUSED: (N_("refused"), "t_breach"), ProposalState.WITHDRAWN: (N_("withdrawn"), "tx3"),
    ProposalState.EXPIRED: (N_("expired"), "tx3"),
    ProposalState.VOID: (N_("void: a signature does not hold"), "t_breach"),
}
MARKS = {"current": N_("current"), "superseded": N_("superseded"), "reversed": N_("reversed"), "new": N_("new"),
         "restored": N_("restored")}
CAUSES = {
    Cause.TRADE: N_("Trades"), Cause.CORPORATE_ACTION: N_("Corporate actions"), Cause.PRICE: N_("Prices"),
    Cause.COIN_PRICE: N_("Coin prices"), Cause.FX: N_("Exchange rates"), Cause.LOOK_THROUGH: N_("Look-through"),
    Cause.REFERENCE: N_("Reference data"), Cause.MANDATE: N_("Mandate"), Cause.SETTING: N_("Settings"),
    Cause.RESIDUAL: N_("Residual"),
}
KEPT = {"daily": N_("daily"), "weekly": N_("weekly"), "monthly": N_("monthly")}


def summary(entry: Entry) -> str:
    """Return the plain facts of a payload in one line."""
    return ", ".join(f"{name}: {value}" for name, value in entry.payload.items() if isinstance(value, str | int))


def entry_columns(look: Look) -> tuple[Column, ...]:
    return (
        Column("seq", N_("Entry"), lambda r: r.seq, number=True, digits=0),
        Column("known", N_("Recorded, UTC"), lambda r: r.known_at,
               tone=lambda r: "t_warn" if r.late_clock else "tx2"),
        Column("actor", N_("By"), lambda r: r.actor, weight=lambda _r: 500),
        Column("kind", N_("What"), lambda r: look.say(r.kind.replace("_", " "))),
        Column("summary", N_("Content"), summary, role="small", tone=lambda _r: "tx2", stretch=True, most=600),
        Column("content", N_("Content hash"), lambda r: f"{r.content_hash[:8]}…", role="mono", tone=lambda _r: "tx3"),
        Column("signature", N_("Signature"), lambda r: f"{r.signature[:8]}…" if r.signature else "—", role="mono",
               tone=lambda _r: "tx3"),
        Column("hash", N_("Chain hash"), lambda r: f"{r.hash[:8]}…{r.hash[-4:]}", role="mono", tone=lambda _r: "tx2"),
    )


def proposal_columns(look: Look) -> tuple[Column, ...]:
    def decided(row: Any) -> str:
        return ", ".join(f"{one.person}: {look.say(STATES[ProposalState(one.decision.value)][0])}"
                         for one in row[0].approvals)

    return (
        Column("reference", N_("Proposal"), lambda r: r[0].reference, weight=lambda _r: 500),
        Column("state", N_("State"), lambda r: STATES[r[0].state][0], tone=lambda r: STATES[r[0].state][1],
               weight=lambda _r: 500),
        Column("kind", N_("What"), lambda r: look.say(r[0].kind.replace("_", " "))),
        Column("subject", N_("Subject"), lambda r: r[0].subject, stretch=True),
        Column("author", N_("Prepared by"), lambda r: r[0].author),
        Column("known", N_("Recorded, UTC"), lambda r: r[0].known_at, tone=lambda _r: "tx2"),
        Column("decided", N_("Decided by"), decided),
        Column("why", N_("May it be you?"), lambda r: "" if r[0].state is not ProposalState.OPEN else
               N_("you may sign") if r[1] is None else r[1], role="small", most=300,
               tone=lambda r: "acc" if r[1] is None else "tx2"),
        Column("hash", N_("Content hash"), lambda r: f"{r[0].content_hash[:8]}…", role="mono", tone=lambda _r: "tx3"),
    )


def struck(told: Callable[[Any], str]) -> CellPainter:
    """Return a painter that strikes the value through where the row is reversed or superseded."""
    def paint(painter: QPainter, cell: QRectF, row: Any, look: Look, _ground: str) -> None:
        ended = row.mark != "current"
        font = look.font("body")
        font.setStrikeOut(ended)
        painter.setFont(font)
        painter.setPen(look.color("tx3" if ended else "tx"))
        inner = cell.adjusted(look.px(6), 0, -look.px(6), 0)
        painter.drawText(inner, LEFT, QFontMetricsF(font).elidedText(told(row), ELIDE, inner.width()))
    return paint


def booking_columns(look: Look) -> tuple[Column, ...]:
    def told(row: Any, key: str) -> str:
        """Return a booked value as people read it: a day in the language, a type in words."""
        found = str(row.values.get(key, ""))
        if key == "type":
            return look.say(found.replace("_", " "))
        return look.words.language.date(date.fromisoformat(found)) if key == "trade_date" and found else found

    def text(key: str, title: Any, **more: Any) -> Column:
        return Column(key, title, lambda r: told(r, key), paint=struck(lambda r: told(r, key)),
                      spoken=lambda r, _l: told(r, key), **more)

    def number(key: str, title: Any) -> Column:
        def get(row: Any) -> object:
            found = row.values.get(key, "")
            return Decimal(found) if found else ""
        return Column(key, title, get, number=True, tone=lambda r: "tx" if r.mark == "current" else "tx3",
                      struck=lambda r: r.mark != "current")

    return (
        text("reference", N_("Reference")), text("trade_date", N_("Trade date")), text("type", N_("Type")),
        text("symbol", N_("Symbol")), number("quantity", N_("Quantity")), number("price", N_("Price")),
        text("currency", N_("Currency")), text("account", N_("Account"), most=160),
        Column("mark", N_("State"), lambda r: MARKS.get(r.mark, r.mark),
               tone=lambda r: "tx2" if r.mark == "current" else "t_warn", weight=lambda r: 400 if r.mark == "current"
               else 500),
        Column("actor", N_("By"), lambda r: r.actor),
        Column("known", N_("Recorded, UTC"), lambda r: r.known_at, tone=lambda _r: "tx2"),
        Column("ended", N_("Ended by"), lambda r: r.ended_actor, most=130),
        Column("reason", N_("Reason"), lambda r: r.reason, role="small", stretch=True, tone=lambda _r: "tx2"),
    )


def closed_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (
        Column("day", N_("Day"), lambda r: r.day, weight=lambda _r: 500),
        Column("version", N_("Version"), lambda r: r.version, number=True, digits=0),
        Column("maker", N_("Prepared by"), lambda r: r.prepared_by), Column("checker", N_("Checked by"),
                                                                            lambda r: r.checked_by),
        Column("known", N_("Recorded, UTC"), lambda r: r.known_at, tone=lambda _r: "tx2"),
        Column("restated", N_("Since then"), lambda r: N_("not computed") if r.restated is None else
               N_("the book says something else now") if r.restated else N_("unchanged"), stretch=True,
               tone=lambda r: "t_soft" if r.restated else "tx2"),
        Column("hash", N_("Content hash"), lambda r: f"{r.content_hash[:8]}…{r.content_hash[-4:]}", role="mono",
               tone=lambda _r: "tx3"),
    )


def figure_columns(look: Look) -> tuple[Column, ...]:
    def causes(row: Any) -> str:
        number = look.words.language.number
        return "; ".join(f"{look.say(CAUSES[cause])} {'—' if part is None else number(part, 2, sign=True)}"
                         for cause, part in row.parts if part is None or part)

    def digits(row: Any) -> int | None:
        return 2 if row.unit in {"USD", "KZT"} else 8

    return (
        Column("label", N_("Figure"), lambda r: r.label, most=260),
        Column("key", N_("Path"), lambda r: r.key, role="caption", tone=lambda _r: "tx3", most=220, leaves=1),
        Column("old", N_("Then"), lambda r: r.old, number=True, digits=digits),
        Column("new", N_("Later"), lambda r: r.new, number=True, digits=digits, weight=lambda _r: 600),
        Column("change", N_("Change"), lambda r: None if r.old is None or r.new is None else r.new - r.old, number=True,
               digits=digits, sign=True),
        Column("unit", N_("Unit"), lambda r: r.unit, role="caption", tone=lambda _r: "tx3"),
        Column("causes", N_("By cause"), causes, role="small", stretch=True, tone=lambda _r: "tx2"),
    )


def fact_columns(look: Look) -> tuple[Column, ...]:
    return (
        Column("cause", N_("Cause"), lambda r: CAUSES[r.cause], weight=lambda _r: 500),
        Column("how", N_("How"), lambda r: MARKS.get(r.how, r.how)),
        Column("key", N_("Fact"), lambda r: f"{look.say(r.table.replace('_', ' '))}: {r.key}", most=300),
        Column("old", N_("Old"), lambda r: r.old, role="small", stretch=True, tone=lambda _r: "tx2"),
        Column("new", N_("New"), lambda r: r.new, role="small", stretch=True),
        Column("actor", N_("By"), lambda r: r.actor), Column("known", N_("Recorded, UTC"), lambda r: r.known_at),
        Column("reason", N_("Reason"), lambda r: r.reason, role="small", most=200),
        Column("line", N_("Line"), lambda r: r.origin.line or "", number=True, digits=0),
    )


def backup_columns(look: Look) -> tuple[Column, ...]:
    del look
    return (
        Column("file", N_("File"), lambda r: r.path.name, middle=True, stretch=True),
        Column("entry", N_("Entry"), lambda r: r.sequence, number=True, digits=0),
        Column("known", N_("Last entry, UTC"), lambda r: r.known_at),
        Column("kept", N_("Kept as"), lambda r: KEPT.get(r.kept_as, r.kept_as), tone=lambda _r: "tx2"),
        Column("holds", N_("Verified"), lambda r: N_("holds") if r.holds else N_("does not hold"),
               tone=lambda r: "tx2" if r.holds else "t_breach"),
        Column("value", N_("Market value\nUSD"), lambda r: r.market_value_usd, number=True, digits=2),
        Column("asof", N_("As of"), lambda r: r.as_of or None),
        Column("head", N_("Chain hash"), lambda r: f"{r.head[:8]}…{r.head[-4:]}", role="mono", tone=lambda _r: "tx3"),
    )
