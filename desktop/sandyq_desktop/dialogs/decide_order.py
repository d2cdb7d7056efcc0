"""Decide on an order: the figures that its author saw beside those of now, limit by limit, then one's own signature."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from sandyq.basics.decimals import HUNDRED, product
from sandyq.basics.text import N_, Text
from sandyq.control.proposals import Decision, Proposal
from sandyq.limits.result import State
from sandyq.workstation.order_evidence import limits_then
from sandyq.workstation.ordered import LimitThen, Since, Ticket
from sandyq_desktop.controls import LEFT, Action, StateWord, Words
from sandyq_desktop.icons import VERDICT_LOOKS, draw, shape_of
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import MILLION
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table
from sandyq_desktop.words import VERDICTS

_WIDE: Final = 940
_HIGH: Final = 280
_LEAST_HIGH: Final = 90
_MARGIN: Final = 16


@dataclass(frozen=True, slots=True)
class _Pair:
    """One limit then and now."""

    id: str
    title: str
    then: LimitThen | None
    now: LimitThen | None

    @property
    def changed(self) -> bool:
        return self.then != self.now

    @property
    def moves(self) -> bool:
        return any(one is not None and (one.before, one.state_before) != (one.after, one.state_after)
                   for one in (self.then, self.now))


class OrderDecideDialog(QDialog):
    """940 wide. `decision` tells what was chosen; a refusal needs a note. The maker sees why they cannot decide."""

    def __init__(self, look: Look, ticket: Ticket, proposal: Proposal, since: Since, why_not: Text | None,
                 parent: QWidget | None = None, *, own: bool = False) -> None:
        super().__init__(parent)
        self.look = look
        self.decision: Decision | None = None
        self._own, self._may = own, why_not is None
        title = N_("Decide on {reference}", reference=ticket.reference)
        self.setWindowTitle(look.say(title))
        room = 1280 if parent is None else parent.window().width()
        self.setFixedWidth(min(look.px(_WIDE), room - 40))
        self.note = QLineEdit()
        self.note.setFont(look.font())
        self.note.setAccessibleName(look.say(N_("Note")))
        self.table = Table(_columns(look), look, N_("Limits then and now").template)
        self.table.show_rows(_pairs(look, since))
        self.table.setFixedHeight(look.px(_HIGH))
        self.approve = Action(look, N_("Approve and sign"), main=True)
        self.refuse = Action(look, N_("Withdraw") if own else N_("Refuse"))
        self.keep = Action(look, N_("Decide later"))
        box = QVBoxLayout(self)
        box.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        box.setSpacing(8)
        box.addWidget(Words(look, title, "title"))
        for line in ticket.lines:
            box.addWidget(Words(look, _order(line), "body", weight=600))
        box.addWidget(self._sentence(N_(
            "Proposed by {person} on {moment} UTC with check {check}; it can be decided until {end} UTC.",
            person=ticket.author, moment=ticket.proposed_at, check=since.then.reference, end=ticket.ends)))
        if ticket.reason:
            box.addWidget(self._sentence(N_("Reason given: {reason}", reason=ticket.reason)))
        box.addLayout(self._verdicts(since))
        for symbol, then, now in since.prices:
            if then != now:
                box.addWidget(self._sentence(N_("{symbol}: price {then}, now {now}", symbol=symbol, then=then,
                                                now=now)))
        if not since.limits:
            box.addWidget(self._sentence(N_("No limit differs from what the author saw.")))
        box.addWidget(self.table)
        mark = QLabel(proposal.content_hash)
        mark.setFont(look.font("mono"))
        box.addWidget(Words(look, N_("What is signed has the hash"), "head"))
        box.addWidget(mark)
        box.addWidget(Words(look, N_("Note; a refusal needs one"), "head"))
        box.addWidget(self.note)
        self.reason = Words(look, why_not or "", "small", "t_warn")
        self.reason.setWordWrap(True)
        self.reason.setVisible(why_not is not None)
        box.addWidget(self.reason)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.keep, self.refuse, self.approve):
            button.setAutoDefault(False)
            row.addWidget(button)
        box.addLayout(row)
        self.approve.setEnabled(self._may)
        self.note.textChanged.connect(lambda _t: self._switch())
        self.keep.clicked.connect(self.reject)
        self.approve.clicked.connect(lambda: self._take(Decision.APPROVED))
        self.refuse.clicked.connect(lambda: self._take(Decision.WITHDRAWN if own else Decision.REFUSED))
        self._switch()
        self._fit()

    def _fit(self) -> None:
        """Give the table less height where the window is lower than the dialog: the buttons stay in sight."""
        parent = self.parentWidget()
        room = parent.window().height() if parent is not None else self.screen().availableGeometry().height()
        over = self.sizeHint().height() - room + 2 * _MARGIN
        if over > 0:
            self.table.setFixedHeight(max(self.table.height() - over, self.look.px(_LEAST_HIGH)))

    def _sentence(self, text: Text) -> QLabel:
        made = QLabel(self.look.say(text))
        made.setWordWrap(True)
        made.setFont(self.look.font("small"))
        return made

    def _verdicts(self, since: Since) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        for caption, verdict in ((N_("Then"), since.then.verdict), (N_("Now"), since.now.verdict)):
            row.addWidget(Words(self.look, caption, "small", "tx2"))
            shape, token = VERDICT_LOOKS[verdict]
            row.addWidget(StateWord(self.look, shape, token, self.look.say(VERDICTS[verdict]), "body", 600))
        row.addStretch(1)
        return row

    def _switch(self) -> None:
        self.refuse.setEnabled((self._may or self._own) and bool(self.note.text().strip()))

    def _take(self, decision: Decision) -> None:
        self.decision = decision
        self.accept()


def _order(line: Any) -> Text:
    return N_("{side} {quantity} {symbol} at {price} {currency}, account {account}",
              side=N_("Buy") if line.side == "buy" else N_("Sell"), quantity=line.quantity, symbol=line.symbol,
              price=line.limit_price, currency=line.currency, account=line.account)


def _pairs(look: Look, since: Since) -> list[_Pair]:
    """Limits that differ first, then those that the order moves; the rest says nothing to this decision."""
    titles = {change.limit.id: look.words.title(change.limit.title) for change in since.now.changes}
    then = {one.id: one for one in since.then.limits}
    now = {one.id: one for one in limits_then(since.now)}
    pairs = [_Pair(name, titles.get(name, name), then.get(name), now.get(name))
             for name in dict.fromkeys((*then, *now))]
    return sorted((pair for pair in pairs if pair.changed or pair.moves), key=lambda pair: (not pair.changed, pair.id))


def _columns(look: Look) -> tuple[Column, ...]:
    def value(text: str | None, unit: str) -> str:
        if text is None:
            return "—"
        amount, number = Decimal(text), look.words.language.number
        if unit == "ratio":
            return f"{number(product(amount, HUNDRED), 4)} %"
        return f"{number(amount / MILLION, 3)} m" if unit == "USD" else number(amount.normalize())

    def figure(one: LimitThen | None) -> str:
        return "" if one is None else f"{value(one.before, one.unit)} → {value(one.after, one.unit)}"

    def state(one: LimitThen | None) -> str:
        return "" if one is None else look.words.state(State(one.state_after))

    def painter(which: str) -> Any:
        def paint(brush: QPainter, cell: QRectF, row: _Pair, shown: Look, ground: str) -> None:
            one = getattr(row, which)
            if one is None:
                return
            found, size, left = State(one.state_after), shown.px(12), cell.left() + shown.px(6)
            color = shown.palette.word(found)
            draw(brush, shape_of(found), QRectF(left, cell.center().y() - size / 2, size, size), color,
                 shown.color(ground))
            brush.setFont(shown.font("body"))
            brush.setPen(color)
            brush.drawText(QRectF(left + shown.px(18), cell.top(), cell.width(), cell.height()), LEFT,
                           shown.words.state(found))
        return paint

    return (
        Column("changed", "", lambda r: "≠" if r.changed else "", width=24, weight=lambda _r: 600,
               tone=lambda _r: "t_warn", spoken=lambda r, shown: shown.say(N_("differs")) if r.changed else ""),
        Column("id", N_("Id"), lambda r: r.id, tone=lambda _r: "tx2"),
        Column("limit", N_("Limit"), lambda r: r.title, stretch=True, least=110, most=240,
               weight=lambda r: 500 if r.changed else 400),
        Column("then", N_("As proposed"), lambda r: figure(r.then), tone=lambda _r: "tx2"),
        Column("then_state", N_("State"), lambda r: state(r.then), paint=painter("then"), extra=20, least=110,
               spoken=lambda r, _l: state(r.then)),
        Column("now", N_("Now"), lambda r: figure(r.now), weight=lambda r: 500 if r.changed else 400),
        Column("now_state", N_("State"), lambda r: state(r.now), paint=painter("now"), extra=20, least=110,
               spoken=lambda r, _l: state(r.now)),
    )
