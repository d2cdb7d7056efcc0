"""A book of six persons: one period closed by two of them, two proposals; copied for each attempt."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from four_persons import PASSPHRASE, ROLES, Attack, booking, close, enrolled, price, signer

from sandyq.control.people import Role
from sandyq.store.keys import load_key, make_key
from sandyq.workstation.workstation import Workstation


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key files of persons 5 and 6, and a stranger's; making one takes a second."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("Analyst 5", "Risk 6"):
        make_key(folder / f"{name}.key", name, PASSPHRASE)
    return folder


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.sandyq"
    with Workstation.create(path, mandate="example", settings={}, actor="Administrator 1") as station:
        people = station.people
        for name, role in list(ROLES.items())[:2]:
            assert not enrolled(station, name, role)
        people.sign_in(signer("Analyst 1"))
        waiting = [enrolled(station, name, role) for name, role in list(ROLES.items())[2:]]
        for name, role in (("Analyst 5", Role.MANAGER), ("Risk 6", Role.RISK)):
            key = load_key(keys / f"{name}.key", PASSPHRASE)
            waiting.append(people.enrol(name, role, key.public_key, people.proof(key, role)).proposal)
        station.record("import", {}, [booking("T-1", "2025-06-02"), booking("T-2", "2026-02-02")])
        waiting.append(people.post("period_close", "2025", [close("2025-12-31")], {"through": "2025-12-31"}).proposal)
        people.sign_in(signer("Risk 1"))
        for reference in waiting:
            people.approve(reference)
        people.sign_in(signer("Analyst 1"))
        people.post("manual_price", "IBIT", [price()], {"symbol": "IBIT"}, key="manual:IBIT:2026-01-05")
        people.post("period_close", "short", [close("2026-01-31")], {}, expires=date(2026, 1, 31))
    return path


@pytest.fixture
def attack(template: Path, keys: Path, tmp_path: Path) -> Attack:
    path = tmp_path / "book.sandyq"
    shutil.copy(template, path)
    return Attack(path, keys)


@pytest.fixture
def station(attack: Attack) -> Iterator[Workstation]:
    """The book open for writing, Analyst 1 signed in."""
    with attack.working("Analyst 1") as opened:
        yield opened


@pytest.fixture
def as_person(station: Workstation) -> Callable[[str], Workstation]:
    def change(name: str) -> Workstation:
        station.people.sign_in(signer(name))
        return station

    return change
