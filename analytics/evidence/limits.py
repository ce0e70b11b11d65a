"""Thresholds of the evidence that are the same for every programme (METHODS.md 5).

The limits of the five checks, which a programme may set for itself in its file, stand in `model.CheckLimits`.
"""

# ---- of every check --------------------------------------------------------------------------------------------------

# Level of the interval that a check's number is shown with, unless it says otherwise. A probability.
LEVEL = 0.95

# Level of the intervals that say that two groups were alike, or that the direction of an effect survives. A
# probability; lower than LEVEL, since two one-sided tests at 5% make one interval of 90%.
DIRECTION_LEVEL = 0.90

# ---- groups side by side ---------------------------------------------------------------------------------------------

# Half-normal scale of how far the groups' differences of the year before lie apart. In effects that matter.
SPREAD_OF_DIFFERENCES = 0.5

# How far beyond its best guess a group's difference of the year before is taken to lie, toward a claim, when it is
# asked whether the direction survives it. In standard deviations of the guess; by simulation (docs/EVIDENCE.md).
DRIFT_ALLOWANCE = 0.75

# How sure the number of groups with an effect is. A probability, one-sided.
COUNT_LEVEL = 0.95

# ---- specifications --------------------------------------------------------------------------------------------------

# Firms of an arm in which a published specification may differ from the main estimate, if it differs at all. A count:
# two estimates that differ by fewer firms would tell about those.
LEAST_APART = 10

# ---- shown beside ----------------------------------------------------------------------------------------------------

# Range of the comparison firms' propensity index within which a funded firm counts as having a counterpart.
# Percentiles, 0 to 100.
OVERLAP_PERCENTILES = (1.0, 99.0)

# How close the search for a breakdown value of the sensitivity analysis comes to it. In the unit of the value: the
# estimation scale for `bend`, a multiple for `relative`.
BREAKDOWN_TOLERANCE = 0.001
