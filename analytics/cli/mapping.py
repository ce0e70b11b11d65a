"""The commands that help with a file before it is imported: what its columns are, and templates to be filled in."""

import argparse
import os
from collections import ChainMap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.faults import writing
from analytics.folders import WorkFolder
from analytics.language.text import Text
from analytics.model import UserError

if TYPE_CHECKING:
    from analytics.programme.file import Programme
    from analytics.store.columns import Table
    from analytics.store.mapping.looking import Looked

Command = Callable[[argparse.Namespace, Text], int]
TABLES = ("applications", "sales", "comparison")
PRIVATE = frozenset({"application_id", "fiscal_code", "name", "cor"})  # shown on the screen, and kept out of a mapping
WIDEST = 44  # characters of a heading on the screen


def add_commands(
    command: Callable[[str, Command], argparse.ArgumentParser],
    programme: Callable[[argparse.ArgumentParser], None],
    text: Text,
) -> None:
    """Tell the parser of the commands `propose` and `template`."""
    propose = command("propose", run_propose)
    propose.add_argument("table", choices=TABLES, help=text("cli.help.table"))
    propose.add_argument("file", type=Path, metavar="FILE", help=text("cli.help.file_to_map"))
    propose.add_argument("--mapping", type=Path, help=text("cli.help.mapping"))
    propose.add_argument("-o", "--output", type=Path, metavar="MAPPING", help=text("cli.help.mapping_out"))
    template = command("template", run_template)
    template.add_argument("table", choices=TABLES, help=text("cli.help.table_of_template"))
    template.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=text("cli.help.template_out")
    )
    for sub in (propose, template):
        programme(sub)


def _table(name: str, programme: "Programme") -> "Table":
    from analytics.store import columns

    tables = {"applications": columns.applications, "sales": columns.sales, "comparison": columns.comparison}
    return tables[name](programme)


def run_propose(arguments: argparse.Namespace, text: Text) -> int:
    """Say what each column of a file is, and write the mapping that says it."""
    from analytics.programme.file import load_programme
    from analytics.store.mapping.file import load_mapping
    from analytics.store.mapping.looking import look

    programme = load_programme(arguments.programme)
    table = _table(arguments.table, programme)
    given = load_mapping(arguments.mapping) if arguments.mapping else None
    with WorkFolder() as folder:
        looked = look(arguments.file, table, programme, given, Path(folder))
    for one in looked:
        _print_looked(one, arguments.file, text)
    best = max(looked, key=lambda one: (not one.hidden, sum(column.certain for column in one.proposal.columns)))
    missing = _missing(best, table, programme)
    if missing:
        print(text("propose.missing", columns=", ".join(missing)))
    others = [one for one in looked if one.names == best.names and not one.hidden]
    written = _mapping_file(best, others, arguments.file, table, programme, text)
    if arguments.output is None:
        print(f"\n{written}", end="")
        return 0
    write_new(arguments.output, written.encode())
    print(text("cli.done.propose", file=arguments.output, table=arguments.table, source=arguments.file))
    return 0


def _print_looked(one: "Looked", file: Path, text: Text) -> None:
    """Every column of a table: theirs, ours, how sure, examples."""
    from analytics.store.mapping.file import SHOWN_EXAMPLES, in_comment
    from analytics.store.mapping.wide import heading_text

    where = f"{file.name}, {one.sheet}" if one.sheet else file.name
    print(text("propose.table_hidden" if one.hidden else "propose.table", table=where, row=one.header))
    if not one.named:
        print(text("propose.no_names", row=one.header))
    for column in one.proposal.columns:
        theirs = in_comment(heading_text(column.theirs), WIDEST) or text("propose.no_heading")
        how = text(f"propose.because.{column.because}" if column.because else "propose.nothing_near")
        ours = column.ours or "–"
        sign = "=" if column.certain else "?" if column.ours else " "
        cells = "; ".join(
            in_comment(heading_text(cell)) for cell in one.examples.get(column.theirs, [])[:SHOWN_EXAMPLES]
        )
        print(f"  {theirs:<{WIDEST}} {sign} {ours:<22} {how}" + (f" | {cells}" if cells else ""))
    for ours, unit in one.proposal.units.items():
        print(text("propose.unit", column=ours, unit=f"{unit:f}"))
    if one.proposal.untold:
        columns = ", ".join(one.proposal.untold)
        print(text("propose.title_unit", title=in_comment(one.proposal.title, 200), columns=columns))


def _missing(one: "Looked", table: "Table", programme: "Programme") -> list[str]:
    """The required columns of which nothing is certain."""
    from analytics.store.columns import required_columns

    mapping = one.proposal.mapping
    told = {
        *mapping.columns,
        *mapping.constants,
        *mapping.wide,
        *(("period",) if mapping.period or mapping.wide else ()),
    }
    return [name for name in required_columns(table, programme) if name not in told]


def _mapping_file(
    one: "Looked", alike: Sequence["Looked"], file: Path, table: "Table", programme: "Programme", text: Text
) -> str:
    """The mapping as a file, with what is to be looked at as comments. alike: the tables with the same columns, whose
    words it explains too."""
    from analytics.store.mapping.file import in_comment, mapping_toml
    from analytics.store.mapping.paste import column_notes, word_notes

    columns = one.proposal.mapping.columns
    private = {columns[name] for name in PRIVATE & columns.keys()}
    kinds = {column.theirs: column.ours for column in one.proposal.columns}
    examples = {
        name: [cell for cell in cells if "\0" not in cell] or [cell.lstrip("\0") for cell in cells]
        for name, cells in one.examples.items()
        if kinds.get(name) not in PRIVATE and name not in private
    }
    words = [word_notes(other.proposal, table, programme, text) for other in alike]
    looked_at = {
        name: list(dict.fromkeys(line for notes in words for line in notes.get(name, ())))
        for name in {**ChainMap(*words)}
    }
    certain = [other.proposal.mapping.values for other in alike]
    values = {name: {**ChainMap(*(known.get(name, {}) for known in certain))} for name in {**ChainMap(*certain)}}
    notes = {**column_notes(one.proposal, text), **looked_at}
    head = f"# {text('propose.head', table=table.name, file=in_comment(file.name, 200))}\n# {text('propose.how')}\n\n"
    return head + mapping_toml(one.proposal.mapping.model_copy(update={"values": values}), examples, notes)


def run_template(arguments: argparse.Namespace, text: Text) -> int:
    """Write a file to be filled in."""
    from analytics.programme.file import load_programme
    from analytics.store.mapping.templates import template_csv, template_xlsx

    make = {".xlsx": template_xlsx, ".csv": template_csv}.get(arguments.output.suffix.lower())
    if make is None:
        raise UserError("mapping.template_kind", file=arguments.output)
    programme = load_programme(arguments.programme)
    write_new(arguments.output, make(_table(arguments.table, programme), programme, text))
    print(text("cli.done.template", file=arguments.output))
    return 0


def write_new(path: Path, content: bytes) -> None:
    """A file that was not there before: what an officer has written is never replaced."""
    with writing(path):
        try:
            file = path.open("xb")
        except FileExistsError as error:
            raise UserError("mapping.exists", file=path) from error
        try:
            with file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
