"""P7: from the start of the process to the first paint, to holdings with figures, to a chart, against a bare window.

The bare window is an empty QMainWindow of the same size. Ours starts as ``python -m sandyq_desktop`` does and opens
the demo book; a view counts when its figures have arrived and been painted. Give ``QT_QPA_PLATFORM`` for a display.
"""

# ruff: noqa: T201  # a command that prints its figures
from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

GOALS = {"first": 1.25, "holdings": 2.0, "charts": 5.0}
_STARTED = "SANDYQ_BENCH_START"


def child(variant: str, book: Path) -> None:
    """Show one variant, print the seconds since the process was asked for, and end."""
    if variant == "bare":
        _bare()
    else:
        _ours(variant, book)


def _done() -> None:
    print(json.dumps({"seconds": time.time() - float(os.environ[_STARTED])}), flush=True)
    os._exit(0)


def _bare() -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Bare(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, _done)

    application = QApplication(sys.argv[:1])
    window = Bare()
    window.resize(1600, 1000)
    window.show()
    application.exec()


def _ours(variant: str, book: Path) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from sandyq_desktop import fonts
    from sandyq_desktop.settings import Settings
    from sandyq_desktop.window import Window
    from sandyq_desktop.words import Words
    from sandyq_resources import catalogues

    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    fonts.load()
    window = Window(Words(catalogues.language, "en"), Settings.read(None))
    poll = QTimer()

    def look() -> None:
        view = window.views.get(variant)
        if view is None:
            return
        shown = (view.table.model.rowCount() > 0 if variant == "holdings"  # type: ignore[attr-defined]
                 else view.canvas.isVisible() and len(view.canvas.chart.days) > 0)  # type: ignore[attr-defined]
        if shown:
            poll.stop()
            view.repaint()
            application.processEvents()
            _done()

    def painted() -> None:
        if variant == "first":
            _done()
        window.current = variant
        window.handlers.open_path(book)
        poll.timeout.connect(look)
        poll.start(2)

    window.on_first_paint = painted
    window.show()
    application.exec()


def demo_book(folder: Path) -> Path:
    """Make the demo book."""
    from sandyq.workstation.demo.make import make
    return make(folder).book


def seconds(variant: str, book: Path) -> float:
    """Start a variant in a process of its own and return what it printed."""
    import subprocess
    given = {**os.environ, _STARTED: repr(time.time())}
    given.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run([sys.executable, __file__, "--child", variant, str(book)], env=given, text=True,
                          capture_output=True, timeout=60, check=False)
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{variant}: {done.stderr[-800:]}")
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


def compare(book: Path, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every variant, interleaved; the first round warms the file cache and is dropped."""
    taken: dict[str, list[float]] = {variant: [] for variant in ("bare", *GOALS)}
    for number in range(rounds + 1):
        for variant, found in taken.items():
            one = seconds(variant, book)
            if number:
                found.append(one)
    return taken


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]))
        return
    from measure import arguments
    given = arguments(__doc__ or "")
    with tempfile.TemporaryDirectory() as folder:
        taken = compare(demo_book(Path(folder)), given.rounds)
    bare = median(taken["bare"])
    for variant, found in taken.items():
        ratio, goal = median(found) / bare, GOALS.get(variant)
        verdict = "" if goal is None else f"   {'reached' if ratio <= goal else 'MISSED'}, goal {goal:g}"
        print(f"{variant:10s} {median(found):.3f} s [{min(found):.3f}-{max(found):.3f}] x{ratio:.2f}{verdict}")


if __name__ == "__main__":
    main()
