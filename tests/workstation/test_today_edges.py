"""The morning run where something is missing: a mandate, a statement, people, a price, or the other day's proposal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import small_books

from sandyq.control.people import Role
from sandyq.workstation.contract import Question
from sandyq.workstation.people import make_key
from sandyq.workstation.today import Morning, Step, StepState
from sandyq.workstation.workstation import Workstation

MONDAY, TUESDAY = date(2025, 3, 31), date(2025, 4, 1)
MAKER, CHECKER, WORD = "Analyst 1", "Risk 1", "a passphrase of a test"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return small_books.book(tmp_path / "one", [
        small_books.funded(), small_books.bought("IBIT", 1000, 50), small_books.bought("NOPX", 10, 50)],
        {"IBIT": {"2025-03-31": "50", "2025-04-01": "51"}}, small_books.ONLY_NET_INVESTED,
        {"2025-03-31": "80000", "2025-04-01": "82000"})


def step(found: Morning, identity: str) -> Step:
    return next(item for item in found.steps if item.id == identity)


def test_a_book_of_the_file_without_a_mandate_has_a_morning_too(book: Path) -> None:
    with Workstation.open(book, actor=MAKER) as door:
        found = door.today.morning(Question(TUESDAY, None, "own"))
    assert step(found, "limits").fact.template == "The book has no mandate"
    assert not any(row.label.template == "Look-through exposure" for row in found.moved)
    assert not any(row.name.template == "Look-through" for row in found.complete)


def test_a_holding_that_never_had_a_price_does_not_count_as_priced(book: Path) -> None:
    with Workstation.open(book, actor=MAKER) as door:
        prices = next(row for row in door.today.morning(Question(TUESDAY)).complete if row.name.template == "Prices")
    assert (prices.present, prices.expected) == (1, 2)


def test_a_missing_statement_is_told_and_does_not_stand_before_the_valuation(book: Path) -> None:
    with Workstation.open(book, actor=MAKER) as door:
        found = door.today.morning(Question(TUESDAY))
    assert step(found, "reconciliation").state is StepState.ATTENTION
    assert found.next is not None
    assert found.next.id == "valuation"


def test_without_people_the_valuation_says_that_two_are_enrolled_first(tmp_path: Path) -> None:
    path = small_books.book(tmp_path / "two", [small_books.funded(), small_books.bought("IBIT", 1000, 50)],
                            {"IBIT": {"2025-04-01": "51"}}, small_books.ONLY_NET_INVESTED)
    with Workstation.open(path, actor=MAKER) as door:
        missing = step(door.today.morning(Question(TUESDAY)), "valuation").missing
    assert missing is not None
    assert missing.template == "Nobody is enrolled; two persons sign, each with a key of their own."


def test_the_signature_asked_for_is_that_of_the_day_and_book_in_question(tmp_path: Path) -> None:
    """Two days wait for a second person: each day's morning leads to its own proposal, another book's to none."""
    path = small_books.book(tmp_path / "three", [small_books.funded(), small_books.bought("IBIT", 1000, 50)],
                            {"IBIT": {"2025-03-31": "50", "2025-04-01": "51"}}, small_books.ONLY_NET_INVESTED)
    with Workstation.open(path, actor=MAKER, write=True) as door:
        for number, (name, role) in enumerate(((MAKER, Role.MIDDLE_OFFICE), (CHECKER, Role.RISK))):
            signer = make_key(tmp_path / f"{number}.key", name, WORD)
            door.people.enrol(name, role, signer.public_key, door.people.proof(signer, role))
        door.people.sign_in_with(tmp_path / "0.key", WORD)
        references = {day: door.records.close_day(Question(day), "no official rate in this test").proposal
                      for day in (MONDAY, TUESDAY)}
        for day, reference in references.items():
            found = door.today.morning(Question(day))
            assert found.signing is not None
            assert found.signing.reference == reference
            assert found.next is not None
            assert found.next.id == "sign"
        assert door.today.morning(Question(TUESDAY, None, "own")).signing is None
