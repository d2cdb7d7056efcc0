"""A pause of Python's search for reference cycles while very many small values are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pause the search for reference cycles: a hundred thousand new values without one would make it search in vain.

    Memory is still freed by reference counts. The pause is the process's; inside another pause it does nothing. What
    was made joins the old values at the end, otherwise the first search after the pause would look through all of it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
