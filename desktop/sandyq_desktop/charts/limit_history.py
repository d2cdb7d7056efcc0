"""History of one limit: the value, its thresholds as step lines by version, breach periods, purchases and sales."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtWidgets import QWidget

from sandyq.basics.language import ENGLISH, Language
from sandyq.basics.text import N_
from sandyq.workstation.contract import LimitHistory
from sandyq_desktop.charts.canvas import ChartCanvas
from sandyq_desktop.charts.figure import Chart, Column, Note, Panel, Series, column
from sandyq_desktop.charts.style import Style

WARNING, SOFT, HARD, VALUE = N_("warning"), N_("soft"), N_("hard"), N_("Value")


def chart_of(history: LimitHistory, language: Language) -> Chart:
    """Return a limit's history as a chart: ratios in per cent, amounts in millions."""
    factor = {"ratio": 100.0, "USD": 1e-6}.get(history.unit, 1.0)
    unit = {"ratio": "%", "USD": language.say("USD m")}.get(history.unit, language.say(history.unit))

    def scaled(values: tuple[float | None, ...]) -> Column:
        return column(values) * factor

    lines = [
        Series(language.say(HARD), scaled(history.hard), "tx", "step", "hard", labelled=True),
        Series(language.say(SOFT), scaled(history.soft), "tx", "step", "soft", labelled=True),
        Series(language.say(WARNING), scaled(history.warn), "tx", "step", "warning", labelled=True),
    ]
    kept = [line for line in lines if np.isfinite(line.values).any()]
    values = scaled(history.values)
    thresholds = {"hard": lines[0].values, "soft": lines[1].values, "warn": lines[2].values}
    value = Series(language.say(VALUE), values, "c1", bold=True, labelled=True, ring=True,
                   state=_state(values, thresholds, history.direction))
    shown = np.concatenate([series.values for series in (*kept, value)]) if history.days else np.array([])
    shown = shown[np.isfinite(shown)]
    lowest = 0.0
    if len(shown) and history.unit == "ratio" and shown.min() > shown.max() * 0.35:
        lowest = float(np.floor(shown.min() * 9) / 10)
    digits = 3 if factor == 100.0 and len(shown) and abs(shown).max() < 10 else 1
    negative = len(shown) > 0 and shown.min() < 0
    notes = tuple(Note(day, ", ".join(part for part in (version, document) if part))
                  for day, version, document in history.versions)
    panel = Panel("", unit, (*kept, value), digits=digits, lowest=None if negative else lowest, trades=True,
                  notes=notes)
    return Chart(history.days, (panel,), history.flows, tuple((a, b, "") for a, b in history.breaches))


class LimitHistoryChart(ChartCanvas):
    """The chart at the lower right of the Limits view."""

    def __init__(self, style: Style, language: Language = ENGLISH, parent: QWidget | None = None) -> None:
        super().__init__(style, language, with_column=False, parent=parent)
        self._shown: LimitHistory | None = None

    def show_history(self, history: LimitHistory) -> None:
        """Show another limit's history."""
        self._shown = history
        self.setAccessibleName(history.limit_id)
        self.show_chart(chart_of(history, self._language))

    def restyle(self, style: Style, language: Language) -> None:
        super().restyle(style, language)
        if self._shown is not None:
            self.show_history(self._shown)


def _state(values: Column, thresholds: Mapping[str, Column], direction: str) -> str:
    """Return the colour token of the last value against the last thresholds, hardest first."""
    if not len(values) or not np.isfinite(values[-1]):
        return "t_unknown"
    for level, token in (("hard", "t_breach"), ("soft", "t_soft"), ("warn", "t_warn")):
        line = thresholds[level]
        over = values[-1] > line[-1] if direction == "max" else values[-1] < line[-1]
        if np.isfinite(line[-1]) and over:
            return token
    return "tx"
