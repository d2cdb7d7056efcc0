"""What is open on the day stands on the page, in the workbook and in a file of its own (F068, F079)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sandyq.basics.text import N_
from sandyq.reports.kinds import REPORTS
from sandyq.reports.matters import LAPSES_SOON, MOST, Matters, OpenBreach, OpenOrder, StandingWaiver
from sandyq.reports.page import page
from sandyq.reports.sheet import SheetData
from sandyq.reports.workbook import workbook
from sandyq.reports.writers import pdf

Maker = Callable[[str], SheetData]
D = Decimal
WAIVER = StandingWaiver("W-0001", "L02", "ratio", D("0.0055"), date(2025, 10, 1), date(2025, 10, 17), LAPSES_SOON)
LATE = OpenBreach("L17.Strategy.2025-08-01", "L17", date(2025, 8, 1), N_("Passive breach"), N_("Assigned"),
                  date(2025, 8, 29), 0, True, None)
WAIVED = OpenBreach("L02.2025-10-01", "L02", date(2025, 10, 1), None, N_("Detected"), None, None, False, WAIVER)
ORDER = OpenOrder("O-0001", "buy", D(12000), "IBIT", D("52.10"), "USD", datetime(2025, 10, 6, 14, 30, tzinfo=UTC))
OPEN = Matters((LATE, WAIVED), (WAIVER,), (ORDER,))
OVERRIDE = N_("Gate override {reference} by committee decision {committee}.", reference="V-0001", committee="IC 25-7")


def lines(data: SheetData) -> dict[str, str]:
    return dict(page(data)["lines"])  # type: ignore[call-overload]


def test_the_page_names_what_lasts_what_is_waived_and_what_waits(english: SheetData) -> None:
    said = lines(replace(english, matters=OPEN))
    assert said["Open breaches"] == (
        "L17.Strategy.2025-08-01 since 01.08.2025, Passive breach, Assigned, overdue since 29.08.2025; "
        "L02.2025-10-01 since 01.10.2025, \u2014, Detected, waived by W-0001 up to 0.55 % until 17.10.2025")
    assert said["Waivers in force"] == "W-0001, L02 up to 0.55 %, lapses on 17.10.2025, business days left: 10"
    assert said["Approved, not executed"] == ("O-0001: purchase of 12\u202f000 IBIT at USD 52.1, valid until "
                                              "06.10.2025 14:30 UTC")
    later = replace(OPEN, waivers=(replace(WAIVER, left=LAPSES_SOON + 1),))
    assert lines(replace(english, matters=later))["Waivers in force"] == "W-0001, L02 up to 0.55 % until 17.10.2025"


def test_a_day_without_a_breach_says_so_and_a_book_without_mandate_does_not(english: SheetData) -> None:
    assert lines(replace(english, matters=Matters(())))["Open breaches"] == "none"
    assert "Open breaches" not in lines(replace(english, matters=Matters()))


def test_what_has_no_place_on_the_page_is_counted_there_and_listed_in_the_workbook(english: SheetData) -> None:
    many = tuple(replace(LATE, reference=f"L17.{number}.2025-08-01") for number in range(9))
    data = replace(english, matters=Matters(many))
    assert lines(data)["Open breaches"].endswith(f"; more, in the workbook: {9 - MOST}")
    table = workbook(data)[3]
    assert [row[1] for row in table.rows] == [one.reference for one in many]


@pytest.mark.parametrize("code", ["en", "ru", "kk"])
def test_a_full_sheet_with_all_of_it_is_still_one_page(sheet: Maker, code: str) -> None:
    crowded = Matters((LATE, WAIVED) * 4, (WAIVER,) * 4, (ORDER,) * 4)
    data = replace(sheet(code), matters=crowded, overrides=(OVERRIDE,) * 5)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.write("sheet", page(data), data.known_at))) == 1
    assert len(lines(data)) == 5


def test_an_override_stands_on_the_page_in_the_workbook_and_in_the_file_of_open_matters(english: SheetData) -> None:
    data = replace(english, matters=OPEN, overrides=(OVERRIDE,))
    assert lines(data)["Override"] == "Gate override V-0001 by committee decision IC 25-7."
    made = {document.name: document.content for document in REPORTS[0].issue(data)}
    name = next(name for name in made if name.startswith("demo-open-matters-"))
    rows = list(csv.DictReader(io.StringIO(made[name].decode("utf-8-sig"), newline="")))
    assert [(row["What"], row["Reference"]) for row in rows] == [
        ("Open breach", LATE.reference), ("Open breach", WAIVED.reference), ("Waiver in force", "W-0001"),
        ("Override", ""), ("Approved, not executed", "O-0001")]
    assert rows[0]["Overdue"] == "yes" and rows[0]["Cure by"] == "2025-08-29"
    assert (rows[1]["Waiver"], rows[1]["Ceiling"], rows[1]["Until"]) == ("W-0001", "0.0055", "2025-10-17")
    assert "IC 25-7" in rows[3]["Words"]
    kinds = [table.name for table in workbook(data)]
    assert "Open matters" in kinds and len(kinds) == 6
