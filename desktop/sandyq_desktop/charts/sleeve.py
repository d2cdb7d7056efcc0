"""The four panels of the Charts view, made of the sleeve's history and the mandate's versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from sandyq.basics.language import Language
from sandyq.basics.text import N_
from sandyq.limits.mandate import Mandate, Part
from sandyq.performance.result import History
from sandyq.reference.kinds import Kind, label
from sandyq_desktop.charts.figure import Chart, Column, Note, Panel, Series

MILLION = 1e6
GROUPS = (("BTC", N_("Bitcoin"), "c1"), ("ETH", N_("Ether"), "c4"), ("other", N_("Other coins"), "c5"),
          ("companies", N_("Companies, beta"), "c2"), ("high_tech", N_("High-tech, beta"), "c7"))
ALLOCATION = (
    (N_("Spot ETF and ETP"), "c1", (Kind.SPOT_ETF, Kind.ETP)),
    (N_("Futures ETF"), "c5", (Kind.FUTURES_ETF,)),
    (N_("Companies"), "c2", (Kind.TREASURY_COMPANY, Kind.MINER, Kind.EXCHANGE, Kind.INFRASTRUCTURE)),
    (label(Kind.EQUITY_ETF), "c3", (Kind.EQUITY_ETF,)),
    (N_("High-tech"), "c7", (Kind.TECH_EQUITY,)),
    (N_("Other"), "c4", (Kind.UNLISTED_FUND, Kind.REFERENCE)),
)


def sleeve_chart(history: History, mandates: Sequence[Mandate], language: Language) -> Chart:
    """Return value against cap, exposure by coin, allocation by kind and drawdown over one axis."""
    return Chart(history.days, (
        _value(history, mandates, language), _exposure(history, language), _allocation(history, mandates, language),
        _drawdown(history, mandates, language),
    ), history.flows)


def in_force(days: Sequence[date], mandates: Sequence[Mandate], limit: str, level: str) -> Column:
    """Return a limit's threshold (``warn``, ``soft``, ``hard``) of its first part as it was valid on each day.

    NaN before the first mandate, while the limit is not in force, and where the level is not set.
    """
    values = np.full(len(days), np.nan)
    for place, day in enumerate(days):
        part = _part(mandates, limit, day)
        found = getattr(part, level) if part else None
        if found is not None:
            values[place] = float(found)
    return values


def _part(mandates: Sequence[Mandate], limit: str, day: date) -> Part | None:
    chosen = None
    for mandate in mandates:
        if mandate.valid_from <= day:
            chosen = mandate
    found = chosen.limit(limit) if chosen else None
    if found is None or not found.parts or day < found.valid_from or (found.valid_to and day > found.valid_to):
        return None
    return found.parts[0]


def _value(history: History, mandates: Sequence[Mandate], language: Language) -> Panel:
    say = language.say
    cap = in_force(history.days, mandates, "L01", "hard") / MILLION
    value, invested = history.market_value / MILLION, history.net_invested / MILLION
    notes = []
    for place in range(len(cap)):
        if np.isfinite(cap[place]) and (place == 0 or cap[place] != cap[place - 1]):
            day = history.days[place]
            mandate = [one for one in mandates if one.valid_from <= day][-1]
            words = say(N_("L01 cap {cap}, mandate {version} ({document})", cap=language.number(float(cap[place]), 1),
                           version=mandate.version, document=mandate.document))
            notes.append(Note(day, words, float(cap[place])))
    return Panel(say("Sleeve value against cap and net invested"), say("USD m, trade date"), (
        Series(say("Cap L01"), cap, "tx", "step", "hard"),
        Series(say("Market value"), value, "c1", bold=True, ring=True),
        Series(say("Net invested"), invested, "c6", "step", "invested", ring=True),
        Series(say("Difference"), value - invested, "tx", "value", signed=True),
    ), height=2.2, trades=True, notes=tuple(notes), captions=(say("Triangle up: purchase"), say("Triangle down: sale")))


def _exposure(history: History, language: Language) -> Panel:
    say = language.say
    areas = tuple(Series(say(name), history.exposure_groups[key] / MILLION, token, "area")
                  for key, name, token in GROUPS if _any(history.exposure_groups.get(key)))
    return Panel(say("Look-through exposure by coin"), say("USD m, central; band low to high"), (
        Series(say("High"), history.exposure_high / MILLION, "tx", dash="dotted"),
        Series(say("Central, used by L04"), history.exposure_central / MILLION, "tx", "value", bold=True),
        Series(say("Low"), history.exposure_low / MILLION, "tx", dash="dotted"), *areas,
    ), height=1.9)


def _allocation(history: History, mandates: Sequence[Mandate], language: Language) -> Panel:
    say = language.say
    held = history.market_value > 0
    whole = np.where(held, history.market_value, np.nan)
    areas = []
    for name, token, kinds in ALLOCATION:
        columns = [history.allocation[kind.value] for kind in kinds if kind.value in history.allocation]
        if any(_any(column) for column in columns):
            areas.append(Series(say(name), np.sum(columns, axis=0) / whole * 100, token, "area"))
    least, level = in_force(history.days, mandates, "L10", "soft") * 100, "soft"
    if not np.isfinite(least).any():
        least, level = in_force(history.days, mandates, "L10", "hard") * 100, "hard"
    lines: tuple[Series, ...] = ()
    if np.isfinite(least).any():
        lines = (Series(say("L10: spot at least"), least, "tx", "step", level),)
    return Panel(say("Allocation by kind"), say("% of market value"), (*lines, *areas), height=1.5, highest=100.0)


def _drawdown(history: History, mandates: Sequence[Mandate], language: Language) -> Panel:
    say = language.say
    lines = []
    for level, name, dash in (("warn", N_("Warning"), "warning"), ("soft", N_("Soft"), "soft"),
                              ("hard", N_("Hard"), "hard")):
        values = -np.abs(in_force(history.days, mandates, "L29", level)) * 100
        if np.isfinite(values).any():
            lines.append(Series(say(name), values, "tx", "step", dash))
    captions: tuple[str, ...] = ()
    fall = history.drawdown * 100
    if _any(fall):
        place = int(np.nanargmin(fall))
        captions = (say(N_("Deepest, {day}: {fall}", day=history.days[place],
                           fall=language.number(float(fall[place]), 1))),)
    return Panel(say("Drawdown of time-weighted index"), say("% from high-water mark"), (
        Series(say("Drawdown"), fall, "c1", "fill", bold=True, ring=True), *lines,
    ), height=1.5, lowest=None, highest=0.0, captions=captions)


def _any(column: Column | None) -> bool:
    return column is not None and bool(np.any(np.isfinite(column) & (column != 0)))
