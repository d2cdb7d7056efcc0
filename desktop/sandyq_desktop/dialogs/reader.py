"""A page to read: help for a view, or the list of keys."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from sandyq.basics.text import N_
from sandyq_desktop.look import Look
from sandyq_resources import path


def help_page(view: str, code: str) -> str | None:
    """Return the page of a view in a language, else in English; None when there is none."""
    for language in (code, "en"):
        file = path("help", language, f"{view}.md")
        if file.exists():
            return file.read_text(encoding="utf-8")
    return None


class ReaderDialog(QDialog):
    """Shows Markdown that cannot be changed; Esc closes. Links do not leave the page."""

    def __init__(self, look: Look, title: str, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(look.px(640), look.px(620))
        self.page = QTextBrowser()
        self.page.setOpenExternalLinks(False)
        self.page.setFont(look.font())
        self.page.setMarkdown(page)
        self.page.setAccessibleName(look.say(N_("Page")))
        QVBoxLayout(self).addWidget(self.page)
