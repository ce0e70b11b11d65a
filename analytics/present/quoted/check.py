"""A text that somebody pasted -> where each figure that it quotes stands, and what was altered in it.

Whatever is compared has been public: releases that readers see or saw. The file of any other is not even opened, so a
figure under embargo is answered as one that there never was.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import islice

from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES
from analytics.model import UserError
from analytics.present.quoted.compare import Difference, Match, around, closest
from analytics.present.quoted.pasted import FEWEST, Named, read_pasted
from analytics.present.quoted.related import related
from analytics.present.quoted.sentences import Quotable, sentences_in
from analytics.present.quoted.tokens import Words, cleaned, tokens
from analytics.release import Release
from analytics.release.figure_id import FigureId, parse_figure_id, parse_figure_ids
from analytics.release.ledger import State
from analytics.release.readable import ReadableReleases, SeenRelease, Shelves

MOST = 5  # answers of one text
MOST_CANDIDATES = 3  # sentences that an altered one may have been
LONGEST_NAME = 60  # characters of somebody else's words that an answer repeats


class Kind(StrEnum):
    """What an answer is about: a figure by its id, a sentence, a release, or a text that names nothing of ours."""

    FIGURE = "figure"
    SENTENCE = "sentence"
    RELEASE = "release"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """Where something quoted stands.

    named: the id or release as it was pasted; figure_id: in full, "" where there is none; programme, release: that hold
    it; seen: when it was published and withdrawn; current: the release in use; mistyped: an id whose check character
    says that it is miswritten; quoted: the sentence that was meant; compared: whether the text holds it, or nearly;
    differences: from it; around: what the text says beside it; belongs_to: of a sentence beside the id of another
    figure, its own id; related: of a text that quotes nothing, published sentences about the same.
    """

    kind: Kind
    state: State
    named: str = ""
    figure_id: str = ""
    programme: str = ""
    release: str = ""
    seen: SeenRelease | None = None
    current: str | None = None
    mistyped: bool = False
    quoted: Quotable | None = None
    differences: tuple[Difference, ...] = ()
    around: tuple[str, ...] = ()
    compared: bool = False
    belongs_to: str = ""
    related: tuple[Quotable, ...] = ()

    @property
    def altered(self) -> bool:
        """Whether what was pasted is not what was published."""
        return bool(self.differences or self.belongs_to)

    @property
    def now_id(self) -> str:
        """The id that the same figure has in the release in use; "" where that is not known."""
        if not self.figure_id or self.current is None:
            return ""
        return str(replace(parse_figure_id(self.figure_id), release=self.current))

    @property
    def when(self) -> dt.datetime | None:
        """Since when it stands as it does: withdrawn, else published."""
        if self.seen is None:
            return None
        return self.seen.withdrawn if self.state is State.WITHDRAWN else self.seen.published


@dataclass(frozen=True)
class _Public:
    """All that everybody may read, or might, at this moment. language: the reader's."""

    shelves: Shelves
    language: str

    @cached_property
    def seen(self) -> Mapping[tuple[str, str], SeenRelease]:
        """In the order of programmes, newest first."""
        return {(one.programme, one.release): one for one in self.shelves.seen()}

    @cached_property
    def readable(self) -> Mapping[str, ReadableReleases]:
        return self.shelves.readable()

    @property
    def programmes(self) -> list[str]:
        return list(dict.fromkeys(programme for programme, _ in self.seen))

    def current(self, programme: str) -> str | None:
        readable = self.readable.get(programme)
        return readable.current if readable else None

    def state(self, programme: str, release: str) -> State:
        seen = self.seen.get((programme, release))
        if seen is None:
            return State.NEVER_PUBLISHED
        if seen.state is State.WITHDRAWN:
            return State.WITHDRAWN
        return State.CURRENT if release == self.current(programme) else State.SUPERSEDED

    def open(self, programme: str, release: str) -> Release | None:
        """None where its file is gone or damaged."""
        try:
            return self.shelves.open_seen(programme, release)
        except UserError:
            return None

    def sentences(self, programme: str, release: str) -> list[Quotable]:
        """In every language; none where the file is gone or damaged."""
        opens = self.shelves.open_file
        path, sha256 = self.shelves.file(programme, release)
        try:
            return [one for language in LANGUAGES for one in sentences_in(path, sha256, language, opens)]
        except UserError:
            return []

    @cached_property
    def notes(self) -> list[str]:
        """What kind of data the figures are: words of ours that may stand beside every sentence."""
        notes = {one.note for programme, release in self.seen for one in self.sentences(programme, release)}
        return sorted(notes, key=len, reverse=True)

    def words(self, written: str) -> Words:
        """Those of a text that are not such a note."""
        found = tokens(cleaned(written))
        for note in self.notes if len(found) >= FEWEST else ():
            found = found.without(note)
        return found

    def in_use(self) -> list[Quotable]:
        """The sentences of every programme's release in use."""
        current = [(programme, self.current(programme)) for programme in self.programmes]
        return [one for programme, release in current if release for one in self.sentences(programme, release)]

    def answer(self, kind: Kind, found: FigureId | tuple[str, str], named: str = "") -> Answer:
        """Where a figure, or a whole release, stands."""
        programme, release = (found.programme, found.release) if isinstance(found, FigureId) else found
        return Answer(
            kind,
            self.state(programme, release),
            named=named,
            figure_id=str(found) if isinstance(found, FigureId) else "",
            programme=programme,
            release=release,
            seen=self.seen.get((programme, release)),
            current=self.current(programme),
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """answers: for each figure, release or sentence that a text quotes; complete: whether it quotes no more."""

    answers: tuple[Answer, ...]
    complete: bool


def check(pasted: str, shelves: Shelves, language: str = DEFAULT_LANGUAGE) -> Checked:
    """Where everything stands that a text quotes; no answer for a text without a word. language: the reader's, of
    sentences about the same where the text does not tell its own.
    """
    public = _Public(shelves, language)
    found = tuple(islice((answer for named in read_pasted(pasted) for answer in _answers(named, public)), MOST + 1))
    return Checked(found[:MOST], complete=len(found) <= MOST)


def _answers(named: Named, public: _Public) -> list[Answer]:
    if named.figure:
        return _of_figure(named, public)
    sentences = _of_words(named.words, public)
    if named.release:
        return [*sentences, _of_release(named, public)]
    return sentences or [_unknown(named.words, public)]


def _unknown(words: str, public: _Public) -> Answer:
    about = related(public.words(words), public.in_use(), public.language)
    return Answer(Kind.UNKNOWN, State.NEVER_PUBLISHED, named=words[:LONGEST_NAME], related=about)


def _of_release(named: Named, public: _Public) -> Answer:
    """Of several programmes that have such a release, the first."""
    programmes = [named.programme] if named.programme else public.programmes
    holders = [name for name in programmes if (name, named.release) in public.seen]
    programme = next(iter([*holders, *programmes]), "")
    return public.answer(Kind.RELEASE, (programme, named.release), named.release[:LONGEST_NAME])


def _of_figure(named: Named, public: _Public) -> list[Answer]:
    """Of the figure; then of a sentence that stands behind it, or that an id which never was stands behind."""
    written = named.figure[:LONGEST_NAME]
    behind = [one for one in _of_words(named.after, public) if not one.altered]
    apart = bool(behind) and len(public.words(named.words)) >= FEWEST
    both = named.words if apart else f"{named.words} {named.after}"
    candidates, mistyped = _candidates(named.figure, public.programmes)
    for one in candidates:
        if (one.programme, one.release) not in public.seen:
            continue
        release = public.open(one.programme, one.release)
        if release is not None and release.holds(str(one)):
            found = _with_words(public.answer(Kind.FIGURE, one, written), both, public)
            with_rest = [found] if found.altered else _with_rest([found], found.around, public)
            return [*with_rest, *(other for other in behind if apart and other.figure_id != found.figure_id)]
    never = Answer(Kind.FIGURE, State.NEVER_PUBLISHED, named=written, mistyped=mistyped)
    return [never, *_of_words(f"{named.words} {named.after}", public)]


def _candidates(written: str, programmes: Iterable[str]) -> tuple[list[FigureId], bool]:
    """What an id can be, also where a letter was read for a digit; whether it cannot be one."""
    head, _, tail = written.rpartition(".")
    for way in (written, f"{head}.{tail.translate(str.maketrans('oilOIL', '011011'))}"):
        try:
            return parse_figure_ids(way, list(programmes)), False
        except UserError:
            continue
    return [], True


def _with_words(answer: Answer, written: str, public: _Public) -> Answer:
    """The same, with what was altered in the words that stand beside the id."""
    pasted = public.words(written)
    own = [one for one in public.sentences(answer.programme, answer.release) if one.figure_id == answer.figure_id]
    if len(pasted) < FEWEST or not own:
        return answer
    matches = closest(pasted, own)
    if matches and not matches[0].differences:
        return _matched(answer, matches[0], pasted)
    for other in _of_words(written, public):
        if other.quoted and not other.differences:
            meant = next((one for one in own if one.language == other.quoted.language), own[0])
            return replace(answer, quoted=meant, belongs_to=other.figure_id)
    if matches:
        return _matched(answer, matches[0], pasted)
    return replace(answer, quoted=own[0], around=around(pasted, ()))


def _matched(answer: Answer, match: Match, pasted: Words) -> Answer:
    beside = around(pasted, [(match.begin, match.end)])
    return replace(answer, quoted=match.sentence, differences=match.differences, around=beside, compared=True)


def _of_words(written: str, public: _Public) -> list[Answer]:
    """The sentences that a text quotes: those that fit to the letter, and what is beside them; else the nearest; [] for
    none.
    """
    pasted = public.words(written)
    if len(pasted) < FEWEST:
        return []
    found: list[tuple[Answer, Match]] = []
    for programme, release in public.seen:
        for match in closest(pasted, public.sentences(programme, release)):
            about = public.answer(Kind.SENTENCE, parse_figure_id(match.sentence.figure_id))
            found.append((_matched(about, match, pasted), match))
    found.sort(key=lambda pair: _rank(*pair))  # stable: of two alike, the newest release
    places = _apart(match for _, match in found)
    best: dict[tuple[str, str], tuple[int, Answer]] = {}
    for answer, match in found:
        if match.weight == found[0][1].weight and (match.begin, match.end) in places:
            best.setdefault((answer.programme, parse_figure_id(answer.figure_id).cell), (match.begin, answer))
    in_order = [answer for _, answer in sorted(best.values(), key=lambda pair: pair[0])]
    if not found or found[0][1].weight:
        return in_order[:MOST_CANDIDATES]
    return _with_rest(in_order, around(pasted, places), public)


def _with_rest(exact: list[Answer], beside: Iterable[str], public: _Public) -> list[Answer]:
    """Sentences that fit to the letter; then those that the text beside them quotes altered."""
    altered = {part: _of_words(part, public) for part in beside}
    rest = tuple(part for part, answers in altered.items() if not answers)
    return [*(replace(one, around=rest) for one in exact), *(one for answers in altered.values() for one in answers)]


def _apart(found: Iterable[Match]) -> list[tuple[int, int]]:
    """Where in a text the sentences stand that fit best: none within another; of an altered one, its place alone."""
    places: list[tuple[int, int]] = []
    for match in found:
        apart = all(match.end <= begin or end <= match.begin for begin, end in places)
        if not places or (apart and not match.weight):
            places.append((match.begin, match.end))
    return places


def _rank(answer: Answer, match: Match) -> tuple[tuple[bool, int, int], int]:
    """The best match first; of these the one in use."""
    order = (State.CURRENT, State.SUPERSEDED, State.WITHDRAWN)
    return match.rank, order.index(answer.state)
