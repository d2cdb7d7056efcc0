"""Orders: a draft basket held against every limit while it is typed. Nothing here is booked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.limits.result import Check, Largest, Order, Verdict
from sandyq.market.series import PricePoint
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.scaling import MILLION
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import order_acts
from sandyq_desktop.views.order_blotter import Blotter, OrderRow
from sandyq_desktop.views.order_changes import ChangeRows, ordered
from sandyq_desktop.views.order_draft import (
    Draft,
    Row,
    amount,
    incomplete,
    number,
    order_of,
    rows_of,
    shares_for,
)
from sandyq_desktop.views.order_lines import OrderLines, Sideways
from sandyq_desktop.views.order_verdict import VerdictPanel

if TYPE_CHECKING:
    from sandyq.limits.cure import Cure
    from sandyq.workstation.risk import Effects
    from sandyq.workstation.workstation import Workstation

DEBOUNCE = 30
"""Milliseconds from the last key to the check."""
NO_ORDERS = N_("No orders in the draft. Type a symbol and a quantity, or paste rows from a spreadsheet.")
CHECKING = N_("Being checked.")
NO_TABLE = N_("Stands here as soon as a line of the draft is complete.")
LEGEND = N_("circle: before; bar: after. Sorted by what the draft does.")


class OrdersView(QWidget):
    """The view. Rows are text until they are complete; a complete row is part of the check."""

    key = "orders"
    title = N_("Orders")

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self.draft = Draft()
        self.check: Check | None = None
        self._largest: tuple[Largest, ...] = ()
        self._prices: dict[str, PricePoint | None] = {}
        self._folded = True
        self._cured = context.question
        self._places: tuple[int, ...] = ()
        self.lines = OrderLines(look)
        self.table = Table(ChangeRows(look).columns(), look, N_("Orders").template)
        self.panel = VerdictPanel(look, self._put_largest, self._put_cure)
        self._title = Words(look, N_("Orders"), "title")
        self._hint = Words(look, N_("Draft, not saved to the book"), "small", "tx2")
        self._undo, self._redo = Action(look, N_("Undo")), Action(look, N_("Redo"))
        self._new, self._add = Action(look, N_("New draft")), Action(look, N_("Add line"))
        self._submit = Action(look, N_("Submit for approval"), main=True)
        self._alone = Action(look, N_("Emergency sale…"))
        self.blotter = Blotter(context)
        self._every = Words(look, N_("Every limit, before and after"), weight=600)
        self._legend = Words(look, NO_TABLE, "small", "tx3", elided=True)
        self._net = Words(look, "", weight=600)
        self._fold = Action(look, "")
        self._stack = QSplitter(Qt.Orientation.Vertical)
        self._typed = context.words.code
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE)
        self._build()
        self._connect()
        self._show_draft()

    # ---- what the window calls

    def refresh(self) -> None:
        """Take the present question, language and palette, and check the draft again."""
        question = self._context.question
        for widget in (self._title, self._hint, self._undo, self._redo, self._new, self._add, self._every,
                       self._legend, self._net, self._submit, self._alone, self.blotter):
            widget.restyle()
        self.blotter.refresh()
        self.lines.restyle()
        self.table.restyle()
        self.panel.restyle()
        self._prices.clear()
        if self._typed != self._code:
            self.draft.respell(self._typed, self._context.words.language)
            self._typed = self._code
        self._context.tasks.ask(lambda door: door.symbols(question), self.lines.offer, key="order-symbols")
        self._show_draft()
        self._show_changes()
        self.panel.tell(self.check, None if self.check else NO_ORDERS)
        self.panel.tell_largest(self._largest)
        self._ask_prices()
        if question != self._cured:
            self._cured = question
            self.panel.cure.tell(None)
        self._timer.start()
        if all(row.blank for row in self.draft.rows):
            self.lines.focus(0, "symbol")

    # ---- typing

    def edit(self, place: int, name: str, value: str) -> None:
        """Take what is typed in one cell."""
        self.draft.edit(place, name, value)
        if name == "symbol":
            self._ask_prices()
        self._changed()

    def paste(self, place: int, text: str) -> None:
        """Put rows from a spreadsheet at a line."""
        rows = rows_of(text)
        if rows:
            self.draft.insert(place, rows)
            self._context.status(N_("Lines pasted: {n}.", n=len(rows)))
            self._ask_prices()
            self._changed()

    def step(self, back: bool) -> None:
        """Undo or redo one change of the draft."""
        if self.draft.undo() if back else self.draft.redo():
            self._ask_prices()
            self._changed()

    def orders(self) -> tuple[Order, ...]:
        """Return the orders of the complete rows."""
        found = [(place, order) for place, row in enumerate(self.draft.rows)
                 if (order := order_of(row, self._code, self._last)) is not None]
        self._places = tuple(place for place, _ in found)
        return tuple(order for _, order in found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.step(True)
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.step(False)
        else:
            super().keyPressEvent(event)

    def _finish(self, place: int, name: str) -> None:
        """Turn an amount of money into whole shares when the field is left, and write numbers as the language does."""
        if place >= len(self.draft.rows):
            return
        row = self.draft.rows[place]
        if name == "symbol" and row.symbol != row.symbol.strip().upper():
            self.edit(place, "symbol", row.symbol.strip().upper())
            return
        if name != "quantity":
            return
        money = amount(row.quantity, self._code)
        quantity = number(row.quantity, self._code)
        if money is not None:
            price = number(row.price, self._code) or self._last(row.symbol.strip().upper())
            if not price or price < 0:
                return
            quantity = shares_for(money, price)
            self._context.status(N_("{amount} at {price} is {quantity} whole shares.", amount=money, price=price,
                                    quantity=quantity))
        if quantity is not None:
            self.edit(place, "quantity", self._context.words.language.number(quantity))

    @property
    def _code(self) -> str:
        return self._context.words.code

    def _last(self, symbol: str) -> Decimal | None:
        found = self._prices.get(symbol)
        return found.close if found else None

    def _ask_prices(self) -> None:
        question = self._context.question
        for symbol in {row.symbol.strip().upper() for row in self.draft.rows} - {""} - set(self._prices):
            def answered(found: PricePoint | None, symbol: str = symbol) -> None:
                if found is not None and question == self._context.question:
                    self._prices[symbol] = found
                    self._changed()

            def work(door: Workstation, symbol: str = symbol) -> PricePoint | None:
                return door.last_price(question, symbol)

            self._context.tasks.ask(work, answered, key=f"order-price-{symbol}")

    # ---- checking

    def _changed(self) -> None:
        self.lines.show_results(())
        self._show_draft()
        self.panel.tell(self.check, CHECKING if self.check else NO_ORDERS)
        self._timer.start()

    def _check(self) -> None:
        orders, question = self.orders(), self._context.question
        if not orders:
            self.check, self._largest = None, ()
            self._show_changes()
            self.panel.tell(None, self._incomplete() or NO_ORDERS)
            self.panel.tell_largest(())
            self.panel.risk.tell(None)
            return

        def largest(found: Check) -> None:
            if self.orders() == orders:
                self._largest = found.largest
                self.panel.tell_largest(found.largest)

        def effects(found: Effects) -> None:
            if self.orders() == orders:
                self.panel.risk.tell(found)

        def lines(found: tuple[Check, ...]) -> None:
            if self.orders() == orders:
                by_place = dict(zip(self._places, found, strict=True))
                self.lines.show_results([by_place.get(place) for place in range(len(self.draft.rows))])

        def answered(found: Check) -> None:
            if self.orders() != orders or question != self._context.question:
                return
            self.show_check(found)
            self._context.tasks.ask(lambda door: door.check(question, orders, largest=True), largest,
                                    key="order-largest", failed=self._failed, slow=True)
            if len(orders) > 1:
                self._context.tasks.ask(lambda door: tuple(door.check(question, (one,), largest=False)
                                                           for one in orders), lines, key="order-lines-alone",
                                        failed=self._failed, slow=True)
            self._context.tasks.ask(lambda door: door.risk.effects(question, orders), effects, key="order-effects",
                                    failed=lambda _error: self.panel.risk.tell(None), slow=True)

        self._context.tasks.ask(lambda door: door.check(question, orders, largest=False), answered,
                                key="order-check", failed=self._failed)

    def show_check(self, check: Check) -> None:
        """Show a check of what is in the draft now."""
        self.check = check
        self._largest = ()
        self.panel.tell_largest(())
        self.panel.tell(check, self._incomplete())
        self._show_changes()

    def _failed(self, error: SandyqError) -> None:
        self.check = None
        self._show_changes()
        self.panel.tell(None, N_("The check could not be made; the draft is not judged."))
        self._context.error(error)

    def _incomplete(self) -> Text | None:
        left = incomplete(self.draft.rows, self._code, self._last)
        if not left:
            return None
        return N_("Not complete and not checked: line {lines}.", lines=", ".join(map(str, left)))

    def _put_largest(self, place: int, one: Largest) -> None:
        if place < len(self._places):
            self.edit(self._places[place], "quantity", self._context.words.language.number(one.quantity))

    def _ask_cure(self) -> None:
        """Ask what would cure the limits that are beyond, whatever the draft says."""
        question, (days, share) = self._context.question, self.panel.cure.wish
        self._context.tasks.ask(lambda door: door.orders.cure(question, days, share), self.panel.cure.tell,
                                key="order-cure", failed=lambda _error: self.panel.cure.tell(None), slow=True)

    def _put_cure(self, cure: Cure) -> None:
        """Put the sales of a cure under what is drafted."""
        number = self._context.words.language.number
        rows = tuple(Row(one.side, one.symbol, number(one.quantity), number(one.price)) for one in cure.orders)
        blank = len(self.draft.rows) == 1 and self.draft.rows[0].blank
        self.draft.insert(0 if blank else len(self.draft.rows), rows)
        self._ask_prices()
        self._changed()

    # ---- showing

    def _show_draft(self) -> None:
        self.lines.show_rows(self.draft.rows)
        for place, row in enumerate(self.draft.rows):
            found = self._prices.get(row.symbol.strip().upper())
            last = (found.close, f"{found.currency} {self._context.words.language.date(found.day)}") if found else None
            self.lines.show_facts(place, order_of(row, self._code, self._last), last)
        self._switch()
        self._undo.setEnabled(self.draft.can_undo)
        self._redo.setEnabled(self.draft.can_redo)

    def _show_changes(self) -> None:
        check = self.check
        moved = [c for c in check.changes if c.moved or c.verdict is not Verdict.PASS] if check else []
        still = [c for c in check.changes if c not in moved] if check else []
        shown = ordered(moved) if self._folded else (*ordered(moved), *still)
        self.table.setVisible(check is not None)
        self.table.show_rows(shown)
        self._fold.setVisible(bool(still))
        names = ", ".join(c.limit.id for c in still)
        template = N_("Show the limits not moved by this draft ({n}): {names}", n=len(still), names=names)
        self._fold.tell(template if self._folded else N_("Fold the limits not moved by this draft ({n})", n=len(still)))
        amount_usd = check.amount_usd if check else None
        self._net.tell(N_("Net {amount} USD m", amount=self._context.words.language.number(
            amount_usd / MILLION if amount_usd is not None else None, 3, sign=True)) if check else "")
        self._legend.tell(NO_TABLE if check is None else LEGEND)
        self._switch()

    def _toggle(self) -> None:
        self._folded = not self._folded
        self._show_changes()

    def _build(self) -> None:
        look = self._context.look
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = Flow(margins=QMargins(16, 7, 16, 7))
        head.addWidget(self._title)
        head.space(8)
        head.addWidget(self._hint)
        head.spring()
        for button in (self._undo, self._redo, self._new, self._alone, self._submit):
            head.addWidget(button)
        box.addLayout(head)
        box.addWidget(Line(look))
        left = QWidget()
        left.setObjectName("panel")
        rows = QVBoxLayout(left)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(Sideways(self.lines))
        below = QHBoxLayout()
        below.setContentsMargins(16, 2, 16, 8)
        below.addWidget(self._add)
        below.addStretch(1)
        below.addWidget(self._net)
        rows.addLayout(below)
        rows.addWidget(Line(look))
        strip = QHBoxLayout()
        strip.setContentsMargins(16, 8, 16, 8)
        strip.setSpacing(12)
        strip.addWidget(self._every)
        strip.addWidget(self._legend, 1)
        rows.addLayout(strip)
        table = QVBoxLayout()
        table.setContentsMargins(10, 0, 0, 0)
        table.addWidget(self.table, 1)
        rows.addLayout(table, 1000)
        rows.addStretch(1)
        fold = QHBoxLayout()
        fold.setContentsMargins(16, 6, 16, 8)
        fold.addWidget(self._fold)
        fold.addStretch(1)
        rows.addLayout(fold)
        self._stack.setHandleWidth(2)
        self._stack.setStretchFactor(0, 1)
        self._stack.setChildrenCollapsible(False)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(2)
        self._stack.addWidget(left)
        self._stack.addWidget(self.blotter)
        splitter.addWidget(self._stack)
        splitter.addWidget(self.panel)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([1170, 280])
        splitter.setChildrenCollapsible(False)
        box.addWidget(splitter, 1)
        self.table.hide()
        self._fold.hide()

    def _connect(self) -> None:
        self.lines.edited.connect(self.edit)
        self.lines.finished.connect(self._finish)
        self.lines.pasted.connect(self.paste)
        self.lines.removed.connect(self._remove)
        self.lines.stepped.connect(self.step)
        self._undo.clicked.connect(lambda: self.step(True))
        self._redo.clicked.connect(lambda: self.step(False))
        self._new.clicked.connect(self._clear)
        self._add.clicked.connect(self._append)
        self._fold.clicked.connect(self._toggle)
        self.panel.cure.asked.connect(self._ask_cure)
        self._submit.clicked.connect(self.submit)
        self._alone.clicked.connect(self.sell_alone)
        self.blotter.answered.connect(self._share)
        self._timer.timeout.connect(self._check)

    # ---- what becomes of a draft

    def submit(self) -> None:
        """Propose the checked draft for a second person."""
        if self.check is not None:
            order_acts.submit(self._context, self.check.orders, self.check, self, self._clear)

    def sell_alone(self) -> None:
        """Give the checked sales under one signature."""
        if self.check is not None:
            order_acts.emergency(self._context, self.check.orders, self, self._clear)

    def _switch(self) -> None:
        """A draft is submitted as it was checked: complete, judged, on what is known now."""
        check = self.check if self.check is not None and self.check.orders == self.orders() else None
        whole = check is not None and self._incomplete() is None and self._context.question.known_at is None
        fit = check is not None and check.verdict in {Verdict.PASS, Verdict.ACKNOWLEDGE}
        self._submit.setEnabled(whole and fit)
        sales = check is not None and all(one.side == "sell" for one in check.orders)
        self._alone.setVisible(whole and fit and sales)

    def _share(self, rows: Sequence[object]) -> None:
        """Give the orders a fifth of the height when there are any, else their sentence and buttons alone."""
        look, all_, bar = self._context.look, max(self._stack.height(), 1), self.blotter.bar_height
        wanted = max(min(look.px(36 + 26 * min(len(rows), 5)) + bar, all_ // 3), bar + look.px(60)) if rows else bar
        self.blotter.setMinimumHeight(min(wanted, bar + look.px(70)))
        self.blotter.setMaximumHeight(16_777_215 if rows else bar)
        self._stack.setSizes([all_ - wanted, wanted])
        self.panel.tell_open(sum(1 for row in rows if isinstance(row, OrderRow) and row.counted))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.blotter.answer:
            self._share(())

    def _remove(self, place: int) -> None:
        self.draft.remove(place)
        self._changed()

    def _clear(self) -> None:
        self.draft.clear()
        self._changed()
        self.lines.focus(0, "symbol")

    def _append(self) -> None:
        self.draft.insert(len(self.draft.rows), (Row(),))
        self._show_draft()
        self.lines.focus(len(self.draft.rows) - 1, "symbol")
