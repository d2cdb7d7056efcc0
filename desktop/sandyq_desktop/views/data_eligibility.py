"""Data, eligibility: which instruments may be bought and why not, the sheet of the chosen one, elections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QWidget

from sandyq.basics.text import N_, Text
from sandyq.reference.eligibility import PERMISSION_WORDS, Permission
from sandyq.workstation.contract import Question
from sandyq.workstation.permits import InstrumentPermit
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import acts
from sandyq_desktop.views.data_parts import Marked, caption, marked
from sandyq_desktop.views.data_registers import item_columns
from sandyq_desktop.views.pane import Pane

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

NO_ROW: Final = N_("No row is chosen.")
CHOICES: Final = (("cash", N_("Cash")), ("securities", N_("Listed securities")), ("decline", N_("Nothing")))
TOKENS: Final = (("no", N_("No")), ("tokens", N_("Tokens")), ("in_kind", N_("Coins in kind")))


class EligibilityPane(Pane):
    """The instruments of a day, those that may not be bought on top. Choosing one shows its sheet."""

    def __init__(self, context: ViewContext) -> None:
        look = context.look
        super().__init__(context, "permits", permit_columns(look), N_("Eligibility"), ask=_asked,
                         rows=lambda found: found[0], note=_told)
        self.sheet = Table(item_columns(look), look, N_("Eligibility sheet").template)
        self.elections = Table(election_columns(look), look, N_("Elections").template)
        self._captions = [caption(context, N_("Eligibility sheet")), caption(context, N_("Elections"))]
        self.put_below(self._captions[0], self.sheet)
        self.put_below(self._captions[1], self.elections)
        self._parts.setSizes([300, 340, 120])
        self.hold = self.act(N_("Hold, no buy"), self._hold, why_not=_not_held)
        self.reinstate = self.act(N_("Eligible again"), self._reinstate, why_not=_held)
        self.propose = self.act(N_("Propose every hold"), self._propose)
        self.elect = self.act(N_("Record an election"), self._elect)
        self.answered.connect(self._lower)
        self.table.chosen.connect(self._follow)

    def _lower(self, found: Any) -> None:
        self.elections.show_rows(found[1])
        self._captions[1].tell(N_("Elections: {n}", n=len(found[1])))
        self._follow(self.table.current())

    def _follow(self, row: object) -> None:
        """Ask for the sheet of the chosen instrument."""
        if not isinstance(row, InstrumentPermit):
            self.sheet.show_rows(())
            self._captions[0].tell(N_("No instrument is chosen."))
            return
        question, wanted = self._context.question, row.instrument
        self._captions[0].tell(N_("Eligibility sheet: {symbol}, {name}", symbol=row.symbol, name=row.name))
        self._context.tasks.ask(lambda door: door.custody.eligibility_sheet(question, wanted), self.sheet.show_rows,
                                key="eligibility")

    # ---- decisions

    def _hold(self) -> None:
        row = self.table.current()
        if isinstance(row, InstrumentPermit):
            dialog = decision_form(self._context, row, Permission.HOLD, self)
            if dialog.exec():
                self.decide(row, Permission.HOLD, dialog)

    def _reinstate(self) -> None:
        row = self.table.current()
        if isinstance(row, InstrumentPermit):
            dialog = decision_form(self._context, row, Permission.ELIGIBLE, self)
            if dialog.exec():
                self.decide(row, Permission.ELIGIBLE, dialog)

    def decide(self, row: InstrumentPermit, permission: Permission, dialog: FormDialog) -> None:
        """Record or propose what stands in the dialog."""
        said = dialog.values

        def work(door: Workstation) -> Any:
            act = door.permits.hold if permission is Permission.HOLD else door.permits.reinstate
            return act(row.instrument, acts.day_of(said["from"]), said["reason"], said["source"])

        acts.record(self._context, work)

    def _propose(self) -> None:
        question = self._context.question

        def then(done: Any) -> None:
            self._context.status(N_("Holds proposed: {n}.", n=len(done)))
            self._context.refresh_all()

        self._context.tasks.do(lambda door: door.permits.propose_losses(question), then)

    def _elect(self) -> None:
        dialog = election_form(self._context, self.table.current(), self)
        if dialog.exec():
            self.record_election(dialog)

    def record_election(self, dialog: FormDialog) -> None:
        """Record the election in the dialog; tokens are refused by the book."""
        said = dialog.values
        offered = [said["offered"], *([said["tokens"]] if said["tokens"] != "no" else [])]
        acts.record(self._context, lambda door: door.permits.elect(
            said["event"], said["symbol"], tuple(dict.fromkeys(offered)), acts.day_of(said["day"]),
            reason=said["reason"]))

    def restyle(self) -> None:
        super().restyle()
        for words in self._captions:
            words.restyle()
        for table in (self.sheet, self.elections):
            table.restyle()


def _asked(door: Workstation, q: Question) -> tuple[Any, Any]:
    return door.permits.instruments(q), door.permits.elections(q)


def _told(found: Any) -> Text:
    rows = found[0]
    if not rows:
        return N_("There is no instrument on this day, or no mandate. Import a file of instruments (Ctrl+I).")
    return N_("Instruments: {n}. On hold: {held}. Lost by measure and not decided: {lost}.", n=len(rows),
              held=sum(1 for row in rows if row.decided is not None and not row.decided.may_be_bought),
              lost=sum(1 for row in rows if row.losses and (row.decided is None or row.decided.may_be_bought)))


def _not_held(row: Any) -> Text | None:
    if row is None:
        return NO_ROW
    decided = row.decided is not None and not row.decided.may_be_bought
    return N_("The instrument is on hold already.") if decided else None


def _held(row: Any) -> Text | None:
    if row is None:
        return NO_ROW
    decided = row.decided is not None and not row.decided.may_be_bought
    return None if decided else N_("The instrument is not on hold.")


def decision_form(context: ViewContext, row: InstrumentPermit, permission: Permission, parent: QWidget) -> FormDialog:
    """Ask for the day, the reason and the source of a decision about an instrument."""
    hold = permission is Permission.HOLD
    title = N_("{symbol}: hold, no buy", symbol=row.symbol) if hold else N_("{symbol}: eligible again",
                                                                           symbol=row.symbol)
    consequences = (N_("From the day on it is kept and sold, never bought. Where people are enrolled, a second person "
                       "approves first.") if hold else
                    N_("From the day on it may be bought again. A second person approves first."))
    reason = "; ".join(context.words(finding.text) for finding in row.losses) if hold else ""
    return FormDialog(context.look, title, consequences, [
        Field("from", N_("From"), acts.said(context, context.question.as_of), hint="03.10.2026", reads=acts.day_of),
        Field("reason", N_("Reason"), reason, long=True), Field("source", N_("Source"), required=False)],
        N_("Propose it"), parent)


def election_form(context: ViewContext, row: Any, parent: QWidget) -> FormDialog:
    """Ask what an issuer offers; what is elected of it is what the mandate allows."""
    return FormDialog(
        context.look, N_("Record an election"),
        N_("The sleeve takes no tokens: of an offer with tokens the other side is elected, cash where there is cash."),
        [Field("event", N_("Event")), Field("symbol", N_("Symbol"), row.symbol if row is not None else ""),
         Field("offered", N_("Offered and elected"), choices=CHOICES),
         Field("tokens", N_("Tokens offered too"), choices=TOKENS),
         Field("day", N_("Last day"), acts.said(context, context.question.as_of), hint="03.10.2026",
               reads=acts.day_of),
         Field("reason", N_("Reason"), required=False)], N_("Elect"), parent)


def permit_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of instruments: the state as icon and word, since when and why."""
    def state(row: Any) -> Marked:
        if row.permission is Permission.HOLD:
            return Marked("breach", "t_breach", PERMISSION_WORDS[Permission.HOLD])
        if row.flags:
            return Marked("warning", "t_warn", N_("Look at it"))
        return Marked("ok", "t_ok", PERMISSION_WORDS[Permission.ELIGIBLE])

    def why(row: Any) -> str:
        decided = [row.decided.reason] if row.decided is not None else []
        return "; ".join([*decided, *(look.say(finding.text) for finding in row.findings)])

    return (
        marked("state", N_("Purchases"), state),
        Column("symbol", N_("Symbol"), lambda r: r.symbol, weight=lambda _r: 500),
        Column("name", N_("Name"), lambda r: r.name, most=260, leaves=1),
        Column("quantity", N_("Held"), lambda r: r.quantity or "", number=True),
        Column("since", N_("Since"), lambda r: r.decided.valid_from if r.decided else "", tone=lambda _r: "tx2"),
        Column("why", N_("Reason"), why, role="small", stretch=True,
               tone=lambda r: "tx" if r.permission is Permission.HOLD else "t_warn"),
        Column("source", N_("Source"), lambda r: r.decided.source if r.decided else "", role="small", most=180,
               leaves=2, tone=lambda _r: "tx2"),
    )


def election_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of elections."""
    del look
    return (
        Column("event", N_("Event"), lambda r: r.event, weight=lambda _r: 500), Column("symbol", N_("Symbol"),
                                                                                     lambda r: r.symbol),
        Column("day", N_("Last day"), lambda r: r.day), Column("options", N_("Offer"), lambda r: ", ".join(r.options)),
        Column("choice", N_("Elected"), lambda r: r.choice, weight=lambda _r: 500),
        Column("reason", N_("Reason"), lambda r: r.reason, role="small", stretch=True, tone=lambda _r: "tx2"),
    )
