"""Step 2 of the officer's page: what was read, which column is which, what words mean; each may be changed. No page of
its own.
"""

import streamlit as st

from analytics.language.text import Text, plain
from analytics.officer.choices import DAY_FIRST, MONTH_FIRST, Choices, applied
from analytics.officer.told import Layout, OurColumn, Reading, UnknownWord
from analytics.present.sentences.phrases import capital
from pages.parts.officer_desk import Desk, busy, going_on, later, said, step
from pages.parts.show import bullets

NONE = ""  # of a choice: nothing
UNSAID, EMPTY = "\0", ""  # of a word: nobody says what it means; an empty cell
MOST_WORDS = 50  # of which the meaning is asked at once
UNITS = ("", "1", "1000", "1000000")


def show(desk: Desk, text: Text) -> None:
    """The step."""
    step(2, "columns", text)
    going_on(desk, ("read",), text)
    reading = desk.reading
    if reading is None or not desk.is_read:
        if not desk.is_busy and desk.failed is None:
            later("columns", text)
        return
    if reading.already:
        st.info(said(reading.already, text))
    if reading.refused:
        st.error(said(reading.refused, text))
    elif not reading.already:
        st.success(text("officer.read", n=text.number(reading.rows_in)))
    _show_sheets(reading, text)
    if reading.layout is not None:
        _choose(desk, reading, reading.layout, text)
    st.caption(text("officer.next.refused" if reading.refused else "officer.next.columns"))


def _show_sheets(reading: Reading, text: Text) -> None:
    lines = []
    for sheet in reading.sheets:
        lines += [sheet.says[text.language], *(words[text.language] for words in sheet.left_out)]
    lines += [words[text.language] for words in reading.notices]
    if lines:
        st.markdown(bullets(lines))


def _choose(desk: Desk, reading: Reading, layout: Layout, text: Text) -> None:
    """What the mapping says, as choices; they count when the button is pressed, and the file is read again."""
    st.subheader(text("officer.mapping"), anchor=False)
    st.markdown(text("officer.mapping_says", row=layout.header_row))
    with st.form(f"officer_mapping_{desk.turn}", border=False):
        words = _choose_words(reading, layout, desk.turn, text)
        columns = _choose_columns(layout, desk.turn, text)
        wide = _choose_wide(layout, desk.turn, text)
        with st.expander(text("officer.written")):
            choices = _choose_written(layout, desk.turn, columns, wide, words, text)
        busy(desk, text, "read")
        again = st.form_submit_button(text("officer.read_again"), disabled=desk.is_busy)
    st.download_button(
        text("officer.download_mapping"), layout.toml, f"{desk.kind}.toml", "application/toml", key="officer_toml"
    )
    if again:
        amounts = tuple(
            c.name for c in layout.of_kind if c.is_amount and (c.name in columns or c.name in wide.values())
        )
        desk.mapping = applied(
            layout.mapping, choices, tuple(name for name in amounts if columns.get(name) or name in wide.values())
        )
        st.rerun()


def _choose_columns(layout: Layout, turn: int, text: Text) -> dict[str, str]:
    """Our column -> the file's heading, for every column; the ones in use or needed first."""
    mapped = layout.mapping.get("columns", {})
    hints = {column.ours: column for column in layout.columns if column.ours and not column.certain}
    likely = [c for c in layout.of_kind if c.name in mapped or c.required or c.name in hints]
    chosen = {column.name: _choose_column(column, layout, turn, text) for column in likely}
    rest = [column for column in layout.of_kind if column not in likely]
    if rest:
        with st.expander(text("officer.other_columns", n=len(rest))):
            chosen |= {column.name: _choose_column(column, layout, turn, text) for column in rest}
    return chosen


def _choose_column(ours: OurColumn, layout: Layout, turn: int, text: Text) -> str:
    headings = [NONE, *dict.fromkeys(column.heading for column in layout.columns)]
    theirs = layout.mapping.get("columns", {}).get(ours.name, NONE)
    if theirs not in headings:
        headings.append(theirs)
    name, cells = st.columns([1, 1], gap="medium", vertical_alignment="bottom")
    meaning = capital(ours.meaning[text.language])
    with name:
        chosen: str = st.selectbox(
            text("officer.column_needed", meaning=meaning) if ours.required else meaning,
            headings,
            headings.index(theirs),
            format_func=lambda heading: heading or text("officer.no_column"),
            key=f"officer_column_{turn}_{ours.name}",
        )
    with cells:
        st.caption(plain(_about(ours, theirs, layout, text)))
    return chosen


def _about(ours: OurColumn, theirs: str, layout: Layout, text: Text) -> str:
    """Examples of the chosen column, or what it may be, or the one value for all rows."""
    if ours.name in layout.mapping.get("wide", {}) or (ours.name == "period" and "wide" in layout.mapping):
        return text("officer.from_headings")
    if constant := layout.mapping.get("constants", {}).get(ours.name):
        return text("officer.same_for_all", value=constant)
    column = next((c for c in layout.columns if c.heading == theirs), None)
    if column is not None:
        because = text(f"propose.because.{column.because}") if column.because else ""
        return " · ".join(
            part for part in (text("officer.examples", cells="; ".join(column.examples)), because) if part
        )
    hint = next((c for c in layout.columns if c.ours == ours.name and not c.certain), None)
    if hint is None:
        return ""
    because = text(f"propose.because.{hint.because}") if hint.because else ""
    return text("officer.maybe", heading=hint.heading, because=because, cells="; ".join(hint.examples))


def _choose_wide(layout: Layout, turn: int, text: Text) -> dict[str, str]:
    """Headings that hold a period -> of which figure of ours they are."""
    stated = {pattern: ours for ours, pattern in layout.mapping.get("wide", {}).items()}
    figures = [NONE, *(column.name for column in layout.of_kind if column.is_amount)]
    labels = {column.name: capital(column.meaning[text.language]) for column in layout.of_kind}
    return {
        pattern: st.selectbox(
            text("officer.wide", pattern=plain(pattern)),
            figures,
            figures.index(ours) if ours in figures else 0,
            format_func=lambda name: labels.get(name, text("officer.no_column")),
            key=f"officer_wide_{turn}_{pattern}",
        )
        for pattern, ours in {**layout.wide, **stated}.items()
    }


def _choose_words(reading: Reading, layout: Layout, turn: int, text: Text) -> dict[str, dict[str, str]]:
    """Words that no column can hold, and those that have a meaning already -> what they mean."""
    of_kind = {column.name: column for column in layout.of_kind}
    chosen: dict[str, dict[str, str]] = {}
    if reading.words:
        st.markdown(text("officer.words_says"))
    for word in reading.words[:MOST_WORDS]:
        meant = _choose_word(word, of_kind[word.ours], f"officer_word_{turn}_{word.ours}_{word.word}", text)
        if meant != UNSAID:
            chosen.setdefault(word.ours, {})[word.word] = meant
    known = [
        (ours, word, code) for ours, words in layout.mapping.get("values", {}).items() for word, code in words.items()
    ]
    if known:
        with st.expander(text("officer.known_words", n=len(known))):
            for ours, word, code in known[:MOST_WORDS]:
                asked = UnknownWord(ours, word, 0, code, certain=True)
                key = f"officer_known_{turn}_{ours}_{word}"
                chosen.setdefault(ours, {})[word] = _choose_word(asked, of_kind[ours], key, text)
    return chosen


def _choose_word(word: UnknownWord, column: OurColumn, key: str, text: Text) -> str:
    """What a word means. Nothing is chosen where it is not certain; what is near is named."""
    codes = {code: words[text.language] for code, words in column.codes.items()}
    zero = {"0": text("officer.zero")} if column.is_amount else {}
    labels = {UNSAID: text("officer.unsaid"), EMPTY: text("officer.empty"), **zero, **codes}
    if word.rows == 0:
        labels.pop(UNSAID)
    options = [*labels, *({word.proposed} - labels.keys() if word.rows == 0 and word.proposed else ())]
    at = options.index(word.proposed) if word.certain and word.proposed in options else 0
    near = codes.get(word.proposed or "", "") if not word.certain else ""
    meaning = capital(column.meaning[text.language])
    rows = f" ({text.count('propose.rows', word.rows)})" if word.rows else ""
    chosen: str = st.selectbox(
        text("officer.word", column=meaning, word=plain(word.word)) + rows,
        options,
        at,
        format_func=lambda code: labels.get(code, code),
        help=plain(text("officer.near", code=near)) if near else None,
        key=key,
    )
    return chosen


def _choose_written(
    layout: Layout,
    turn: int,
    columns: dict[str, str],
    wide: dict[str, str],
    words: dict[str, dict[str, str]],
    text: Text,
) -> Choices:
    """How the file writes things, which of its sheets are read, what is the same for all rows."""
    form = layout.mapping.get("format", {})
    chosen_sheets = form.get("sheets", [form["sheet"]] if form.get("sheet") else [])
    sheets: list[str] = (
        st.multiselect(text("officer.sheets"), layout.sheets, chosen_sheets, key=f"officer_sheets_{turn}")
        if len(layout.sheets) > 1
        else []
    )
    decimal = _one_of("decimal", ("", ",", "."), form.get("decimal", ""), turn, text)
    date = _one_of("date", ("", DAY_FIRST, MONTH_FIRST), form.get("date", ""), turn, text)
    unit = _one_of("unit", UNITS, "", turn, text)
    constants = _choose_constants(layout, turn, text)
    return Choices(columns, wide, words, constants, tuple(sheets), decimal, date, unit)


def _one_of(name: str, options: tuple[str, ...], now: str, turn: int, text: Text) -> str:
    known = options if now in options else (*options, now)
    keys = {"": "as_shown", ",": "comma", ".": "dot", DAY_FIRST: "day_first", MONTH_FIRST: "month_first"}
    chosen: str = st.selectbox(
        text(f"officer.{name}"),
        known,
        known.index(now),
        format_func=lambda one: text(f"officer.{name}_of.{keys.get(one, one)}") if one in options else one,
        key=f"officer_{name}_{turn}",
    )
    return chosen


def _choose_constants(layout: Layout, turn: int, text: Text) -> dict[str, str]:
    """Our column -> the value that it has in all rows."""
    stated: dict[str, str] = layout.mapping.get("constants", {})
    taken = {*layout.mapping.get("columns", {}), *layout.mapping.get("wide", {})}
    labels = {column.name: capital(column.meaning[text.language]) for column in layout.of_kind}
    now = {
        ours: st.text_input(
            text("officer.constant", column=labels.get(ours, ours)), value, key=f"officer_constant_{turn}_{ours}"
        )
        for ours, value in stated.items()
    }
    free = [NONE, *(name for name in labels if name not in taken and name not in stated)]
    for ours, value in layout.titles.items():
        st.caption(plain(text("officer.titled", column=labels.get(ours, ours), value=value)))
    ours = st.selectbox(
        text("officer.constant_for"),
        free,
        format_func=lambda name: labels.get(name, text("officer.no_column")),
        key=f"officer_constant_for_{turn}",
    )
    value = st.text_input(text("officer.constant_value"), key=f"officer_constant_new_{turn}")
    return now | ({ours: value.strip()} if ours and value.strip() else {})
