"""R7: one bit of the book's file flipped.

Detected when opening, reading or verifying says so; harmless when verify holds and every figure is as before (free
pages, unused bytes). A figure that differs while verify holds is a false figure, and the campaign fails. What a person
would see without verifying first is counted beside it.
"""

from __future__ import annotations

from pathlib import Path

import spoiled_books as books
from outcome import Outcome, Run

from sandyq.basics.errors import SandyqError
from sandyq.store.store import Store
from sandyq.workstation.workstation import Workstation

PASSPHRASE = "a passphrase of the campaign"


def flips(run: Run) -> Outcome:
    """Flip bits anywhere in the file; every tenth one in an encrypted book."""
    outcome = Outcome("R7", run.count)
    plain = _Subject(books.make(run.folder / "plain", bookings=20, days=60), None)
    secret = books.make(run.folder / "secret", passphrase=PASSPHRASE, bookings=20, days=60)
    with Store.open(secret, actor="Auditor 1", passphrase=PASSPHRASE) as store:
        encrypted = _Subject(secret, store.key)
    chance = run.chance("R7")
    for number in range(run.count):
        if run.over:
            break
        subject = encrypted if number % 10 == 9 else plain
        bit = chance.randrange(8 * len(subject.content))
        outcome.tried += 1
        try:
            what, shown = subject.flipped(bit, run.folder / "flipped.sandyq")
        except Exception as error:
            outcome.fail(f"seed {run.seed}, bit {bit}: a fault of our own, {type(error).__name__}: {error}")
            continue
        outcome.note(what)
        if what == "FALSE FIGURE":
            outcome.false_figures += 1
            outcome.fail(f"seed {run.seed}, bit {bit} of {subject.book.name}: figures differ and verify holds")
        else:
            outcome.caught += 1
            if shown:
                outcome.note(f"{shown} shown until verified")
    return outcome


class _Subject:
    """A closed book with its bytes and its true figures."""

    def __init__(self, book: Path, key: str | None) -> None:
        self.book, self.key = book, key
        self.content = bytearray(book.read_bytes())
        self.figures = self._figures(book)
        self.seen = books.look(book, key=key)

    def _figures(self, book: Path) -> tuple[object, object]:
        with Workstation(Store.open_with_key(book, self.key, actor="Auditor 1"), book, "Auditor 1") as station:
            return books.figures_of(station), [(entry.seq, entry.kind, dict(entry.payload), entry.actor)
                                               for entry in station.store.entries()]

    def flipped(self, bit: int, to: Path) -> tuple[str, str]:
        """Return how the flip was met, and what was shown wrong to somebody who had not verified.

        An error that is no sentence of ours, while figures are asked for, is told apart.
        """
        plainly = shown = ""
        self.content[bit // 8] ^= 1 << bit % 8
        try:
            to.write_bytes(self.content)
        finally:
            self.content[bit // 8] ^= 1 << bit % 8
        for name in ("-wal", "-shm", "-journal"):
            to.with_name(to.name + name).unlink(missing_ok=True)
        try:
            found = self._figures(to)
            same: bool | None = found == self.figures
            shown = "" if same else "another figure" if found[0] != self.figures[0] else "another word of the journal"
        except SandyqError:
            same = None
        except Exception as error:
            # Not a sentence of ours, and no figure either. The verification below has to name the damage.
            same, plainly = None, f", without a sentence ({type(error).__name__})"
        try:
            seen = books.look(to, key=self.key)
        except SandyqError:
            return f"refused at opening or reading{plainly}", shown
        if not seen.holds:
            return f"named by verify{plainly}", shown
        if same is None:
            return f"refused at reading{plainly}", ""
        if not same or seen.hashes != self.seen.hashes or seen.facts != self.seen.facts:
            return "FALSE FIGURE", shown
        return "harmless: figures equal", ""
