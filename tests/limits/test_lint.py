"""The lint of a mandate: each defect planted alone is found, at its limit, and the example is clean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from sandyq.basics.findings import Severity
from sandyq.basics.language import ENGLISH
from sandyq.limits import vocabulary
from sandyq.limits.draft import Draft
from sandyq.limits.lint import Defect, errors, lint_changes, lint_text
from sandyq.limits.lint_scopes import contains, intersect
from sandyq.limits.mandate_diff import differences
from sandyq.limits.measures import MEASURES
from sandyq.limits.measures.base import BASES, DENOMINATORS, SCOPES
from sandyq_resources import text

EXAMPLE = text("mandates", "example.toml")
GOOD = Draft.of(EXAMPLE)
D = Decimal
NAMES = {"symbol": frozenset({"IBIT"}), "issuer": frozenset({"Issuer A"}), "calendar": frozenset({"NYSE", "KASE"}),
         "reserves": frozenset({"gross", "fx"}), "venue": frozenset({"XNAS"})}


def found(draft: Draft) -> list[tuple[str, str, int]]:
    return [(d.code, d.limit, d.part) for d in lint_text(draft.text, NAMES) if d.severity is not Severity.INFO]


CLEAN = set(found(GOOD))

PLANTED: dict[str, tuple[Callable[[Draft], Draft], tuple[str, str, int]]] = {
    "no clause": (lambda d: d.with_limit("L02", clause=None), ("limit-without-clause", "L02", 0)),
    "no section": (lambda d: d.with_limit("L02", section=None), ("limit-without-section", "L02", 0)),
    "no document": (lambda d: d.with_head(document=None), ("limit-without-document", "L02", 0)),
    "a unit that does not fit": (lambda d: d.with_part("L12", 1, unit="days"), ("unreadable", "L12", 0)),
    "warning beyond soft": (lambda d: d.with_part("L02", 1, warn=D("0.006")), ("unreadable", "L02", 0)),
    "soft beyond hard": (lambda d: d.with_part("L02", 1, soft=D("0.009")), ("unreadable", "L02", 0)),
    "equal levels": (lambda d: d.with_part("L02", 1, soft=D("0.0075")), ("levels-equal", "L02", 1)),
    "no cure days": (lambda d: d.with_limit("L02", cure_days=None), ("no-cure", "L02", 0)),
    "a share that is never over one": (lambda d: d.with_part("L12", 1, warn=D("0.9"), hard=D(1)),
                                       ("never-binds", "L12", 1)),
    "a minimum of nothing": (lambda d: d.with_part("L10", 1, warn=D(0), soft=D(0)), ("never-binds", "L10", 1)),
    "per cent for a ratio": (lambda d: d.with_part("L12", 1, hard=D(40)), ("per-cent", "L12", 1)),
    "only a warning": (lambda d: d.with_part("L12", 1, hard=None), ("only-warns", "L12", 1)),
    "blocks at a level that is not there": (lambda d: d.with_part("L12", 1, block_at="soft"),
                                            ("block-without-level", "L12", 1)),
    "an unknown kind": (lambda d: d.with_part("L12", 1, scope={"kind": ["minor"]}), ("unknown-name", "L12", 1)),
    "an unknown symbol": (lambda d: d.with_part("L12", 1, scope={"symbol": ["IBTI"]}), ("unknown-name", "L12", 1)),
    "an unknown issuer": (lambda d: d.with_part("L12", 1, scope={"issuer": ["!Isuer A"]}), ("unknown-name", "L12", 1)),
    "an unknown series": (lambda d: d.with_part("L02", 1, denominator="reserves:gold"), ("unknown-series", "L02", 1)),
    "an unknown calendar": (lambda d: d.with_limit("L02", calendar="MARS"), ("unknown-calendar", "L02", 0)),
    "the same limit twice": (lambda d: d.added_limit("L12"), ("duplicate", "L34", 1)),
    "another level for the same lines": (
        lambda d: d.added_limit("L12").with_part("L34", 1, warn=D("0.05"), hard=D("0.06")),
        ("never-binds", "L12", 1)),
    "a looser level for fewer lines": (
        lambda d: d.added_limit("L13").with_part("L34", 1, scope={"kind": ["exchange"]}, warn=D("0.15"), hard=D("0.2")),
        ("never-binds", "L34", 1)),
    "scopes that cross": (lambda d: d.added_limit("L13").with_part("L34", 1, scope={"kind": ["exchange", "miner"]}),
                          ("overlap", "L34", 1)),
    "no ramp-up floor": (lambda d: d.with_head(ramp_up_floor=None), ("no-ramp-up", "", 0)),
    "a ramp-up above the maximum": (lambda d: d.with_head(ramp_up_floor=D(10**9)), ("ramp-up-above-maximum", "", 0)),
    "a cap that is not the maximum": (lambda d: d.with_head(maximum=D(400_000_000)), ("cap-differs", "L01", 1)),
    "no cap at all": (lambda d: d.without_limit("L01"), ("cap-without-limit", "", 0)),
    "sizes out of order": (lambda d: d.with_head(target=D(10)), ("size-order", "", 0)),
    "a limit that ends before it begins": (lambda d: d.with_limit("L02", valid_to=date(2017, 1, 1)),
                                           ("never-in-force", "L02", 0)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_found_at_its_place(name: str) -> None:
    plant, expected = PLANTED[name]
    assert expected not in CLEAN
    names = GOOD.added_limit("L12").limits[-1]["id"]
    expected = (expected[0], str(names) if expected[1] == "L34" else expected[1], expected[2])
    draft = plant(_numbered(GOOD))
    assert expected in found(draft), name


def _numbered(draft: Draft) -> Draft:
    assert draft.added_limit("L12").limits[-1]["id"] == "L34", "the example ends with L33"
    return draft


def test_the_example_has_no_errors_and_no_warnings_without_a_book() -> None:
    told = [(d.code, d.limit, ENGLISH.say(d.text)) for d in lint_text(EXAMPLE) if d.severity is not Severity.INFO]
    assert told == []


def test_every_unreadable_limit_is_listed_and_the_rest_is_looked_over() -> None:
    draft = GOOD.with_part("L12", 1, unit="days").with_part("L13", 1, hard=D("0.01")).with_limit("L02", clause=None)
    told = lint_text(draft.text)
    assert {d.limit for d in errors(told)} == {"L12", "L13"}
    assert ("limit-without-clause", "L02") in {(d.code, d.limit) for d in told}
    assert [d.severity for d in told] == sorted((d.severity for d in told), key=[*Severity][::-1].index)


def test_two_limits_of_one_name_and_a_file_that_is_no_mandate_are_errors() -> None:
    twice = EXAMPLE.replace('id = "L02"', 'id = "L01"')
    assert next(d.severity for d in lint_text(twice)) is Severity.ERROR
    assert [d.code for d in lint_text("x = [")] == ["unreadable"]
    assert [d.code for d in lint_text("")] == ["unreadable"]


def test_tranches_over_the_maximum_are_an_error() -> None:
    over = EXAMPLE + '\n[[tranche]]\nid = "T9"\namount = 900_000_000\n'
    assert any("more than the maximum" in ENGLISH.say(d.text) for d in errors(lint_text(over)))


def test_a_level_that_moves_asks_for_the_clause() -> None:
    def told(new: Draft) -> list[Defect]:
        return list(lint_changes(differences(GOOD.read(), new.read(), GOOD.text, new.text)))

    raised = GOOD.with_part("L02", 1, hard=D("0.009"))
    assert [(d.code, d.limit) for d in told(raised)] == [("clause-unchanged", "L02")]
    assert told(raised.with_limit("L02", clause="At most 0.90 per cent.")) == []


def test_scopes_are_compared_as_sets_of_lines() -> None:
    assert not intersect({"kind": ("miner",)}, {"kind": ("exchange",)})
    assert intersect({"kind": ("miner",)}, {"currency": ("USD",)})
    assert not intersect({"currency": ("!USD",)}, {"currency": ("USD",)})
    assert intersect({"currency": ("!USD",)}, {"currency": ("KZT",)})
    assert contains({}, {"kind": ("miner",)})
    assert not contains({"kind": ("miner",)}, {})
    assert contains({"currency": ("!USD",)}, {"currency": ("KZT",)})
    assert contains({"currency": ("!USD",)}, {"currency": ("!USD", "!KZT")})
    assert not contains({"currency": ("!USD", "!KZT")}, {"currency": ("!USD",)})
    assert contains({"kind": ("miner", "exchange")}, {"kind": ("miner",), "currency": ("USD",)})


def test_every_measure_dimension_and_basis_has_words() -> None:
    assert {measure.name for measure in MEASURES} <= set(vocabulary.MEASURE_WORDS)
    assert {unit for measure in MEASURES for unit in measure.units} <= set(vocabulary.UNIT_WORDS)
    assert set(vocabulary.SCOPE_WORDS) >= SCOPES
    assert set(vocabulary.BASIS_WORDS) >= BASES
    assert set(vocabulary.DENOMINATOR_WORDS) >= DENOMINATORS
    assert ENGLISH.say(vocabulary.word(vocabulary.MEASURE_WORDS, "a_new_one")) == "a new one"
