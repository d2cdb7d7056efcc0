"""Scope and settings of a part: a dimension from a list, its values typed or ticked, a measure's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq.limits.draft import Draft
from sandyq.limits.draft_fields import scopes_of, shown
from sandyq.limits.lint import Names
from sandyq.limits.measures import BY_NAME
from sandyq.limits.measures.base import COMMON_OPTIONS
from sandyq.limits.vocabulary import SCOPE_WORDS, word
from sandyq.reference.kinds import LABELS, Kind
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Choice, Words
from sandyq_desktop.views.mandate_draft import Place
from sandyq_desktop.views.mandate_fields import Field

SETTING_WORDS: Final[Mapping[str, Text]] = {
    "days": N_("Days"), "share_of_volume": N_("Share of daily volume"), "share_of_value": N_("Share of the book"),
    "beta_below": N_("Beta under"), "after_ramp_up": N_("After ramp-up only"), "blocks": N_("Blocks"),
    "top": N_("Largest so many"), "above": N_("Above"), "level": N_("Level"), "method": N_("Method"),
    "scenario": N_("Scenario"), "allowed": N_("Allowed"), "barred": N_("Barred"), "dimension": N_("Dimension"),
    "least": N_("At least"),
}
UNIT: Final = 24
"""Room for a unit beside a field, in logical pixels at 100 %."""
MOST: Final = 60
"""A menu offers so many values; more are typed."""


class ScopeRows(QWidget):
    """One row per dimension and setting; `typed` tells ``scope.kind`` or ``options.days`` with its text."""

    typed = Signal(str, str)
    stepped = Signal(bool)

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._context = context
        self.names: Names = {}
        self.fields: dict[str, Field] = {}
        self._made: list[QWidget] = []
        self._keys: tuple[str, ...] = ()
        self._opened: set[str] = set()
        self._place = Place()
        self.add = Choice(context.look)
        self.add.activated.connect(lambda _i: self._add())
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(2, context.look.px(UNIT))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(self._grid)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addStretch(1)
        box.addLayout(row)

    def show_part(self, draft: Draft, place: Place) -> None:
        """Show the scope and the settings of a part."""
        if place != self._place:
            self._opened.clear()
        self._place = place
        table = draft.part(place.limit, place.part)
        keys = [f"scope.{name}" for name in table.get("scope", {})]
        keys += [f"options.{name}" for name in table.get("options", {})]
        keys += sorted(self._opened - set(keys))
        if tuple(keys) != self._keys:
            self._rebuild(tuple(keys))
        for key, field in self.fields.items():
            text = shown(draft, place.limit, place.part, key)
            if not field.hasFocus() and field.text() != text:
                field.setText(text)
                field.setCursorPosition(0)
        self._offer(draft, place)

    def _offer(self, draft: Draft, place: Place) -> None:
        measure = BY_NAME.get(shown(draft, place.limit, place.part, "measure"))
        dimensions = sorted(scopes_of(measure)) if measure else []
        settings = sorted((measure.options if measure and measure.options is not None else frozenset())
                          | COMMON_OPTIONS)
        self.add.blockSignals(True)
        self.add.clear()
        self.add.addItem(self._context.look.say(N_("Narrow by …")), "")
        for key in [*(f"scope.{name}" for name in dimensions), *(f"options.{name}" for name in settings)]:
            if key not in self._keys:
                self.add.addItem(self._context.look.say(self._label(key)), key)
        self.add.blockSignals(False)
        self.add.setFont(self._context.look.font("small"))
        self.add.setAccessibleName(self._context.look.say(N_("Narrow by …")))

    @staticmethod
    def _label(key: str) -> Text:
        room, _, name = key.partition(".")
        if room == "scope":
            return N_("Only: {dimension}", dimension=word(SCOPE_WORDS, name))
        return N_("Setting: {name}", name=word(SETTING_WORDS, name))

    def _add(self) -> None:
        key = str(self.add.currentData())
        if key:
            self._opened.add(key)
            self._rebuild((*self._keys, key))
            self.fields[key].setFocus()
        self.add.setCurrentIndex(0)

    def _rebuild(self, keys: tuple[str, ...]) -> None:
        for widget in self._made:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._made, self.fields, self._keys = [], {}, keys
        look = self._context.look
        for row, key in enumerate(keys):
            label = Words(look, self._label(key), "small", "tx2")
            label.setFixedWidth(look.px(132))
            label.setWordWrap(True)
            field = Field()
            field.setFont(look.font())
            field.setAccessibleName(look.say(self._label(key)))
            field.textEdited.connect(lambda text, k=key: self.typed.emit(k, text))
            field.stepped.connect(self.stepped)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(field, row, 1)
            self._made += [label, field]
            self.fields[key] = field
            if key.startswith("scope."):
                tick = Action(look, N_("List"))
                tick.setAccessibleName(look.say(N_("Values of {dimension}", dimension=self._label(key))))
                tick.clicked.connect(lambda _c=False, k=key, b=tick: self._menu(k).popup(
                    b.mapToGlobal(QPoint(0, b.height()))))
                self._grid.addWidget(tick, row, 2)
                self._made.append(tick)

    def _menu(self, key: str) -> QMenu:
        """Offer the values that the book knows, those in force ticked."""
        field = self.fields[key]
        chosen = [item.strip() for item in field.text().split(",") if item.strip()]
        dimension = key.partition(".")[2]
        menu = QMenu(self)
        for name in sorted(self.names.get(dimension, ()))[:MOST]:
            words = self._context.look.say(LABELS[Kind(name)]) if dimension == "kind" else name
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.toggled.connect(lambda on, n=name, k=key: self._tick(k, n, on=on))
        if not menu.actions():
            menu.addAction(self._context.look.say(N_("The book knows none; type them."))).setEnabled(False)
        return menu

    def _tick(self, key: str, name: str, *, on: bool) -> None:
        field = self.fields[key]
        chosen = [item.strip() for item in field.text().split(",") if item.strip()]
        listed = [*chosen, name] if on else [item for item in chosen if item != name]
        text = ", ".join(dict.fromkeys(listed))
        field.setText(text)
        self.typed.emit(key, text)

    def restyle(self) -> None:
        self._rebuild(self._keys)
