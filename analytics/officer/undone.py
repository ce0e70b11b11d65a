"""What undoing an import did, in words."""

from analytics.clock import from_stamp, moment_in_words
from analytics.language.text import Text
from analytics.store.repair import Undone


def undone_in_words(undone: Undone, text: Text) -> str:
    """What undoing did, in one sentence per kind of thing that changed."""
    batch = undone.batch
    at = moment_in_words(from_stamp(batch.imported_at), text)
    said = [text("cli.undo.done", batch=batch.batch_id, file=batch.file_name, at=at)]
    for name in ("applications", "firms", "figures"):
        n = getattr(undone, name)
        if n:
            said.append(text.count(f"cli.undo.{name}_{'fewer' if n < 0 else 'more'}", abs(n)))
    if undone.restored:
        said.append(text.count("cli.undo.restored", undone.restored))
    return " ".join(said)
