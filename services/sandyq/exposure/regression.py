"""Betas by regression: ordinary least squares with intercept, Dimson's sum, Vasicek's shrinkage (domain.md C4).

Floats: a beta is an estimate. All functions take plain arrays of returns of equal length and the same days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sandyq.exposure.student_t import quantile

Floats = NDArray[np.float64]

MINIMUM_OBSERVATIONS: Final = 120
MINIMUM_R_SQUARED: Final = 0.10
MAXIMUM_STANDARD_ERROR: Final = 0.25
UPPER_PROBABILITY: Final = 0.95
"""One-sided probability of the upper bound."""


@dataclass(frozen=True, slots=True)
class Fit:
    """y = intercept + slope × x + error, over `observations` pairs; `standard_error` is the slope's (n − 2)."""

    intercept: float
    slope: float
    standard_error: float
    r_squared: float
    observations: int

    @property
    def admitted(self) -> bool:
        """Whether the minimum evidence rule of domain.md C4 holds: n >= 120, R2 >= 0.10, se <= 0.25."""
        return (self.observations >= MINIMUM_OBSERVATIONS and self.r_squared >= MINIMUM_R_SQUARED
                and self.standard_error <= MAXIMUM_STANDARD_ERROR)

    def upper(self, quantile_of_t: float | None = None) -> float:
        """Return the one-sided 95 % upper bound of the slope (O8); the t quantile may be passed in."""
        bound = quantile(UPPER_PROBABILITY, self.observations - 2) if quantile_of_t is None else quantile_of_t
        return self.slope + bound * self.standard_error

    def interval(self, probability: float = 0.95) -> tuple[float, float]:
        """Return the two-sided confidence interval of the slope."""
        half = quantile((1 + probability) / 2, self.observations - 2) * self.standard_error
        return self.slope - half, self.slope + half


def least_squares(x: Floats | Sequence[float], y: Floats | Sequence[float]) -> Fit | None:
    """Fit y on x with an intercept. None with fewer than three pairs or when x or y does not move at all. O8."""
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    count = len(across)
    if count != len(up):
        raise ValueError("the two series of returns have different lengths")
    if count < 3:
        return None
    x_mean, y_mean = float(across.mean()), float(up.mean())
    across, up = across - x_mean, up - y_mean
    xx, yy, xy = float(across @ across), float(up @ up), float(across @ up)
    if xx <= 0 or yy <= 0:
        return None
    slope = xy / xx
    unexplained = max(yy - slope * xy, 0.0)
    return Fit(y_mean - slope * x_mean, slope, sqrt(unexplained / (count - 2) / xx), 1 - unexplained / yy, count)


def dimson(x: Floats | Sequence[float], y: Floats | Sequence[float]) -> tuple[float, float, float] | None:
    """Return the coefficients on the reference's return of the day before, the same day and the day after. O9.

    Their sum is Dimson's beta for two series whose clocks differ. x and y are of the same days; the first and the
    last day are lost. None with fewer than five days left or when the three regressors are not independent.
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if len(across) != len(up):
        raise ValueError("the two series of returns have different lengths")
    if len(across) < 7:
        return None
    design = np.column_stack((np.ones(len(across) - 2), across[:-2], across[1:-1], across[2:]))
    solution, _, rank, _ = np.linalg.lstsq(design, up[1:-1], rcond=None)
    if rank < 4:
        return None
    return float(solution[1]), float(solution[2]), float(solution[3])


def vasicek(slope: float, standard_error: float, prior: float, prior_deviation: float) -> tuple[float, float]:
    """Return (weight, shrunk slope): b* = w b + (1 − w) prior, w = s_prior² / (s_prior² + se²). O8."""
    weight = prior_deviation**2 / (prior_deviation**2 + standard_error**2)
    return weight, weight * slope + (1 - weight) * prior
