"""Beside the verdict: the smallest sales that cure what is open, and what the draft does to the risk of the sleeve."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sandyq.basics.decimals import HUNDRED, from_float, product
from sandyq.basics.text import N_, Text
from sandyq_desktop.controls import Action, Choice, Words
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import MILLION

if TYPE_CHECKING:
    from sandyq.limits.cure import Cure
    from sandyq.workstation.risk import Effects

_DAYS: Final = (1, 2, 5, 10, 20)
_SHARES: Final = (Decimal("0.05"), Decimal("0.10"), Decimal("0.20"))
_USUAL_SHARE: Final = 1


class CureBox(QWidget):
    """Sales that bring every limit back, found when they are asked for: the search takes a second or two, and checks of
    what is typed would wait for it. `put` gets the cure.
    """

    asked = Signal()

    def __init__(self, look: Look, put: Callable[[Cure], None]) -> None:
        super().__init__()
        self._look, self._put = look, put
        self.cure: Cure | None = None
        self._caption = Words(look, N_("Smallest cure for what is open"), "head", weight=600)
        self._in, self._of = Words(look, N_("within days"), "small", "tx2"), Words(look, N_("of volume, %"), "small",
                                                                                   "tx2")
        self._days, self._share = Choice(look), Choice(look)
        for days in _DAYS:
            self._days.addItem(str(days), days)
        for share in _SHARES:
            self._share.addItem(str((share * HUNDRED).normalize().quantize(Decimal(1))), share)
        self._share.setCurrentIndex(_USUAL_SHARE)
        for choice in (self._days, self._share):
            choice.currentIndexChanged.connect(self._seek_again)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(3)
        self.seek = Action(look, N_("Find it"))
        self.seek.clicked.connect(self._seek)
        self.button = Action(look, N_("Put in the draft"))
        self.button.clicked.connect(self._take)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self._caption)
        for words, choice in ((self._in, self._days), (self._of, self._share)):
            line = QHBoxLayout()
            line.addWidget(choice)
            line.addWidget(words, 1)
            box.addLayout(line)
        box.addLayout(self._rows)
        for button in (self.seek, self.button):
            box.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.restyle()

    @property
    def wish(self) -> tuple[int, Decimal]:
        """Days, and share of the median daily volume."""
        days, share = self._days.currentData(), self._share.currentData()
        assert isinstance(days, int)
        return days, Decimal(share)

    def tell(self, cure: Cure | None) -> None:
        """Show a cure; None: nobody has asked for one about this day yet."""
        self.cure = cure
        _empty(self._rows)
        self.seek.setVisible(cure is None)
        self.seek.setAccessibleName(self._look.say(N_("Find the smallest cure")))
        self.button.setVisible(cure is not None and bool(cure.sales))
        if cure is None:
            return
        if not cure.sales and not cure.left:
            self._add(N_("No limit is beyond its limit: there is nothing to cure."))
        number = self._look.words.language.number
        for sale in cure.sales:
            amount = None if sale.amount_usd is None else abs(sale.amount_usd) / MILLION
            self._add(N_("Sell {symbol}: {quantity}", symbol=sale.order.symbol, quantity=sale.order.quantity), 500)
            self._add(N_("{amount} USD m, days: {days}", amount=number(amount, 3), days=len(sale.per_day)))
        if cure.cured:
            self._add(N_("brings back {limits}", limits=", ".join(cure.cured)))
        if not cure.in_time:
            self._add(N_("This takes {days} days at that share of the volume.", days=cure.days_needed), tone="t_warn")
        for left in cure.left:
            self._add(N_("{limit}: {reason}", limit=left.limit, reason=left.text), tone="t_warn")

    def restyle(self) -> None:
        for words in (self._caption, self._in, self._of, self.seek, self.button):
            words.restyle()
        for choice, name in ((self._days, N_("Days of the cure")), (self._share, N_("Share of volume, per cent"))):
            choice.setFont(self._look.font("small"))
            choice.setAccessibleName(self._look.say(name))
        self.tell(self.cure)

    def _seek_again(self, _place: int) -> None:
        if self.cure is not None:
            self.asked.emit()

    def _seek(self) -> None:
        self.asked.emit()

    def _take(self) -> None:
        if self.cure is not None:
            self._put(self.cure)

    def _add(self, text: Text, weight: int = 400, tone: str = "tx2") -> None:
        made = QLabel(self._look.say(text))
        made.setWordWrap(True)
        made.setFont(self._look.font("small", weight))
        made.setStyleSheet(f"color: {self._look.color('tx' if weight > 400 else tone).name()}")
        self._rows.addWidget(made)


class RiskBox(QWidget):
    """VaR, expected shortfall and days to exit, before and after the draft."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.effects: Effects | None = None
        self._caption = Words(look, N_("Risk of the sleeve, USD m"), "head", weight=600)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self.texts: list[str] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self._caption)
        box.addLayout(self._grid)
        self.tell(None)

    def tell(self, effects: Effects | None) -> None:
        """Show the figures; None: the draft is empty or not judged yet."""
        self.effects = effects
        _empty(self._grid)
        self.texts.clear()
        self.setVisible(effects is not None)
        if effects is None:
            return
        rows: list[tuple[Text | str, Decimal | None, Decimal | None, int]] = []
        for tail in effects.tails:
            level = product(tail.before.level, HUNDRED).normalize()
            rows += [(N_("VaR {level} %, {days} d", level=level, days=tail.before.days),
                      _millions(tail.before.value_at_risk), _millions(tail.after.value_at_risk), 1),
                     (N_("ES {level} %, {days} d", level=level, days=tail.before.days),
                      _millions(tail.before.expected_shortfall), _millions(tail.after.expected_shortfall), 1)]
        rows.append((N_("Days to exit, 95 %"), effects.exit_before, effects.exit_after, 1))
        self._line(0, "", N_("before"), N_("after"), "tx3", "tx3")
        for place, (name, before, after, digits) in enumerate(rows, 1):
            self._line(place, name, self._figure(before, digits), self._figure(after, digits), "tx2", "tx")

    def restyle(self) -> None:
        self._caption.restyle()
        self.tell(self.effects)

    def _figure(self, value: Decimal | None, digits: int) -> Text | str:
        return N_("unknown") if value is None else self._look.words.language.number(value, digits)

    def _line(self, place: int, name: Text | str, before: Text | str, after: Text | str, tone: str,
              strong: str) -> None:
        for column, (words, shade) in enumerate(((name, tone), (before, tone), (after, strong))):
            made = Words(self._look, words, "small", shade, weight=500 if column == 2 and place else 0)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(made, place, column, side)
        self.texts.append(" ".join(self._look.say(words) for words in (name, before, after)))


def _millions(value: Decimal | float | None) -> Decimal | None:
    if value is None:
        return None
    return (value if isinstance(value, Decimal) else from_float(value)) / MILLION


def _empty(box: QVBoxLayout | QGridLayout) -> None:
    while box.count():
        item = box.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
