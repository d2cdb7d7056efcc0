"""How near the chosen limit is, in words: days of volatility and the probability of a breach (F073)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from sandyq.basics.text import N_, Text
from sandyq_desktop.controls import Words
from sandyq_desktop.look import Look

if TYPE_CHECKING:
    # The early warning calculates with numpy, which is not loaded before the window's first paint.
    from sandyq.limits.early_warning import EarlyWarning, LimitWarning
    from sandyq.risk.paths import Draw

WORKING: Final = N_("Being worked out.")
_LEAST: Final = 0.0001
"""A smaller share of the paths is told as less than this, never as a rounded zero."""
_OUTLOOKS: Final[dict[str, Text]] = {
    "fixed": N_("does not move with prices"), "not_applicable": N_("does not apply"),
    "beyond": N_("beyond its limit today"),
}


class OutlookBox(QScrollArea):
    """Two or three figures of one limit, and how they were found; as high as they are, scrolled where room is short."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._look = look
        self._title = Words(look, N_("Early warning"), "head", weight=600)
        self._figures, self._method = QLabel(), Words(look, "", "caption", "tx3")
        self._figures.setTextFormat(Qt.TextFormat.RichText)
        self._figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse
                                              | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        for label in (self._figures, self._method):
            label.setWordWrap(True)
            label.setMinimumWidth(1)
        inner = QWidget()
        inner.setObjectName("panel")
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 0, 0)
        for widget in (self._title, self._figures, self._method):
            box.addWidget(widget)
        self._box = box
        self.setWidget(inner)
        inner.installEventFilter(self)

    def show_limit(self, found: EarlyWarning | Text | None, limit_id: str) -> None:
        """Show one limit of an early warning; None: it is being worked out, a text: why there is none."""
        if found is None or isinstance(found, Text):
            self.tell(found or WORKING)
            return
        item = found.by_id(limit_id)
        if item is None:
            self.tell(N_("Unknown: the limit is not in this run."))
            return
        say, dim = self._look.say, self._look.palette.tx3
        lines = [(say(name), say(value)) for name, value in outlook_lines(item, found.draw, self._look)]
        self._figures.setText("<table cellspacing='0' cellpadding='1'>" + "".join(
            f"<tr><td style='color:{dim};padding-right:10px'>{escape(name)}</td><td>{escape(value)}</td></tr>"
            for name, value in lines) + "</table>")
        self._speak("; ".join(f"{name}: {value}" for name, value in lines), drawn(found), method(found))

    def tell(self, text: Text) -> None:
        """Show a sentence in place of figures."""
        said = self._look.say(text)
        self._figures.setText(escape(said))
        self._speak(said, "", "")

    def _speak(self, figures: str, short: Text | str, whole: Text | str) -> None:
        how = self._look.say(whole) if whole else ""
        self._method.tell(short)
        self._method.setVisible(bool(short))
        self.setToolTip(how)
        self._figures.setFont(self._look.font("small"))
        self._figures.setAccessibleName(f"{self._title.text()}: {figures}")
        self._figures.setAccessibleDescription(how)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._box.totalHeightForWidth(max(self.viewport().width(), 1)))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._title.sizeHint().height() + self._figures.fontMetrics().height() * 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def restyle(self) -> None:
        self._title.restyle()
        self._method.restyle()
        self._figures.setFont(self._look.font("small"))


def outlook_lines(item: LimitWarning, draw: Draw, look: Look) -> tuple[tuple[Text, Text], ...]:
    """Return (name, value) of each figure. What is not simulated is a word, and Unknown has its reason."""
    chance = N_("Breach within {n} bd", n=draw.horizon)
    word = _OUTLOOKS.get(item.outlook.value)
    if item.outlook.value in {"fixed", "not_applicable"} and word is not None:
        return ((chance, word),)
    if item.outlook.value == "unknown":
        return ((chance, _unknown(item)),)
    lines = [(N_("Days of volatility"), _days(item, look)),
             (chance, word if word is not None else _chance(item, item.probability, draw, look))]
    if any(part.soft is not None and part.hard is not None for part in item.limit.parts):
        lines.append((N_("Beyond the hard limit"), N_("already today") if item.hard_probability == 1.0 and
                      word is not None else _chance(item, item.hard_probability, draw, look)))
    return tuple(lines)


def _unknown(item: LimitWarning) -> Text:
    return N_("Unknown: {reason}", reason=item.note if item.note is not None else N_(
        "too few days of returns are known."))


def _days(item: LimitWarning, look: Look) -> Text:
    if item.days is None:
        return N_("no volatility is measured for this figure")
    if item.days < 0:
        return N_("{days} beyond the limit", days=look.words.language.number(-item.days, 1))
    return N_("{days}", days=look.words.language.number(item.days, 1))


def _chance(item: LimitWarning, share: float | None, draw: Draw, look: Look) -> Text:
    number = look.words.language.number
    if share is None:
        return _unknown(item)
    if share == 0:
        shown = N_("on none of {paths} paths", paths=draw.paths)
    elif share < _LEAST:
        shown = N_("under {percent} %", percent=number(_LEAST * 100, 2))
    else:
        shown = N_("{percent} %", percent=number(share * 100, 2))
    return N_("{chance}, approximation", chance=shown) if item.outlook.value == "near" else shown


def drawn(found: EarlyWarning) -> Text:
    """Return the method in one line; `method` says it whole."""
    return N_("Block bootstrap, {paths} paths, seed {seed}", paths=found.draw.paths, seed=found.draw.seed)


def method(found: EarlyWarning) -> Text:
    """Return how the paths were drawn, as a sentence."""
    draw = found.draw
    whole = N_("Block bootstrap: {paths} paths of {n} business days, in blocks of {block} from the last {window} days, "
               "all lines together; seed {seed}. Positions, data and mandate as today.", paths=draw.paths,
               n=draw.horizon, block=draw.block, window=found.window, seed=draw.seed)
    if not found.without:
        return whole
    return N_("{method} Without a history: {symbols}.", method=whole, symbols=", ".join(found.without))
