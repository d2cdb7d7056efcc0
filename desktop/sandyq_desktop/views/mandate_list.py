"""The limits of a draft as a list: the mandate's head first, and what the draft does to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandyq.basics.findings import Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.draft import Draft
from sandyq.workstation.mandates import Review
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.words import Words

HEAD = N_("The mandate itself")


@dataclass(frozen=True, slots=True)
class Item:
    """One row: the mandate's head (no limit) or a limit; `mark` says what the draft does to it, in the tone `tone`."""

    limit: str
    title: str
    mark: Text | str = ""
    tone: str = "tx2"


def columns() -> tuple[Column, ...]:
    return (
        Column("id", N_("Id"), lambda item: item.limit or "—", tone=lambda _i: "tx2"),
        Column("limit", N_("Limit"), lambda item: item.title, stretch=True, least=100, most=400,
               weight=lambda item: 600 if item.mark else 400),
        Column("mark", N_("Draft"), lambda item: item.mark, role="small", tone=lambda item: item.tone, least=30,
               most=110),
    )


def title_of(limit: Mapping[str, Any], words: Words) -> str:
    """Return a limit's title in the language in use."""
    titles = limit.get("title", {})
    return titles if isinstance(titles, str) else words.title(titles)


def rows_of(draft: Draft, review: Review | None, words: Words) -> tuple[Item, ...]:
    """Return the rows in the draft's order."""
    marks = _marks(review)
    head = Item("", words(HEAD), *marks.get("", ("", "tx2")))
    return (head, *(Item(name, title_of(limit, words), *marks.get(name, ("", "tx2")))
                    for limit in draft.limits for name in [str(limit.get("id"))]))


def _marks(review: Review | None) -> dict[str, tuple[Text, str]]:
    found: dict[str, tuple[Text, str]] = {}
    for change in review.changes if review else ():
        found[change.limit] = (N_("new") if change.code == "limit-added" else N_("changed"), "acc")
    for defect in review.defects if review else ():
        if defect.severity is Severity.ERROR:
            found[defect.limit] = (N_("error"), "t_breach")
    return found
