"""History of one limit: the value, its thresholds as step lines by version, breach periods, purchases and sales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from sandyq.basics.language import ENGLISH, Language
from sandyq.basics.text import N_, Text
from sandyq.limits.why import CLASSES
from sandyq.workstation.breached import Breach
from sandyq.workstation.contract import LimitHistory
from sandyq_desktop.charts.canvas import DRAG, ChartCanvas
from sandyq_desktop.charts.figure import Chart, Column, Note, Panel, Series, column
from sandyq_desktop.charts.paint import band_edges
from sandyq_desktop.charts.style import Style
from sandyq_desktop.words import STATES

WARNING, SOFT, HARD, VALUE = N_("warning"), N_("soft"), N_("hard"), N_("Value")


def chart_of(history: LimitHistory, language: Language, found: Sequence[Breach] = ()) -> Chart:
    """Return a limit's history as a chart: ratios in per cent, amounts in millions. `found` names the shaded times."""
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
    return Chart(history.days, (panel,), history.flows, tuple(
        (first, last, _marks(within(found, first, last))) for first, last in history.breaches))


def within(found: Sequence[Breach], first: date, last: date) -> tuple[Breach, ...]:
    """Return the breaches that lasted on some day of a shaded time, the earliest first."""
    return tuple(sorted((one for one in found if one.first <= last and one.last >= first),
                        key=lambda one: (one.first, one.reference)))


def _marks(found: Sequence[Breach]) -> tuple[str, ...]:
    """Return the reference in full, then without the limit, which the chart's title names; more ones as a number."""
    if not found:
        return ()
    full, more = found[0].reference, f" +{len(found) - 1}" if len(found) > 1 else ""
    return full + more, full.partition(".")[2] + more


def sentence_of(breach: Breach) -> Text:
    """Return what a shaded time is: reference, class, first and last day, and the hardest state that it reached."""
    kind: Text | str = CLASSES[breach.kind] if breach.kind is not None else "\u2014"
    if breach.kind is not None and not breach.confirmed:
        kind = N_("{kind}, proposed", kind=kind)
    state = STATES[breach.episode.hardest if breach.episode is not None else breach.state]
    if breach.open:
        return N_("{reference}: {kind}; since {first}, lasts; at its hardest: {state}", reference=breach.reference,
                  kind=kind, first=breach.first, state=state)
    return N_("{reference}: {kind}; {first} to {last}; at its hardest: {state}", reference=breach.reference,
              kind=kind, first=breach.first, last=breach.last, state=state)


class LimitHistoryChart(ChartCanvas):
    """The chart at the lower right of the Limits view. A click into a shaded time, or Enter there, asks for it."""

    breach_wanted = Signal(str)

    def __init__(self, style: Style, language: Language = ENGLISH, parent: QWidget | None = None) -> None:
        super().__init__(style, language, with_column=False, parent=parent)
        self._shown: LimitHistory | None = None
        self._found: tuple[Breach, ...] = ()

    def show_history(self, history: LimitHistory) -> None:
        """Show another limit's history; its shaded times have no names until they are told."""
        if history is not self._shown:
            self._found = ()
        self._shown = history
        self.setAccessibleName(history.limit_id)
        self._draw()

    def name_breaches(self, found: Sequence[Breach]) -> None:
        """Write the references of the register over the shaded times."""
        self._found = tuple(found)
        self._draw()

    def restyle(self, style: Style, language: Language) -> None:
        super().restyle(style, language)
        self._draw()

    def _draw(self) -> None:
        if self._shown is not None:
            self.show_chart(chart_of(self._shown, self._language, self._found))

    def breaches_at(self, x: float) -> tuple[Breach, ...]:
        """Return the breaches of the shaded time at a place across the chart."""
        time = self.arrangement().time
        for first, last, _ in self.chart.breaches:
            left, right = band_edges(time, first, last)
            if left <= x <= right and time.start <= x <= time.end:
                return within(self._found, first, last)
        return ()

    def words_at(self, x: float) -> str:
        """Return what is said of the shaded time at a place: one line for each breach."""
        return "\n".join(self._language.say(sentence_of(one)) for one in self.breaches_at(x))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed = self._pressed
        super().mouseReleaseEvent(event)
        if pressed is not None and abs(event.position().x() - pressed) < DRAG:
            self._want(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.index >= 0:
            self._want(QPointF(self._cross(), 0))
        else:
            super().keyPressEvent(event)

    def _cross(self) -> float:
        return self.arrangement().time(self.chart.days[self.index].toordinal())

    def _want(self, at: QPointF) -> None:
        found = self.breaches_at(at.x())
        if found:
            self.breach_wanted.emit(found[0].reference)

    def _say(self) -> None:
        super()._say()
        if self._found and self.index >= 0 and (words := self.words_at(self._cross())):
            self.setAccessibleDescription(f"{self.accessibleDescription()}. {words}")


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
