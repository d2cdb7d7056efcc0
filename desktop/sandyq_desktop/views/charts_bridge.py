"""In place of the charts: why the value moved in the days shown, and what was earned in them."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sandyq.basics.text import N_
from sandyq.performance.bridge import ValueBridge
from sandyq_desktop.charts.waterfall import Bridge, Step, Waterfall
from sandyq_desktop.controls import Words
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import MILLION

NAMES: Final = MappingProxyType({
    "purchases": N_("Purchases"), "sales": N_("Sales"), "events": N_("Events and transfers"), "price": N_("Price"),
    "currency": N_("Currency"), "income": N_("Income"), "withholding": N_("Withholding"), "fees": N_("Fees"),
    "taxes": N_("Taxes"),
})


def waterfall_of(found: ValueBridge, look: Look) -> Bridge | None:
    """Return the bridge as bars in millions; None where a value is Unknown. What did not move anything is left out."""
    if found.begin is None or found.end is None or any(amount is None for _, amount in found.steps):
        return None
    value, number = look.words.language.value, look.words.language.number

    def bar(name: str, amount: Decimal, *, sign: bool) -> Step:
        return Step(name, float(amount / MILLION), number(amount / MILLION, 3, sign=sign))

    return Bridge(bar(value(found.first), found.begin, sign=False),
                  tuple(bar(look.say(NAMES[name]), amount, sign=True) for name, amount in found.steps if amount),
                  bar(value(found.last), found.end, sign=False))


class BridgeStrip(QWidget):
    """The waterfall with the result in words beside its title."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._found: ValueBridge | None = None
        self.waterfall = Waterfall(look)
        self._title = Words(look, N_("Market value, USD m"), "head", weight=600)
        self.result = Words(look, "", "small", "tx2", elided=True)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._title)
        head.addWidget(self.result, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 6, 16, 6)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(self.waterfall)

    def show_bridge(self, found: ValueBridge | None) -> None:
        """Show another bridge; without one, nothing."""
        self._found = found
        self.setVisible(found is not None)
        if found is None:
            return
        self.waterfall.show_bridge(waterfall_of(found, self._look))
        self.waterfall.setMinimumHeight(self.waterfall.sizeHint().height())
        number = self._look.words.language.number

        def said(amount: Decimal | None) -> str:
            return number(None if amount is None else amount / MILLION, 3, sign=True)

        parts = ", ".join(f"{self._look.say(NAMES[name])} {said(amount)}" for name, amount in found.earned
                          if amount is None or amount)
        self.result.tell(N_("Result {result}: {parts}", result=said(found.result), parts=parts) if parts else
                         N_("Result {result}", result=said(found.result)))

    def restyle(self) -> None:
        self._title.restyle()
        self.result.restyle()
        self.show_bridge(self._found)
