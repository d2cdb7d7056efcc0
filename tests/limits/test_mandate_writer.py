"""The canonical form of a mandate: what is written reads back as the same mandate, and looks the same each time."""

from __future__ import annotations

import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mandate_trees

from sandyq.basics.errors import BadInput
from sandyq.limits.draft import Draft, next_name
from sandyq.limits.mandate import Mandate
from sandyq.limits.toml import read_mandate
from sandyq.limits.toml_writer import write_toml
from sandyq_resources import text

EXAMPLE = text("mandates", "example.toml")


def loads(content: str) -> dict[str, Any]:
    return tomllib.loads(content, parse_float=Decimal)


@given(mandate_trees.mandate())
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back_as_the_same_tree_and_the_same_mandate(tree: dict[str, Any]) -> None:
    written = write_toml(tree)
    assert loads(written) == tree
    assert write_toml(loads(written)) == written, "the form is canonical: writing it again changes nothing"
    try:
        first = read_mandate(written)
    except BadInput:
        assume(False)
    assert read_mandate(write_toml(Draft.of(written).tree)) == first


def test_the_example_keeps_every_limit_and_every_section() -> None:
    again = write_toml(loads(EXAMPLE))
    assert loads(again) == loads(EXAMPLE)
    found: Mandate = read_mandate(again)
    assert found == read_mandate(EXAMPLE)
    assert len(found.limits) >= 27


def test_sections_that_the_writer_never_heard_of_are_kept() -> None:
    tree = {"mandate": {"name": "A"}, "new_section": {"deep": {"er": {"x": 1}}, "list": [{"a": 1}, {"a": 2}],
                                                      "none": []}}
    assert loads(write_toml(tree)) == tree


def test_the_order_in_which_keys_were_typed_does_not_show() -> None:
    one = {"mandate": {"name": "A", "version": "v1"}, "limit": [{"id": "L1", "title": {"ru": "б", "en": "a"}}]}
    other = {"limit": [{"title": {"en": "a", "ru": "б"}, "id": "L1"}], "mandate": {"version": "v1", "name": "A"}}
    assert write_toml(one) == write_toml(other)


def test_numbers_are_written_plainly() -> None:
    written = write_toml({"orders": {"a": Decimal(300000000), "b": Decimal("0.00500"), "c": Decimal("1E+3"), "d": 20}})
    assert written == "[orders]\na = 300_000_000\nb = 0.005\nc = 1000\nd = 20\n"


def test_a_value_without_a_form_in_toml_is_refused() -> None:
    with pytest.raises(ValueError, match="no form"):
        write_toml({"orders": {"a": object()}})


def test_a_draft_is_never_changed_in_place() -> None:
    draft = Draft.of(EXAMPLE)
    before = draft.text
    draft.with_part("L16", 1, hard=Decimal("0.5")).with_limit("L02", clause="x").without_limit("L09").added_limit("L12")
    draft.with_head(maximum=Decimal(1)).added_part("L16").without_part("L16", 1)
    assert draft.text == before


def test_names_of_limits_and_versions_go_on_counting() -> None:
    assert next_name(["L01", "L33"]) == "L34"
    assert next_name(["v2", "v3"]) == "v4"
    assert next_name(["v9"]) == "v10"
    assert next_name([]) == "L01"
    assert next_name(["first"]) == "first-2"
    assert Draft.of(EXAMPLE).added_limit("L16").limits[-1]["part"] == Draft.of(EXAMPLE).limit("L16")["part"]


def test_a_limit_keeps_its_last_part() -> None:
    with pytest.raises(BadInput) as refused:
        Draft.of(EXAMPLE).without_part("L01", 1)
    assert refused.value.code == "last-part"
