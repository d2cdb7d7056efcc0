"""What stands beside the form: findings, changes in words, the bench over past days, the versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from sandyq.basics.findings import Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.bench import Bench, BenchRow, Span
from sandyq.limits.lint import Defect
from sandyq.limits.mandate_diff import Change
from sandyq.limits.vocabulary import amount
from sandyq.workstation.mandates import Review, Version
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Line, Segment, Words
from sandyq_desktop.flow import Flow
from sandyq_desktop.icons import Shape, shape_of
from sandyq_desktop.palette import WORDS
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.data_parts import Marked, marked
from sandyq_desktop.views.mandate_today import TodayStrip
from sandyq_desktop.words import STATES

MARKS: Final = {
    Severity.ERROR: Marked(Shape.BREACH, "t_breach", N_("Error")),
    Severity.WARNING: Marked(Shape.WARNING, "t_warn", N_("Warning")),
    Severity.INFO: Marked("", "tx2", N_("Note")),
}
SECTIONS: Final = (("findings", N_("Findings")), ("changes", N_("Changes")), ("bench", N_("Past days")),
                   ("versions", N_("Versions")))


@dataclass(frozen=True, slots=True)
class Tested:
    """One line of the bench: a limit's days in a row, or (span None) that it would not have failed."""

    row: BenchRow
    span: Span | None


def finding_columns() -> tuple[Column, ...]:
    return (
        marked("severity", N_("Severity"), lambda d: MARKS[d.severity], least=84, most=120),
        Column("limit", N_("Limit"), lambda d: d.limit or "", tone=lambda _d: "tx2"),
        Column("text", N_("Finding"), lambda d: d.text, stretch=True, least=160, most=900),
        Column("remedy", N_("What to do"), lambda d: d.remedy, stretch=True, least=120, most=400, leaves=1,
               tone=lambda _d: "tx2"),
    )


def change_columns() -> tuple[Column, ...]:
    return (
        Column("limit", N_("Limit"), lambda c: c.limit or N_("Mandate"), tone=lambda _c: "tx2"),
        Column("what", N_("What changes"), lambda c: c.what, stretch=True, least=140, most=700),
        Column("was", N_("before"), lambda c: c.was or "", least=60, most=220, stretch=True, tone=lambda _c: "tx2"),
        Column("now", N_("after"), lambda c: c.now or "", least=60, most=220, stretch=True, weight=lambda _c: 600),
    )


def _tried(item: Tested) -> Marked:
    if item.span is None:
        return Marked(Shape.OK, "tx2", N_("never"))
    state = item.span.worst
    return Marked(shape_of(state), WORDS[state], STATES[state])


def bench_columns() -> tuple[Column, ...]:
    return (
        Column("limit", N_("Limit"), lambda t: t.row.limit, tone=lambda _t: "tx2"),
        marked("state", N_("Would fail"), _tried, least=110, most=150),
        Column("first", N_("from"), lambda t: t.span.first if t.span else ""),
        Column("last", N_("to"), lambda t: t.span.last if t.span else ""),
        Column("days", N_("days"), lambda t: t.span.days if t.span else "", number=True, digits=0),
        Column("worst", N_("at worst"), lambda t: _amount(t) if t.span else "", least=80, most=200),
        Column("day", N_("on"), lambda t: t.span.day if t.span else "", leaves=1),
    )


def _amount(item: Tested) -> Text:
    assert item.span is not None
    value = item.span.value
    digits = {"ratio": "0.000001", "USD": "1"}.get(item.row.unit, "0.01")
    return amount(None if value is None else value.quantize(Decimal(digits)), item.row.unit)


def version_columns() -> tuple[Column, ...]:
    return (
        Column("version", N_("Version"), lambda v: v.mandate.version, weight=lambda v: 600 if v.in_force else 400),
        marked("force", N_("In force"), lambda v: Marked(Shape.OK, "t_ok", N_("yes")) if v.in_force
               else Marked("", "tx2", N_("no")), least=64, most=90),
        Column("first", N_("from"), lambda v: v.mandate.valid_from),
        Column("until", N_("to"), lambda v: v.until or ""),
        Column("document", N_("Document"), lambda v: v.mandate.document, least=60, most=160, leaves=3),
        Column("author", N_("Prepared by"), lambda v: v.prepared_by, least=80, most=160, leaves=2),
        Column("approved", N_("Approved by"), lambda v: v.approved_by or N_("one person"), least=80, most=160),
        Column("entry", N_("Entry"), lambda v: v.entry, number=True, digits=0, leaves=1),
    )


class Panes(QWidget):
    """One section at a time; under the table stands the chosen row in full."""

    wanted = Signal(str)
    """The id of the limit to go to."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context = context
        look = context.look
        self.segment = Segment(look, N_("Beside the form"), SECTIONS)
        self.run = Action(look, N_("Try on past days"))
        self.note = Words(look, "", "small", "tx2", elided=True)
        self.detail = Words(look, "", "small", "tx")
        self.detail.setWordWrap(True)
        self.tables = {
            "findings": Table(finding_columns(), look, N_("Findings").template),
            "changes": Table(change_columns(), look, N_("Changes").template),
            "bench": Table(bench_columns(), look, N_("Past days").template),
            "versions": Table(version_columns(), look, N_("Versions").template),
        }
        self.review: Review | None = None
        self.bench: Bench | None = None
        self._versions: Sequence[Version] = ()
        self._stack = QStackedWidget()
        self._build()
        self.segment.choose("changes")
        self._section("changes")

    def _build(self) -> None:
        self.today = TodayStrip(self._context)
        head = Flow(margins=QMargins(12, 6, 12, 6))
        head.addWidget(self.segment)
        head.eager(self.note)
        head.addWidget(self.run)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.today)
        box.addWidget(Line(self._context.look))
        box.addLayout(head)
        box.addWidget(Line(self._context.look))
        for name, table in self.tables.items():
            self._stack.addWidget(table)
            table.chosen.connect(lambda row, n=name: self._choose(n, row))
            table.grid.activated.connect(lambda _i, t=table: self._lead(t.current()))
        box.addWidget(self._stack, 1)
        box.addWidget(Line(self._context.look))
        self.detail.setContentsMargins(12, 6, 12, 6)
        self.detail.setMinimumHeight(self._context.look.px(48))
        box.addWidget(self.detail)
        self.segment.chosen.connect(self._section)

    @property
    def table(self) -> Table:
        return self.tables[self.segment.value()]

    def open(self, key: str) -> None:
        """Bring a section into sight."""
        self.segment.choose(key)
        self._section(key)

    def _section(self, key: str) -> None:
        self._stack.setCurrentWidget(self.tables[key])
        self.run.setVisible(key == "bench")
        self.detail.tell("")
        self._say()

    def _choose(self, section: str, row: Any) -> None:
        if section != self.segment.value():
            return
        if section == "findings":
            assert isinstance(row, Defect)
            self.detail.tell(f"{self._context.words(row.text)} {self._context.words(row.remedy)}")
        elif section == "changes":
            assert isinstance(row, Change)
            self.detail.tell(row.sentence(self._context.words.code))

    def _lead(self, row: Any) -> None:
        """Go to the limit of a row on Enter or a double click; showing rows moves nothing by itself."""
        limit = row.row.limit if isinstance(row, Tested) else getattr(row, "limit", "")
        if limit:
            self.wanted.emit(limit)

    def show_review(self, review: Review | None) -> None:
        """Show what the draft's review says."""
        self.review = review
        self.run.setEnabled(review is not None and review.mandate is not None)
        self.tables["findings"].show_rows(review.defects if review else ())
        self.tables["changes"].show_rows(review.changes if review else ())
        self._say()

    def show_bench(self, bench: Bench | None) -> None:
        """Show what the draft would have said, None while it was not tried."""
        self.bench = bench
        rows = [Tested(row, span) for row in (bench.rows if bench else ()) for span in (row.spans or (None,))]
        self.tables["bench"].show_rows(rows)
        self._say()

    def show_versions(self, versions: Sequence[Version]) -> None:
        self._versions = versions
        self.tables["versions"].show_rows(tuple(reversed(versions)))

    def _say(self) -> None:
        key, review, bench = self.segment.value(), self.review, self.bench
        if key == "bench":
            self.note.tell(bench_sentence(bench))
        elif key == "versions":
            self.note.tell(N_("The version in force is set in bold."))
        elif review is None:
            self.note.tell("")
        elif key == "findings":
            self.note.tell(N_("{n} findings", n=len(review.defects)))
        elif review.mandate is None:
            self.note.tell(N_("The draft cannot be read as it stands."))
        else:
            self.note.tell(N_("{n} changes against {version}", n=len(review.changes),
                              version=review.base.version if review.base else "—"))

    def restyle(self) -> None:
        self.segment.restyle()
        for words in (self.note, self.detail):
            words.restyle()
        self.run.restyle()
        for table in self.tables.values():
            table.restyle()
        self._say()


def bench_sentence(bench: Bench | None) -> Text:
    """Say what the bench found, or that it was not run for the draft as it stands."""
    if bench is None:
        return N_("Not tried yet as it stands.")
    if not bench.rows:
        return N_("No limit is measured otherwise.")
    if bench.cancelled:
        return N_("Cancelled: later days were not tried.")
    new = sum(row.new for row in bench.rows)
    return N_("{failed} of {days} days would fail, {new} by the draft alone", days=bench.days, failed=bench.failed_days,
              new=new)
