"""Import: a preview first, nothing booked until Accept; below, the batches and how to roll one back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.control.records import Entry
from sandyq.workstation.contract import Changes, Preview
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Words
from sandyq_desktop.dialogs.reason import ReasonDialog
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.delegate import LEFT
from sandyq_desktop.tables.table import Table

FILES = "CSV, XLSX, XML, MT535, TOML (*.csv *.tsv *.txt *.toml *.xlsx *.xml *.mt535 *.sta)"
SEVERITIES = {Severity.ERROR: (Shape.BREACH, "t_breach", N_("Error")),
              Severity.WARNING: (Shape.WARNING, "t_warn", N_("Warning")),
              Severity.INFO: (Shape.NOT_APPLICABLE, "t_na", N_("Note"))}


def _count(name: str, title: Text, *, loud: str = "") -> Column:
    return Column(name, title, lambda r: getattr(r, name), number=True, digits=0,
                  tone=lambda r: loud if loud and getattr(r, name) else "tx")


def preview_columns(look: Look) -> tuple[Column, ...]:
    return (
        Column("file", N_("File"), lambda r: r.file, middle=True, weight=lambda _r: 500, most=320),
        Column("kind", N_("Kind"), lambda r: look.say(r.kind.replace("_", " ")), tone=lambda _r: "tx2"),
        _count("read", N_("Rows read")), _count("new", N_("New")), _count("superseding", N_("Superseding")),
        _count("duplicate", N_("Already known")), _count("refused", N_("Refused"), loud="t_breach"),
        Column("findings", N_("Findings"), lambda r: len(r.findings), number=True, digits=0,
               tone=lambda r: "t_warn" if r.findings else "tx"),
        Column("note", N_("Note"), lambda r: _note(r, look), role="small", tone=lambda _r: "tx2", stretch=True),
    )


def _note(preview: Preview, look: Look) -> str:
    if preview.entry is not None:
        return look.say(N_("recorded as journal entry {entry}", entry=preview.entry))
    if preview.already_imported is not None:
        return look.say(N_("imported before as journal entry {entry}", entry=preview.already_imported))
    return look.say(N_("nothing is booked yet"))


def finding_columns(look: Look) -> tuple[Column, ...]:
    def paint(painter: QPainter, cell: QRectF, row: Any, look_: Look, ground: str) -> None:
        shape, token, word = SEVERITIES[row.severity]
        size = look_.px(12)
        draw(painter, shape, QRectF(cell.left() + 6, cell.center().y() - size / 2, size, size), look_.color(token),
             look_.color(ground))
        painter.setFont(look_.font("body", 500))
        painter.setPen(look_.color(token))
        painter.drawText(cell.adjusted(look_.px(24), 0, 0, 0), LEFT, look_.say(word))

    return (
        Column("severity", N_("Severity"), lambda r: look.say(SEVERITIES[r.severity][2]), paint=paint, least=60,
               extra=18, spoken=lambda r, look_: look_.say(SEVERITIES[r.severity][2])),
        Column("file", N_("File"), lambda r: r.file, tone=lambda _r: "tx2", role="small", middle=True, most=240),
        Column("line", N_("Line"), lambda r: r.line or "", number=True, digits=0),
        Column("subject", N_("Subject"), lambda r: r.subject, most=120),
        Column("text", N_("Finding"), lambda r: r.text, stretch=True, most=900),
        Column("value", N_("Value in the file"), lambda r: r.value, role="small", tone=lambda _r: "tx2", most=150),
        Column("code", N_("Code"), lambda r: r.code, role="caption", tone=lambda _r: "tx3", most=170),
    )


def batch_columns(look: Look) -> tuple[Column, ...]:
    def said(entry: Entry, name: str) -> object:
        value = entry.payload.get(name, "")
        return value if isinstance(value, str | int) else ""

    return (
        Column("seq", N_("Entry"), lambda r: r.seq, number=True, digits=0),
        Column("known", N_("Recorded, UTC"), lambda r: r.known_at, tone=lambda _r: "tx2"),
        Column("actor", N_("By"), lambda r: r.actor),
        Column("what", N_("What"), lambda r: look.say(r.kind.replace("_", " "))),
        Column("file", N_("File"), lambda r: said(r, "file"), middle=True, stretch=True),
        Column("new", N_("New"), lambda r: said(r, "new"), number=True, digits=0),
        Column("refused", N_("Refused"), lambda r: said(r, "refused"), number=True, digits=0),
        Column("hash", N_("Hash"), lambda r: f"{r.hash[:4]}…{r.hash[-4:]}", role="mono", tone=lambda _r: "tx3"),
    )


class ImportSection(QWidget):
    """Files chosen or dropped are previewed at once; `preview_files` is called by the window for dropped files."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context, look = context, context.look
        self.files: tuple[Path, ...] = ()
        self._hint = Words(look, N_("Choose files, or drop them on the window. A preview comes first."), "small", "tx2",
                           elided=True)
        self.choose = Action(look, N_("Choose files"))
        self.accept = Action(look, N_("Accept"), main=True)
        self.discard = Action(look, N_("Put aside"))
        self.roll_back = Action(look, N_("Roll back the batch"))
        self._captions = [Words(look, N_("Preview"), "small", weight=600),
                          Words(look, N_("Findings"), "small", weight=600),
                          Words(look, N_("Recorded batches"), "small", weight=600)]
        self.previews = Table(preview_columns(look), look, N_("Preview").template)
        self.findings = Table(finding_columns(look), look, N_("Findings").template)
        self.batches = Table(batch_columns(look), look, N_("Recorded batches").template)
        self.table = self.previews
        self._parts: list[QWidget] = []
        self._build()
        self.choose.clicked.connect(self.choose_files)
        self.accept.clicked.connect(self.accept_files)
        self.discard.clicked.connect(self.put_aside)
        self.roll_back.clicked.connect(self.ask_reason)
        self.previews.chosen.connect(self._show_findings)
        self._enable()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 7, 16, 7)
        head.setSpacing(8)
        head.addWidget(self._hint, 1)
        for action in (self.choose, self.discard, self.accept):
            head.addWidget(action)
        box.addLayout(head)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setHandleWidth(2)
        extras: tuple[Action | None, ...] = (None, None, self.roll_back)
        for caption, table, extra in zip(self._captions, (self.previews, self.findings, self.batches), extras,
                                         strict=True):
            part = QWidget()
            rows = QVBoxLayout(part)
            rows.setContentsMargins(10, 8, 0, 0)
            line = QHBoxLayout()
            line.setContentsMargins(6, 0, 16, 0)
            line.addWidget(caption)
            line.addStretch(1)
            if extra is not None:
                line.addWidget(extra)
            rows.addLayout(line)
            rows.addWidget(table, 1)
            splitter.addWidget(part)
            self._parts.append(part)
        splitter.setSizes([200, 260, 320])
        box.addWidget(splitter, 1)

    def refresh(self) -> None:
        """Ask the journal for its batches."""
        self.restyle()
        self._enable()
        question = self._context.question
        self._context.tasks.ask(lambda door: door.journal(question), self.show_journal, key="data-journal")

    def show_journal(self, entries: Sequence[Entry]) -> None:
        self.batches.show_rows([entry for entry in reversed(entries) if entry.kind in {"import", "rollback",
                                                                                      "roll_back", "retract", "new"}])

    def choose_files(self) -> None:
        """Ask for files and preview them."""
        names, _ = QFileDialog.getOpenFileNames(self, self._context.words(N_("Choose files")), "",
                                                FILES)
        if names:
            self.preview_files([Path(name) for name in names])

    def preview_files(self, files: Sequence[Path]) -> None:
        """Preview files; nothing is booked."""
        chosen = self.files = tuple(files)
        self._context.tasks.ask(lambda door: door.preview(chosen), self.show_previews, key="preview")

    def show_previews(self, previews: Sequence[Preview]) -> None:
        self.previews.show_rows(previews)
        self._show_findings(previews[0] if previews else None)
        self._enable()

    def _show_findings(self, preview: object) -> None:
        rank = {severity: place for place, severity in enumerate(SEVERITIES)}
        found: tuple[Finding, ...] = preview.findings if isinstance(preview, Preview) else ()
        self.findings.show_rows(sorted(found, key=lambda f: rank[f.severity]))

    def accept_files(self) -> None:
        """Book what was previewed."""
        files = self.files
        if files and self._context.question.known_at is None:
            self._context.tasks.do(lambda door: door.accept(files), self._accepted)

    def _accepted(self, previews: Sequence[Preview]) -> None:
        self.files = ()
        self.show_previews(previews)
        self._context.status(N_("Rows recorded: {n}.", n=sum(p.new + p.superseding for p in previews)))
        self._context.refresh_all()

    def put_aside(self) -> None:
        """Forget the preview; the book was never touched."""
        self.files = ()
        self.show_previews(())

    def ask_reason(self) -> None:
        """Ask why a batch is rolled back, then do it."""
        entry = self.batches.current()
        if not isinstance(entry, Entry):
            return
        dialog = ReasonDialog(self._context.look, N_("Roll back entry {entry}", entry=entry.seq),
                              N_("Every row of this batch is reversed by a new journal entry. The rows stay in the "
                                 "book and earlier answers stay as they were."), N_("Roll back the batch"), self)
        if dialog.exec():
            self.roll_back_entry(entry.seq, dialog.reason)

    def roll_back_entry(self, entry: int, reason: str) -> None:
        def then(changes: Changes) -> None:
            self._context.status(N_("Entry {entry} is rolled back by entry {by}.", entry=entry, by=changes.entry))
            self._context.refresh_all()

        self._context.tasks.do(lambda door: door.roll_back(entry, reason), then)

    def _enable(self) -> None:
        now = self._context.question.known_at is None
        self.accept.setEnabled(bool(self.files) and now)
        self.roll_back.setEnabled(now)
        for part in self._parts[:2]:
            part.setVisible(bool(self.files) or bool(self.previews.model.rows))
        self.discard.setEnabled(bool(self.files) or bool(self.previews.model.rows))

    def restyle(self) -> None:
        for item in (self._hint, *self._captions):
            item.restyle()
        for action in (self.choose, self.accept, self.discard, self.roll_back):
            action.restyle()
        for table in (self.previews, self.findings, self.batches):
            table.restyle()
