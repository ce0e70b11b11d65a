"""Imports and their history: what was loaded, what is undone, what does not add up."""

from analytics.access.people import Person
from analytics.build.above_announced import above_announced
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import Progress
from analytics.officer import recorded
from analytics.officer.told import Archive, Asked, Done, Imported, Words, in_all
from analytics.officer.undone import undone_in_words
from analytics.programme.file import Programme, load_programme
from analytics.programme.parts import Tranche
from analytics.store.database import Batch, Store
from analytics.store.ingest import Report
from analytics.store.mapping.file import ColumnMapping


def given_mapping(asked: Asked) -> ColumnMapping | None:
    """The mapping that the officer states; None where the headings are to tell."""
    return None if asked.mapping is None else ColumnMapping.model_validate(asked.mapping)


def archive_of(programme_id: str, home: Home) -> Archive:
    """What the store of a programme holds; nothing where there is none."""
    programme = load_programme(programme_id)
    if not home.store(programme.id).exists():
        return Archive()
    with Store(home.store(programme.id), programme.id, read_only=True) as store:
        return _archive(store, programme)


def _archive(store: Store, programme: Programme) -> Archive:
    return Archive(tuple(map(_imported, store.log())), warnings_of(programme, store))


def _imported(batch: Batch) -> Imported:
    return Imported(
        batch.batch_id,
        batch.input_table,
        batch.file_name,
        batch.imported_at,
        batch.rows_in,
        batch.rows_loaded,
        batch.rows_rejected,
        batch.sha256,
        batch.undone_at,
    )


def warnings_of(programme: Programme, store: Store) -> tuple[Words, ...]:
    """What does not add up in a store."""
    return tuple(_above(tranche) for tranche in above_announced(programme, store))


def _above(tranche: Tranche) -> Words:
    return in_all(lambda text: text("cli.above_announced", tranche=tranche.label.in_(text)))


def import_one(asked: Asked, home: Home, person: Person, progress: Progress) -> Done:
    """Import a file, as the command `import` does. Raises UserError where it is refused."""
    programme = load_programme(asked.programme)
    with Store(home.store(programme.id), programme.id) as store:
        report = recorded.load(
            asked.kind,
            asked.path,
            programme,
            store,
            home,
            person,
            mapping=given_mapping(asked),
            partial=asked.partial,
            takes_back=asked.takes_back,
            progress=progress,
        )
        return Done((in_all(lambda text: _done(asked, report, text)),), _archive(store, programme))


def _done(asked: Asked, report: Report, text: Text) -> str:
    batch = report.batch
    if report.already:
        return text("cli.done.already", file=asked.path.name, batch=batch.batch_id, at=batch.imported_at)
    counts = {"rows_in": batch.rows_in, "loaded": batch.rows_loaded, "rejected": batch.rows_rejected}
    return text("cli.done.import", file=asked.path.name, **{name: text.number(n) for name, n in counts.items()})


def undo_one(programme_id: str, batch_id: int | None, home: Home, person: Person) -> Done:
    """Undo an import. Raises UserError where there is none."""
    programme = load_programme(programme_id)
    with Store(home.store(programme.id), programme.id) as store:
        undone = recorded.undo(programme, store, batch_id, home, person)
        says = [in_all(lambda text: undone_in_words(undone, text))]
        if undone.without_application:
            says.append(in_all(lambda text: text.count("cli.undo.without_application", undone.without_application)))
        return Done(tuple(says), _archive(store, programme))
