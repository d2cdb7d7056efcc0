"""A closed day against what the book says of it now: old value, new value, cause, limits that change state (F052)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ZERO
from sandyq.limits.result import State
from sandyq.workstation.closing import Frozen, amount, closed_content, moment_of_close
from sandyq.workstation.contract import Question
from sandyq.workstation.differences import difference
from sandyq.workstation.flattened import frozen
from sandyq.workstation.recorded import Cause, FigureChange, LimitChange, Restatement

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_EXACT: Final = Context(prec=200)
_ESTIMATES: Final = ("exposure/", "totals/exposure_usd", "totals/coin_equivalent")


def restatement(station: Workstation, q: Question, day: date, version: int | None = None) -> Restatement:
    """Hold a closed day (its last version, unless one is named) against the knowledge of the question's moment.

    Old values are those that were signed; where the program computes the signed knowledge differently today, the gap
    is in the part `Cause.RESIDUAL`. Raises BadInput when the day was not closed.
    """
    closed, content = closed_content(station, q, day, version)
    found = difference(station, day, moment_of_close(station, content), q.known_at, q.book)
    return Restatement(closed, replace(
        found, figures=tuple(_signed(figure, content.figures) for figure in found.figures),
        limits=tuple(_signed_limit(limit, content) for limit in found.limits)))


def _signed(figure: FigureChange, signed: Mapping[str, str | None]) -> FigureChange:
    """Put the signed value in place of the one computed again, unless they are the same."""
    if figure.key not in signed:
        return figure
    estimated = figure.key.startswith(_ESTIMATES)
    if frozen(figure.old, figure.unit, estimated=estimated) == signed[figure.key]:
        return figure
    old = amount(signed[figure.key])
    return replace(figure, old=old, parts=_with_gap(figure, old))


def _with_gap(figure: FigureChange, old: Decimal | None) -> tuple[tuple[Cause, Decimal | None], ...]:
    if old is None or figure.new is None:
        return tuple((cause, None) for cause, _ in figure.parts)
    parts = {cause: part for cause, part in figure.parts if part is not None}
    with localcontext(_EXACT):
        parts[Cause.RESIDUAL] = figure.new - old - sum((part for cause, part in parts.items()
                                                        if cause is not Cause.RESIDUAL), ZERO)
    return tuple((cause, parts[cause]) for cause in Cause if parts.get(cause))


def _signed_limit(limit: LimitChange, content: Frozen) -> LimitChange:
    signed = content.limits.get(limit.limit_id)
    if signed is None:
        return limit
    state = State(str(signed["state"]))
    value = limit.value[0]
    if frozen(value, limit.unit, estimated=limit.unit == "USD") != signed["value"]:
        value = amount(signed["value"])
    return replace(limit, value=(value, limit.value[1]), state=(state, limit.state[1]))
