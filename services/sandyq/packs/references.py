"""References for rows that have none: made from the row, so that the same file brings the same ones again."""

from __future__ import annotations

import hashlib
from collections import Counter


class References:
    """Makes references within one file; rows that are alike are counted apart."""

    def __init__(self) -> None:
        self._repeats: Counter[tuple[str, ...]] = Counter()

    def made(self, content: tuple[str, ...]) -> str:
        """Return ``row-`` and sixteen hexadecimal digits."""
        self._repeats[content] += 1
        digest = hashlib.sha256("\x1f".join((*content, str(self._repeats[content]))).encode()).hexdigest()
        return f"row-{digest[:16]}"
