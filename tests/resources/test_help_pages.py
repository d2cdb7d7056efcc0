"""The help in three languages: the same pages, the same chapters, the same words of the program."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import sandyq_resources
from sandyq_desktop.commands import VIEW_KEYS

HELP = Path(sandyq_resources.__file__).parent / "help"
PAGES = sorted(page.name for page in (HELP / "en").glob("*.md"))
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
PLACEHOLDER = re.compile(r"\b[^\W\d_]{2,}\b")


def chapters(text: str) -> list[int]:
    """Return the depth of each heading, in order."""
    return [len(found) for found in re.findall(r"^(#+) ", CODE.sub("", text), re.MULTILINE)]


def code_words(text: str) -> Counter[str]:
    """Return what stands in code marks; what a person puts in (BOOK, DATE) is written in each language's own word."""
    return Counter(PLACEHOLDER.sub(lambda word: "…" if word[0].isupper() else word[0], found)
                   for found in CODE.findall(text))


def test_every_view_has_a_page_of_help() -> None:
    assert {f"{view}.md" for view in (*VIEW_KEYS, "mandate")} <= set(PAGES)


@pytest.mark.parametrize("code", ["ru", "kk"])
def test_the_help_of_each_language_has_the_same_pages(code: str) -> None:
    assert sorted(page.name for page in (HELP / code).glob("*.md")) == PAGES


@pytest.mark.parametrize("code", ["ru", "kk"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_same_chapters_and_code_words_in_each_language(page: str, code: str) -> None:
    english, other = ((HELP / one / page).read_text(encoding="utf-8") for one in ("en", code))
    assert chapters(other) == chapters(english)
    assert code_words(other) == code_words(english)
