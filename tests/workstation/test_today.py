"""The morning run on small books: what is asserted was worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import small_books
from driving import made

from sandyq.basics.text import Text
from sandyq.workstation.contract import Question
from sandyq.workstation.moved import Moved, Part
from sandyq.workstation.today import Morning, StepState
from sandyq.workstation.workstation import Workstation

STEPS = ["files", "findings", "reconciliation", "valuation", "limits", "sign", "report"]
MONDAY, TUESDAY = date(2025, 3, 31), date(2025, 4, 1)
PRICES = {"IBIT": {"2025-03-31": "50", "2025-04-01": "51"}, "FBTC": {"2025-03-31": "70", "2025-04-01": "69"}}


def morning(book: Path, day: date = TUESDAY) -> Morning:
    with Workstation.open(book, actor="Analyst 1") as door:
        return door.today.morning(Question(day))


def small(folder: Path, bookings: Sequence[str], mandate: str = small_books.ONLY_NET_INVESTED) -> Path:
    return small_books.book(folder / "small", [small_books.funded(), *bookings], PRICES, mandate,
                            {"2025-03-31": "80000", "2025-04-01": "82000"})


def amounts(parts: Sequence[Part]) -> dict[str, Decimal | None]:
    return {part.label.template: part.amount for part in parts if not part.total}


def figure(found: Morning, label: str, unit: str = "USD") -> Moved:
    return next(row for row in found.moved if row.label.template == label and row.unit == unit)


def test_an_empty_book_has_a_morning_whose_next_step_is_to_bring_files(tmp_path: Path) -> None:
    found = morning(made(tmp_path / "empty.sandyq"))
    assert [step.id for step in found.steps] == STEPS
    assert found.next is not None
    assert found.next.id == "files"
    assert (found.since, found.moved, found.bridge, found.waiting) == (None, (), (), ())


def test_every_step_after_the_next_one_that_is_not_done_waits(tmp_path: Path) -> None:
    book = small(tmp_path, [small_books.bought("IBIT", 1000, 50)])
    for day in (date(2024, 4, 5), MONDAY, TUESDAY, date(2025, 4, 5)):
        found = morning(book, day)
        states = [step.state for step in found.steps]
        assert states.count(StepState.NEXT) == 1
        place = states.index(StepState.NEXT)
        assert StepState.WAITING not in states[:place]
        assert found.done == sum(1 for state in states if state in {StepState.DONE, StepState.ATTENTION})


def test_the_first_day_of_a_book_is_compared_with_nothing(tmp_path: Path) -> None:
    found = morning(small(tmp_path, [small_books.bought("IBIT", 1000, 50)]), date(2025, 1, 2))
    assert (found.since, found.bridge, found.moved) == (None, (), ())


def test_an_unsigned_book_is_compared_with_the_day_before_and_says_so(tmp_path: Path) -> None:
    found = morning(small(tmp_path, [small_books.bought("IBIT", 1000, 50)]))
    assert (found.since, found.since_signed) == (MONDAY, False)
    value = figure(found, "Market value")
    assert (value.old, value.new, value.change) == (50000, 51000, 1000)


def test_the_bridge_tells_prices_from_money_that_came_and_went(tmp_path: Path) -> None:
    """On the day 200 of one fund are bought at 50.5 and 300 of another sold at 72; fees belong to neither."""
    found = morning(small(tmp_path, [
        small_books.bought("IBIT", 1000, 50), small_books.bought("FBTC", 500, 60),
        small_books.bought("IBIT", 200, "50.5", fees=7, day="2025-04-01"),
        small_books.sold("FBTC", 300, 72, fees=5, day="2025-04-01")]))
    begins, ends = 1000 * 50 + 500 * 70, 1200 * 51 + 200 * 69
    trades = 200 * Decimal("50.5") - 300 * 72
    assert [part.amount for part in found.bridge if part.total] == [begins, ends]
    assert amounts(found.bridge) == {"Spot ETF": ends - begins - trades, "Trades": trades, "Residual": 0}


def test_a_holding_sold_out_leaves_by_its_proceeds(tmp_path: Path) -> None:
    found = morning(small(tmp_path, [small_books.bought("IBIT", 1000, 50), small_books.bought("FBTC", 500, 60),
                                     small_books.sold("FBTC", 500, 72, day="2025-04-01")]))
    assert amounts(found.bridge) == {"Spot ETF": 1000 + 500 * 2, "Trades": -500 * 72, "Residual": 0}


def test_an_unknown_value_makes_the_bridge_unknown_and_never_zero(tmp_path: Path) -> None:
    found = morning(small(tmp_path, [small_books.bought("IBIT", 1000, 50), small_books.bought("NOPX", 10, 50)]))
    assert [part.amount for part in found.bridge if part.total] == [None, None]
    parts = amounts(found.bridge)
    assert (parts["Spot ETF"], parts["Residual"]) == (None, None)
    assert figure(found, "Market value").new is None
    assert figure(found, "Market value").change is None
    assert any(doubt.finding.subject == "NOPX" for doubt in found.doubts)


def test_the_total_of_a_day_with_an_unknown_price_is_not_offered_for_signature(tmp_path: Path) -> None:
    found = morning(small(tmp_path, [small_books.bought("NOPX", 10, 50)]))
    valuation = next(step for step in found.steps if step.id == "valuation")
    assert valuation.state not in {StepState.DONE, StepState.ATTENTION}
    assert valuation.fact == Text("A price or rate is missing")


def test_a_settlement_to_come_is_told(tmp_path: Path) -> None:
    late = small_books.bought("IBIT", 100, 50, day="2025-04-01")
    late = late.replace("2025-04-01,2025-04-01", "2025-04-01,2025-04-02")
    found = morning(small(tmp_path, [small_books.bought("IBIT", 1000, 50), late]))
    assert [item.day for item in found.coming] == [date(2025, 4, 2)]


def test_a_mandate_and_a_limit_to_come_are_told(tmp_path: Path) -> None:
    later = small_books.ONLY_NET_INVESTED.replace("2020-01-01", "2025-04-20")
    found = morning(small(tmp_path, [small_books.bought("IBIT", 1000, 50)], later))
    assert date(2025, 4, 20) in {item.day for item in found.coming}
    assert morning(tmp_path / "small" / "b.sandyq", date(2025, 4, 20)).coming == ()


@pytest.mark.parametrize("book", ["sleeve", "*"])
def test_the_morning_of_all_books_is_that_of_the_only_one(tmp_path: Path, book: str) -> None:
    path = small(tmp_path, [small_books.bought("IBIT", 1000, 50)])
    with Workstation.open(path, actor="Analyst 1") as door:
        found = door.today.morning(Question(TUESDAY, None, book))
    assert figure(found, "Market value").new == 51000
