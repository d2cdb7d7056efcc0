"""Import with mappings: a file whose header nobody knows has its columns named once; the mapping stays in the book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_
from sandyq.workstation.contract import Changes, Preview
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action
from sandyq_desktop.dialogs.mapping import MappingDialog
from sandyq_desktop.views import acts
from sandyq_desktop.views.data_import import ImportSection

if TYPE_CHECKING:
    from sandyq.workstation.mappings import Look as FileLook
    from sandyq.workstation.mappings import SavedMapping
    from sandyq.workstation.workstation import Workstation

UNKNOWN_HEADER = frozenset({"not-recognised", "missing-columns"})
FILES = "CSV, XLSX, XML, TXT, TOML, JSON (*.csv *.tsv *.txt *.xlsx *.xml *.toml *.json)"
HINT = N_("Choose files, or drop them on the window. A preview comes first.")


class MappedImport(ImportSection):
    """The import, and beside it the files that are read by a mapping."""

    def __init__(self, context: ViewContext) -> None:
        self.mapped: dict[Path, str] = {}
        """Files read by a saved mapping, with its name."""
        self.unknown: Path | None = None
        """The file whose header nobody knows yet."""
        self.ready = False
        """Whether every file of the preview was read."""
        self.map = Action(context.look, N_("Name the columns"))
        super().__init__(context)
        self.map.clicked.connect(self.name_columns)

    def _build(self) -> None:
        super()._build()
        head = self.layout().itemAt(0).layout()  # type: ignore[union-attr]
        head.insertWidget(2, self.map)  # type: ignore[union-attr]

    # ---- preview

    def choose_files(self) -> None:
        """Ask for files and preview them."""
        names, _ = QFileDialog.getOpenFileNames(self, self._context.words(N_("Choose files")), "", FILES)
        if names:
            self.preview_files([Path(name) for name in names])

    def preview_files(self, files: Sequence[Path]) -> None:
        """Preview files; nothing is booked."""
        self.files = tuple(files)
        self.mapped = {file: name for file, name in self.mapped.items() if file in self.files}
        self._preview()

    def _preview(self) -> None:
        files, mapped = self.files, dict(self.mapped)
        self.ready, self.unknown = False, None
        self._hint.tone("tx2")
        self._enable()
        self._context.tasks.ask(lambda door: _each(door.preview, files, mapped), self._previewed, key="preview",
                                failed=self._not_read)

    def _previewed(self, previews: Sequence[Preview]) -> None:
        self.ready = True
        self._hint.tell(HINT)
        self.show_previews(previews)

    def _not_read(self, error: SandyqError) -> None:
        """Say what is wrong; where only the header is unknown, offer to name the columns."""
        if error.code in UNKNOWN_HEADER:
            self.unknown = next((file for file in self.files if file.name == error.where), None)
        self.show_previews(())
        if self.unknown is None:
            self._hint.tell(HINT)
            self._context.error(error)
            return
        self._hint.tone("t_warn")
        self._hint.tell(N_("The header of {file} is not known. Name its columns once; the mapping is kept.",
                           file=self.unknown.name))
        self.map.setFocus()

    # ---- a header that nobody knows

    def name_columns(self) -> None:
        """Look at the file and open the dialog in which its columns are named."""
        file = self.unknown
        if file is not None:
            self._context.tasks.ask(lambda door: _look_at(door, file), lambda seen: self._ask_mapping(file, *seen),
                                    key="mapping-look")

    def _ask_mapping(self, file: Path, seen: FileLook, saved: tuple[SavedMapping, ...]) -> None:
        dialog = MappingDialog(self._context.look, file.name, seen, saved, self)
        if dialog.exec():
            self.use_mapping(file, dialog.mapping(), known=dialog.is_saved)

    def use_mapping(self, file: Path, mapping: SavedMapping, *, known: bool = False) -> None:
        """Save a mapping in the book unless it is there, and preview the file with it."""
        def then(_previews: object) -> None:
            self.mapped[file] = mapping.name
            self._context.status(N_("The mapping {name} is used.", name=mapping.name))
            self._preview()
            self.refresh()

        if known:
            then(None)
        elif self._context.question.known_at is None:
            self._context.tasks.do(lambda door: _save(door, mapping), then)

    # ---- booking

    def accept_files(self) -> None:
        """Book what was previewed."""
        files, mapped = self.files, dict(self.mapped)
        if self.ready and files and self._context.question.known_at is None:
            self._context.tasks.do(lambda door: _each(door.accept, files, mapped), self._accepted)

    def _accepted(self, previews: Sequence[Preview]) -> None:
        self.mapped = {}
        super()._accepted(previews)
        waiting = ", ".join(preview.proposal for preview in previews if preview.proposal)
        if waiting:
            self._context.status(N_("Proposal {reference} waits for a second person.", reference=waiting))

    def put_aside(self) -> None:
        """Forget the preview; the book was never touched."""
        self.mapped, self.unknown, self.ready = {}, None, False
        self._hint.tone("tx2")
        self._hint.tell(HINT)
        super().put_aside()

    def roll_back_entry(self, entry: int, reason: str) -> None:
        def then(changes: Changes) -> None:
            self._context.status(acts.told(changes) if changes.proposal else N_(
                "Entry {entry} is rolled back by entry {by}.", entry=entry, by=changes.entry))
            self._context.refresh_all()

        self._context.tasks.do(lambda door: door.roll_back(entry, reason), then)

    def _enable(self) -> None:
        super()._enable()
        now = self._context.question.known_at is None
        self.accept.setEnabled(self.ready and bool(self.files) and now)
        self.map.setVisible(self.unknown is not None)
        self.map.setEnabled(now)
        for part in self._parts[:2]:
            part.setVisible(bool(self.previews.model.rows))

    def restyle(self) -> None:
        super().restyle()
        self.map.restyle()


def _each(run: Any, files: tuple[Path, ...], mapped: dict[Path, str]) -> tuple[Preview, ...]:
    """Run a preview or an import: plain files in one call, so that their order is the book's; mapped ones by name."""
    plain = tuple(file for file in files if file not in mapped)
    found: list[Preview] = list(run(plain)) if plain else []
    for file, name in mapped.items():
        found += run((file,), mapping=name)
    return tuple(found)


def _look_at(door: Workstation, file: Path) -> tuple[FileLook, tuple[SavedMapping, ...]]:
    from sandyq.workstation.mappings import look_at

    return look_at(door, file)


def _save(door: Workstation, mapping: SavedMapping) -> tuple[Preview, ...]:
    from sandyq.workstation.mappings import save

    return save(door, mapping)
