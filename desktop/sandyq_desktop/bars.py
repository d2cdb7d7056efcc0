"""The bar that is always there: as-of, known-at, currency, language, find; and the status bar under the views."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from PySide6.QtCore import QDate, QEvent, QMargins, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from sandyq.basics.language import CODES
from sandyq.basics.text import N_, Text
from sandyq.limits.result import State
from sandyq.workstation.contract import Status
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Chip, Choice, Segment, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.icons import Shape, shape_of
from sandyq_desktop.palette import WORDS
from sandyq_desktop.words import NAMES

WEEKDAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_GATES: Final = {"closed": (Shape.WAITING, "tx2"), "armed": (Shape.UPCOMING, "t_upcoming"), "open": (Shape.OK, "t_ok")}
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MOMENT = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s+(\d{1,2}):(\d{2}))?")


def read_day(text: str) -> date | None:
    """Return the dd.MM.yyyy in a text, None when there is none or no such day."""
    found = _DAY.search(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """Return the moment in a text as UTC; a day alone means its end."""
    found = _MOMENT.search(text)
    if not found:
        return None
    hour, minute = (int(found[4]), int(found[5])) if found[4] else (23, 59)
    try:
        return datetime(int(found[3]), int(found[2]), int(found[1]), hour, minute, tzinfo=UTC)
    except ValueError:
        return None


def next_weekday(day: date, step: int) -> date:
    """Return the weekday before or after."""
    day += timedelta(days=step)
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


class DayField(QFrame):
    """‹ Fri 03.10.2025 ›: typed, stepped, or chosen from a calendar (Alt+Down)."""

    changed = Signal(object)

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context = context
        self._day = context.question.as_of
        self.setObjectName("field")
        self.before, self.field, self.after = QToolButton(), QLineEdit(), QToolButton()
        for inner in (self.before, self.field, self.after):
            inner.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.before.setText("‹")
        self.after.setText("›")
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for widget in (self.before, self.field, self.after):
            row.addWidget(widget)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.before.clicked.connect(lambda: self.step(-1))
        self.after.clicked.connect(lambda: self.step(1))
        self.field.returnPressed.connect(self._typed)
        self.field.editingFinished.connect(self.restyle)

    def step(self, by: int) -> None:
        self.changed.emit(next_weekday(self._day, by))

    def show_day(self, day: date) -> None:
        self._day = day
        self.restyle()

    def _typed(self) -> None:
        day = read_day(self.field.text())
        if day is not None and day != self._day:
            self.changed.emit(day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.open_calendar()
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        del event
        self.open_calendar()

    def open_calendar(self) -> None:
        menu, calendar = QMenu(self), QCalendarWidget()
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        calendar.setSelectedDate(QDate(self._day.year, self._day.month, self._day.day))
        action = QWidgetAction(menu)
        action.setDefaultWidget(calendar)
        menu.addAction(action)

        def chosen(found: QDate) -> None:
            menu.close()
            self.changed.emit(date(found.year(), found.month(), found.day()))

        calendar.activated.connect(chosen)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def restyle(self) -> None:
        words, look = self._context.words, self._context.look
        day = self._day
        self.field.setText("" if day == date.min else f"{words(WEEKDAYS[day.weekday()])} {words.language.date(day)}")
        self.field.setFont(look.font("body", 500))
        self.setFixedHeight(look.px(27))
        self.field.setFixedWidth(look.px(118))
        self.field.setAccessibleName(words(N_("As of")))
        self.before.setAccessibleName(words(N_("One day back")))
        self.after.setAccessibleName(words(N_("One day on")))
        for button in (self.before, self.after):
            button.setFont(look.font("body"))
            button.setFixedWidth(look.px(24))


class AsOfBar(QWidget):
    """44 high. Signals say what was chosen; the window decides."""

    day_changed = Signal(object)
    known_changed = Signal(object)
    currency_changed = Signal(str)
    language_changed = Signal(str)
    find_wanted = Signal()
    chip_clicked = Signal(str)
    book_changed = Signal(str)

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context, look = context, context.look
        self.setObjectName("win")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.day = DayField(context)
        self.known = QLineEdit()
        self.currency = Segment(look, N_("Currency"), (("USD", "USD"), ("KZT", "KZT")))
        self.language = Choice(look)
        self.language.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        for code in ("en", "ru", "kk"):
            self.language.addItem(NAMES[code], code)
        assert set(CODES) == set(NAMES)
        self.book = Choice(look)
        self.book.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.book.hide()
        self.search = QLineEdit()
        self.search.setReadOnly(True)
        self.labels = [Words(look, N_("As of"), "caption", "tx3"), Words(look, N_("Known at"), "caption", "tx3")]
        self.chips = {"limits": Chip(look, N_("Worst limit")), "gate": Chip(look, N_("Gate")),
                      "data": Chip(look, N_("Data")), "journal": Chip(look, N_("Chain"))}
        row = Flow(margins=QMargins(16, 0, 4, 0), high=43)
        self.setLayout(row)
        for item in (self.labels[0], self.day, None, self.labels[1], self.known, None, self.currency, None,
                     self.language, self.book, None):
            row.space(1) if item is None else row.addWidget(item)
        row.eager(self.search)
        for view, chip in self.chips.items():
            row.addWidget(chip)
            chip.clicked.connect(lambda _c=False, key=view: self.chip_clicked.emit(key))
        self.day.changed.connect(self.day_changed)
        self.known.returnPressed.connect(self._known_typed)
        self.currency.chosen.connect(self.currency_changed)
        self.book.activated.connect(lambda _i: self.book_changed.emit(str(self.book.currentData())))
        self.language.activated.connect(lambda _i: self.language_changed.emit(str(self.language.currentData())))
        self.search.returnPressed.connect(self.find_wanted)
        self.search.installEventFilter(self)
        self.restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() is QEvent.Type.MouseButtonPress:
            self.find_wanted.emit()
            return True
        return super().eventFilter(watched, event)

    def _known_typed(self) -> None:
        self.known_changed.emit(read_moment(self.known.text()))

    def restyle(self) -> None:
        context, look, words = self._context, self._context.look, self._context.words
        for label in self.labels:
            label.restyle()
        self.day.show_day(context.question.as_of)
        known = context.question.known_at
        self.known.setText(words.language.moment(known) if known else
                           f"{words(N_('now'))} · {words.language.moment(datetime.now(UTC))}")
        self.known.setFont(look.font())
        self.known.setFixedWidth(look.px(196))
        self.known.setAccessibleName(words(N_("Known at")))
        self.known.setToolTip(words(N_("Type now, or a moment such as 03.03.2026 18:00. Times are UTC.")))
        self.book.setAccessibleName(words(N_("Book of the file")))
        self.currency.restyle()
        self.currency.choose(context.currency)
        self.language.setFont(look.font())
        self.language.setAccessibleName(words(N_("Language")))
        self.language.setCurrentIndex(max(self.language.findData(words.code), 0))
        self.search.setFont(look.font())
        self.search.setPlaceholderText(words(N_("Find or run a command")) + "   Ctrl+K")
        self.search.setAccessibleName(words(N_("Find or run a command")))
        self.search.setMinimumWidth(look.px(128))
        for chip in self.chips.values():
            chip.restyle()

    def show_status(self, status: Status) -> None:
        """Fill the chips."""
        words = self._context.words
        if status.worst is None:
            self.chips["limits"].tell(Shape.UNKNOWN, "t_unknown", words(N_("none computed")))
        else:
            limit, state = status.worst
            self.chips["limits"].tell(shape_of(state), WORDS[state], f"{limit} {words.state(state)}")
        self._show_books(status.books)
        self.chips["gate"].setVisible(status.gate is not None)
        if status.gate is not None:
            said = status.gate.values.get("state")
            found = _GATES.get(said.template) if isinstance(said, Text) else None
            self.chips["gate"].tell(*(found or (Shape.UNKNOWN, "t_unknown")), words(
                status.gate if found else N_("unknown")))
        text = words(N_("{missing} missing · {stale} stale", missing=status.missing, stale=status.stale))
        state = State.UNKNOWN if status.missing else State.WARNING if status.stale else State.OK
        self.chips["data"].tell(shape_of(state), WORDS[state], text)
        holds = False if status.void else status.chain_holds
        shape, token = ((Shape.WAITING, "tx2") if holds is None else (Shape.OK, "t_ok") if holds
                        else (Shape.BREACH, "t_breach"))
        template = (N_("{n} not verified", n=status.chain_entries) if holds is None
                    else N_("{n} verified", n=status.chain_entries) if holds else N_("broken"))
        self.chips["journal"].tell(shape, token, words(template))


    def _show_books(self, books: tuple[str, ...]) -> None:
        """Offer the books of the file and all of them together, where there is more than one."""
        words = self._context.words
        self.book.setVisible(len(books) > 1)
        self.book.clear()
        for name in (*books, "*"):
            self.book.addItem(words(N_("All books")) if name == "*" else words(N_("Sleeve")) if name == "sleeve"
                              else name, name)
        self.book.setCurrentIndex(max(self.book.findData(self._context.question.book), 0))
        self.book.setFont(self._context.look.font())


class FootBar(QWidget):
    """22 high: book, mandate, rate, schema, role, offline; a message takes its middle for six seconds."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context, look = context, context.look
        self.setObjectName("foot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._status: Status | None = None
        self.book = Words(look, "", "caption", "tx", 600)
        self.facts = Words(look, "", "caption", "tx2", elided=True)
        self.message = Words(look, "", "caption", "tx", 500)
        self.demo = Words(look, "DEMO", "caption", "demo", 600)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(20)
        row.addWidget(self.book)
        row.addWidget(self.facts, 1)
        row.addWidget(self.message)
        row.addWidget(self.demo)
        self.demo.hide()
        self.restyle()

    def show_status(self, status: Status) -> None:
        self._status = status
        self.restyle()

    def restyle(self) -> None:
        words = self._context.words
        self.setFixedHeight(self._context.look.px(23))
        for label in (self.book, self.facts, self.message, self.demo):
            label.restyle()
        status = self._status
        self.demo.setVisible(bool(status and status.demo))
        if status is None:
            self.facts.tell(words(N_("Offline, no network used")))
            return
        self.book.tell(status.book)
        parts = [words(N_("Mandate {version}, in force since {day}", version=status.mandate, day=status.mandate_from))]
        if status.kzt_rate is not None:
            parts.append("USD/KZT " + " · ".join(
                (words.language.number(status.kzt_rate), words.language.date(status.kzt_day), status.kzt_source)))
        else:
            parts.append(words(N_("USD/KZT unknown")))
        parts.append(words(N_("Schema {n}", n=status.schema)))
        parts.append(words(N_("Role: {role}", role=words(status.role.replace("_", " "))) if status.role else
                           N_("User: {name}, no key open", name=status.actor)))
        if status.read_only is not None:
            parts.append(words(status.read_only))
        parts.append(words(N_("Offline, no network used")))
        self.facts.tell("      ".join(parts))
