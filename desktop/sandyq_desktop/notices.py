"""What interrupts: the history banner, the error strip, the line of progress. None is a box over the work."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Words
from sandyq_desktop.icons import Shape, pixmap


class Banner(QFrame):
    """You see what was known then; Back to now."""

    back = Signal()

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context = context
        self.setObjectName("banner")
        self.words = Words(context.look, "", "small", "banner_text", 600, elided=True)
        self.button = Action(context.look, N_("Back to now (Esc)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 1, 16, 1)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self.back)
        self.hide()

    def refresh(self) -> None:
        known = self._context.question.known_at
        self.setVisible(known is not None)
        self.words.restyle()
        self.button.restyle()
        if known is not None:
            self.words.tell(N_("You see what was known on {moment} UTC. Commands that write are off.", moment=known))


class ErrorStrip(QFrame):
    """What, where, what to do, code. Stays until it is closed."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context, look = context, context.look
        self.setObjectName("strip")
        self._icon, self.text = QLabel(), QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy, self.close_button = Action(look, N_("Copy")), Action(look, N_("Close"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.addWidget(self._icon)
        row.addWidget(self.text, 1)
        row.addWidget(self._copy)
        row.addWidget(self.close_button)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.text()))
        self.close_button.clicked.connect(self.hide)
        self.hide()

    def show_error(self, error: SandyqError) -> None:
        look = self._context.look
        parts = [look.say(error.what), f"({error.where})" if error.where else "",
                 look.say(error.remedy) if error.remedy else "", f"[{error.code}]"]
        self.text.setText(" ".join(part for part in parts if part))
        self.text.setFont(look.font("small"))
        self._icon.setPixmap(pixmap(Shape.BREACH, look.px(12), look.color("t_breach"), look.color("panel")))
        self._copy.restyle()
        self.close_button.restyle()
        self.setAccessibleName(self.text.text())
        self.show()


class ProgressLine(QFrame):
    """A line with a count and Cancel; shown only when work takes longer than 300 ms."""

    cancelled = Signal()

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("progress")
        self.words = Words(context.look, N_("Working"), "caption", "tx2")
        self.button = Action(context.look, N_("Cancel"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 1, 16, 1)
        row.addWidget(self.words)
        row.addStretch(1)
        row.addWidget(self.button)
        self.button.clicked.connect(self.cancelled)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(300)
        self._timer.timeout.connect(self.show)
        self.hide()

    def begin(self) -> None:
        if not self._timer.isActive() and not self.isVisible():
            self.words.tell(N_("Working"))
            self.button.restyle()
            self._timer.start()

    def tell(self, done: int, total: int) -> None:
        self.words.tell(N_("valued {done} of {total}", done=done, total=total))

    def end(self) -> None:
        self._timer.stop()
        self.hide()
