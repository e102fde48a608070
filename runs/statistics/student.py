"""Student's t: quantiles and tails. scipy is loaded when the first one is asked for."""

from __future__ import annotations

import numpy as np

CONFIDENCE = 0.95


def t_quantile(degrees: np.ndarray | float, confidence: float = CONFIDENCE):
    """So many standard errors to each side hold the mean with this confidence. Of one number or many."""
    from scipy.special import stdtrit

    return stdtrit(degrees, 0.5 + confidence / 2)


def t_two_sided(t: float, degrees: float) -> float:
    """The chance of a t at least so far from 0, on either side."""
    from scipy.special import stdtr

    return float(2 * stdtr(degrees, -abs(t)))


def normal_two_sided(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))
