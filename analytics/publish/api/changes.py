"""What changed from one release to another: added, revised, gone, and why."""

from functools import lru_cache
from typing import Any, Final

import pandas as pd

from analytics.clock import utc_stamp
from analytics.language.text import Text
from analytics.present.tables.whole import figures_told
from analytics.publish.addresses import address
from analytics.publish.api.answers import Making, json_answer, key_of, records
from analytics.publish.api.asked import Asked, Standing, stamp
from analytics.publish.api.refusals import Refusal
from analytics.release import Release
from analytics.release.difference import Change, causes, changes
from analytics.release.ledger import State
from analytics.release.measures import ALL

MOST: Final = 1000  # changed figures in one answer
USUAL: Final = 100
FILTERS: Final = ("how", "outcome", "measure")
_KEY = ("outcome", "measure", "arm", "horizon")
_TOLD = (
    *("figure_id", "unit", "value", "low", "high", "shared_low", "shared_high", "n", "n_comparison"),
    *("status", "conf_status", "reason", "grade", "verdict"),
)


def prepare_changes(asked: Asked) -> Making:
    """The figures that differ between `from` (by default the release before) and `to` (by default the one in use)."""
    later = asked.standing(asked.query.get("to"))
    earlier = asked.standing(asked.query["from"]) if "from" in asked.query else _before(asked, later)
    first, most = _whole(asked, "offset", 0, 10**6, 0), _whole(asked, "limit", 1, MOST, USUAL)
    changed = _changed(earlier.release, later.release)
    for name in FILTERS:
        known = sorted({*changed[name]}) if name != "how" else [str(how) for how in Change]
        if name in asked.query and asked.query[name] not in known:
            raise Refusal("unknown_code", known[:20], name=name, value=asked.query[name])

    key = key_of(asked, later, "changes", earlier.named, earlier.state, _withdrawn_key(asked))
    return Making(lambda: json_answer(_in_words(asked, earlier, later, changed, first, most), later), key)


def _before(asked: Asked, later: Standing) -> Standing:
    readable = asked.readable[later.release.programme.id]
    earlier = readable.before(later.release.release_id)
    if earlier is None:
        raise Refusal("no_earlier", readable.published, value=later.release.release_id)
    return asked.standing(earlier.release_id)


def _whole(asked: Asked, name: str, least: int, most: int, usual: int) -> int:
    """A whole number of the query. Raises Refusal."""
    written = asked.query.get(name, str(usual))
    if not (written.isascii() and written.isdecimal() and len(written) < 9 and least <= int(written) <= most):
        raise Refusal("unknown_code", [f"{least}…{most}"], name=name, value=written)
    return int(written)


@lru_cache(maxsize=4)
def _changed(old: Release, new: Release) -> pd.DataFrame:
    """One row per figure that differs: how, cell, its ids before and after ("": none), and what it is about."""
    names = list(dict.fromkeys((*new.programme.dimension_names, *old.programme.dimension_names)))
    rows = [(figure.how.value, figure.cell, figure.before or "", figure.after or "") for figure in _differing(old, new)]
    frame = pd.DataFrame(rows, columns=["how", "cell", "before", "after"], dtype=object)
    about = pd.concat([new.figures, old.figures]).reindex(columns=["cell", *_KEY, *names]).drop_duplicates("cell")
    return frame.merge(about, on="cell", how="left", validate="one_to_one").fillna(dict.fromkeys(names, ALL))


def _differing(old: Release, new: Release) -> list[Any]:
    return [] if old is new else changes(old.figures, new.figures)


def _withdrawn_key(asked: Asked) -> tuple[object, ...]:
    return tuple((one.programme, one.release) for one in asked.seen.values() if one.state is State.WITHDRAWN)


def _in_words(
    asked: Asked, earlier: Standing, later: Standing, changed: pd.DataFrame, first: int, most: int
) -> dict[str, Any]:
    text, programme = asked.text_of(later.release), later.release.programme.id
    for name in FILTERS:
        if name in asked.query:
            changed = changed[changed[name] == asked.query[name]]
    page = changed.iloc[first : first + most]
    said = stamp(later, text)
    named = {"from": earlier.release.release_id, "to": later.release.release_id, "programme": programme}
    query = {name: asked.query[name] for name in FILTERS if name in asked.query} | named | {"lang": asked.language}
    following = query | {"offset": str(first + most), "limit": str(most)}
    return {
        **said,
        "from": _release_values(earlier),
        "to": _release_values(later),
        "why": [
            {"cause": cause.value, "words": text(f"cli.cause.{cause}")}
            for cause in causes(earlier.release, later.release)
        ],
        "withdrawn": [
            {"release": one.release, "withdrawn": None if one.withdrawn is None else utc_stamp(one.withdrawn)}
            for one in asked.seen.values()
            if one.programme == programme and one.state is State.WITHDRAWN
        ],
        "counts": {how.value: int((changed["how"] == how.value).sum()) for how in Change},
        "total": len(changed),
        "offset": first,
        "limit": most,
        "next": address("changes", following, asked.site) if first + most < len(changed) else None,
        "changes": _listed(page, earlier.release, later.release, text),
    }


def _release_values(standing: Standing) -> dict[str, Any]:
    release = standing.release
    return {
        "release": release.release_id,
        "state": standing.state.value,
        "published": standing.published,
        "data_to": release.manifest.data_to,
        "method": release.manifest.method,
    }


def _listed(page: pd.DataFrame, old: Release, new: Release, text: Text) -> list[dict[str, Any]]:
    """Each changed figure with what it is about, and what is told of it before and after."""
    before, after = _told(old, page["before"], text), _told(new, page["after"], text)
    names = [name for name in page if name not in ("how", "cell", "before", "after")]
    return [
        {
            "how": row["how"],
            "cell": row["cell"],
            **{name: row[name] for name in names if name in _KEY},
            "group": {name: row[name] for name in names if name not in _KEY and row[name] != ALL},
            "before": before.get(row["before"]),
            "after": after.get(row["after"]),
        }
        for row in page.to_dict("records")
    ]


def _told(release: Release, ids: "pd.Series[str]", text: Text) -> dict[str, dict[str, Any]]:
    rows = records(figures_told(release, text, [one for one in ids if one]))
    return {str(row["figure_id"]): {name: row[name] for name in _TOLD} for row in rows}
