"""Fields of the mandate's form, whose undo is that of the draft."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit


class Field(QLineEdit):
    """One line."""

    stepped = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
            self.stepped.emit(event.matches(QKeySequence.StandardKey.Undo))
        else:
            super().keyPressEvent(event)


class LongField(QPlainTextEdit):
    """Several lines, likewise; Tab leaves it."""

    stepped = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
            self.stepped.emit(event.matches(QKeySequence.StandardKey.Undo))
        else:
            super().keyPressEvent(event)
