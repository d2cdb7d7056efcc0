"""What the window remembers between starts: a small JSON file in the person's own folder, never in the book."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path


@dataclass(slots=True)
class Settings:
    """Choices of this person on this machine; unreadable files give the defaults."""

    language: str = "en"
    palette: str = "light"
    zoom: int = 100
    currency: str = "USD"
    last_book: str = ""
    last_key: str = ""
    hidden_columns: dict[str, list[str]] = field(default_factory=dict)
    widths: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path | None) -> Settings:
        """Read settings; a value of the wrong type is left at its default."""
        settings = cls()
        if file is None:
            return settings
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return settings
        for known in fields(cls):
            value = found.get(known.name) if isinstance(found, dict) else None
            if type(value) is type(getattr(settings, known.name)):
                setattr(settings, known.name, value)
        return settings

    def write(self, file: Path | None) -> None:
        """Write the settings; a folder that cannot be written to is no reason to stop work."""
        if file is None:
            return
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2), encoding="utf-8")
        except OSError:
            return


def default_file() -> Path:
    """Return the place of the settings for this person."""
    from platformdirs import user_config_path

    return user_config_path("sandyq", appauthor=False) / "window.json"
