"""What is printed in a row: digits that do not cross a limit, one ruler for all bars, decisions in sentences."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.limits.mandate import Part
from sandyq.limits.result import Headroom, PartResult, State
from sandyq.reports.bars import REFERENCE, TRACK, bar
from sandyq.reports.heading import MOST_SENTENCES, decisions, tally
from sandyq.reports.numbers import MOST_DIGITS, faithful, split
from sandyq.reports.rows import limit_rows, value_text
from sandyq.reports.sheet import SheetData

D = Decimal


def part(data: SheetData, limit_id: str) -> PartResult:
    result = data.run.by_id(limit_id)
    assert result is not None and result.worst is not None
    return result.worst


def row(data: SheetData, limit_id: str) -> dict[str, object]:
    return next(r for r in limit_rows(data.run, data.language) if r["id"] == limit_id)


def measured(value: Decimal, soft: Decimal | None, hard: Decimal | None) -> PartResult:
    definition = Part("share", "A share", "ratio", "max", warn=None, soft=soft, hard=hard)
    return PartResult(definition, State.OK, "", value, None, None, None, None, None, Headroom(), (), ())


def test_one_cent_over_the_cap_is_never_printed_as_the_cap(english: SheetData) -> None:
    over = replace(part(english, "L01"), value=D("300000000.01"))
    at = replace(over, value=D("300000000"))
    assert value_text(over, Language()) == "300.00000001"
    assert value_text(at, Language()) == "300.0"


@given(value=st.decimals(-1000, 1000, places=8), level=st.decimals(-1000, 1000, places=4),
       digits=st.integers(0, 3))
def test_a_printed_value_stands_on_the_same_side_of_its_limit(value: Decimal, level: Decimal, digits: int) -> None:
    chosen = faithful(value, digits, (level, None))
    printed = D(Language().number(value, chosen).replace("\u2212", "-").replace("\u202f", ""))
    assert digits <= chosen <= MOST_DIGITS
    assert (printed > level, printed < level) == (value > level, value < level)


@given(value=st.decimals(0, 5, places=4), hard=st.decimals("0.01", 3, places=4), soft=st.decimals("0.01", 3, places=4))
def test_the_limit_in_force_stands_at_one_place_in_every_row(value: Decimal, hard: Decimal, soft: Decimal) -> None:
    found = bar(measured(value, min(soft, hard), max(soft, hard)), State.OK)
    assert found["soft"] == REFERENCE
    alone = bar(measured(value, None, hard), State.OK)
    assert alone["hard"] == REFERENCE
    fill = found["fill"]
    assert isinstance(fill, float) and 0 <= fill <= TRACK


def test_bars_of_the_drawn_sheet(english: SheetData) -> None:
    second = bar(part(english, "L02"), State.SOFT_BREACH)
    assert second["excess"] and second["beyond"] and second["hard"] is None
    assert second["fill"] == REFERENCE * float(D("0.005233") / D("0.005"))
    zero = bar(part(english, "L06"), State.OK)
    assert (zero["fill"], zero["hard"]) == (0.0, REFERENCE)
    one_token = bar(replace(part(english, "L06"), value=D(1)), State.BREACH)
    assert one_token["over"] and one_token["excess"]
    assert bar(part(english, "L10"), State.OK)["minimum"]
    assert bar(part(english, "L21"), State.UNKNOWN) == {"kind": "hatch"}
    assert bar(part(english, "L24"), State.NOT_APPLICABLE) == {"kind": "dots"}
    assert bar(None, State.UPCOMING) == {"kind": "dots"}


def test_rows_are_in_order_of_their_ids(english: SheetData) -> None:
    mixed = replace(english.run, results=tuple(reversed(english.run.results)))
    assert [r["id"] for r in limit_rows(mixed, Language())] == [f"L{n:02d}" for n in range(1, 34)]


def test_unknown_is_a_dash_and_never_a_zero(english: SheetData) -> None:
    found = row(english, "L21")
    assert found["value"] == ("\u2014", "") and found["use"] == "\u2014" and found["headroom"] == ("\u2014", "")
    assert found["note"] == "missing: BETF"
    assert row(english, "L32")["value"] == ("0", ".0")


def test_a_share_of_reserves_names_its_denominator_and_date(english: SheetData) -> None:
    assert row(english, "L03")["note"] == "of 17.7 bn, 31.08.2025"


def test_thresholds_of_a_row_have_the_same_digits(english: SheetData) -> None:
    found = row(english, "L02")
    assert [found[name] for name in ("warn", "soft", "hard")] == [("0", ".45"), ("0", ".50"), ("0", ".75")]
    assert row(english, "L10")["sign"] == "\u2265\u202f"


def test_a_number_is_split_before_its_decimal_sign() -> None:
    assert split("1\u202f906.7") == ("1\u202f906", ".7")
    assert split("0,523") == ("0", ",523")
    assert split("\u2014") == ("\u2014", "")


def test_what_needs_a_decision_comes_worst_first_with_the_exact_excess(english: SheetData) -> None:
    found, more = decisions(english)
    assert [item["id"] for item in found] == ["L18", "L02", "L21"]
    assert more == ""
    second = found[1]["text"]
    assert "0.523 %, limit in force 0.5, over by 0.023 %." in second
    assert "Denominator of 57.4 bn, 31.08.2025." in second
    assert "USD 13.4 m, or 192\u202f300 IBIT." in second
    assert "Not counted as OK." in found[2]["text"] and "Owner: Middle office." in found[2]["text"]


def test_the_counts_of_states_sum_to_the_limits(english: SheetData) -> None:
    head, rest = tally(english)
    assert head == "Needs a decision or an answer: 3"
    assert rest == "warnings 5: L03, L04, L17, L27, L28; OK: 21; Upcoming: 1; Not applicable: 3"
    assert len(english.run.results) == 3 + 5 + 21 + 1 + 3


def test_decisions_beyond_the_room_are_named_in_one_line(english: SheetData) -> None:
    worst = part(english, "L02")
    results = tuple(replace(r, state=State.BREACH, worst=worst) for r in english.run.results)
    found, more = decisions(replace(english, run=replace(english.run, results=results)))
    assert len(found) == MOST_SENTENCES
    assert more.startswith(f"And {33 - MOST_SENTENCES} more") and "L33" in more


def test_the_workstations_remarks_are_added_to_the_sentences(english: SheetData) -> None:
    found, _ = decisions(replace(english, remarks={"L02": (N_("Since {day}.", day=english.as_of),)}))
    assert found[1]["text"].endswith("Since 03.10.2025.")
