"""Commands are data: each has its own key, a handler, and is found in the palette."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence

from sandyq_desktop.commands import COMMANDS, VIEW_KEYS
from sandyq_desktop.dialogs.choose import ChooseDialog
from sandyq_desktop.handlers import Handlers
from sandyq_desktop.look import Look
from sandyq_desktop.window import VIEWS


def test_no_two_commands_share_a_key_or_an_id() -> None:
    keys = [QKeySequence(command.key).toString() for command in COMMANDS]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


def test_every_command_has_a_handler() -> None:
    assert [c.id for c in COMMANDS if not callable(getattr(Handlers, c.handler, None))] == []


def test_every_view_has_a_command() -> None:
    assert {c.argument for c in COMMANDS if c.handler == "go"} == set(VIEW_KEYS) == set(VIEWS)


@pytest.mark.window
def test_the_palette_finds_every_command_by_its_words(look: Look) -> None:
    choices = [(c.id, look.say(c.title), c.key) for c in COMMANDS]
    dialog = ChooseDialog(look, choices)
    for identity, title, _key in choices:
        dialog.field.setText(title)
        picked: list[str] = []
        dialog.picked.connect(picked.append)
        found = [dialog.list.item(n).data(0x0100) for n in range(dialog.list.count())]
        assert identity in found
        dialog.picked.disconnect(picked.append)
    dialog.field.setText("high palette")
    assert dialog.list.count() == 1
