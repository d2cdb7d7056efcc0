"""What each command does: one small method each, named by `sandyq_desktop.commands.COMMANDS`."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QWidget

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq_desktop.bars import next_weekday
from sandyq_desktop.commands import COMMANDS, VIEW_TITLES
from sandyq_desktop.dialogs.choose import ChooseDialog
from sandyq_desktop.dialogs.key import PassphraseDialog, SignInDialog
from sandyq_desktop.dialogs.reader import ReaderDialog, help_page
from sandyq_desktop.fonts import ZOOMS
from sandyq_desktop.tables.clipboard import table_text
from sandyq_desktop.tables.table import Table

if TYPE_CHECKING:
    from sandyq.control.people import Person
    from sandyq.workstation.recorded import Backup
    from sandyq.workstation.workstation import Workstation
    from sandyq_desktop.window import Window


def person() -> str:
    """Return who works here, as the operating system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def opener(path: Path, passphrase: str | None = None) -> Any:
    """Return what opens a book; the service layer is imported in the worker, after the first paint."""
    def open_book(write: bool) -> Workstation:
        from sandyq.workstation.workstation import Workstation

        return Workstation.open(path, actor=person(), write=write, passphrase=passphrase)

    return open_book


def is_encrypted(path: Path) -> bool:
    """Return whether a book needs a passphrase: its keys stand beside it, or its first bytes are not plain."""
    try:
        with path.open("rb") as file:
            return file.read(len(_PLAIN)) not in {_PLAIN, b""}
    except OSError:
        return False


_PLAIN = b"SQLite format 3\x00"


class Handlers:
    """Commands of one window."""

    def __init__(self, window: Window) -> None:
        self.window = window

    # ---- finding one's way

    def open_palette(self) -> None:
        words = self.window.context.words
        choices = [(c.id, words(c.title), c.key) for c in COMMANDS if c.id != "palette"]
        dialog = ChooseDialog(self.window.context.look, choices, self.window)
        dialog.picked.connect(self.window.run)
        dialog.open()

    def list_keys(self) -> None:
        words = self.window.context.words
        title = words(N_("List of keys"))
        rows = "\n".join(f"| {c.key} | {words(c.title)} |" for c in COMMANDS)
        page = f"# {title}\n\n| {words(N_('Key'))} | {words(N_('Command'))} |\n|---|---|\n{rows}\n"
        ReaderDialog(self.window.context.look, title, page, self.window).open()

    def help(self) -> None:
        context, view = self.window.context, self.window.current or "start"
        page = help_page(view, context.words.code)
        title = context.words(VIEW_TITLES.get(view, N_("Help")))
        if page is None:
            page = f"# {title}\n\n" + context.words(N_("There is no page for this view yet. Ctrl+/ lists the keys."))
        ReaderDialog(context.look, title, page, self.window).open()

    def go(self, view: str) -> None:
        self.window.go(view)

    def draft_mandate(self) -> None:
        """Draft the next version of the mandate, at the limit that is chosen in Limits."""
        limits = self.window.views.get("limits")
        chosen = getattr(limits, "chosen_limit", "") if self.window.current == "limits" else ""
        self.window.go(f"mandate/{chosen}" if chosen else "mandate")

    def back(self) -> None:
        self.window.back()

    def escape(self) -> None:
        """Close what is open, the nearest first: the strip, Explain, then the past."""
        window = self.window
        if window.strip.isVisible():
            window.strip.hide()
        elif window.panel.isVisible():
            window.panel.hide()
        elif window.context.question.known_at is not None:
            window.set_known(None)

    # ---- the view in sight

    def _view(self) -> Any:
        return self.window.views.get(self.window.current)

    def _table(self) -> Table | None:
        view = self._view()
        focused: QWidget | None = self.window.focusWidget()
        while focused is not None:
            if isinstance(focused, Table):
                return focused
            focused = focused.parentWidget()
        found = getattr(view, "table", None)
        return found if isinstance(found, Table) else None

    def explain_selected(self) -> None:
        if self.window.panel.isVisible():
            self.window.panel.hide()
            return
        explain = getattr(self._view(), "explain", None)
        if callable(explain):
            explain()

    def next_step(self) -> None:
        """Run the next step of the morning."""
        self.window.go("today")
        step = getattr(self._view(), "next_step", None)
        if callable(step):
            step()

    def export_tree(self) -> None:
        """Write the explanation in sight, with file, line and person of every input."""
        key = self.window.panel.key
        if not self.window.panel.isVisible() or not key:
            return
        name, _ = QFileDialog.getSaveFileName(self.window, self.window.context.words(N_("Export the explanation")),
                                              f"{key.replace('/', '-')}.csv", "CSV, XLSX (*.csv *.xlsx)")
        if name:
            self.export_tree_to(Path(name))

    def export_tree_to(self, file: Path) -> None:
        context, key = self.window.context, self.window.panel.key
        question, language = context.question, context.words.language

        def write(door: Workstation) -> str:
            from sandyq.workstation.tree_rows import issue_tree

            return issue_tree(door, question, key, file, language).path.name

        self.window.tasks.ask(write, lambda name: self.window.say(N_("Written: {file}.", file=name)))

    def next_book(self) -> None:
        """Ask about the next book of the file."""
        status = self.window.status
        names = (*status.books, "*") if status and len(status.books) > 1 else ()
        if names:
            place = names.index(self.window.context.question.book) if self.window.context.question.book in names else 0
            self.window.set_book(names[(place + 1) % len(names)])

    def copy(self) -> None:
        table = self._table()
        if table is not None:
            table.copy(headers=False)

    def copy_heads(self) -> None:
        table = self._table()
        if table is not None:
            table.copy(headers=True)

    def find(self) -> None:
        find = getattr(self._view(), "filter_rows", None)
        if callable(find):
            find()
        else:
            self.open_palette()

    def export(self) -> None:
        table = self._table()
        if table is None:
            return
        name, _ = QFileDialog.getSaveFileName(self.window, self.window.context.words(N_("Export the table as seen")),
                                              f"{self.window.current}.tsv", "TSV (*.tsv)")
        if name:
            self.export_to(table, Path(name))

    def export_to(self, table: Table, file: Path) -> None:
        """Write the table as it is seen, with its heads and what it is of."""
        context = self.window.context
        columns = [c for c in range(len(table.model.columns)) if not table.grid.isColumnHidden(c)]
        cells = table_text(table.model, range(len(table.model.shown)), columns, headers=True)
        head = [context.words(N_("Book {book}, as of {day}", book=context.book, day=context.question.as_of))]
        if context.demo:
            head.append("DEMO")
        try:
            file.write_text("\n".join("\t".join(row) for row in [head, *cells]) + "\n", encoding="utf-8-sig")
        except OSError as error:
            self.window.fail(BadInput("export-not-written", N_("The table could not be written: {reason}.",
                                                               reason=error.strerror or str(error)), where=str(file),
                                      remedy=N_("Choose a folder that you may write to.")))
            return
        self.window.say(N_("Written: {file}.", file=file.name))

    def import_files(self) -> None:
        self.window.go("data")
        view = self.window.views.get("data")
        choose = getattr(view, "choose_files", None)
        if callable(choose):
            choose()

    def revalue(self) -> None:
        self.window.refresh_all()

    def verify(self) -> None:
        self.window.go("journal")
        verify = getattr(self._view(), "verify", None)
        if callable(verify):
            verify()

    def report(self) -> None:
        context = self.window.context
        folder = QFileDialog.getExistingDirectory(self.window, context.words(N_("Folder for the daily limit sheet")))
        if folder:
            self.report_to(Path(folder))

    def report_to(self, folder: Path) -> None:
        """Issue the daily limit sheet in the language of the window."""
        context = self.window.context
        question, code = context.question, context.words.code
        if question.known_at is not None:
            self.window.fail(BadInput("history", N_("Commands that write are off while you look at the past."),
                                      remedy=N_("Press Esc to come back to now.")))
            return
        self.window.tasks.do(
            lambda door: door.report(question, "limit-sheet", folder, code),
            lambda issued: self.window.say(N_("Written: {file}.", file=", ".join(item.path.name for item in issued))))

    # ---- the look

    def zoom(self, way: str) -> None:
        now = self.window.context.fonts.zoom
        larger, smaller = [z for z in ZOOMS if z > now], [z for z in ZOOMS if z < now]
        chosen = {"+": larger[:1], "-": smaller[-1:], "0": [100]}[way]
        if chosen:
            self.window.set_look(self.window.context.palette.name, chosen[0])

    def palette(self, name: str) -> None:
        self.window.set_look(name, self.window.context.fonts.zoom)

    def language(self, code: str) -> None:
        self.window.set_language(code)

    def step_day(self, by: str) -> None:
        self.window.set_day(next_weekday(self.window.context.question.as_of, int(by)))

    # ---- books

    def open_book(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.window, self.window.context.words(N_("Open a book")), "",
                                              "Sandyq (*.sandyq)")
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path, passphrase: str | None = None) -> None:
        """Open a book; an encrypted one asks for its passphrase first."""
        if passphrase is None and is_encrypted(path):
            dialog = PassphraseDialog(self.window.context.look, path.name, self.window)
            if not dialog.exec():
                return
            passphrase = dialog.passphrase
        self.window.settings.last_book = str(path)
        self.window.open_with(opener(path, passphrase))

    def open_demo(self) -> None:
        """Make the demo book in the person's own folder and open it."""
        from platformdirs import user_data_path

        folder = user_data_path("sandyq", appauthor=False) / "demo"

        def make(_station: object) -> Path:
            from sandyq.workstation.demo.make import make as make_demo

            return make_demo(folder).book

        self.window.say(N_("The demo book is being made."))
        self.window.tasks.free(make, self.open_path)

    def new_book(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self.window, self.window.context.words(N_("New book")), "sleeve.sandyq",
                                              "Sandyq (*.sandyq)")
        if name:
            self.make_book(Path(name))

    def make_book(self, path: Path) -> None:
        """Make an empty book under the example mandate; the mandate is replaced by importing another."""
        def make(_station: object) -> Path:
            from sandyq.workstation.workstation import Workstation

            settings = {"cost_method": "fifo", "lot_scope": "account", "fees_in_cost": "false"}
            Workstation.create(path, mandate="example", settings=settings, actor=person()).close()
            return path

        self.window.tasks.free(make, self.open_path)

    def back_up(self) -> None:
        """Make a verified backup beside the book."""
        self.window.tasks.ask(lambda door: door.safekeeping.back_up(), lambda made: self.window.say(
            N_("The backup is made and verified: {file}.", file=made.path.name)))

    def restore(self) -> None:
        """Ask for a backup and a place, show what the backup holds, and put it there."""
        words = self.window.context.words
        name, _ = QFileDialog.getOpenFileName(self.window, words(N_("Choose a backup")), "", "Sandyq (*.sandyq)")
        target, _ = QFileDialog.getSaveFileName(
            self.window, words(N_("Where the backup goes")), "restored.sandyq", "Sandyq (*.sandyq)",
            options=QFileDialog.Option.DontConfirmOverwrite) if name else ("", "")
        if target:
            self.restore_to(Path(name), Path(target))

    def restore_to(self, backup: Path, target: Path) -> None:
        """Look at the backup in the worker, then ask."""
        passphrase: str | None = None
        if is_encrypted(backup):
            asking = PassphraseDialog(self.window.context.look, backup.name, self.window)
            if not asking.exec():
                return
            passphrase = asking.passphrase

        def look(_station: object) -> Backup:
            from sandyq.workstation.safekeeping import look_at

            return look_at(backup, actor=person(), passphrase=passphrase)

        def put_back(_station: object) -> Path:
            from sandyq.workstation.workstation import Workstation

            Workstation.restore(backup, target, actor=person(), passphrase=passphrase, replace=True)
            return target

        def decide(found: Backup) -> None:
            from sandyq_desktop.dialogs.put_back import RestoreDialog

            if RestoreDialog(self.window.context.look, found, target, self.window).exec():
                self.window.tasks.free(put_back, lambda path: self.open_path(path, passphrase))

        self.window.tasks.free(look, decide)

    def sign_in(self) -> None:
        """Ask for the key of the person who works here."""
        last = self.window.settings.last_key
        dialog = SignInDialog(self.window.context.look, Path(last) if last else None, self.window)
        if dialog.exec():
            self.sign_in_with(dialog.file, dialog.passphrase)

    def sign_in_with(self, key: Path, passphrase: str) -> None:
        def then(who: Person | None) -> None:
            self.window.settings.last_key = str(key)
            self.window.say(N_("{person} works here now.", person=who.name) if who else N_(
                "The key is open; nobody is enrolled in this book yet."))
            self.window.refresh_all()

        self.window.tasks.sign_in(key, passphrase, then)

    def sign_out(self) -> None:
        def then(_nothing: None) -> None:
            self.window.say(N_("The key is closed."))
            self.window.refresh_all()

        self.window.tasks.sign_out(then)

    def quit(self) -> None:
        self.window.close()
