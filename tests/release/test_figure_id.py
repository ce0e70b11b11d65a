"""Figure ids: what is printed can be typed again, and typing errors are told."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.model import UserError
from analytics.release.figure_id import FigureId, cell_id, parse_figure_id

IDS = [str(FigureId("ecommerce-2020", "2026-1", cell_id(str(i)))) for i in range(40)]
CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def refusal(written: str) -> str:
    with pytest.raises(UserError) as caught:
        parse_figure_id(written)
    assert str(caught.value)
    return caught.value.key


def test_an_id_keeps_its_form():
    """Printed ids outlive the code: this one was printed by the first version."""
    assert IDS[0] == "ecommerce-2020.2026-1." + cell_id("0") + IDS[0][-2:]
    assert cell_id("x") == "5NRHCGNQ"
    assert str(FigureId("ecommerce-2020", "2026-1", "5NRHCGNQ")) == "ecommerce-2020.2026-1.5NRHCGNQ-Y"


def test_cells_are_the_same_in_every_release_and_differ_from_each_other():
    """Eight characters without I, L, O and U."""
    cells = [cell_id(f"measure|{i}") for i in range(2000)]
    assert len(set(cells)) == 2000
    assert not set("".join(cells)) & set("ILOU")


@pytest.mark.parametrize("written", IDS[:5])
def test_typing_habits_are_forgiven(written):
    """Case, spaces, line breaks and long dashes."""
    for habit in (
        written,
        written.lower(),
        written.upper(),
        f"  {written}\n",
        written.replace("-", "–"),
        written.replace(".", ". "),
    ):
        assert str(parse_figure_id(habit)) == written


def test_one_wrong_character_is_always_told():
    """ISO/IEC 7064 MOD 37,36 over letters and digits."""
    for written in IDS[:3]:
        for i, right in enumerate(written):
            if right.isalnum():
                for wrong in CHARACTERS:
                    if wrong != right.lower():
                        assert refusal(written[:i] + wrong + written[i + 1 :]) in ("figure.check", "figure.shape")


def test_two_swapped_characters_are_told():
    """Neighbours that are both letters or digits."""
    for written in IDS:
        for i, (one, two) in enumerate(pairwise(written)):
            if one != two and one.isalnum() and two.isalnum():
                assert refusal(written[:i] + two + one + written[i + 2 :]) in ("figure.check", "figure.shape")


@pytest.mark.parametrize(
    "written",
    ["", ".", "a.b", "x.２０２６-1.ABCDEFGH-A", "x.2026-1.ABCDEFG-A", "x.2026-1.ABCDEFGHI-A", "../x.2026-1.ABCDEFGH-A"],
)
def test_what_is_no_id_says_how_one_looks(written):
    """Other alphabets' digits are no digits."""
    assert refusal(written) == "figure.shape"


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_a_user_error(written):
    """Addresses carry anything."""
    with suppress(UserError):
        parse_figure_id(written)


def test_a_short_id_needs_a_programme_that_fits() -> None:
    """Without one, or with a wrong character, it is refused like a wrong one."""
    written = IDS[0].partition(".")[2]
    assert refusal(written) == "figure.check"
    assert str(parse_figure_id(written, ["ecommerce-2020"])) == IDS[0]
    with pytest.raises(UserError):
        parse_figure_id(written[:-1] + ("A" if written[-1] != "A" else "B"), ["ecommerce-2020"])
