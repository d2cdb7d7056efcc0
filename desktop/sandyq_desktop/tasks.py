"""The only place with threads: one worker owns the workstation, answers questions and carries out commands.

Answers reach the window through Qt's queue, in its own thread. A question with a key replaces an older one with the
same key: the older is not started, is cancelled if it runs, and its answer is dropped.
"""

from __future__ import annotations

import itertools
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_

if TYPE_CHECKING:
    from pathlib import Path

    from sandyq.control.people import Person, Signer
    from sandyq.workstation.workstation import Workstation

Answer = TypeVar("Answer")
Opener = Callable[[bool], "Workstation"]
"""Opens the book; True for writing."""

SWITCH_SECONDS = 0.0002
"""Every call of the window into Qt gives the interpreter up and waits this long to get it back while the worker
calculates; Python's own 5 ms is long for the hundreds of calls of one repaint."""


@dataclass(order=True, slots=True)
class _Job:
    slow: bool
    number: int
    key: str = field(compare=False)
    work: Callable[[Any], Any] = field(compare=False)
    then: Callable[[Any], None] = field(compare=False)
    failed: Callable[[SandyqError], None] | None = field(compare=False)
    kind: str = field(compare=False, default="ask")


class Tasks(QObject):
    """One worker and its book. `progress` (done, total) and `idle` serve the progress line, `failed` the strip."""

    progress = Signal(int, int)
    started = Signal()
    idle = Signal()
    failed = Signal(object)
    _answered = Signal(object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._latest: dict[str, int] = {}
        self._running: _Job | None = None
        self._cancelled = threading.Event()
        self._station: Workstation | None = None
        self._opener: Opener | None = None
        self._signer: Signer | None = None
        self._changed = False
        self._open_jobs = 0
        self._answered.connect(self._receive)
        self._thread = threading.Thread(target=self._run, name="workstation", daemon=True)
        self._thread.start()
        sys.setswitchinterval(SWITCH_SECONDS)

    def open(self, opener: Opener, then: Callable[[Workstation], None],
             failed: Callable[[SandyqError], None] | None = None) -> None:
        """Open another book in the worker; `then` gets the door, for its plain facts only (name, path, demo)."""
        def work(_station: object) -> Workstation:
            station = opener(False)
            self._leave()
            self._station, self._opener = station, opener
            return station

        self._put(_Job(False, next(self._numbers), "open", work, then, failed, "open"))

    def ask(self, work: Callable[[Workstation], Answer], then: Callable[[Answer], None], *, key: str = "",
            failed: Callable[[SandyqError], None] | None = None, slow: bool = False) -> None:
        """Ask beside the window; see `sandyq_desktop.context.Asking`."""
        self._put(_Job(slow, next(self._numbers), key, work, then, failed))

    def do(self, work: Callable[[Workstation], Answer], then: Callable[[Answer], None], *,
           failed: Callable[[SandyqError], None] | None = None) -> None:
        """Carry out a command on the book opened for writing."""
        self._put(_Job(False, next(self._numbers), "", work, then, failed, "do"))

    def sign_in(self, key: Path, passphrase: str, then: Callable[[Person | None], None],
                failed: Callable[[SandyqError], None] | None = None) -> None:
        """Open a person's key; from then on they work here, until the book is closed or `sign_out`."""
        def work(station: Workstation) -> Person | None:
            person = station.people.sign_in_with(key, passphrase)
            self._signer = station.signer
            return person

        self._put(_Job(False, next(self._numbers), "", work, then, failed))

    def sign_out(self, then: Callable[[None], None]) -> None:
        """Close the key."""
        def work(station: Workstation) -> None:
            station.people.sign_out()
            self._signer = None

        self._put(_Job(False, next(self._numbers), "", work, then, None))

    def free(self, work: Callable[[object], Answer], then: Callable[[Answer], None],
             failed: Callable[[SandyqError], None] | None = None) -> None:
        """Run work that needs no open book, such as making the demo."""
        self._put(_Job(False, next(self._numbers), "", work, then, failed, "free"))

    def report(self, done: int, total: int) -> bool:
        """Called by running work, in the worker: False when it has been cancelled."""
        self.progress.emit(done, total)
        return not self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the running work to stop at its next report."""
        self._cancelled.set()

    def stop(self) -> None:
        """Close the book and end the worker."""
        self.cancel()
        self._put(_Job(False, -1, "", lambda _s: None, lambda _a: None, None, "stop"))
        self._thread.join(5)

    @property
    def is_idle(self) -> bool:
        """Whether everything has been answered."""
        return self._open_jobs <= 0

    def _put(self, job: _Job) -> None:
        if job.key:
            self._latest[job.key] = job.number
            running = self._running
            if running is not None and running.key == job.key:
                self._cancelled.set()
        self._open_jobs += 1
        self.started.emit()
        self._jobs.put(job)

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job.kind == "stop":
                self._leave()
                return
            if job.key and self._latest.get(job.key) != job.number:
                self._answered.emit(job, None, None)
                continue
            self._cancelled.clear()
            self._running = job
            answer, error = self._work(job)
            self._running = None
            self._answered.emit(job, answer, error)

    def _work(self, job: _Job) -> tuple[object, SandyqError | None]:
        try:
            if job.kind in {"open", "free"}:
                return job.work(None), None
            if self._station is None or self._opener is None:
                return None, SandyqError("no-book", N_("No book is open."), remedy=N_("Open a book first."))
            if job.kind == "ask":
                return job.work(self._station), None
            writer = self._opener(True)
            try:
                if self._signer is not None:
                    writer.people.sign_in(self._signer)
                return job.work(writer), None
            finally:
                self._changed = True
                writer.close()
                self._station.forget()
        except SandyqError as error:
            return None, error
        except Exception as error:
            return None, SandyqError("unexpected", N_("Something went wrong that the program did not foresee: {kind}, "
                                                      "{reason}.", kind=type(error).__name__, reason=str(error)[:300]),
                                     remedy=N_("The book was not changed. Report the code and these words."))

    def _leave(self) -> None:
        """Close the book; one that was changed is backed up first, and a backup that fails never keeps it open."""
        station, self._station, self._signer = self._station, None, None
        if station is None:
            return
        try:
            station.close(back_up=self._changed)
        except SandyqError as error:
            self.failed.emit(error)
        finally:
            self._changed = False

    def _receive(self, job: _Job, answer: object, error: SandyqError | None) -> None:
        self._open_jobs -= 1
        if self._open_jobs <= 0:
            self.idle.emit()
        if job.key and self._latest.get(job.key) != job.number:
            return
        if error is None:
            job.then(answer)
        elif job.failed is not None:
            job.failed(error)
        else:
            self.failed.emit(error)
