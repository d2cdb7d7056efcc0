"""One worker: latest question wins, commands open the book for writing and close it, errors become sentences."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_
from sandyq_desktop.tasks import Tasks


class Station:
    def __init__(self, write: bool, log: list[str]) -> None:
        self.write, self._log = write, log

    def close(self, *, back_up: bool = False) -> None:
        self._log.append(f"closed {self.write}")

    def forget(self) -> None:
        self._log.append("forgot")


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def tasks(qtbot: QtBot, log: list[str]) -> Iterator[Tasks]:
    made = Tasks()
    opened: list[Any] = []
    made.open(lambda write: Station(write, log), opened.append)  # type: ignore[arg-type, return-value]
    qtbot.waitUntil(lambda: bool(opened))
    yield made
    made.stop()


def test_an_answer_comes_in_the_thread_of_the_window(tasks: Tasks, qtbot: QtBot) -> None:
    threads: list[int] = []

    def work(_door: object) -> int:
        return threading.get_ident()

    def then(worker: int) -> None:
        threads.extend((worker, threading.get_ident()))

    tasks.ask(work, then)
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] != threads[1] == threading.get_ident()


def test_a_later_question_with_the_same_key_wins(tasks: Tasks, qtbot: QtBot) -> None:
    gate, answers = threading.Event(), list[int]()
    tasks.ask(lambda _door: gate.wait(5), lambda _a: None)
    for number in range(5):
        tasks.ask(lambda _door, n=number: n, answers.append, key="same")  # type: ignore[misc]
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert answers == [4]


def test_work_that_is_replaced_hears_it_at_its_next_report(tasks: Tasks, qtbot: QtBot) -> None:
    began, stopped, answers = threading.Event(), threading.Event(), list[str]()

    def long(_door: object) -> str:
        began.set()
        while tasks.report(1, 100):
            threading.Event().wait(0.005)
        stopped.set()
        return "old"

    tasks.ask(long, answers.append, key="same")
    assert began.wait(5)
    tasks.ask(lambda _door: "new", answers.append, key="same")
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert stopped.is_set()
    assert answers == ["new"]


def test_slow_work_waits_for_everything_else(tasks: Tasks, qtbot: QtBot) -> None:
    gate, order = threading.Event(), list[str]()
    tasks.ask(lambda _door: gate.wait(5), lambda _a: None)
    tasks.ask(lambda _door: "slow", order.append, slow=True)
    tasks.ask(lambda _door: "quick", order.append)
    gate.set()
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["quick", "slow"]


def test_a_command_writes_closes_and_lets_the_reader_forget(tasks: Tasks, log: list[str], qtbot: QtBot) -> None:
    wrote: list[bool] = []
    tasks.do(lambda door: door.write, wrote.append)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: bool(wrote))
    assert wrote == [True]
    assert log == ["closed True", "forgot"]


def test_an_error_reaches_the_person_as_a_sentence_with_a_code(tasks: Tasks, qtbot: QtBot) -> None:
    errors: list[SandyqError] = []
    tasks.failed.connect(errors.append)

    def known(_door: object) -> None:
        raise SandyqError("some-code", N_("The file is empty."))

    def unforeseen(_door: object) -> None:
        raise ZeroDivisionError("division by zero")

    tasks.ask(known, lambda _a: None)
    tasks.ask(unforeseen, lambda _a: None)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert [error.code for error in errors] == ["some-code", "unexpected"]
    assert "Traceback" not in str(errors[1])
    assert errors[1].remedy is not None
