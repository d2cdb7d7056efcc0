"""The scenario column of one instrument: its own returns, and a labelled proxy for each day without one (F083)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sandyq.basics.text import N_, Text
from sandyq.exposure.returns import Floats

Codes = NDArray[np.uint8]


class Proxy(IntEnum):
    """Where a day's return comes from, the best first."""

    OWN = 0
    FUND = 1
    """A spot fund of the same coin that closes at the same hour."""
    COIN = 2
    """The coin's reference close, less the fund's fee."""
    BETA = 3
    """Measured beta times the coin: its spot fund's return, else its reference close."""
    PEERS = 4
    """The median beta of the kind times the coin."""

    @property
    def label(self) -> Text:
        return _LABELS[self.value]


_LABELS = (N_("own prices"), N_("spot fund of the same coin"), N_("coin less fee"), N_("beta × coin"),
           N_("peers' beta × coin"))


@dataclass(frozen=True)
class Track:
    """Daily log returns of one instrument over the window, none missing, and where each comes from.

    Without slots, so that its share of proxies is kept: every figure asks for it.
    """

    returns: Floats
    codes: Codes

    @cached_property
    def proxied(self) -> float:
        """Share of days that are not the instrument's own."""
        return float((self.codes != Proxy.OWN).mean()) if len(self.codes) else 0.0

    def used(self) -> tuple[tuple[Proxy, int], ...]:
        """Return each proxy that stands in, with its number of days."""
        return tuple((proxy, int((self.codes == proxy).sum())) for proxy in Proxy
                     if proxy is not Proxy.OWN and (self.codes == proxy).any())


def filled(candidates: Sequence[tuple[Proxy, Floats]]) -> Track | None:
    """Return a track that takes each day from the first candidate that has it; None when a day stays without one.

    A day that nothing covers is Unknown: it is neither left out nor zero.
    """
    if not candidates:
        return None
    returns = np.full(len(candidates[0][1]), np.nan)
    codes = np.zeros(len(returns), dtype=np.uint8)
    for proxy, values in candidates:
        take = np.isnan(returns) & ~np.isnan(values)
        returns[take] = values[take]
        codes[take] = proxy
    return None if np.isnan(returns).any() or not len(returns) else Track(returns, codes)
