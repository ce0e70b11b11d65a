"""What the demonstration invents about sectors, sizes, other bodies and aid. No fact about anybody stands here."""

from io import StringIO

import pandas as pd


def _table(written: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(written), sep=r"\s+", index_col=0)


# funded, comparison: firms of each arm, beside applicants that were ineligible or withdrew, and beside NON_FIRMS.
# effect: mean log effect of a grant. jump, lasting: log rise of online sales in March 2020, and the part that stays;
# fade: months until a third of the rest is left. peak, swing: calendar month and log height of the season. codes: ATECO
# 2007.
SECTORS = _table("""
sector          funded  comparison  effect  jump  lasting  fade  peak  swing  codes
food                93         121    0.18  0.70     0.30    10    12   0.35  10.51.20,10.71.20,10.82.00,11.02.10
hospitality         44          66    0.00  0.90     0.15     8     7   0.45  55.10.00,55.20.51,56.10.11,56.10.20
textiles            85         107    0.22  0.35     0.20    14    11   0.25  13.92.10,14.13.10,14.19.10,15.20.10
furniture           48          64    0.10  0.55     0.25    16    10   0.15  16.29.19,31.02.00,31.03.00,31.09.10
paper_media         22          36    0.00  0.25     0.05     9     9   0.20  17.23.01,18.12.00,58.11.00,58.14.00
chemicals           30          40    0.28  0.50     0.20    12    12   0.20  20.41.20,20.42.00,21.20.09
other_making         7          22    0.12  0.40     0.20    12    12   0.40  32.12.10,32.30.00,32.40.20
plastics            22          34    0.08  0.15     0.10    10     5   0.10  22.29.09,23.13.00,23.41.00
metal               36          52    0.00  0.10     0.05    10     6   0.08  25.11.00,25.71.00,25.73.11,25.99.19
electronics          2          20    0.15  0.45     0.20    14    11   0.20  26.51.29,27.40.09,27.51.00
machinery           42          58    0.14  0.10     0.10    18     4   0.10  28.29.99,28.93.00,29.32.09,30.92.10
wholesale           68          96    0.10  0.30     0.15    12    11   0.15  46.34.10,46.42.10,46.69.99,46.90.00
retail              60          79    0.16  0.75     0.35     9    12   0.30  47.71.10,47.72.10,47.78.99,47.91.10
software            26          32   -0.10  0.20     0.20    20     3   0.05  62.01.00,62.02.00,63.12.00
other_services      34          40    0.09  0.10     0.00     9     6   0.15  70.22.09,73.11.02,74.10.10,96.02.02
""")
# Beneficiaries that sell nothing: how many of each kind were funded and turned down, their staff and activities.
NON_FIRMS = _table("""
kind          funded  turned_down  least_staff  most_staff  codes
cluster            4            5            2          15  70.22.09,82.99.99
association        6            8            3          40  94.11.00,94.12.10
research           3            4           20         180  72.19.09,85.42.00
science_park       3            3            5          30  68.20.01,82.99.99
other              3            4            2          20  94.99.90
""")
# Shares of the arms (larger firms are a little more often funded), staff, and euros: turnover, and its balance sheet.
SIZES = _table("""
size_class  comparison  funded  least_staff  most_staff  least_eur  median_eur  most_eur  balance
micro             0.60    0.55            1           9       4e+4        4e+5      2e+6      0.7
small             0.31    0.34           10          49       4e+5      2.8e+6     10e+6      0.7
medium            0.09    0.11           50         249       3e+6       15e+6     50e+6      0.7
large             0.00    0.00          250         900      60e+6      110e+6    400e+6      0.9
""")
# Other aid for the same purpose: between which days it was given, and the share of each arm that had it. Firms that had
# been turned down found later aid more often: that is an outcome of rejection.
OTHER_AID_EDITIONS = _table("""
edition         first       last        funded  comparison
export_2018     2018-05-02  2018-11-30    0.08        0.07
ecommerce_2021  2021-09-01  2021-12-31    0.03        0.10
digital_2022    2022-05-02  2022-11-30    0.04        0.08
""")
