"""Every threshold of the five checks, of the specifications and of what is shown beside them (METHODS.md 5).

Each is fixed beforehand and the same for every programme; what a programme chooses for itself is in `Settings`.
Shares of firms are fractions: 0.05 is 5%.
"""

# ---- of every check --------------------------------------------------------------------------------------------------

# Level of the interval that a check's number is shown with, unless it says otherwise. A probability.
LEVEL = 0.95

# Level of the intervals that say that two groups were alike, or that the direction of an effect survives. A
# probability; lower than LEVEL, since two one-sided tests at 5% make one interval of 90%.
DIRECTION_LEVEL = 0.90

# ---- 0 and 3: comparable by design, reporting ------------------------------------------------------------------------

# Difference between the two arms in how firms were asked, or in how many could be measured. Points of the share of
# firms: from this on the arms are not alike.
MOST_GAP = 0.05

# Firms of which nobody said how they were asked, or why they were not funded. Share of the firms: beyond it the design
# cannot be tested.
MOST_UNKNOWN = 0.05

# Funded firms with both windows, for reporting to pass without its worst case. Share of the funded firms.
LEAST_MEASURED = 0.80

# ---- 1: groups -------------------------------------------------------------------------------------------------------

# Firms of each arm, for a claim. A count; with fewer (but `Settings.min_firms`) an effect is still estimated.
LEAST_FIRMS = 15

# Equal votes that the euros of an arm amount to, for a claim about a euro-weighted effect. An effective count.
LEAST_EFFECTIVE = 10.0

# ---- 2: alike before -------------------------------------------------------------------------------------------------

# Funded firms in cohorts whose earlier year is in the data. Share of the funded firms: below it the year before cannot
# be tested.
LEAST_EARLIER = 0.5

# ---- 4: stability ----------------------------------------------------------------------------------------------------

# Specifications that give the sign of the main estimate. Share of those that could be made.
LEAST_SAME_SIGN = 0.80

# Specifications that could be made. A count: with fewer, stability cannot be tested.
LEAST_SPECIFICATIONS = 3

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
