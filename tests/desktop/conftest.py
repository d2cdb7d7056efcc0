"""A demo book, made once, and a window on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from sandyq_desktop import fonts
from sandyq_desktop.handlers import opener
from sandyq_desktop.look import Look
from sandyq_desktop.settings import Settings
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words
from sandyq_resources import catalogues


@pytest.fixture
def look(qapp: QApplication) -> Look:
    fonts.load()
    return Look(words=Words(catalogues.language))


@pytest.fixture(scope="session")
def demo_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sandyq.workstation.demo.make import make

    return make(tmp_path_factory.mktemp("demo")).book


@pytest.fixture
def settle(qapp: QApplication) -> Callable[[Window], None]:
    """Wait until the worker has answered everything."""

    def wait(window: Window) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            qapp.processEvents()
            if window.tasks.is_idle:
                qapp.processEvents()
                if window.tasks.is_idle:
                    return
            time.sleep(0.005)
        pytest.fail("the worker did not finish")

    return wait


@pytest.fixture
def window(qapp: QApplication, demo_book: Path, settle: Callable[[Window], None]) -> Iterator[Window]:
    fonts.load()
    made = Window(Words(catalogues.language), Settings())
    made.resize(1600, 1000)
    made.show()
    made.open_with(opener(demo_book))
    settle(made)
    yield made
    made.close()
    QGuiApplication.clipboard().clear()
    made.deleteLater()
