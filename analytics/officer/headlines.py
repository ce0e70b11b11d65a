"""What a candidate would change in every headline sentence: the sentence in use beside the new one."""

from collections.abc import Mapping

from analytics.folders import Home
from analytics.language.text import LANGUAGES
from analytics.model import UserError
from analytics.officer.told import Comparison, HeadlineChange, Words, words_of
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.phrases import reader
from analytics.present.sentences.reasons import grade_words
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.difference import causes, changes, counts

Key = tuple[str, str, str, str]
Told = Mapping[str, Mapping[Key, tuple[Headline, str]]]  # language -> sentence -> it, and its grade in words


def compare_with_current(programme_id: str, release: str, home: Home) -> Comparison:
    """A release that was built, beside the one in use. Raises UserError where it cannot be read."""
    releases = Releases(home.releases, load_programme(programme_id).id)
    if release not in releases.known() or not releases.path(release).exists():
        raise UserError("release.unknown", release=release, programme=programme_id)
    new, current = Release(releases.path(release)), releases.current
    if current is None or current == release:
        return Comparison(release, None, None, {}, (), headline_changes(None, new))
    try:
        old = releases.open()
    except UserError as error:  # such as a release in the format of an earlier version
        return Comparison(release, current, words_of(error), {}, (), headline_changes(None, new))
    by_kind = counts(changes(old.figures, new.figures))
    return Comparison(
        release,
        current,
        None,
        {str(how): n for how, n in by_kind.items() if n},
        tuple(map(str, causes(old, new))),
        headline_changes(old, new),
    )


def headline_changes(old: Release | None, new: Release) -> tuple[HeadlineChange, ...]:
    """Every sentence of the two, in the order of the new one; those that are gone come last. old: None before the
    first release: all are new.
    """
    before, after = _sentences(old) if old else {}, _sentences(new)
    own = after[LANGUAGES[0]]
    earlier = before.get(LANGUAGES[0], {})
    keys = [*own, *(key for key in earlier if key not in own)]
    return tuple(_change(key, before, after) for key in keys)


def _sentences(release: Release) -> dict[str, dict[Key, tuple[Headline, str]]]:
    return {
        language: {_key(one): (one, grade_words(one.figure, text)) for one in approved_sentences(release, text)}
        for language in LANGUAGES
        for text in [reader(release, language)]
    }


def _key(headline: Headline) -> Key:
    """What a sentence is about, whatever it says."""
    figure = headline.figure
    return headline.kind, headline.dimension, headline.code, figure.key.cell


def _change(key: Key, before: Told, after: Told) -> HeadlineChange:
    was, now = _side(key, before), _side(key, after)
    label: Words = {language: one.label for language, (one, _) in (now or was).items()}
    sentences = [{language: one.sentence.long for language, (one, _) in side.items()} or None for side in (was, now)]
    grades = [{language: grade for language, (_, grade) in side.items()} or None for side in (was, now)]
    how = "new" if not was else "gone" if not now else "same" if sentences[0] == sentences[1] else "changed"
    return HeadlineChange(label, str(key[0]), how, sentences[0], sentences[1], grades[0], grades[1])


def _side(key: Key, told: Told) -> dict[str, tuple[Headline, str]]:
    return {language: sentences[key] for language, sentences in told.items() if key in sentences}
