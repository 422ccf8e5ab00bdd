"""How near two requests are by chance: learnt from the requests themselves, so that the same code serves a grid in which
little happens and a city, a table without times, and one whose requests all come from one street.
"""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_PAIRS = 4096
_FEWEST = 8
"""Requests; with fewer nothing is known about chance."""
_SOON = 0.5  # days
_MOMENT = 0.1  # days
_CLOSE = 30.0  # metres
_TAIL = 0.02
"""Below this share distances are too few to count: area says it."""
_DEGREE = 111_320.0


class Chance:
    """The shares of random pairs that are at most so far apart."""

    def __init__(self, days: Numbers, lon: Numbers, lat: Numbers) -> None:
        count = len(days)
        draw = np.random.default_rng(7)
        self.count = count
        self.at_once = False
        """Whether all of it was said at one moment, as a table without times has it: then days are no evidence."""
        self._days = self._apart = np.zeros(0)
        if count < _FEWEST:
            return
        one, other = draw.integers(0, count, _PAIRS), draw.integers(0, count, _PAIRS)
        one, other = one[one != other], other[one != other]
        self._days = np.sort(np.abs(days[one] - days[other]))
        self.at_once = bool(self._days[int(len(self._days) * 0.9)] < _MOMENT)
        placed = np.flatnonzero(~np.isnan(lon) & ~np.isnan(lat))
        if len(placed) >= _FEWEST:
            one, other = draw.choice(placed, _PAIRS), draw.choice(placed, _PAIRS)
            one, other = one[one != other], other[one != other]
            x = (lon[one] - lon[other]) * np.cos(np.radians(lat[one]))
            self._apart = np.sort(_DEGREE * np.hypot(x, lat[one] - lat[other]))

    def of_days(self, apart: Numbers) -> Numbers:
        if not len(self._days):
            return np.clip(apart / 60.0, 0.02, 1.0)
        found = np.searchsorted(self._days, np.maximum(apart, _SOON), side="right").astype(np.float64)
        return (found + 1.0) / (len(self._days) + 1.0)

    def of_metres(self, apart: Numbers) -> Numbers:
        apart = np.maximum(apart, _CLOSE)
        if not len(self._apart):
            return np.clip((apart / 5000.0) ** 2, 1e-4, 1.0)
        whole = len(self._apart)
        found = (np.searchsorted(self._apart, apart, side="right") + 1.0) / (whole + 1.0)
        knee = max(self._apart[int(whole * _TAIL)], _CLOSE)
        small = (_TAIL + 1.0 / whole) * (apart / knee) ** 2
        return np.where(apart < knee, np.minimum(small, found + _TAIL), found)
