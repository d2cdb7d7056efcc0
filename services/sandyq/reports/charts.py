"""The two charts of the sheet: a limit over three months with its steps, and the sleeve over a year with its cap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.basics.language import Language
from sandyq.basics.text import N_, Text
from sandyq.reports import plot
from sandyq.reports.plot import Item
from sandyq.reports.rows import title
from sandyq.reports.sheet import LimitColumns, SheetData, ValueColumns
from sandyq.reports.words import SCALES, unit_word

_MILLION: Final = 1e6
_THRESHOLDS: Final = (("warn", "dotted", 0.6, N_("warning {value}")), ("soft", "dashed", 0.9, N_("soft {value}")),
                      ("hard", "solid", 1.3, N_("hard {value}")))
_FLOW_ROOM: Final = 26.0
"""Least distance between two printed amounts on the axis."""


def charts(data: SheetData) -> list[Item]:
    """Return the charts that have data; an empty list prints none."""
    made: list[Item] = []
    if data.limit_history is not None and _known(data.limit_history.values):
        made.append(_limit_chart(data.limit_history, _name(data), data.language))
    if data.value_history is not None and _known(data.value_history.market_value):
        made.append(_value_chart(data.value_history, data.language))
    return made


def _name(data: SheetData) -> str:
    result = data.run.by_id(data.limit_history.limit_id) if data.limit_history else None
    return title(result, data.language) if result else ""


def _known(values: plot.Numbers) -> list[float]:
    return [value for value in values if value is not None]


def _limit_chart(history: LimitColumns, name_of_limit: str, language: Language) -> Item:
    scale = float(SCALES.get(history.unit, Decimal(1)))
    days = history.days
    columns = {name: _scaled(getattr(history, name), scale) for name in ("values", "warn", "soft", "hard")}
    shown = _known([*columns["values"], *columns["warn"], *columns["soft"], *_near(columns)])
    frame = plot.frame(days, shown, from_zero=history.unit != "ratio")
    lines: list[Item] = []
    labels: list[Item] = []
    for name, dash, width, words in _THRESHOLDS:
        last = plot.last_known(columns[name])
        if last is None or not frame.low <= last <= frame.high + 1e-12:
            continue
        lines.append({"runs": plot.steps(frame, days, columns[name]), "dash": dash, "width": width})
        level = language.number(Decimal(repr(round(last, 9))))
        labels.append(_label(frame, last, language.say(Text(words.template, {"value": level})), bold=False))
    lines.append({"runs": plot.line(frame, days, columns["values"]), "dash": "solid", "width": 0.8})
    last = plot.last_known(columns["values"])
    if last is not None:
        labels.append(_label(frame, last, _figure(language, last), bold=True))
    heading = N_("{limit} {title}, {unit}", limit=history.limit_id, title=name_of_limit,
                 unit=unit_word(language, history.unit))
    return {
        "title": language.say(heading), "lines": lines, "labels": plot.spread(labels),
        "grid": _grid(frame, language), "ticks": plot.ticks(frame),
        "bands": [_band(frame, first, until) for first, until in history.breaches
                  if until >= days[0] and first <= days[-1]],
        "versions": [{"x": frame.x(day), "text": f"{version}, {document}" if document else version}
                     for day, version, document in history.versions
                     if days[0] < day <= days[-1]],
        "flows": _flows(frame, history.flows, language),
        "dot": [frame.x(days[-1]), frame.y(last)] if last is not None and columns["values"][-1] is not None else None,
        "caption": "" if frame.low == 0 else language.say("The axis does not start at zero."),
    }


def _near(columns: dict[str, list[float | None]]) -> list[float | None]:
    # A hard limit far above everything else would press the curve flat: it then stays off the chart.
    others = _known([*columns["values"], *columns["warn"], *columns["soft"]])
    ceiling = 1.8 * max(others, default=0.0)
    return [value for value in columns["hard"] if value is not None and (not others or value <= ceiling)]


def _value_chart(history: ValueColumns, language: Language) -> Item:
    days = history.days
    value, invested, cap = (_scaled(column, 1 / _MILLION)
                            for column in (history.market_value, history.net_invested, history.cap))
    frame = plot.frame(days, _known([*value, *invested, *cap]), from_zero=True)
    lines: list[Item] = [
        {"runs": plot.steps(frame, days, cap), "dash": "solid", "width": 1.3},
        {"runs": plot.steps(frame, days, invested), "dash": "dashed", "width": 0.8},
        {"runs": plot.line(frame, days, value), "dash": "solid", "width": 0.8},
    ]
    labels: list[Item] = []
    for column, words, bold in ((cap, N_("cap {value}"), False), (value, N_("value {value}"), True),
                                (invested, N_("invested {value}"), False)):
        last = plot.last_known(column)
        if last is not None:
            amount = Text(words.template, {"value": language.number(Decimal(repr(last)), 1)})
            labels.append(_label(frame, last, language.say(amount), bold=bold))
    return {
        "title": language.say("Market value, net invested and cap, USD m"), "lines": lines,
        "labels": plot.spread(labels), "grid": _grid(frame, language), "ticks": plot.ticks(frame), "bands": [],
        "versions": [], "flows": [], "dot": None, "caption": "",
    }


def _scaled(values: plot.Numbers, scale: float) -> list[float | None]:
    return [None if value is None or value != value else value * scale for value in values]


def _figure(language: Language, value: float) -> str:
    size = abs(value)
    return language.number(Decimal(repr(round(value, 9))), 3 if 0 < size < 1 else 2 if size < 10 else 1)


def _label(frame: plot.Frame, value: float, text: str, *, bold: bool) -> Item:
    place = min(max(value, frame.low), frame.high)
    return {"y": frame.y(place), "text": text, "bold": bold}


def _grid(frame: plot.Frame, language: Language) -> list[Item]:
    digits = 0 if frame.step >= 1 else len(f"{frame.step:.6f}".rstrip("0").partition(".")[2])
    return [{"y": frame.y(value), "text": language.number(Decimal(repr(round(value, 9))), digits)}
            for value in frame.grid()]


def _band(frame: plot.Frame, first: date, until: date) -> list[float]:
    left, right = frame.x(max(first, frame.first)), frame.x(min(until, frame.last))
    # One day is thinner than a hair on paper: a band is at least 3 pt wide and stays inside the frame.
    return [min(left, plot.RIGHT - 3.0), max(right - left, 3.0)]


def _flows(frame: plot.Frame, flows: Sequence[tuple[date, float]], language: Language) -> list[Item]:
    found: list[Item] = []
    free = -_FLOW_ROOM
    for day, amount in sorted(flows):
        if not frame.first <= day <= frame.last or not amount:
            continue
        x = frame.x(day)
        room = x - free >= _FLOW_ROOM
        if room:
            free = x
        text = language.number(Decimal(repr(round(amount / _MILLION, 6))), 1, sign=True) if room else ""
        found.append({"x": x, "up": amount > 0, "text": text})
    return found
