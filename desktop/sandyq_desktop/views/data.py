"""Data, whole: files in, prices, custody, registers, eligibility, reserves, people; one page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sandyq.basics.text import N_
from sandyq.workstation.contract import Preview
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Segment
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.data_custody import AccountsPane, StatementPane
from sandyq_desktop.views.data_eligibility import EligibilityPane
from sandyq_desktop.views.data_mapped import MappedImport
from sandyq_desktop.views.data_people import PeoplePane
from sandyq_desktop.views.data_perimeter import PerimeterPane
from sandyq_desktop.views.data_prices import CompletenessPane, PricesPane, SourcesPane
from sandyq_desktop.views.data_registers import RegistersPane
from sandyq_desktop.views.data_reserves import ProgrammePane, WorksheetsPane
from sandyq_desktop.views.pane import SectionedView

PERIMETERS: Final = (("programme", N_("Programme")), ("reserves", N_("Reserves and reporting")))
"""Pages of the tab Programme: a tab of its own would not fit beside the others in every language."""


class DataView(SectionedView):
    """The view. What the import shows is reached under its own names, for the window and for jobs."""

    key = "data"
    title = N_("Data")

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context, N_("Data"))
        self.imports = MappedImport(context)
        self.completeness = CompletenessPane(context)
        self.prices = PricesPane(context)
        self.sources = SourcesPane(context)
        self.reconciliation = StatementPane(context)
        self.accounts = AccountsPane(context)
        self.registers = RegistersPane(context)
        self.eligibility = EligibilityPane(context)
        self.worksheets = WorksheetsPane(context)
        self.perimeter = PerimeterPane(context)
        self.programme = ProgrammePane(context)
        self.people = PeoplePane(context)
        self.build([("import", N_("Import"), self.imports), ("completeness", N_("Completeness"), self.completeness),
                    ("prices", N_("Prices"), self.prices), ("sources", N_("Two sources"), self.sources),
                    ("reconciliation", N_("Reconciliation"), self.reconciliation),
                    ("accounts", N_("Accounts"), self.accounts), ("registers", N_("Registers"), self.registers),
                    ("eligibility", N_("Eligibility"), self.eligibility),
                    ("worksheets", N_("Reserve assets"), self.worksheets),
                    ("programme", N_("Programme"), self.programme), ("people", N_("People"), self.people)])
        self.sections["reserves"] = self.perimeter
        self._stack.addWidget(self.perimeter)
        self._pages = {key: self._choice(key) for key in dict(PERIMETERS)}

    def _choice(self, key: str) -> Segment:
        """Put the choice between the pages of one tab on one of them."""
        choice = Segment(self._context.look, N_("Programme"), PERIMETERS)
        choice.chosen.connect(self.show_section)
        self.sections[key].add(choice)
        return choice

    def show_section(self, key: str) -> None:
        super().show_section(key)
        if key in self._pages:
            assert self.segment is not None
            self.segment.choose("programme")
        for own, choice in self._pages.items():
            choice.choose(own)

    def restyle(self) -> None:
        super().restyle()
        for choice in self._pages.values():
            choice.restyle()

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
        """Ask for files and preview them."""
        self.show_section("import")
        self.imports.choose_files()

    def preview_files(self, files: Sequence[Path]) -> None:
        """Preview files; nothing is booked."""
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
