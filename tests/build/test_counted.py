"""What reconciliation and applications count is told as the cells of the cube are: nothing withheld comes back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analytics.build.above_announced import above_announced
from analytics.build.applications import applications_told, withheld_outcomes
from analytics.build.candidate import build
from analytics.build.earlier import recall_ledger
from analytics.build.reconciliation import reconciliation
from analytics.build.withheld_cells import WithheldCells
from analytics.demonstration.michigan import write_michigan_files
from analytics.folders import Home
from analytics.model import Arm, DisclosureRules, Rule
from analytics.programme.file import PROGRAMME_FILES, Programme, load_programme, parse_programme
from analytics.release import Release, Releases
from analytics.release.measures import measure_named
from analytics.store.database import Store
from analytics.store.formats import Format
from analytics.store.ingest import import_file
from analytics.store.mapping.file import ColumnMapping, load_mapping

RULES = DisclosureRules()
COUNTED = ("loaded_firms", "selling_firms", "reporting_firms", "measured_firms", "analysed_firms")
FEW = "few"
APPLICATIONS = 157.0
OPEN = 1.0  # firms by which a confidential count stays open on either side


def small_programme() -> Programme:
    """Michigan's with a third tranche, of confidential data."""
    text = (PROGRAMME_FILES / "michigan-1988.toml").read_text(encoding="utf-8")
    words = '{ it = "pochi", en = "few" }'
    text = text.replace('data_kind = "public"', 'data_kind = "confidential"')
    tranche = f'[[tranches]]\nid = "{FEW}"\nlabel = {words}\nsource = {words}\n\n[windows]'
    return parse_programme(text.replace("[windows]", tranche), "michigan-1988.toml")


def released(
    home: Home, applications: pd.DataFrame, name: str, *, sales: bool, silent: tuple[str, ...] = ()
) -> Release:
    """A published release after these applications came in (and, for the first, the sales, but for silent firms')."""
    programme = small_programme()
    _, sales_file, mapping = write_michigan_files(home.root / name)
    if silent:
        table = pd.read_parquet(sales_file)
        mine = table["fcode"].astype(int).astype(str).isin(silent)
        table[~mine].to_parquet(sales_file, index=False)
    file = home.root / name / "new.csv"
    applications.to_csv(file, index=False)
    with Store(home.store(programme.id), programme.id) as store:
        imports = [("applications", file, ColumnMapping(format=Format(date="%Y")))]
        imports += [("sales", sales_file, load_mapping(mapping))] if sales else []
        for kind, path, how in imports:
            import_file(kind, path, programme=programme, store=store, archive=home.archive, mapping=how)
        releases = Releases(home.releases, programme.id)
        release = build(programme, store, releases)
    releases.publish(release)
    return releases.open()


def applied(home: Home, firms: int = 2) -> pd.DataFrame:
    """The applications of Michigan, so many of the funded firms in a tranche of their own."""
    file, _, _ = write_michigan_files(home.root / "plain")
    table = pd.read_csv(file, dtype=str)
    mine = table.index[table["tranche"] == "awarded_1988"][:firms]
    table.loc[mine, "tranche"] = FEW
    return table


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("counted"))


@pytest.fixture(scope="module")
def first(home: Home) -> Release:
    return released(home, applied(home), "first", sales=True)


def ranges(release: Release, column: str) -> dict[str, tuple[float, float]]:
    """How far open each tranche's count is to somebody who adds up all that the release tells of it: the rows of the
    reconciliation, the figures of the same cells, how many applications ended funded, and how many there were.
    """
    tranches = [*(tranche.id for tranche in release.programme.tranches), "*"]
    outcomes = list(release.applications["outcome"])
    names = [*tranches, *outcomes]
    equations, right = [], []

    def told(terms: dict[str, float], total: float) -> None:
        equations.append([terms.get(name, 0.0) for name in names])
        right.append(total)

    told({"*": 1.0} | dict.fromkeys(tranches[:-1], -1.0), 0.0)
    table = release.reconciliation.set_index("tranche")[column]
    question = release.programme.headline
    figure_of = {
        "loaded_firms": {"measure": measure_named("firms")},
        "measured_firms": {"measure": measure_named("before_mean"), "outcome": "sales", "horizon": "1"},
        "analysed_firms": {"measure": measure_named(question.estimand), "outcome": "sales", "horizon": "1"},
    }.get(column)
    for tranche in tranches:
        if pd.notna(table[tranche]):
            told({tranche: 1.0}, float(table[tranche]))
        if figure_of is not None:
            arm = "*" if column == "analysed_firms" else "funded"
            group = {} if tranche == "*" else {"wave": tranche}
            figure = release.figure(arm=arm, group=group, **figure_of)
            if figure is not None and figure.published and figure.n_funded is not None:
                told({tranche: 1.0}, float(figure.n_funded))
    for row in release.applications.dropna().to_dict("records"):
        told({row["outcome"]: 1.0}, float(row["applications"]))
    told(dict.fromkeys(outcomes, 1.0), APPLICATIONS)  # as many as were announced
    if column == "loaded_firms":
        told({"*": 1.0, "funded": -1.0}, 0.0)
    found = {}
    for tranche in tranches:
        ends = []
        for sign in (1, -1):
            cost = [sign * float(name == tranche) for name in names]
            solved = linprog(cost, A_eq=equations, b_eq=right, bounds=(0, None))
            ends.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
        found[tranche] = (ends[0], ends[1])
    return found


@pytest.mark.parametrize("column", COUNTED)
def test_no_sum_of_what_is_told_gives_a_withheld_tranche(first: Release, column: str) -> None:
    """Two firms in a tranche of their own: neither how many they are, nor how many sell, report or are analysed."""
    low, high = ranges(first, column)[FEW]
    assert pd.isna(first.reconciliation.set_index("tranche").loc[FEW, column])
    assert low <= 2 - OPEN
    assert high >= 2 + OPEN


def test_two_firms_of_a_tranche_that_report_are_not_counted(tmp_path: Path) -> None:
    """Fourteen firms, whose number is published; that two of them report, and so are measured, is not."""
    home = Home(tmp_path)
    table = applied(home, 14)
    mine = table.loc[table["tranche"] == FEW, "fiscal_code"]
    release = released(home, table, "quiet", sales=True, silent=tuple(mine[:-2]))
    rows = release.reconciliation.set_index("tranche")
    assert rows.loc[FEW, "loaded_firms"] == 14
    for column in ("reporting_firms", "measured_firms", "analysed_firms"):
        low, high = ranges(release, column)[FEW]
        assert low <= 2 - OPEN
        assert high >= 2 + OPEN


def test_one_more_firm_is_told_by_no_count(home: Home, first: Release) -> None:
    """A second release, after one firm was awarded and one was turned down: every count is as the first has it."""
    again = applied(home).iloc[:2].assign(
        fiscal_code=["999991", "999992"], application_id=["999991", "999992"],
        outcome=["funded", "not_funded"], tranche=["awarded_1988", None], awarded_on=["1988", None],
    )  # fmt: skip
    second = released(home, again, "second", sales=False)
    with Store(home.store(second.programme.id), second.programme.id, read_only=True) as store:
        ledger = recall_ledger(store.contributions_folder, second).cells
    assert (ledger["rule"] == "held").any()
    columns = ["tranche", "loaded_firms", "selling_firms"]
    pd.testing.assert_frame_equal(first.reconciliation[columns], second.reconciliation[columns])
    pd.testing.assert_frame_equal(first.applications, second.applications)


# ---- by hand ---------------------------------------------------------------------------------------------------------


def firms(**waves: int) -> pd.DataFrame:
    """So many funded firms in each wave, all of which sell; of each, the last does not report."""
    rows = [
        {"wave": wave, "sells": "yes", "arm": "funded", "*|*|firms": 1.0, "*|*|grants": 1000.25}
        | dict.fromkeys(("sales|1|measured", "sales|1|typical_firm"), 1.0 if k else np.nan)
        for wave, n in waves.items()
        for k in range(n)
    ]
    return pd.DataFrame(rows)


def test_a_withheld_programme_is_not_given_back_by_its_applications() -> None:
    """201 funded less a published wave of 199 would be the other: where the sum of the cube is withheld, all that was
    awarded is, and one more outcome beside it, since the total is public.
    """
    cells = WithheldCells({(Arm.FUNDED, "*", "*"): {(): Rule.SECONDARY, (("wave", FEW),): Rule.MIN_UNITS}}, {})
    stored = pd.DataFrame(
        {
            "outcome": ["funded", "not_admitted", "not_funded", "revoked"],
            "applications": [196, 300, 40, 5],
            "awarded": [196, 0, 0, 5],
        }
    )
    table = applications_told(stored, cells, RULES, []).set_index("outcome")["applications"]
    assert list(table.index[table.isna()]) == ["funded", "not_funded", "revoked"]
    rows = reconciliation(firms(awarded_1988=199, few=2), small_programme(), cells, []).set_index("tranche")
    assert rows.loc["*", ["loaded_firms", "loaded_eur"]].isna().all()
    assert rows.loc[FEW, [*COUNTED, "loaded_eur"]].isna().all()
    assert rows.loc["awarded_1988", "loaded_firms"] == 199
    assert rows.loc["awarded_1988", "loaded_eur"] == 199 * 1000.25
    assert rows.loc["awarded_1988", "measured_firms"] == 198


def test_a_held_cell_is_not_counted_anew() -> None:
    """As the newest earlier release has it that tells it; empty where none does."""
    cells = WithheldCells(
        {
            (Arm.FUNDED, "*", "*"): {(): Rule.HELD},
            (Arm.FUNDED, "sales", "1"): {(): Rule.HELD, (("wave", FEW),): Rule.HELD},
        },
        {},
    )
    programme, then = small_programme(), WithheldCells({}, {})
    earlier = []
    for n in (5, 8):
        release = object.__new__(Release)
        table = reconciliation(firms(awarded_1988=n), programme, then, [])
        table.loc[table["tranche"] == FEW, "measured_firms"] = None
        release.__dict__ = {"_tables": {"reconciliation": table}}
        earlier.append(release)
    rows = reconciliation(firms(awarded_1988=9, few=4), programme, cells, earlier).set_index("tranche")
    assert rows.loc["*", "loaded_firms"] == 8
    assert rows.loc["*", "analysed_firms"] == 7
    assert rows.loc["awarded_1988", "loaded_firms"] == 9
    assert pd.isna(rows.loc[FEW, "measured_firms"])


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"funded": 40, "not_funded": 30, "withdrawn": 7}, set()),
        ({"funded": 40, "not_funded": 30, "withdrawn": 2}, {"withdrawn", "not_funded"}),
        ({"funded": 40, "not_funded": 3, "withdrawn": 1, "revoked": 5}, {"withdrawn", "not_funded"}),
        ({"funded": 40, "not_funded": 3, "revoked": 2}, {"revoked", "funded"}),
        ({"funded": 9, "other": 3, "withdrawn": 1, "revoked": 2}, {"withdrawn", "other", "revoked", "funded"}),
        ({"funded": 2, "withdrawn": 1}, {"funded", "withdrawn"}),
    ],
)
def test_small_counts_of_applications_by_hand(counts: dict[str, int], hidden: set[str]) -> None:
    """One or two are confidential, and one more outcome is withheld beside them: the smallest that is not small, of
    awards another award, since the firms of the programme tell how many there are.
    """
    awarded = {outcome: counts[outcome] for outcome in ("funded", "revoked") if outcome in counts}
    assert withheld_outcomes(counts, awarded, set(), RULES) == hidden


def test_one_award_among_the_withdrawn_does_not_follow() -> None:
    """60 firms less 54 funded and 5 revoked: one withdrew after its award, as did nine without one."""
    counts = {"funded": 54, "revoked": 5, "withdrawn": 10, "not_funded": 40}
    awarded = {"funded": 54, "revoked": 5, "withdrawn": 1}
    assert withheld_outcomes(counts, awarded, set(), RULES) == {"revoked"}
    assert withheld_outcomes(counts, awarded | {"withdrawn": 3}, set(), RULES) == set()


def test_applications_that_one_or_two_changed_stay() -> None:
    """Since any earlier release; from three on they are new. What was withheld once stays so."""
    open_ = WithheldCells({}, {})

    def stored(**counts: int) -> pd.DataFrame:
        return pd.DataFrame({"outcome": list(counts), "applications": list(counts.values()), "awarded": 0})

    first = applications_told(stored(a=50, b=40, c=9), open_, RULES, [])
    second = applications_told(stored(a=50, b=43, c=9), open_, RULES, [first])
    assert list(first["applications"]) == [50, 40, 9]
    assert list(second["applications"]) == [50, 43, 9]
    held = applications_told(stored(a=50, b=42, c=12), open_, RULES, [first, second])  # two more than at first
    pd.testing.assert_frame_equal(held, second)
    small = applications_told(stored(a=50, b=40, c=2), open_, RULES, [])
    later = applications_told(stored(a=60, b=40, c=8), open_, RULES, [small])
    assert list(later["applications"].isna()) == list(small["applications"].isna()) == [False, True, True]


def test_more_than_announced_is_told_to_the_officer(demonstration: Home) -> None:
    """The demonstration loads what was announced; one firm or one cent too many is seen. What nobody stated is not
    exceeded.
    """
    for name, changed, expected in (
        ("ecommerce-2020", {}, []),
        ("ecommerce-2020", {"announced_firms": 234}, ["third"]),
        ("ecommerce-2020", {"announced_eur": 2138366.95}, ["third"]),
        ("michigan-1988", {}, []),
    ):
        programme = load_programme(name)
        last = programme.tranches[-1].model_copy(update=changed)
        announced = programme.model_copy(update={"tranches": (*programme.tranches[:-1], last)})
        with Store(demonstration.store(name), name, read_only=True) as store:
            assert [tranche.id for tranche in above_announced(announced, store)] == expected
