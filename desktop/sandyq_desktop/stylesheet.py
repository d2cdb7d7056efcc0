"""The style of Qt's own widgets, in tokens of the palette."""

from __future__ import annotations

from string import Template
from typing import Final

from sandyq_desktop.look import Look
from sandyq_desktop.palette import tokens

_SHEET: Final = Template("""
QWidget { color: $tx; }
QMainWindow, QWidget#win { background: $win; }
QWidget#rail, QWidget#foot { background: $rail; }
QWidget#panel, QWidget#view, QScrollArea, QStackedWidget { background: $panel; }
QWidget#headstrip { background: $head; }
QLabel { background: transparent; }
QLabel[tone="tx2"] { color: $tx2; }
QLabel[tone="tx3"] { color: $tx3; }
QLabel[tone="t_warn"] { color: $t_warn; }
QLabel[tone="t_soft"] { color: $t_soft; }
QLabel[tone="t_breach"] { color: $t_breach; }
QLabel[tone="demo"] { color: $demo_text; background: $demo_ground; border: 1px solid $demo_text; border-radius: 2px;
  padding: 0 4px; }
QPushButton, QToolButton, QComboBox, QLineEdit, QFrame#field { background: transparent; border: 1px solid $edge;
  border-radius: 3px; padding: 0 ${pad}px; min-height: ${field}px; }
QFrame#field { padding: 0; }
QFrame#field QLineEdit, QFrame#field QToolButton { border: 1px solid transparent; min-height: 0; padding: 0; }
QLineEdit, QComboBox { background: $panel; selection-background-color: $acc; selection-color: $on_acc; }
QFrame#field { background: $panel; }
QPushButton:hover, QToolButton:hover { background: $head; }
QPushButton:checked { background: $sel; }
QPushButton[main="true"] { background: $acc; color: $on_acc; border-color: $acc; }
QPushButton:disabled, QToolButton:disabled { color: $tx3; border-color: $line2; background: $head; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QPlainTextEdit:focus
  { border: 2px solid $acc; padding: 0 ${padless}px; }
QFrame#field QLineEdit:focus, QFrame#field QToolButton:focus { border: 2px solid $acc; padding: 0; }
QPushButton[place="first"] { border-top-right-radius: 0; border-bottom-right-radius: 0; }
QPushButton[place="middle"] { border-radius: 0; border-left-width: 0; }
QPushButton[place="last"] { border-top-left-radius: 0; border-bottom-left-radius: 0; border-left-width: 0; }
QPushButton[place="tab"] { border-radius: 0; }
QPushButton[place]:focus { border: 2px solid $acc; }
QComboBox::drop-down { border: 0; width: ${drop}px; }
QComboBox QAbstractItemView, QListView, QMenu, QCalendarWidget QWidget { background: $panel; color: $tx; }
QMenu { border: 1px solid $line2; }
QMenu::item { padding: 4px 18px; }
QMenu::item:selected, QComboBox QAbstractItemView::item:selected, QListWidget::item:selected
  { background: $sel; color: $tx; }
QListWidget, QPlainTextEdit, QTextBrowser, QTreeView { background: $panel; color: $tx; border: 1px solid $line2; }
QTreeView { border: 0; }
QTableView { background: $panel; border: 0; }
QHeaderView { background: $head; border: 0; }
QSplitter::handle { background: $line2; }
QToolTip { background: $head; color: $tx; border: 1px solid $line2; }
QScrollBar { background: $panel; border: 0; }
QScrollBar:vertical { width: 10px; } QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line2; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QDialog { background: $panel; }
QCheckBox { spacing: 6px; }
QFrame#banner { background: $banner_ground; } QFrame#banner QLabel { color: $banner_text; }
QFrame#banner QPushButton { color: $banner_text; border-color: $banner_text; }
QFrame#strip { background: $panel; border-bottom: 1px solid $line2; }
QFrame#progress { background: $panel; border-top: 2px solid $acc; }
""")


def stylesheet(look: Look) -> str:
    """Return the sheet of a palette and a zoom."""
    values: dict[str, object] = {token: getattr(look.palette, token) for token in tokens()}
    return _SHEET.substitute(values, pad=look.px(9), padless=look.px(8), field=look.px(24), drop=look.px(16))
