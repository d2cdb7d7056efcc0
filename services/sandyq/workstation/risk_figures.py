"""What a risk figure rests on, as leaves of an explanation: the convention, the worst scenarios, each line's stress."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sandyq.basics.figure import Figure
from sandyq.basics.text import N_
from sandyq.limits.measures.base import in_scope
from sandyq.limits.measures.risk import amounts, held, horizon
from sandyq.limits.result import PartResult
from sandyq.workstation.picture import Picture

RISK: Final = frozenset({"var", "expected_shortfall", "stress"})


def risk_figures(key: str, part: PartResult, picture: Picture) -> Iterable[Figure]:
    """Yield the leaves of a part that measures risk; `key` is the node's that they stand under."""
    if part.part.measure == "stress":
        yield from _stressed(key, part, picture)
    else:
        yield from _tail(key, part, picture)


def _tail(key: str, part: PartResult, picture: Picture) -> Iterable[Figure]:
    tails, rows = picture.risk.tails, in_scope(picture.snapshot.rows, part.part)
    if any(row.market_value is None for row in rows):
        return
    days, level, method = horizon(part.part)
    known = amounts(rows)
    found = tails.risk(known, days, level, method)
    yield Figure(f"{key}/method", N_("Method"), found.method.value, "", N_(
        "{scenarios} scenarios since {first}, the {tail} worst count; proxies on {proxied} % of the days",
        scenarios=found.scenarios, first=tails.first or "—", tail=found.tail, proxied=round(100 * found.proxied, 2)),
        convention=True)
    for day in tails.worst(known, days, level, method):
        yield Figure(f"{key}/worst/{day.day}", N_("Loss in the scenario of {day}", day=day.day), round(day.loss, 2),
                     "USD", N_("Market values of the day × the returns up to that day"), convention=True)


def _stressed(key: str, part: PartResult, picture: Picture) -> Iterable[Figure]:
    model = picture.risk.stress
    scenario = next((item for item in model.library if item.id == part.group), None)
    if scenario is None:
        return
    for line in model.run(held(in_scope(picture.snapshot.rows, part.part)), scenario).lines:
        yield Figure(f"{key}/{scenario.id}/{line.symbol}", N_("{symbol} under {scenario}", symbol=line.symbol,
                                                              scenario=scenario.id), line.gain, "USD",
                     line.move.note, convention=True)
    yield Figure(f"{key}/{scenario.id}/source", N_("Scenario"), scenario.id, "", N_("{source}", source=scenario.source),
                 convention=True)
