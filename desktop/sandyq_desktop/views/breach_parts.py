"""Parts of the Breaches view: the steps of a life, the cure clock as boxes, and the waterfall's figures."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandyq.basics.text import N_
from sandyq.limits.blend import NAMES, Factor
from sandyq.limits.why import Why
from sandyq.workstation.breached import STEP_WORDS, Breach, Step
from sandyq_desktop.charts.waterfall import Bridge
from sandyq_desktop.charts.waterfall import Step as Part
from sandyq_desktop.controls import LEFT
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import scaled
from sandyq_desktop.views.breach_rows import amount

_BOXES = 20


class Life(QWidget):
    """Six steps from left to right, each with who took it and when; what is done is filled, the next one framed."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._breach: Breach | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_breach(self, breach: Breach | None) -> None:
        self._breach = breach
        say = self._look.say
        self.setAccessibleName(say(N_("Life cycle")))
        self.setAccessibleDescription("" if breach is None else "; ".join(
            " ".join(word for word in (say(STEP_WORDS[step]), *self._told(step)) if word) for step in Step))
        self.updateGeometry()
        self.update()

    def _told(self, step: Step) -> tuple[str, str]:
        """Return the day and the person of a step; empty where it was not taken."""
        breach, value = self._breach, self._look.words.language.value
        if breach is None:
            return "", ""
        taken = next((one for one in reversed(breach.steps) if one.step is step), None)
        if taken is not None:
            return value(taken.day), taken.who
        return (value(breach.first), "") if step is Step.DETECTED else ("", "")

    def _lefts(self, steps: tuple[Step, ...]) -> list[float]:
        """Return where each step begins and the last one ends: as wide as their words, the spare width shared out."""
        bold, plain = (QFontMetricsF(self._look.font("caption", weight)) for weight in (600, 400))
        needed = [max(bold.horizontalAdvance(self._look.say(STEP_WORDS[step])),
                      *(plain.horizontalAdvance(word) for word in self._told(step))) + self._look.px(8)
                  for step in steps]
        spare = (self.width() - sum(needed)) / len(steps)
        if spare < 0:
            needed, spare = [self.width() / len(steps)] * len(steps), 0.0
        return [sum(needed[:place]) + spare * place for place in range(len(steps) + 1)]

    def sizeHint(self) -> QSize:
        return QSize(420, self._look.px(60))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        breach, look = self._breach, self._look
        if breach is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        steps = tuple(Step)
        now, lefts = steps.index(breach.step), self._lefts(steps)
        for place, step in enumerate(steps):
            left, wide, dot = lefts[place], lefts[place + 1] - lefts[place], look.px(10)
            done = place <= now
            if place:
                painter.setPen(QPen(look.color("acc" if done else "edge"), 1.4))
                painter.drawLine(int(lefts[place - 1] + dot + 3), look.px(8), int(left - 3), look.px(8))
            painter.setPen(QPen(look.color("acc" if place <= now + 1 else "edge"), 1.4))
            painter.setBrush(look.color("acc") if done else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(left + 1, look.px(8) - dot / 2, dot, dot))
            words = (look.say(STEP_WORDS[step]), *self._told(step))
            for line, text in enumerate(words):
                font = look.font("caption", 600 if line == 0 and place == now else 400)
                painter.setFont(font)
                painter.setPen(look.color("tx" if line == 0 and done else "tx3" if line else "tx2"))
                shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, wide - look.px(4))
                painter.drawText(QRectF(left, look.px(17 + 14 * line), wide, look.px(14)), LEFT, shown)


class CureClock(QWidget):
    """One box per business day of the period, filled when it is used; longer periods share the boxes out."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._breach: Breach | None = None
        self.setFixedHeight(look.px(13))

    def show_breach(self, breach: Breach | None) -> None:
        self._breach = breach
        allowed = breach.clock.allowed if breach else None
        self.setVisible(bool(allowed))
        if breach is not None and allowed:
            self.setAccessibleName(self._look.say(N_("{n} of {of} business days used", n=breach.clock.used,
                                                     of=allowed)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        breach, look = self._breach, self._look
        if breach is None or not breach.clock.allowed:
            return
        allowed, used = breach.clock.allowed, min(breach.clock.used, breach.clock.allowed)
        boxes = min(allowed, _BOXES)
        filled = -(-used * boxes // allowed)
        painter = QPainter(self)
        wide = min(look.px(11), self.width() / boxes - 2)
        token = "t_breach" if breach.clock.overdue else "t_soft" if breach.open else "tx3"
        for place in range(boxes):
            painter.setPen(QPen(look.color(token if place < filled else "edge"), 1))
            painter.setBrush(look.color(token) if place < filled else Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(place * (wide + 2) + 0.5, 0.5, wide, look.px(10)))


def bridge_of(found: Why, unit: str, look: Look, direction: str, ends: tuple[date, date]) -> Bridge:
    """Return a split as a waterfall in the limit's own figures; a minimum's parts point the other way."""
    sign = 1 if direction == "max" else -1

    def shown(value: object) -> float:
        return float(scaled(value, unit))  # type: ignore[arg-type]

    def without(distance: object) -> str:
        beyond = distance > 0  # type: ignore[operator]
        return look.say(N_("without it: beyond") if beyond else N_("without it: within"))

    moved_level = found.level_after - found.level_before
    steps = tuple(Part(look.say(NAMES[Factor(part.factor)]), sign * shown(part.part),
                       _signed(look, sign * shown(part.part)), without(part.but_for))
                  for part in found.split.parts if part.part and part.factor != Factor.LIMIT_VERSION)
    version = next((part for part in found.split.parts if part.factor == Factor.LIMIT_VERSION and part.part), None)
    if version is not None:
        # The value does not move with the limit; its part of the distance is shown with the level it came to.
        steps = (*steps, Part(look.say(NAMES[Factor.LIMIT_VERSION]), 0.0,
                              look.say(N_("limit {change}", change=_signed(look, shown(moved_level)))),
                              without(version.but_for)))
    return Bridge(
        Part(look.words.language.value(ends[0]), shown(found.value_before), amount(found.value_before, unit, look, 3)),
        steps, Part(look.words.language.value(ends[1]), shown(found.value_after),
                    amount(found.value_after, unit, look, 3)),
        shown(found.level_after), look.say(N_("limit {level}", level=amount(found.level_after, unit, look, 3))))


def _signed(look: Look, value: float) -> str:
    digits = 4 if abs(value) < 1 else 2
    return look.words.language.number(value, digits, sign=True)
