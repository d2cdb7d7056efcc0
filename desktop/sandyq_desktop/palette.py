"""The colours: the only module with hex values. Tokens and ratios are those of the design's palette table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from PySide6.QtGui import QColor, QPalette

from sandyq.limits.result import State


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by token, as ``#RRGGBB``; `name` is light, dark or contrast."""

    name: str
    panel: str
    win: str
    rail: str
    head: str
    sel: str
    line: str
    line2: str
    edge: str
    tx: str
    tx2: str
    tx3: str
    acc: str
    on_acc: str
    t_ok: str
    t_warn: str
    t_soft: str
    t_breach: str
    t_unknown: str
    t_upcoming: str
    t_na: str
    demo_text: str
    demo_ground: str
    banner_text: str
    banner_ground: str
    f_ok: str
    f_warn: str
    f_soft: str
    f_breach: str
    f_unknown: str
    track: str
    c1: str
    c2: str
    c3: str
    c4: str
    c5: str
    c6: str
    c7: str

    def color(self, token: str) -> QColor:
        """Return the colour of a token as Qt wants it."""
        return QColor(str(getattr(self, token)))

    def word(self, state: State) -> QColor:
        """Return the colour of a state's word and icon."""
        return self.color(WORDS[state])

    def fill(self, state: State) -> QColor:
        """Return the colour of a state's bar."""
        return self.color(FILLS[state])

    def qt(self) -> QPalette:
        """Return the palette of every widget that draws itself."""
        palette = QPalette()
        roles = {
            QPalette.ColorRole.Window: "win", QPalette.ColorRole.WindowText: "tx", QPalette.ColorRole.Base: "panel",
            QPalette.ColorRole.AlternateBase: "head", QPalette.ColorRole.Text: "tx", QPalette.ColorRole.Button: "panel",
            QPalette.ColorRole.ButtonText: "tx", QPalette.ColorRole.Highlight: "sel",
            QPalette.ColorRole.HighlightedText: "tx", QPalette.ColorRole.ToolTipBase: "head",
            QPalette.ColorRole.ToolTipText: "tx", QPalette.ColorRole.PlaceholderText: "tx3",
            QPalette.ColorRole.Link: "acc", QPalette.ColorRole.Mid: "line2", QPalette.ColorRole.Accent: "acc",
        }
        for role, token in roles.items():
            palette.setColor(role, self.color(token))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("tx3"))
        return palette


WORDS: Final[Mapping[State, str]] = MappingProxyType({
    State.BREACH: "t_breach", State.SOFT_BREACH: "t_soft", State.UNKNOWN: "t_unknown", State.WARNING: "t_warn",
    State.OK: "t_ok", State.UPCOMING: "t_upcoming", State.NOT_APPLICABLE: "t_na",
})
FILLS: Final[Mapping[State, str]] = MappingProxyType({
    State.BREACH: "f_breach", State.SOFT_BREACH: "f_soft", State.UNKNOWN: "f_unknown", State.WARNING: "f_warn",
    State.OK: "f_ok", State.UPCOMING: "f_ok", State.NOT_APPLICABLE: "f_ok",
})

LIGHT: Final = Palette(
    "light", panel="#FFFFFF", win="#F3F3F0", rail="#ECECE8", head="#F7F7F5", sel="#E3EDF8", line="#E6E6E1",
    line2="#C6C6BF", edge="#8B8B84", tx="#1A1C1E", tx2="#4A4F54", tx3="#63686D", acc="#0A5AA6", on_acc="#FFFFFF",
    t_ok="#1F6B55", t_warn="#7A5200", t_soft="#A84300", t_breach="#8A1510", t_unknown="#7D3768", t_upcoming="#1D5F8C",
    t_na="#63686D", demo_text="#7A5200", demo_ground="#FBF0D9", banner_text="#FFFFFF", banner_ground="#8A1510",
    f_ok="#84989E", f_warn="#DFA107", f_soft="#C64C02", f_breach="#661512", f_unknown="#954C90", track="#EDEDE9",
    c1="#005C9C", c2="#E89901", c3="#048A5A", c4="#C269A5", c5="#5EB0E8", c6="#B25100", c7="#676C72",
)
DARK: Final = Palette(
    "dark", panel="#1A1D20", win="#131517", rail="#16181B", head="#1F2327", sel="#1E3348", line="#2A2F34",
    line2="#4A5259", edge="#6C757D", tx="#E6E8EA", tx2="#B7BDC3", tx3="#949CA3", acc="#7CBBF5", on_acc="#131517",
    t_ok="#6CC5A6", t_warn="#F0B840", t_soft="#FF9358", t_breach="#FF9484", t_unknown="#E6A5CB", t_upcoming="#7CC7F2",
    t_na="#949CA3", demo_text="#F0B840", demo_ground="#33290F", banner_text="#131517", banner_ground="#FF9484",
    f_ok="#5E6C72", f_warn="#F5CC39", f_soft="#BF4813", f_breach="#FA846F", f_unknown="#C187BF", track="#262B30",
    c1="#3E9BE6", c2="#EACB6E", c3="#44BF95", c4="#D494B7", c5="#BFDEF4", c6="#EA8335", c7="#788187",
)
CONTRAST: Final = Palette(
    "contrast", panel="#000000", win="#000000", rail="#000000", head="#000000", sel="#003B6F", line="#8A8A8A",
    line2="#FFFFFF", edge="#FFFFFF", tx="#FFFFFF", tx2="#FFFFFF", tx3="#E0E0E0", acc="#6FD0FF", on_acc="#000000",
    t_ok="#9FF0D0", t_warn="#FFE14D", t_soft="#FFA05A", t_breach="#FFB3A6", t_unknown="#F2B6E2", t_upcoming="#9FE0FF",
    t_na="#E0E0E0", demo_text="#000000", demo_ground="#FFE14D", banner_text="#000000", banner_ground="#FFB3A6",
    f_ok="#7F9098", f_warn="#FFE14D", f_soft="#D9540F", f_breach="#FFA896", f_unknown="#CE8FCC", track="#303030",
    c1="#3E9BE6", c2="#EACB6E", c3="#44BF95", c4="#D494B7", c5="#BFDEF4", c6="#EA8335", c7="#788187",
)
PALETTES: Final[Mapping[str, Palette]] = MappingProxyType({p.name: p for p in (LIGHT, DARK, CONTRAST)})

DASHES: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType({
    "c1": (), "c6": (7, 3), "c3": (2, 2, 7, 2), "c4": (4, 2), "c2": (10, 3), "c5": (1, 3), "c7": (3, 3),
})
"""Dash of each chart series in pixels; empty is solid."""
MARKERS: Final[Mapping[str, str]] = MappingProxyType({
    "c1": "circle", "c6": "square", "c3": "triangle", "c4": "diamond", "c2": "cross", "c5": "plus", "c7": "",
})


def tokens() -> tuple[str, ...]:
    """Return the names of all colour tokens."""
    return tuple(field.name for field in fields(Palette) if field.name != "name")
