"""What each piece of evidence is worth, in the order of likeness.FEATURES.

Logistic regressions over pairs of made-up towns (tests/load/voices, the known halves). What long ago and far away tell
was halved by hand, because a real matter may last longer than a made-up one; ``grid`` and ``other_grid`` are set by hand.
"""

import numpy as np

# fmt: off
WEIGHTS = np.array([
    -8.92, -1.24, 1.62, -1.28, 2.50, 1.37, 0.03, 1.85,
    -3.57, 1.07, 0.94, 0.39, 0.38, -2.67, 1.19, -2.65,
    2.62, -1.01, -1.50, 0.98, 0.74, -0.10, -2.17, -3.58,
    -3.80, 3.45, 0.37, -2.29, 0.31, 0.56, 0.60, -0.80,
    1.46, 1.47, 1.11, -0.39, -2.20, -3.00, 0.69, 0.18,
    0.21, -0.06, -0.23, 2.99, -0.42,
])
"""The mean of both regressions: kinship is trusted by half."""
BLIND = np.array([
    -7.08, 1.40, -0.16, -1.27, 0.00, 0.00, 0.09, 2.41,
    -4.10, 1.57, 1.60, 0.00, 0.88, -2.73, 1.06, -2.61,
    1.72, -1.20, 0.00, 1.54, 1.29, 0.46, -1.56, -3.06,
    -3.80, 2.38, 0.01, 0.00, -0.09, 0.00, 0.60, -0.80,
    1.46, 1.51, 1.17, -0.31, -2.20, -3.00, 0.80, 0.22,
    0.05, 0.05, -0.28, 2.77, 0.36,
])
"""While nothing is known of kinship."""
# fmt: on
