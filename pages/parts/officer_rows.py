"""Steps 3 and 4 of the officer's page: what is wrong with rows, and what the file would change. No page of its own."""

from decimal import Decimal, InvalidOperation

import pandas as pd
import streamlit as st

from analytics.language.text import Text, plain
from analytics.officer.told import FileDifference, OurColumn, Reading
from analytics.present.sentences.phrases import capital
from pages.parts import show
from pages.parts.officer_desk import Desk, later, said, step

NOTHING = "–"
MOST_DIGITS = 15  # that a number of the machine holds exactly


def show_problems(desk: Desk, text: Text) -> None:
    """Step 3: rows that cannot be loaded, and what looks wrong in the others."""
    step(3, "problems", text)
    reading = desk.reading
    if reading is None or not desk.is_read or reading.already:
        later("problems", text)
        return
    if not reading.problems and not reading.warnings:
        st.markdown(text("officer.nothing_tested" if reading.refused else "officer.no_problems"))
    if reading.problems:
        _show_rows(desk, reading, text)
    for words in reading.warnings:
        st.warning(said(words, text))
    st.caption(text("officer.next.problems"))


def _show_rows(desk: Desk, reading: Reading, text: Text) -> None:
    rejected, rows = text.number(reading.rows_rejected), text.number(reading.rows_in)
    st.markdown(text("officer.rejected", n=rejected, rows=rows))
    kinds = [
        {"column": kind.column or NOTHING, "why": kind.why[text.language], "rows": text.number(kind.rows)}
        for kind in reading.kinds
    ]
    _table(kinds, text)
    with st.expander(text("officer.problems_first", n=len(reading.problems))):
        lines = [
            {
                **({"sheet": bad.sheet} if bad.sheet else {}),
                "row": str(bad.row),
                "column": bad.column or NOTHING,
                "value": bad.value,
                "why": bad.why[text.language],
            }
            for bad in reading.problems
        ]
        _table(lines, text)
    name = f"{desk.kind}-{text('officer.rejected_file')}"
    with st.container(horizontal=True):
        for content, ending in zip(reading.rejected, ("xlsx", "toml"), strict=True):
            if content:
                label = text(f"officer.download_rejected_{ending}")
                st.download_button(label, content, f"{name}.{ending}", key=f"officer_rejected_{ending}")
    st.markdown(text("officer.rejected_correct"))
    if reading.refused:
        st.markdown(text("officer.rejected_do"))


def _table(lines: list[dict[str, str]], text: Text) -> None:
    """Lines of the same columns, as a table of words."""
    frame = pd.DataFrame(lines).fillna("")
    frame.columns = pd.Index([text(f"officer.problem.{name}") for name in frame.columns])
    words_table(show.escaped(frame.set_index(frame.columns[0])), f"problems_{len(frame.columns)}")


def show_difference(desk: Desk, text: Text) -> None:
    """Step 4: what the file would change of what is there."""
    step(4, "difference", text)
    reading = desk.reading
    if reading is None or not desk.is_read or reading.difference is None:
        later("difference", text)
        return
    difference = reading.difference
    counts = {"new": difference.new, "revised": difference.revised, "unchanged": difference.unchanged}
    kind = "figures" if desk.kind == "sales" else "rows"
    says = {name: text.number(n) for name, n in counts.items()}
    st.markdown(text(f"officer.difference.{kind}", **says))
    if difference.empty:
        key = "officer.difference.taken" if difference.takes_back else "officer.difference.kept"
        st.markdown(text(key, n=text.number(difference.empty)))
    _show_changes(difference, reading.layout.of_kind if reading.layout else (), text)
    st.caption(text("officer.next.difference"))


def _show_changes(difference: FileDifference, of_kind: tuple[OurColumn, ...], text: Text) -> None:
    if not difference.changes:
        return
    columns = {column.name: column for column in of_kind}
    labels = {name: capital(column.meaning[text.language]) for name, column in columns.items()}
    labels["firm_id"] = labels.get("fiscal_code", "")
    by_column = [
        text("officer.difference.column", column=labels.get(name, name), n=text.number(n))
        for name, n in difference.columns
    ]
    st.markdown(show.bullets(by_column))
    lines = [
        {
            text("officer.difference.key"): plain(change.key),
            text("officer.difference.what"): plain(labels.get(change.column, change.column)),
            text("officer.difference.before"): plain(written(change.before, columns.get(change.column), text)),
            text("officer.difference.after"): plain(written(change.after, columns.get(change.column), text)),
        }
        for change in difference.changes
    ]
    with st.expander(text("officer.difference.first", n=len(lines)), expanded=len(lines) <= 10):
        frame = pd.DataFrame(lines)
        words_table(frame.set_index(frame.columns[0]), "changes")


def written(value: str | None, column: OurColumn | None, text: Text) -> str:
    """A value of the store as its reader writes it: an amount with all its digits, cents as two; a code with its words.

    value: as text, None where there is none; column: None where it is not known what the value is.
    """
    if not value:
        return NOTHING
    if column is None:
        return value
    if not column.is_amount:
        return column.codes.get(value, {}).get(text.language, value)
    try:
        amount = Decimal(value).normalize()
    except InvalidOperation:
        return value
    _, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or len(digits) > MOST_DIGITS:
        return value
    return text.number(float(amount), max(2, -exponent) if exponent < 0 else 0)


def words_table(frame: pd.DataFrame, key: str) -> None:
    """A table of words, which stand to the left as in any text. frame: of Markdown."""
    with st.container(key=f"words_{key}"):
        st.table(frame, border="horizontal")
