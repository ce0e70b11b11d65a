"""Numbers of statsmodels 0.15.0, and how they were made.

Run by hand, in an environment with statsmodels, from the project's folder:

    python -m tests.reference.statsmodels_numbers

It prints, for each case, the numbers that stand here; the tests import WELCH and AGRESTI_CAFFO.
"""

# Groups of values -> F, its degrees of freedom between and within, p: Welch's test (1951) of equal means. With
# v = s²/n and df = n − 1, the test of equal effects is this one.
WELCH = [
    (
        [[1, 2, 4], [3, 5, 6, 9]],
        (4.98813056379822, 1.0, 4.906424158638268, 0.0768610406463394),
    ),
    (
        [[2.1, 3.4, 1.9, 5.0, 4.2], [3.3, 8.9, 6.1, 2.0, 7.7, 9.5, 4.4], [1.0, 1.2, 0.7, 1.9]],
        (12.34691077655975, 2.0, 7.7059618378828025, 0.003952182875726706),
    ),
    (
        [
            [0.12, 0.31, -0.08, 0.25],
            [0.4, 0.9, -0.6, 1.1, 0.2, 0.8],
            [0.05, 0.02, 0.11, 0.07, 0.09],
            [-0.3, 0.6, 0.1],
            [0.2, 0.21, 0.19, 0.25, 0.18, 0.22, 0.2],
        ],
        (11.992130586599256, 4.0, 6.756227335832392, 0.003379589972181787),
    ),
]

# x of n, y of m -> 95% interval of x/n − y/m: Agresti & Caffo (2000), one more yes and one more no in each arm.
AGRESTI_CAFFO = {
    (56, 70, 48, 80): (0.052452926638053676, 0.33575845547576744),
    (7, 10, 2, 10): (0.054505210431334716, 0.7788281229019985),
    (0, 10, 0, 10): (-0.22115031502926005, 0.22115031502926005),
    (39, 40, 31, 40): (0.046462376847818954, 0.334490004104562),
    (190, 200, 150, 160): (-0.03635366401363044, 0.06324524206032384),
}


def main() -> None:
    """Print what statsmodels says of every case."""
    from statsmodels.stats.oneway import anova_oneway
    from statsmodels.stats.proportion import confint_proportions_2indep

    for groups, _ in WELCH:
        test = anova_oneway(groups, use_var="unequal", welch_correction=True)
        print(groups, (test.statistic, *test.df, test.pvalue))
    for counts in AGRESTI_CAFFO:
        print(counts, confint_proportions_2indep(*counts, method="agresti-caffo", compare="diff"))


if __name__ == "__main__":
    main()
