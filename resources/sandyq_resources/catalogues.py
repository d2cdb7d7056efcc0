"""Load a language's catalogue: the compiled gettext file beside this module, read as a plain mapping."""

from __future__ import annotations

import gettext
from functools import cache

from sandyq.basics.language import CODES, Language
from sandyq_resources import path


@cache
def language(code: str) -> Language:
    """Return the language for ``kk``, ``ru`` or ``en``. Raises ValueError for any other code."""
    if code not in CODES:
        raise ValueError(f"no language {code!r}; there are {', '.join(CODES)}")
    file = path("locale", code, "LC_MESSAGES", "sandyq.mo")
    if code == "en" or not file.exists():
        return Language(code)
    with file.open("rb") as stream:
        translations = gettext.GNUTranslations(stream)
    messages: dict[str, str] = {
        key: value for key, value in vars(translations)["_catalog"].items() if key and isinstance(key, str)
    }
    return Language(code, messages)
