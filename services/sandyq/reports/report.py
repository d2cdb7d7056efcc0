"""What a kind of report is: its name on the command line, its title, and the function that makes its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandyq.basics.text import Text
from sandyq.reports.sheet import Document, SheetData


@dataclass(frozen=True, slots=True)
class Report:
    """`issue` returns finished files and writes nothing: files on disk are the business of the store."""

    name: str
    title: Text
    issue: Callable[[SheetData], tuple[Document, ...]]
