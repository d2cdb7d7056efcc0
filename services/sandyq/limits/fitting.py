"""What of a part goes together: measure, scope, grouping, denominator, basis, options. What does not is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Part
from sandyq.limits.measures import BY_NAME
from sandyq.limits.measures.apportioned import APPORTIONED, bases_of
from sandyq.limits.measures.base import COMMON_OPTIONS, SPLIT, UNSAID, Measure

_NUMBERS = frozenset({"beta_below", "days", "share_of_volume", "share_of_value", "top", "above"})


def fitted(part: Part) -> Part:
    """Return the part with the measure that can do it: a sum over a dimension that splits lines is apportioned."""
    if part.measure == "market_value" and ({part.group_by} | set(part.scope)) & (SPLIT | UNSAID):
        return replace(part, measure=APPORTIONED)
    return part


def misfit(part: Part) -> Text | None:
    """Return the first thing that does not go together, as a sentence; None when everything does."""
    return next(_misfits(part, BY_NAME[part.measure]), None)


def _misfits(part: Part, measure: Measure) -> Iterator[Text]:
    for key in sorted(set(part.scope) - measure.scopes):
        yield N_("The measure {measure} has no scope by {key}.", measure=measure.name, key=key)
    if part.group_by and part.group_by not in measure.groups:
        yield N_("The measure {measure} is not grouped by {key}.", measure=measure.name, key=part.group_by)
    if part.basis not in measure.bases:
        yield N_("The measure {measure} is not taken on the basis {basis}.", measure=measure.name, basis=part.basis)
    yield from _unit(part, measure)
    yield from _split(part, measure)
    yield from _options(part, measure)


def _unit(part: Part, measure: Measure) -> Iterator[Text]:
    if part.denominator and part.denominator not in measure.denominators:
        yield N_("The measure {measure} is not divided by {denominator}.", measure=measure.name,
                 denominator=part.denominator)
    if not measure.denominators:
        return
    if part.unit == "ratio" and not part.denominator:
        yield N_("A ratio of the measure {measure} needs a denominator.", measure=measure.name)
    if part.unit != "ratio" and part.denominator:
        yield N_("A threshold in {unit} has no denominator.", unit=part.unit)


def _split(part: Part, measure: Measure) -> Iterator[Text]:
    if measure.name != APPORTIONED:
        return
    keys = sorted(({part.group_by} | set(part.scope)) & SPLIT)
    if len(keys) > 1:
        yield N_("A sum is split by one of {keys} at a time.", keys=", ".join(sorted(SPLIT)))
    elif keys and part.basis not in bases_of(keys[0]):
        bases = ", ".join(sorted(bases_of(keys[0])))
        yield N_("A sum by {key} is taken on the basis {bases}.", key=keys[0], bases=bases)


def _options(part: Part, measure: Measure) -> Iterator[Text]:
    if measure.options is None:
        return
    for key, value in part.options.items():
        if key not in measure.options | COMMON_OPTIONS:
            yield N_("The measure {measure} has no setting {key}.", measure=measure.name, key=key)
        elif key in _NUMBERS and not _is_number(value):
            yield N_("The setting {key} is a number of zero or more.", key=key)


def _is_number(text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and number >= 0
