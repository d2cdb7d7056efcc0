"""Start the window: paint first, then load the service layer in the worker."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from sandyq.basics.language import CODES
from sandyq_desktop import fonts
from sandyq_desktop.settings import Settings, default_file
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words
from sandyq_resources import catalogues


def main(argv: Sequence[str] | None = None) -> int:
    """Open the book given as the only argument, or the first screen. Returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    application = QApplication.instance() or QApplication(["sandyq", *arguments])
    assert isinstance(application, QApplication)
    application.setApplicationName("Sandyq")
    application.setStyle("Fusion")
    fonts.load()
    file = default_file()
    settings = Settings.read(file)
    code = settings.language if settings.language in CODES else "en"
    window = Window(Words(catalogues.language, code), settings, settings_file=file)
    if arguments:
        window.on_first_paint = lambda: window.handlers.open_path(Path(arguments[0]))
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
