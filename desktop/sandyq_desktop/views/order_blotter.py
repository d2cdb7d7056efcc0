"""The orders that wait, may be executed or have ended: one row per line, with its life and what may be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from sandyq.basics.text import N_, Text
from sandyq.workstation.contract import Question
from sandyq.workstation.ordered import ORDER_WORDS, REVIEW_WORDS, OrderState, ReviewState, Ticket, TicketLine
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import LEFT
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.views import order_acts
from sandyq_desktop.views.pane import Pane

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_LOOKS: Final = {
    OrderState.WAITING: (Shape.WAITING, "acc"), OrderState.APPROVED: (Shape.OK, "t_ok"),
    OrderState.EXECUTED: (Shape.OK, "tx2"), OrderState.EXPIRED: (Shape.NOT_APPLICABLE, "tx3"),
    OrderState.REFUSED: (Shape.BREACH, "t_breach"), OrderState.WITHDRAWN: (Shape.NOT_APPLICABLE, "tx3"),
    OrderState.CANCELLED: (Shape.NOT_APPLICABLE, "tx3"), OrderState.VOID: (Shape.BREACH, "t_breach"),
}
_REVIEWS: Final = {
    ReviewState.DUE: (Shape.WARNING, "t_warn"), ReviewState.OVERDUE: (Shape.BREACH, "t_breach"),
    ReviewState.ACCEPTED: (Shape.OK, "t_ok"), ReviewState.OBJECTED: (Shape.SOFT_BREACH, "t_soft"),
}
_OPEN: Final = frozenset({OrderState.WAITING, OrderState.APPROVED})
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of one order, and the moment at which it was asked for."""

    ticket: Ticket
    line: TicketLine
    now: datetime

    @property
    def open(self) -> bool:
        """Whether somebody has still to do something about it."""
        return self.ticket.state in _OPEN or self.ticket.review in {ReviewState.DUE, ReviewState.OVERDUE}

    @property
    def counted(self) -> bool:
        """Whether every check counts it: approved and not wholly executed."""
        return self.ticket.state is OrderState.APPROVED and self.line.remaining > 0

    @property
    def words(self) -> Text:
        """The state, with the review of an emergency order where there is one."""
        state = ORDER_WORDS[self.ticket.state]
        return state if self.ticket.review is None else N_("{state}, {review}", state=state,
                                                           review=REVIEW_WORDS[self.ticket.review])


def order_rows(door: Workstation, question: Question) -> tuple[OrderRow, ...]:
    """Return every line of every order of the book, open ones first, the latest first."""
    now = question.known_at or door.orders.now()
    rows = [OrderRow(ticket, line, now) for ticket in door.orders.tickets(question) for line in ticket.lines]
    return tuple(sorted(rows, key=lambda row: not row.open))


def columns(look: Look) -> tuple[Column, ...]:
    number = look.words.language.number

    def paint_state(painter: QPainter, cell: QRectF, row: OrderRow, shown: Look, ground: str) -> None:
        shape, token = _REVIEWS[row.ticket.review] if row.ticket.review else _LOOKS[row.ticket.state]
        size, left = shown.px(12), cell.left() + shown.px(6)
        draw(painter, shape, QRectF(left, cell.center().y() - size / 2, size, size), shown.color(token),
             shown.color(ground))
        painter.setFont(shown.font("body", 500 if row.open else 400))
        painter.setPen(shown.color(token))
        painter.drawText(QRectF(left + shown.px(18), cell.top(), cell.width(), cell.height()), LEFT,
                         shown.say(row.words))

    def filled(row: OrderRow) -> Text:
        return N_("{filled} of {all}", filled=row.line.filled, all=row.line.quantity)

    return (
        Column("reference", N_("Order"), lambda r: r.ticket.reference, weight=lambda _r: 500),
        Column("state", N_("State"), lambda r: r.words, paint=paint_state, extra=20, least=130,
               spoken=lambda r, shown: shown.say(r.words)),
        Column("side", N_("Side"), lambda r: N_("Buy") if r.line.side == "buy" else N_("Sell")),
        Column("symbol", N_("Symbol"), lambda r: r.line.symbol, weight=lambda _r: 500),
        Column("price", N_("Limit price"), lambda r: number(r.line.limit_price), number=True),
        Column("filled", N_("Filled"), filled, number=True, tone=lambda r: "tx" if r.line.fills else "tx3"),
        Column("author", N_("Proposed by"), lambda r: r.ticket.author),
        Column("decided", N_("Decided by"), lambda r: r.ticket.decided_by or (
            r.ticket.reviewed_by if r.ticket.emergency else ""), tone=lambda _r: "tx2", leaves=3),
        Column("ends", N_("Ends"), _ends, tone=_ends_tone),
        Column("account", N_("Account"), lambda r: r.line.account, tone=lambda _r: "tx2", leaves=2),
        Column("reason", N_("Reason"), lambda r: r.ticket.expired or r.ticket.reason, role="small",
               tone=lambda _r: "tx2", stretch=True, least=80, leaves=1, most=400),
    )


def _ends(row: OrderRow) -> object:
    if row.ticket.review in {ReviewState.DUE, ReviewState.OVERDUE}:
        return N_("review by {day}", day=row.ticket.review_due)
    if row.ticket.state not in _OPEN:
        return ""
    left = row.ticket.ends - row.now
    return N_("in {n} h", n=left // _HOUR) if left >= _HOUR else N_("in {n} min", n=left // (_HOUR / 60))


def _ends_tone(row: OrderRow) -> str:
    if row.ticket.review is ReviewState.OVERDUE:
        return "t_breach"
    return "t_warn" if row.ticket.state in _OPEN and row.ticket.ends - row.now < 2 * _HOUR else "tx2"


class Blotter(Pane):
    """The pane under the draft."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context, "order-blotter", columns(context.look), N_("Orders on their way"), ask=order_rows,
                         note=_sentence)
        self._context = context
        self.act(N_("Decide…"), lambda: self._with(order_acts.decide), why_not=_only(OrderState.WAITING), writes=False)
        self.act(N_("Record a fill…"), lambda: self._with(order_acts.fill), why_not=_only(OrderState.APPROVED))
        self.act(N_("Check again"), lambda: self._with(order_acts.check_again), why_not=_no_end)
        self.act(N_("Cancel the rest…"), lambda: self._with(order_acts.cancel), why_not=_no_end)
        self.act(N_("Review…"), lambda: self._with(order_acts.review), why_not=_no_review)

    def _with(self, act: Any) -> None:
        row = self.table.current()
        if isinstance(row, OrderRow):
            act(self._context, row.ticket, row.line, self)

    def show_answer(self, answer: Any) -> None:
        super().show_answer(answer)
        self.table.setVisible(bool(answer))
        if answer and self.table.current() is None:
            self.table.grid.selectRow(0)
            self.enable()


def _sentence(rows: tuple[OrderRow, ...]) -> Text:
    if not rows:
        return N_("No orders yet. What is approved and not executed counts in every check.")
    waiting = len({row.ticket.reference for row in rows if row.ticket.state is OrderState.WAITING})
    approved = len({row.ticket.reference for row in rows if row.ticket.state is OrderState.APPROVED})
    return N_("Orders that wait: {waiting}; approved and counted in every check: {approved}", waiting=waiting,
              approved=approved)


def _only(state: OrderState) -> Any:
    def why_not(row: Any) -> Text | None:
        if not isinstance(row, OrderRow):
            return N_("Choose an order first.")
        if row.ticket.state is not state:
            return N_("The order is in the state: {state}", state=ORDER_WORDS[row.ticket.state])
        return None
    return why_not


def _no_end(row: Any) -> Text | None:
    if not isinstance(row, OrderRow):
        return N_("Choose an order first.")
    return None if row.ticket.state in _OPEN else N_("The order is in the state: {state}",
                                                     state=ORDER_WORDS[row.ticket.state])


def _no_review(row: Any) -> Text | None:
    if not isinstance(row, OrderRow):
        return N_("Choose an order first.")
    return None if row.ticket.review in {ReviewState.DUE, ReviewState.OVERDUE} else N_(
        "Only an emergency order is reviewed, once.")
