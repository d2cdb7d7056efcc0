"""Two dialogs that ask for a secret: the key of the person who works here, and the passphrase of a book."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq_desktop.controls import Action, Words
from sandyq_desktop.look import Look


class _Secret(QDialog):
    """480 wide: what it is for, the fields, a verb. Nothing typed here is kept."""

    def __init__(self, look: Look, title: Text, purpose: Text, verb: Text, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._look = look
        self.setWindowTitle(look.say(title))
        self.setFixedWidth(max(480, look.px(480)))
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(16, 16, 16, 16)
        self.box.setSpacing(10)
        about = QLabel(look.say(purpose))
        about.setWordWrap(True)
        about.setFont(look.font("small"))
        self.box.addWidget(Words(look, title, "title"))
        self.box.addWidget(about)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setFont(look.font())
        self.field.setAccessibleName(look.say(N_("Passphrase")))
        self.decide = Action(look, verb, main=True)
        self.cancel = Action(look, N_("Cancel"))
        self.cancel.setAutoDefault(False)
        self.decide.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)

    def finish(self) -> None:
        """Put the passphrase and the buttons under what the dialog has added itself."""
        self.box.addWidget(Words(self._look, N_("Passphrase"), "head"))
        self.box.addWidget(self.field)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.decide)
        self.box.addLayout(row)

    @property
    def passphrase(self) -> str:
        return self.field.text()


class SignInDialog(_Secret):
    """A key file and its passphrase."""

    def __init__(self, look: Look, file: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(look, N_("Sign in with a key"), N_(
            "What you propose, approve or sign from now on carries your signature. The key stays in its file; it is "
            "closed with the book."), N_("Sign in"), parent)
        self.path = QLineEdit(str(file) if file else "")
        self.path.setFont(look.font())
        self.path.setAccessibleName(look.say(N_("Key file")))
        self.choose = Action(look, N_("Choose..."))
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._choose)
        self.box.addWidget(Words(look, N_("Key file"), "head"))
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.choose)
        self.box.addLayout(row)
        self.finish()
        for field in (self.path, self.field):
            field.textChanged.connect(self._enable)
        self._enable()
        (self.field if file else self.path).setFocus()

    @property
    def file(self) -> Path:
        return Path(self.path.text().strip())

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self._look.say(N_("Key file")), "", "Key (*.key)")
        if name:
            self.path.setText(name)

    def _enable(self) -> None:
        self.decide.setEnabled(bool(self.path.text().strip() and self.passphrase))


class PassphraseDialog(_Secret):
    """The passphrase of an encrypted book."""

    def __init__(self, look: Look, book: str, parent: QWidget | None = None) -> None:
        super().__init__(look, N_("Open an encrypted book"), N_(
            "The book {book} is encrypted. Your own passphrase opens it, or the code of its recovery sheet.",
            book=book), N_("Open the book"), parent)
        self.finish()
        self.field.textChanged.connect(lambda text: self.decide.setEnabled(bool(text)))
        self.decide.setEnabled(False)
