"""Data: import, completeness, prices set by hand, two sources, reconciliation with statements, registers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMargins
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq.workstation.contract import Preview
from sandyq.workstation.recorded import ManualPrice, Match, Reconciliation, ReconciliationLine
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Segment, Words
from sandyq_desktop.dialogs.reason import ReasonDialog
from sandyq_desktop.flow import Flow
from sandyq_desktop.tables.columns import Group
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import acts
from sandyq_desktop.views import data_columns as columns
from sandyq_desktop.views.data_import import ImportSection
from sandyq_desktop.views.pane import Pane, SectionedView

NO_ROW = N_("No row is chosen.")
WEEK, QUARTER = timedelta(days=7), timedelta(days=92)


class DataView(SectionedView):
    """The view. What the import shows is reached under its own names, for the window and for jobs."""

    key = "data"
    title = N_("Data")

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context, N_("Data"))
        look = context.look
        self.imports = ImportSection(context)
        self.complete = Pane(
            context, "completeness", columns.completeness_columns(look), N_("Completeness"),
            ask=lambda door, q: door.prices.completeness(q, q.as_of - QUARTER, q.as_of), note=_gaps)
        self.complete.act(N_("Set a price by hand"), self._price_of_gap)
        self.manual = Pane(context, "manual", columns.manual_columns(look), N_("Prices set by hand"),
                           ask=lambda door, q: (door.prices.manual_prices(q), door.prices.levels(q)),
                           rows=lambda found: found[0], note=_manual)
        self.manual.act(N_("Set a price by hand"), lambda: acts.manual_price(context, self))
        self.manual.act(N_("Withdraw"), self._withdraw, why_not=_in_force)
        self.levels = Table(columns.level_columns(look), look, N_("Levels by IFRS 13").template)
        self._levels_caption = _caption(context, N_("Levels by IFRS 13"))
        self.manual.put_below(self._levels_caption, self.levels)
        self.sources = Pane(
            context, "sources", columns.two_source_columns(look), N_("Two sources"),
            ask=lambda door, q: (door.prices.two_source_breaks(q, q.as_of - QUARTER, q.as_of), door.prices.sources(q)),
            rows=lambda found: found[0], note=_two_sources)
        self.ranks = Table(columns.source_columns(look), look, N_("Sources").template)
        self._ranks_caption = _caption(context, N_("Sources and their rank"))
        self.sources.put_below(self._ranks_caption, self.ranks)
        self.reconciliation = ReconciliationPane(context)
        self.registers = Registers(context)
        self.build([("import", N_("Import"), self.imports), ("completeness", N_("Completeness"), self.complete),
                    ("manual", N_("Manual prices"), self.manual), ("sources", N_("Two sources"), self.sources),
                    ("reconciliation", N_("Reconciliation"), self.reconciliation),
                    ("registers", N_("Registers"), self.registers)])
        self._wire_lower(self.manual, self.levels)
        self._wire_lower(self.sources, self.ranks)

    @staticmethod
    def _wire_lower(pane: Pane, table: Table) -> None:
        """Fill the lower table of a pane from the second half of its answer."""
        pane.answered.connect(lambda found: table.show_rows(found[1]))

    # ---- the import, under its own names

    @property
    def previews(self) -> Table:
        return self.imports.previews

    @property
    def findings(self) -> Table:
        return self.imports.findings

    @property
    def batches(self) -> Table:
        return self.imports.batches

    @property
    def accept(self) -> Action:
        return self.imports.accept

    @property
    def roll_back(self) -> Action:
        return self.imports.roll_back

    @property
    def discard(self) -> Action:
        return self.imports.discard

    def choose_files(self) -> None:
        self.show_section("import")
        self.imports.choose_files()

    def preview_files(self, files: Sequence[Path]) -> None:
        self.show_section("import")
        self.imports.preview_files(files)

    def show_previews(self, previews: Sequence[Preview]) -> None:
        self.imports.show_previews(previews)

    def accept_files(self) -> None:
        self.imports.accept_files()

    def put_aside(self) -> None:
        self.imports.put_aside()

    def roll_back_entry(self, entry: int, reason: str) -> None:
        self.imports.roll_back_entry(entry, reason)

    # ---- prices

    def _price_of_gap(self) -> None:
        row = self.complete.table.current()
        acts.manual_price(self._context, self, getattr(row, "symbol", ""))

    def _withdraw(self) -> None:
        row = self.manual.table.current()
        if not isinstance(row, ManualPrice):
            return
        dialog = ReasonDialog(self._context.look, N_("Withdraw the price of {symbol}", symbol=row.symbol),
                              N_("The price counts on no day any more. Its rows stay in the book."),
                              N_("Withdraw the price"), self)
        if dialog.exec():
            reason = dialog.reason
            acts.record(self._context, lambda door: door.prices.withdraw_manual(row.symbol, row.day, reason))

    def restyle(self) -> None:
        super().restyle()
        for words in (self._levels_caption, self._ranks_caption):
            words.restyle()
        self.levels.restyle()
        self.ranks.restyle()


def _caption(context: ViewContext, text: Text) -> Words:
    words = Words(context.look, text, "small", weight=600)
    words.setContentsMargins(6, 8, 16, 6)
    return words


def _gaps(rows: Sequence[Any]) -> Text:
    return N_("Three months up to the day. Instruments with a gap: {n} of {all}.", n=sum(1 for r in rows if r.missing),
              all=len(rows))


def _manual(found: Any) -> Text:
    if not found[0]:
        return N_("No price is set by hand.")
    return N_("Prices set by hand: {n}.", n=len(found[0]))


def _in_force(row: Any) -> Text | None:
    if not isinstance(row, ManualPrice):
        return NO_ROW
    return None if row.state in {"in_force", "proposed"} else N_("This price does not count any more.")


def _two_sources(found: Any) -> Text:
    if len(found[1]) < 2:
        return N_("Closes come from one source only; there is nothing to compare.")
    return N_("Three months up to the day. Differences beyond the tolerance: {n}.", n=len(found[0]))


class ReconciliationPane(Pane):
    """Breaks on top, matched lines folded away; owner and note of a break; balances signed."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context, "reconciliation", columns.match_columns(context.look), N_("Reconciliation"),
                         ask=lambda door, q: door.custody.reconcile(q), rows=lambda found: found.lines,
                         note=_reconciled)
        self.act(N_("Import a statement"), lambda: context.run("import"))
        self.note_button = self.act(N_("Owner and note"), self._note, why_not=_a_break)
        self.sign_button = self.act(N_("Sign the balances"), self._sign, why_not=_an_account)
        self.table.model.folded = {"matched"}
        self.table.model.set_groups(lambda row: "matched" if row.match is Match.MATCHED else "breaks", self._group)
        self.table.grid.doubleClicked.connect(lambda _i: self._note())

    def _group(self, key: str) -> str:
        return self._context.words(N_("Matched") if key == "matched" else N_("Breaks"))

    def _note(self) -> None:
        row = self.table.current()
        if _a_break(row) is None and isinstance(row, ReconciliationLine):
            acts.note_break(self._context, row, row.stated_on or self._context.question.as_of, self)

    def _sign(self) -> None:
        row = self.table.current()
        if isinstance(row, ReconciliationLine):
            acts.sign_balance(self._context, row.account, row.stated_on or self._context.question.as_of, self)


def _a_break(row: Any) -> Text | None:
    if row is None or isinstance(row, Group):
        return NO_ROW
    return N_("This line matches.") if row.match is Match.MATCHED else None


def _an_account(row: Any) -> Text | None:
    return None if isinstance(row, ReconciliationLine) else NO_ROW


def _reconciled(found: Reconciliation) -> Text:
    if not found.lines:
        return N_("No statement of a custodian on or before the day.")
    contradicted = [one.account for one in found.signed if not one.holds]
    if contradicted:
        return N_("Signed balances that later entries contradict: {accounts}.", accounts=", ".join(contradicted))
    return N_("Statement of {day}, {file}. Matched: {matched}. Breaks: {breaks}. Signed accounts: {signed}.",
              day=found.day, file=found.file, matched=found.count(Match.MATCHED),
              breaks=len(found.lines) - found.count(Match.MATCHED), signed=len(found.signed))


class Registers(QWidget):
    """Parties, accounts and the ladder of coming payments, one at a time."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        look = context.look
        self.panes = {
            "parties": Pane(context, "parties", columns.party_columns(look), N_("Parties"),
                            ask=lambda door, q: door.custody.parties(q), note=_parties),
            "accounts": Pane(context, "accounts", columns.account_columns(look), N_("Accounts"),
                             ask=lambda door, q: door.custody.accounts(q), note=_accounts),
            "ladder": Pane(context, "ladder", columns.ladder_columns(look), N_("Ladder"),
                           ask=lambda door, q: door.custody.ladder(q), note=_ladder),
        }
        self.choice = Segment(look, N_("Registers"), (("parties", N_("Parties")), ("accounts", N_("Accounts")),
                                                      ("ladder", N_("Ladder"))))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = Flow(margins=QMargins(16, 6, 16, 0))
        head.addWidget(self.choice)
        box.addLayout(head)
        for pane in self.panes.values():
            box.addWidget(pane, 1)
        self.choice.choose("parties")
        self.choice.chosen.connect(lambda _key: self.refresh())

    @property
    def pane(self) -> Pane:
        return self.panes[self.choice.value()]

    @property
    def table(self) -> Table:
        return self.pane.table

    def refresh(self) -> None:
        for key, pane in self.panes.items():
            pane.setVisible(key == self.choice.value())
        self.pane.refresh()

    def restyle(self) -> None:
        self.choice.restyle()
        for pane in self.panes.values():
            pane.restyle()


def _parties(rows: Sequence[Any]) -> Text:
    return N_("Parties: {n}. With findings: {found}.", n=len(rows), found=sum(1 for row in rows if row.findings))


def _accounts(rows: Sequence[Any]) -> Text:
    return N_("Accounts and currencies, each by itself: {n}.", n=len(rows))


def _ladder(rows: Sequence[Any]) -> Text:
    return N_("Days with payments: {n}.", n=len(rows)) if rows else N_("No payment is booked for the coming days.")
