"""What stands beside every file: what it is, how it may be used and quoted, what was asked, what it does not tell."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.language.text import Text
from analytics.present.sentences.phrases import data_note
from analytics.present.tables.table import Table
from analytics.release import Release
from analytics.release.ledger import State


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from. address: that gives it again; page: that shows the same; "" where there is none; state:
    of the release when the file was made; newer: the release that took its place; published: when it was.
    """

    address: str = ""
    page: str = ""
    state: str = State.CURRENT
    newer: str | None = None
    published: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that is said of a file. name: the same in every language."""

    name: str
    label: str
    words: str


def notes(tables: Sequence[Table], origin: Origin, text: Text) -> list[Note]:
    """All that is said of a file of these tables of one release; what is not known is left out."""
    release, asked = tables[0].release, query_words(tables)
    programme = release.programme
    built = dt.datetime.fromisoformat(release.manifest.built_at) if release.manifest.built_at else None
    contact = programme.contact
    said = {
        "data_mark": data_note(release, text),
        "title": programme.title.in_(text),
        "authority": programme.authority.in_(text),
        "release": text("export.release", release=release.release_id, state=state_words(origin, text)),
        "built": text.moment(built) if built else "",
        "published": text.moment(origin.published) if origin.published else "",
        "data_to": text.date(dt.date.fromisoformat(release.manifest.data_to)),
        "source": programme.source.in_(text),
        "licence": f"{programme.licence.name.in_(text)}, {programme.licence.url}",
        "citation": citation(release, origin, text),
        "query": asked,
        "address": origin.address,
        "page": origin.page,
        "rounding": _rounding(release, text),
        "withheld": withheld_words(tables, text),
        "methods": text("export.methods"),
        "contact": f"{contact.name.in_(text)}, {contact.email}" if contact else "",
    }
    return [Note(name, text(f"export.note.{name}"), words) for name, words in said.items() if words]


def state_words(origin: Origin, text: Text) -> str:
    """How the release stands: current, superseded by another, withdrawn, …"""
    return text(f"export.state.{origin.state}", newer=origin.newer or "")


def citation(release: Release, origin: Origin, text: Text) -> str:
    """How to quote the file; of invented or public data it says so."""
    programme, note = release.programme, data_note(release, text)
    words = text(
        "export.citation",
        authority=programme.authority.in_(text),
        title=programme.title.in_(text),
        release=release.release_id,
        day=text.date(dt.date.fromisoformat(release.manifest.data_to)),
        source=". ".join(part for part in (programme.source.in_(text), note) if part),
        address=origin.page or origin.address,
    )
    return words.strip()


def query_words(tables: Iterable[Table]) -> str:
    """What was asked for, table by table, by the names of the filters."""
    asked = []
    for table in tables:
        filters = "; ".join(f"{name} = {value}" for name, value in table.query.items())
        asked.append(f"{table.name} ({filters})" if filters else table.name)
    return ", ".join(asked)


def _rounding(release: Release, text: Text) -> str:
    p = release.programme.disclosure_rules.p_percent
    return text("export.rounding", p=f"{p:g}", twice_p=f"{2 * p:g}") if p > 0 else ""


def reasons_of(tables: Iterable[Table]) -> Counter[str]:
    """How many values are missing, by public reason."""
    counted: Counter[str] = Counter()
    for table in tables:
        for column in table.columns:
            if column.part == "reason":
                counted.update(table.data[column.name].dropna().tolist())
    return counted


def withheld_words(tables: Iterable[Table], text: Text) -> str:
    """How many values are not told, and for which of the public reasons."""
    counted = reasons_of(tables)
    if not counted:
        return text("export.nothing_withheld")
    listed = [f"{text.number(n)}: {text(f'code.reason.{reason}')}" for reason, n in counted.most_common()]
    return text("export.withheld", n=text.number(counted.total()), reasons="; ".join(listed))
