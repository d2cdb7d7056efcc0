"""Which parts of a mandate measure the same lines: their scopes compared, without looking at any book."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sandyq.limits.mandate import Limit, Part

Scope = Mapping[str, tuple[str, ...]]


def _split(values: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return what a dimension admits (empty: everything) and what it excludes."""
    return (frozenset(value for value in values if not value.startswith("!")),
            frozenset(value[1:] for value in values if value.startswith("!")))


def intersect(one: Scope, other: Scope) -> bool:
    """Return whether a line can be in both scopes."""
    for key in set(one) & set(other):
        (wanted, barred), (also, out) = _split(one[key]), _split(other[key])
        if wanted and also and not (wanted & also) - barred - out:
            return False
        if wanted and not also and not wanted - barred - out:
            return False
        if also and not wanted and not also - barred - out:
            return False
    return True


def contains(outer: Scope, inner: Scope) -> bool:
    """Return whether every line of the inner scope is in the outer one as well."""
    for key, values in outer.items():
        wanted, barred = _split(values)
        also, out = _split(inner.get(key, ()))
        if also:
            if (wanted and not also - out <= wanted) or (also - out) & barred:
                return False
        elif wanted or not barred <= out:
            return False
    return True


def same_yardstick(one: Part, other: Part) -> bool:
    """Return whether two parts measure in the same way, whatever lines they look at."""
    return ((one.measure, one.unit, one.direction, one.denominator, one.basis, one.group_by, dict(one.options))
            == (other.measure, other.unit, other.direction, other.denominator, other.basis, other.group_by,
                dict(other.options)))


def same_time(one: Limit, other: Limit) -> bool:
    """Return whether two limits are ever in force on the same day."""
    return ((one.valid_to is None or other.valid_from <= one.valid_to)
            and (other.valid_to is None or one.valid_from <= other.valid_to))


def levels(part: Part) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return part.warn, part.soft, part.hard


def silences(outer: Part, inner: Part) -> bool:
    """Return whether a maximum over more lines is exceeded whenever the one over fewer of them is.

    Holds for sums that no line makes smaller: a maximum over few lines needs a tighter level than that over many.
    """
    first, second = outer.in_force, inner.in_force
    return _is_growing(outer) and outer.direction == "max" and None not in (first, second) and first <= second  # type: ignore[operator]


def follows(outer: Part, inner: Part) -> bool:
    """Return whether a minimum over many lines is kept whenever the one over some of them is."""
    first, second = outer.in_force, inner.in_force
    return _is_growing(outer) and outer.direction == "min" and None not in (first, second) and first <= second  # type: ignore[operator]


def _is_growing(part: Part) -> bool:
    return part.measure == "market_value" and part.basis != "beta_adjusted"
