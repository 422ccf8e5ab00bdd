"""What each piece of evidence is worth, in the order of likeness.FEATURES.

``WEIGHTS``: six tenths of a logistic regression over pairs of made-up towns of two styles (tests/load/voices: ``TUNING`` of
zh and en, ``told.FITTED``), four tenths of the one before, which had the first style alone; ``BLIND`` is that one. Neither
saw a pair of ``unheard`` or ``told.HELD``, but by ``unheard`` the shares and the bias were chosen. What long ago and far
away tell was set by hand, because a real matter may last longer than a made-up one; so were ``grid`` and
``other_grid``, and what two names say against each other, because one place may have two.
"""

import numpy as np

# fmt: off
WEIGHTS = np.array([
    -3.04, -0.89, 0.62, -0.87, 2.09, 1.75, 0.03, 1.46,
    -1.73, 0.21, 0.21, 0.80, -0.04, 0.26, 0.39, -0.02,
    -0.02, -1.85, -0.81, -1.17, -0.92, 1.22, -1.47, -0.12,
    1.53, -1.67, -0.58, 0.58, 0.78, 0.32, -1.31, -2.05,
    -2.10, 1.94, 0.17, -0.26, 0.24, 1.15, 0.60, -0.80,
    1.75, 1.13, 0.43, -0.64, -2.20, -3.00, 0.33, 0.00,
    -0.24, -0.30, -0.41, 2.81, 0.29, 0.57,
])
"""Kinship is learnt: what a list of the field's words says counts less than while nothing is."""
BLIND = np.array([
    -7.08, 1.40, -0.16, -1.27, 0.00, 0.00, 0.09, 2.41,
    -4.10, 1.57, 1.60, 0.00, 0.00, 0.88, 0.60, 0.00,
    0.00, -2.73, -0.30, 0.00, -1.00, 1.06, -2.61, 0.00,
    1.72, -1.20, 0.00, 1.54, 1.29, 0.46, -1.56, -3.06,
    -3.80, 2.38, 0.01, 0.00, -0.09, 0.00, 0.60, -0.80,
    1.46, 1.51, 1.17, -0.31, -2.20, -3.00, 0.80, 0.22,
    0.05, 0.05, -0.28, 2.77, 0.36, 0.00,
])
"""While nothing is known of kinship."""
# fmt: on
