"""Data, reserve assets and the programme: signed worksheets, and what other state vehicles hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_, Text
from sandyq.reference.reserve_questions import ANSWER_WORDS, CONCLUSION_WORDS, QUESTIONS, TOPICS, Answer, Conclusion
from sandyq.workstation.vehicles import ProgrammeView
from sandyq.workstation.worksheets import Answered, Worksheet
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import acts
from sandyq_desktop.views.data_parts import Marked, caption, marked
from sandyq_desktop.views.pane import Pane

_Choices = tuple[tuple[str, Text | str], ...]
YES_NO: Final[_Choices] = (("", "—"), *((answer.value, ANSWER_WORDS[answer]) for answer in Answer))
CONCLUSIONS: Final[_Choices] = (("", "—"), *((item.value, CONCLUSION_WORDS[item]) for item in Conclusion))
"""Nothing is chosen beforehand: a person answers."""


class WorksheetsPane(Pane):
    """The worksheets; what is held without one comes first. Choosing one shows its answers."""

    def __init__(self, context: ViewContext) -> None:
        look = context.look
        super().__init__(context, "worksheets", worksheet_columns(look), N_("Reserve assets"),
                         ask=lambda door, q: door.permits.worksheets(q), note=_told)
        self.answers = Table(answer_columns(look), look, N_("Questions").template)
        self._caption = caption(context, N_("Questions"))
        self.put_below(self._caption, self.answers)
        self.conclude = self.act(N_("Conclude a worksheet"), self._conclude,
                                 why_not=lambda row: N_("No row is chosen.") if row is None else None)
        self.answered.connect(lambda _a: self._follow(self.table.current()))
        self.table.chosen.connect(self._follow)

    def _follow(self, row: object) -> None:
        if not isinstance(row, Worksheet):
            self.answers.show_rows(())
            self._caption.tell(N_("No instrument is chosen."))
            return
        self._caption.tell(N_("Worksheet: {symbol}, {name}", symbol=row.symbol, name=row.name))
        self.answers.show_rows([(text, row.answers.get(name)) for name, text in QUESTIONS.items()])

    def _conclude(self) -> None:
        row = self.table.current()
        if isinstance(row, Worksheet):
            dialog = worksheet_form(self._context, row, self)
            if dialog.exec():
                self.propose(row, dialog)

    def propose(self, row: Worksheet, dialog: FormDialog) -> None:
        """Propose what stands in the dialog; a second person signs it."""
        said = dialog.values
        answers = {name: Answered(Answer(said[name]), said[f"{name}_source"]) for name in QUESTIONS}
        acts.record(self._context, lambda door: door.permits.conclude(
            row.instrument, answers, Conclusion(said["conclusion"]), acts.day_of(said["from"]), source=said["source"]))

    def restyle(self) -> None:
        super().restyle()
        self._caption.restyle()
        self.answers.restyle()


def _told(rows: Any) -> Text:
    missing = ", ".join(row.symbol for row in rows if row.held and not row.conclusion)
    if missing:
        return N_("Held without a worksheet in force: {symbols}", symbols=missing)
    return N_("Everything that is held has a worksheet in force.") if rows else N_("Nothing is held on this day.")


def worksheet_form(context: ViewContext, row: Worksheet, parent: QWidget) -> FormDialog:
    """Ask every question with its source, and the conclusion."""
    fields: list[Field] = []
    for name in QUESTIONS:
        before = row.answers.get(name)
        fields += [Field(name, TOPICS[name], before.answer.value if before else "", choices=YES_NO),
                   Field(f"{name}_source", N_("Source"), before.source if before else "",
                         spoken=N_("Source: {topic}", topic=TOPICS[name]))]
    fields += [Field("conclusion", N_("Conclusion"), row.conclusion,
                     choices=CONCLUSIONS),
               Field("from", N_("From"), acts.said(context, context.question.as_of), hint="03.10.2026",
                     reads=acts.day_of),
               Field("source", N_("Memo"), row.source, required=False)]
    return FormDialog(context.look, N_("Reserve-asset worksheet: {symbol}", symbol=row.symbol),
                      N_("A second person signs the conclusion. It counts as a reserve asset only if every answer is "
                         "yes."), fields, N_("Propose it"), parent, wide=True)


def worksheet_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of worksheets: the conclusion as icon and word, and who signed it."""
    del look

    def state(row: Any) -> Marked:
        if not row.conclusion:
            return Marked("unknown", "t_unknown", N_("No worksheet"))
        good = row.conclusion == Conclusion.RESERVE_ASSET
        return Marked("ok" if good else "breach", "t_ok" if good else "t_breach",
                      CONCLUSION_WORDS[Conclusion(row.conclusion)])

    return (
        marked("state", N_("Conclusion"), state),
        Column("symbol", N_("Symbol"), lambda r: r.symbol, weight=lambda _r: 500),
        Column("name", N_("Name"), lambda r: r.name, most=280, stretch=True),
        Column("held", N_("Held"), lambda r: N_("yes") if r.held else N_("no")),
        Column("from", N_("From"), lambda r: r.valid_from or ""), Column("to", N_("Until"), lambda r: r.valid_to or ""),
        Column("signed", N_("Signed by"), lambda r: ", ".join(r.signed_by), most=260),
        Column("source", N_("Source"), lambda r: r.source, role="small", most=240, leaves=1, tone=lambda _r: "tx2"),
    )


def answer_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of questions: a tuple (question, answer or None)."""
    del look

    def answer(row: Any) -> Marked:
        said = row[1]
        if said is None:
            return Marked("unknown", "t_unknown", N_("Open"))
        yes = said.answer is Answer.YES
        return Marked("ok" if yes else "breach", "t_ok" if yes else "t_breach", ANSWER_WORDS[said.answer])

    return (
        Column("question", N_("Question"), lambda r: r[0], most=640), marked("answer", N_("Answer"), answer),
        Column("source", N_("Source"), lambda r: r[1].source if r[1] else "", role="small", stretch=True,
               tone=lambda _r: "tx2"),
    )


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One line of the programme: the sleeve, a participant, one of its vehicles, the total, the ceiling."""

    name: Text | str
    vehicle: str
    amount: Decimal | None
    day: date | None
    source: str
    strong: bool
    needed: bool = True
    """Whether a missing amount is Unknown; a mandate without a ceiling just has none."""


class ProgrammePane(Pane):
    """The sleeve inside the national programme. A memo: nothing of it stands in the book."""

    def __init__(self, context: ViewContext) -> None:
        look = context.look
        super().__init__(context, "programme", programme_columns(look), N_("Programme"),
                         ask=lambda door, q: door.permits.programme(q), rows=programme_rows, note=_headroom)
        self.coins = Table(coin_columns(look), look, N_("By coin").template)
        self._caption = caption(context, N_("By coin, over the whole programme; the sleeve by its look-through"))
        self.put_below(self._caption, self.coins)
        self.answered.connect(lambda found: self.coins.show_rows(found.coins))

    def restyle(self) -> None:
        super().restyle()
        self._caption.restyle()
        self.coins.restyle()


def programme_rows(view: ProgrammeView) -> tuple[ProgrammeRow, ...]:
    """Return the lines of the table from the answer."""
    rows = [ProgrammeRow(N_("The sleeve"), "", view.sleeve_usd, view.as_of, "", strong=True)]
    for item in view.participants:
        rows.append(ProgrammeRow(item.name, "", item.amount_usd, item.day, item.source, strong=True))
        rows += [ProgrammeRow("", f"{row.vehicle}: {row.asset}", row.amount if row.currency == "USD" else None, row.day,
                              row.source, strong=False, needed=row.currency == "USD") for row in item.vehicles]
    return (*rows, ProgrammeRow(N_("Programme"), "", view.total_usd, None, "", strong=True),
            ProgrammeRow(N_("Ceiling"), "", view.ceiling_usd, None, "", strong=False, needed=False),
            ProgrammeRow(N_("Headroom"), "", view.headroom_usd, None, "", strong=False,
                         needed=view.ceiling_usd is not None))


def _headroom(view: ProgrammeView) -> Text:
    missing = ", ".join(item.name for item in view.participants if item.amount_usd is None)
    if missing:
        return N_("The programme is Unknown. There is no figure of: {participants}", participants=missing)
    if not view.participants:
        return N_("The programme is Unknown: no figure of another participant is recorded. Import a file of the "
                  "programme (Ctrl+I).")
    return N_("Participants beside the sleeve: {n}. A memo: nothing of it stands in the book.",
              n=len(view.participants))


def programme_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of the programme's lines."""
    del look

    def weight(row: Any) -> int:
        return 600 if row.strong else 400

    return (
        Column("name", N_("Participant"), lambda r: r.name, weight=weight, most=260),
        Column("vehicle", N_("Vehicle"), lambda r: r.vehicle, most=260, tone=lambda _r: "tx2"),
        Column("amount", N_("USD"), lambda r: "" if r.amount is None and not r.needed else r.amount, number=True,
               digits=2, weight=weight),
        Column("day", N_("Day"), lambda r: r.day or "", tone=lambda _r: "tx2"),
        Column("source", N_("Source"), lambda r: r.source, role="small", stretch=True, tone=lambda _r: "tx2"),
    )


def coin_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of one coin over the programme."""
    del look
    return (
        Column("asset", N_("Asset"), lambda r: r.asset or N_("Not said in what"), weight=lambda _r: 500),
        Column("sleeve", N_("Sleeve, USD"), lambda r: r.sleeve_usd, number=True, digits=2),
        Column("others", N_("Others, USD"), lambda r: r.others_usd, number=True, digits=2),
        Column("total", N_("Together, USD"), lambda r: r.total_usd, number=True, digits=2, weight=lambda _r: 600),
        Column("quantity", N_("Coins of the others"), lambda r: "" if r.quantity == 0 else r.quantity, number=True,
               digits=4),
        Column("share", N_("Of the ceiling, %"), lambda r: "" if r.share_of_ceiling is None else
               r.share_of_ceiling * 100, number=True, digits=2),
    )
