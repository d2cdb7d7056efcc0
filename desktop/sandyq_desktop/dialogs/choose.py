"""The field of Ctrl+K: type, and every command that has the words is listed; Enter runs it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from sandyq.basics.text import N_
from sandyq_desktop.look import Look

ID = int(Qt.ItemDataRole.UserRole)


class ChooseDialog(QDialog):
    """Finds one of (id, title, key); `picked` carries the id."""

    picked = Signal(str)

    def __init__(self, look: Look, choices: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)
        self.setWindowTitle(look.say(N_("Find or run a command")))
        self.resize(look.px(520), look.px(420))
        self.field = QLineEdit()
        self.field.setFont(look.font())
        self.field.setAccessibleName(self.windowTitle())
        self.field.setPlaceholderText(self.windowTitle())
        self.list = QListWidget()
        self.list.setFont(look.font())
        self.list.setAccessibleName(look.say(N_("Commands")))
        box = QVBoxLayout(self)
        box.addWidget(self.field)
        box.addWidget(self.list)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._pick)
        self.list.itemActivated.connect(lambda _item: self._pick())
        self._fill("")

    def _fill(self, text: str) -> None:
        wanted = text.casefold().split()
        self.list.clear()
        for identity, title, key in self._choices:
            if all(word in title.casefold() for word in wanted):
                item = QListWidgetItem(f"{title}    {key}" if key else title)
                item.setData(ID, identity)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
            return
        super().keyPressEvent(event)

    def _pick(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.accept()
            self.picked.emit(str(item.data(ID)))
