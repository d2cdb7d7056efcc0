"""What the window hands to every view: palette, fonts, words, the worker, and the question that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, TypeVar

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import Text
from sandyq.workstation.contract import Question
from sandyq_desktop.fonts import Fonts
from sandyq_desktop.look import Look
from sandyq_desktop.palette import Palette
from sandyq_desktop.words import Words

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

Answer = TypeVar("Answer")


class Asking(Protocol):
    """The worker as views see it (`sandyq_desktop.tasks`)."""

    def ask(self, work: Callable[[Workstation], Answer], then: Callable[[Answer], None], *, key: str = "",
            failed: Callable[[SandyqError], None] | None = None, slow: bool = False) -> None:
        """Run `work` beside the window and call `then` in it. A later ask with the same key replaces an earlier.

        `slow` work waits until everything else has been answered.
        """

    def do(self, work: Callable[[Workstation], Answer], then: Callable[[Answer], None], *,
           failed: Callable[[SandyqError], None] | None = None) -> None:
        """Run a command on the book opened for writing; the book is closed for writing again before `then`."""

    def report(self, done: int, total: int) -> bool:
        """Tell how far the running work is, from the worker; False when the person has cancelled it."""


@dataclass(slots=True)
class ViewContext:
    """Kept by the window, read by the views; on a change the window calls each view's `refresh()`."""

    palette: Palette
    fonts: Fonts
    words: Words
    tasks: Asking
    question: Question
    currency: str = "USD"
    kzt_rate: Decimal | None = None
    """Official rate of the as-of day, for amounts shown in KZT; None is Unknown."""
    book: str = ""
    demo: bool = False
    explain: Callable[[str], None] = lambda _key: None
    status: Callable[[Text], None] = lambda _text: None
    error: Callable[[SandyqError], None] = lambda _error: None
    go: Callable[[str], None] = lambda _view: None
    refresh_all: Callable[[], None] = lambda: None
    run: Callable[[str], None] = lambda _command: None
    """Run a command of `sandyq_desktop.commands` by its id."""
    look: Look = field(init=False)

    def __post_init__(self) -> None:
        self.look = Look(self.palette, self.fonts, self.words)

    def restyle(self, palette: Palette, fonts: Fonts) -> None:
        """Take another palette and zoom; tables follow through `look`."""
        self.palette = self.look.palette = palette
        self.fonts = self.look.fonts = fonts
