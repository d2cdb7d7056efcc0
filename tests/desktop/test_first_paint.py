"""The window is on screen before anything heavy is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import sandyq_desktop.window as w
import sandyq_desktop.__main__ as start
heavy = ("pandas", "numpy", "sqlite_utils", "pyqtgraph", "cryptography", "sandyq.store",
         "sandyq.workstation.workstation")
original = w.Window.paintEvent
def painted(self, event):
    original(self, event)
    if not seen:
        seen.append([name for name in heavy if name in sys.modules])
        QTimer.singleShot(0, QApplication.quit)
seen = []
w.Window.paintEvent = painted
start.default_file = lambda: None
start.main([])
print(seen)
"""


def test_nothing_heavy_is_loaded_at_the_first_paint(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.stdout.strip() == "[[]]", done.stderr
