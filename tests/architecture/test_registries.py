"""A new thing touches one place: every file of a registry's folder is listed in the registry beside it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
REGISTRIES = (
    ("sandyq.limits.measures", "MEASURES"),
    ("sandyq.packs.formats", "FORMATS"),
    ("sandyq.exposure.methods", "METHODS"),
    ("sandyq.book.actions", "ACTIONS"),
    ("sandyq.gate.criteria", "CRITERIA"),
    ("sandyq.reports.kinds", "REPORTS"),
    ("sandyq.reports.writers", "WRITERS"),
)


@pytest.mark.parametrize(("package", "registry"), REGISTRIES)
def test_every_file_of_the_folder_is_reached_from_its_registry(package: str, registry: str) -> None:
    module = importlib.import_module(package)
    assert len(getattr(module, registry)) > 0
    folder = Path(str(module.__file__)).parent
    for path in folder.glob("*.py"):
        if path.stem != "__init__":
            assert f"{package}.{path.stem}" in sys.modules, f"{path.name} is not listed in {registry}"


def test_packaging_never_becomes_a_package() -> None:
    assert not (PROJECT / "packaging" / "__init__.py").exists()
