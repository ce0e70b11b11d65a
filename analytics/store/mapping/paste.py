"""Lines of a mapping, ready to be pasted: for words and columns of a file that nobody has explained yet.

What can mean one thing alone stands as a line; what must be looked at first stands behind `#`, so that pasting all of
it decides nothing unseen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from analytics.language.text import Text
from analytics.programme.file import Programme
from analytics.store.columns import Table
from analytics.store.mapping.code_words import allowed_words, meaning_of
from analytics.store.mapping.file import LONGEST_NOTE, in_comment, toml_key, toml_string
from analytics.store.mapping.headings import unit_of
from analytics.store.mapping.proposal import Proposal, Proposed
from analytics.store.mapping.wide import PERIOD, heading_text

MOST_WORDS = 50  # of one column


def paste_values(
    rejections_by_word: Mapping[str, Counter[str]], table: Table, programme: Programme, text: Text | None = None
) -> str:
    """`[values]` for words that no column could read. rejections_by_word: our column -> word -> how many rows have it;
    each word stands once, the most frequent first, with its count and what of ours is nearest. text: the language of
    the comments.
    """
    text = text or Text()
    parts = []
    for column in table:
        counted = rejections_by_word.get(column.name)
        if not counted:
            continue
        lines = [f"[values.{toml_key(column.name)}]"]
        for word, rows in counted.most_common(MOST_WORDS):
            meaning = meaning_of(word, column, programme)
            line = f"{toml_string(word)} = {toml_string(meaning.code or '')}   # {text.count('propose.rows', rows)}"
            look = f"; {text('propose.look')}{_one_of(allowed_words(column, programme), text)}"
            lines.append(line if meaning.certain else f"# {line}{look}")
        if len(counted) > MOST_WORDS:
            lines.append(f"# {text('propose.more_words', n=text.number(len(counted) - MOST_WORDS))}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _one_of(values: Sequence[str], text: Text) -> str:
    return f"; {text('propose.one_of', values=', '.join(values))}" if values else ""


def paste_columns(proposal: Proposal, text: Text | None = None) -> str:
    """What a mapping must say of the columns that are not certain, each with why; "" where all are."""
    notes = column_notes(proposal, text or Text())
    return "\n".join("\n".join((f"[{name}]", *(f"# {note}" for note in lines))) + "\n" for name, lines in notes.items())


def column_notes(proposal: Proposal, text: Text) -> dict[str, list[str]]:
    """Tables of a mapping -> the lines that an officer may add to them after a look, and what is left over."""
    unsure = [one for one in proposal.columns if not one.certain and one.because != "period"]
    unknown = [in_comment(heading_text(one.theirs)) for one in unsure if one.ours is None and heading_text(one.theirs)]
    columns = [_column_line(one, one.ours, text) for one in unsure if one.ours is not None]
    if unknown:
        columns.append(in_comment(text("propose.unmapped", columns=", ".join(unknown)), LONGEST_NOTE))
    wide = [
        f"{toml_key(ours or text('propose.outcome_column'))} = {toml_string(pattern)}   # {text('propose.look')}"
        for pattern, ours in proposal.maybe.wide.items()
    ]
    if wide:
        wide.insert(0, text("propose.wide", period=PERIOD))
    constants = [
        f"{toml_key(ours)} = {toml_string(value)}   # {text('propose.constants')}"
        for ours, value in proposal.maybe.constants.items()
    ]
    notes = {"columns": columns, "constants": constants, "wide": wide}
    unit = unit_of(proposal.title)
    notes |= {
        f"formats.{toml_key(ours)}": [f"unit = {unit:f}   # {text('propose.title', title=in_comment(proposal.title))}"]
        for ours in proposal.untold
    }
    return {name: lines for name, lines in notes.items() if lines}


def _column_line(one: Proposed, ours: str, text: Text) -> str:
    return f"{toml_key(ours)} = {toml_string(heading_text(one.theirs))}   # {text(f'propose.because.{one.because}')}"


def word_notes(proposal: Proposal, table: Table, programme: Programme, text: Text) -> dict[str, list[str]]:
    """`values.X` -> the words that the proposal met and that an officer must look at."""
    allowed = {column.name: allowed_words(column, programme) for column in table}
    return {
        f"values.{toml_key(ours)}": [
            f"{toml_string(word)} = {toml_string(code or '')}   # {text('propose.look')}"
            + (_one_of(allowed[ours], text) if code is None else "")
            for word, code in list(words.items())[:MOST_WORDS]
        ]
        for ours, words in proposal.maybe.values.items()
        if words
    }
