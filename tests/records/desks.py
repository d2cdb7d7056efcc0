"""A small book with two persons for the tests of the desk of records, and how they work in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from small_books import FUND_LIMIT, ONLY_NET_INVESTED, book, bought, funded, sold

from sandyq.control.people import Role
from sandyq.control.signing import signer_from_seed
from sandyq.workstation.workstation import Workstation

DAY = date(2025, 10, 6)
MAKER, CHECKER = "Middle office 1", "Risk 1"
CLOSES = {"IBIT": {"2025-10-03": "69", "2025-10-06": "70"}, "FBTC": {"2025-10-03": "107", "2025-10-06": "108"}}
BOOKINGS = (funded(), bought("IBIT", 1000, 50), bought("FBTC", 500, 90), sold("IBIT", 200, 60))
"""T-0 funding, T-1 and T-2 purchases of 3 March, T-3 a sale of 1 April."""


def small(folder: Path) -> Path:
    """A book with two funds, four bookings, two limits and prices of two days."""
    return book(folder, BOOKINGS, CLOSES, ONLY_NET_INVESTED + FUND_LIMIT)


@contextmanager
def at_work(file: Path, name: str = MAKER) -> Iterator[Workstation]:
    """Open a book for writing as a person; in a book with people they are signed in."""
    with Workstation.open(file, actor=name, write=True) as station:
        if station.people.enrolled:
            station.people.sign_in(signer_from_seed(name, seed(name)))
        yield station


def seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def enrolled(file: Path) -> Path:
    """Enrol a maker and a checker."""
    with Workstation.open(file, actor="Administrator 1", write=True) as station:
        for name, role in ((MAKER, Role.MIDDLE_OFFICE), (CHECKER, Role.RISK)):
            signer = signer_from_seed(name, seed(name))
            station.people.enrol(name, role, signer.public_key, station.people.proof(signer, role))
    return file


def approved(file: Path, reference: str) -> int:
    """The checker approves; returns the entry."""
    with at_work(file, CHECKER) as station:
        return station.people.approve(reference).entry
