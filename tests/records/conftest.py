"""Small books for the desk of records; `driving` and `small_books` are beside the tests of the workstation."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
