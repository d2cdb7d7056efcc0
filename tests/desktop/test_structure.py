"""The floors inside the desktop, read from the source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import sandyq_desktop

ROOT = Path(sandyq_desktop.__file__).parent
FILES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}


def imports(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_threads_stop_in_one_file() -> None:
    users = [name for name, source in FILES.items()
             if any(i.partition(".")[0] in {"threading", "concurrent", "multiprocessing", "asyncio"}
                    or i.endswith(("QThread", "QThreadPool", "QRunnable")) for i in imports(source))]
    assert users == ["tasks.py"]


def test_colours_live_in_the_palette() -> None:
    users = [name for name, source in FILES.items() if re.search(r"[\"'#]#?[0-9A-Fa-f]{6}\b[\"';]", source)
             and re.search(r"#[0-9A-Fa-f]{6}\b", source)]
    assert users == ["palette.py"]


def test_the_chart_library_is_imported_by_charts_only() -> None:
    users = {name.partition("/")[0] for name, source in FILES.items()
             if any(i.partition(".")[0] == "pyqtgraph" for i in imports(source))}
    assert users <= {"charts"}


def test_tables_and_dialogs_know_no_view_and_no_window() -> None:
    above = ("sandyq_desktop.views", "sandyq_desktop.window", "sandyq_desktop.handlers")
    wrong = {name: sorted(i for i in imports(source) if i.startswith(above)) for name, source in FILES.items()
             if name.startswith(("tables/", "dialogs/", "charts/"))}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_no_view_of_the_rail_knows_another() -> None:
    views = ("today", "holdings", "limits", "charts", "orders", "gate", "data", "journal")
    for view in views:
        others = {f"sandyq_desktop.views.{other}" for other in views if other != view}
        assert not others & imports(FILES[f"views/{view}.py"]), view
