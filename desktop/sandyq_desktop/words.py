"""What the window says: one chosen language, switched while it runs, and the words of states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sandyq.basics.language import CODES, Language
from sandyq.basics.text import N_, Text
from sandyq.limits.result import State, Verdict

NAMES: Final[Mapping[str, str]] = MappingProxyType({"en": "English", "ru": "Русский", "kk": "Қазақша"})

STATES: Final[Mapping[State, Text]] = MappingProxyType({
    State.BREACH: N_("Breach"), State.SOFT_BREACH: N_("Soft breach"), State.UNKNOWN: N_("Unknown"),
    State.WARNING: N_("Warning"), State.OK: N_("OK"), State.UPCOMING: N_("Upcoming"),
    State.NOT_APPLICABLE: N_("Not applicable"),
})
COUNTED: Final[Mapping[State, str]] = MappingProxyType({
    State.BREACH: "{n} in breach", State.SOFT_BREACH: "{n} in soft breach", State.UNKNOWN: "{n} unknown",
    State.WARNING: "{n} warning", State.OK: "{n} OK", State.UPCOMING: "{n} upcoming",
    State.NOT_APPLICABLE: "{n} not applicable",
})
COUNT_TEXTS: Final = (
    N_("{n} in breach"), N_("{n} in soft breach"), N_("{n} unknown"), N_("{n} warning"), N_("{n} OK"),
    N_("{n} upcoming"), N_("{n} not applicable"),
)
VERDICTS: Final[Mapping[Verdict, Text]] = MappingProxyType({
    Verdict.PASS: N_("Passes"), Verdict.ACKNOWLEDGE: N_("Needs a reason"), Verdict.REFUSED: N_("Refused"),
    Verdict.UNKNOWN: N_("Cannot be judged"),
})


class Words:
    """The language in use. `load` gives a `Language` for a code; a catalogue that is missing leaves English.

    Widgets keep this object and ask again when `Shell.retell` runs; it holds no widgets itself.
    """

    def __init__(self, load: Callable[[str], Language] = Language, code: str = "en") -> None:
        self._load = load
        self.language = Language("en")
        self.switch(code)

    @property
    def code(self) -> str:
        return self.language.code

    def switch(self, code: str) -> None:
        """Change the language; an unknown code gives English."""
        try:
            self.language = self._load(code if code in CODES else "en")
        except (OSError, ValueError):
            self.language = Language("en")

    def __call__(self, text: Text | str) -> str:
        """Say a sentence in the language in use."""
        return self.language.say(text)

    def state(self, state: State) -> str:
        return self(STATES[state])

    def count(self, state: State, n: int) -> str:
        """Return "5 warning" in words."""
        return self(Text(COUNTED[state], {"n": n}))

    def title(self, titles: Mapping[str, str]) -> str:
        """Return the title of a limit in the language in use, else English, else whatever there is."""
        return titles.get(self.code) or titles.get("en") or next(iter(titles.values()), "")
