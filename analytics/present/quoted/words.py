"""Where something quoted stands, in words: what became of it, what was altered, what is right now, and the notice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from analytics.language.text import Text, speaking
from analytics.model import UserError
from analytics.present.quoted.check import Answer, Kind
from analytics.present.quoted.compare import Difference, names_range
from analytics.present.quoted.sentences import FORMS, Quotable, forms_of
from analytics.present.quoted.tokens import Words, cleaned, is_number, listed, tokens
from analytics.present.sentences.correction import altered_notice, day_words, superseded_notice, withdrawn_notice
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.phrases import described, reader
from analytics.release import Release
from analytics.release.figure_id import parse_figure_id
from analytics.release.ledger import State
from analytics.release.readable import Shelves

LONGEST: Final = 120  # characters of words around a sentence that are shown
LinkOf = Callable[[str, str], str]  # an id and a language -> the address of the page that checks it


@dataclass(frozen=True, slots=True)
class InWords:
    """An answer for readers. state: in a word, by its key; says: what is so, line by line; altered: pairs of what was
    pasted and what is right; right: what stands over the sentence that is; headline: that sentence, with `form` of it;
    language: that it is in; now: of a figure without a sentence, what it says; notice: the correction, to be copied;
    related: of a text that is no sentence of ours, those about the same, each in its language and the reader's.
    """

    state: str
    word: str
    says: tuple[str, ...]
    altered: tuple[tuple[str, str], ...] = ()
    right: str = ""
    headline: Headline | None = None
    form: str = "short"
    language: str = ""
    now: str = ""
    notice: str = ""
    related: tuple[tuple[Headline, Headline], ...] = ()


def in_words(answer: Answer, shelves: Shelves, text: Text, link_of: LinkOf, form: str = "short") -> InWords:
    """An answer in the reader's language; the sentences in that of what was pasted. form: of sentences, where what was
    pasted does not tell it.
    """
    key = _state_key(answer)
    slots = {
        "figure": answer.figure_id,
        "release": answer.release,
        "current": answer.current or text("table.nothing"),
        "day": day_words(answer.when, text),
        "named": answer.named,
    }
    if answer.kind is Kind.RELEASE:
        return InWords(key, text(f"quoted.state.{key}"), (text(f"quoted.release.{answer.state}", **slots),))
    if answer.state is State.NEVER_PUBLISHED:
        said = InWords(key, text(f"quoted.state.{key}"), (text(f"quoted.says.{key}", **slots),), form=form)
        return replace(said, **_related(answer.related, shelves, text)) if answer.related else said
    says = (text(f"quoted.says.{answer.state}", **slots), *_of_words(answer, text))
    said = InWords(key, text(f"quoted.state.{key}"), says, _altered(answer, text), form=form)
    return _with_right(said, answer, _Releases(answer, shelves), text, link_of)


def _state_key(answer: Answer) -> str:
    if answer.kind is Kind.UNKNOWN:
        return "unknown"
    if answer.mistyped:
        return "mistyped"
    if answer.altered and answer.state is not State.WITHDRAWN:
        return "altered"
    if answer.quoted is None or answer.state is not State.CURRENT:
        return answer.state.value
    return "beside" if not answer.compared else "around" if answer.around else "correct"


def _of_words(answer: Answer, text: Text) -> list[str]:
    """How the pasted words stand to the sentence of the figure."""
    if answer.quoted is None or answer.state is State.WITHDRAWN:
        return []
    if answer.belongs_to:
        return [text("quoted.other_figure", figure=answer.belongs_to)]
    if not answer.compared:
        return [text("quoted.other_words"), *_causal(answer, text)]
    said = [text("quoted.differs" if answer.differences else "quoted.same_words")]
    if any(_leaves_out_range(one, answer.quoted) for one in answer.differences):
        said.append(text("quoted.no_range"))
    if answer.around:
        said.append(text("quoted.around", words=" … ".join(_bounded(part) for part in answer.around)))
    return [*said, *_causal(answer, text)]


def _bounded(words: str) -> str:
    """Somebody else's words, of which the beginning is shown."""
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]}…"


def _leaves_out_range(one: Difference, quoted: Quotable) -> bool:
    """Whether the range of a sentence is missing in what stands in place of a part of it."""
    return names_range(tokens(cleaned(one.right)), quoted.span) and not any(map(is_number, tokens(one.pasted).words))


def _causal(answer: Answer, text: Text) -> list[str]:
    """That words must not be added which make an effect of everything; [] where there are none."""
    parts = [*answer.around, *(one.pasted for one in answer.differences)]
    found = (words for part in parts if (words := _causal_part(tokens(part))))
    return [text("quoted.not_to_add", words=words) for words in dict.fromkeys(found)]


def _causal_part(words: Words) -> str:
    """The first such wording of a text, as it is printed; "" for none. In the list a star stands for any ending."""
    for wording in (written.split() for written in listed("causal")):
        for begin in range(len(words) - len(wording) + 1):
            end = begin + len(wording)
            if all(map(fnmatchcase, words.words[begin:end], wording)):
                return words.part(begin, end)
    return ""


def _altered(answer: Answer, text: Text) -> tuple[tuple[str, str], ...]:
    if answer.state is State.WITHDRAWN:
        return ()
    rows = []
    for one in answer.differences:
        pasted = one.pasted if one.right else text("quoted.added", words=one.pasted)
        rows.append((pasted or text("quoted.left_out"), one.right or text("table.nothing")))
    return tuple(rows)


class _Releases:
    """The release that a figure was quoted from, and the one in use."""

    def __init__(self, answer: Answer, shelves: Shelves) -> None:
        self.seen = {(one.programme, one.release): one for one in shelves.seen()}
        self.was = _opened(shelves, answer.programme, answer.release)
        self.now = _opened(shelves, answer.programme, answer.current) if answer.current else None


def _opened(shelves: Shelves, programme: str, release: str) -> Release | None:
    """None where its file is gone or damaged."""
    try:
        return shelves.open_seen(programme, release)
    except UserError:
        return None


def _headline(release: Release | None, figure_id: str, language: str) -> Headline | None:
    if release is None:
        return None
    found = approved_sentences(release, reader(release, language))
    return next((one for one in found if one.figure.figure_id == figure_id), None)


def _with_right(said: InWords, answer: Answer, of: _Releases, text: Text, link_of: LinkOf) -> InWords:
    """The same with the sentence that is right now, or the figure, and with the notice that puts it right."""
    language = answer.quoted.language if answer.quoted else text.language
    form = answer.quoted.form if answer.compared and answer.quoted and answer.quoted.form in FORMS else said.form
    headline = _headline(of.now, answer.now_id, language)
    said = replace(said, headline=headline, form=form, language=language)
    now = ""
    if headline is not None:
        now = headline.copied(forms_of(headline)[form], link_of(answer.now_id, language))
    if said.state == "correct":
        return replace(said, headline=None)
    if answer.state is State.CURRENT:
        over = text("quoted.right" if answer.altered else "quoted.published") if headline else ""
        said = replace(said, right=over, now=_described(of.now, answer.now_id, text))
        return replace(said, notice=altered_notice(now, speaking(language))) if answer.altered and now else said
    before = _headline(of.was, answer.figure_id, language) if answer.state is State.SUPERSEDED else None
    same = before is not None and headline is not None and before.sentence == headline.sentence
    return _with_notice(said, answer, of, text, now, same=same)


def _with_notice(said: InWords, answer: Answer, of: _Releases, text: Text, now: str, *, same: bool) -> InWords:
    """Of a figure that is no longer in use: what stands in its place."""
    release, speaker = answer.current, speaking(said.language)
    was, by = of.seen[answer.programme, answer.release], of.seen.get((answer.programme, release or ""))
    figure = "" if now else _described(of.now, answer.now_id, text)
    gone = release is not None and not now and not figure
    key = "now_gone" if gone else "now_same" if same else "now"
    line = text(f"quoted.{key}", release=release) if release else ""
    said = replace(said, right="" if gone else line, now=figure, says=(*said.says, line) if gone else said.says)
    if answer.state is State.WITHDRAWN:
        return replace(said, notice=withdrawn_notice(answer.figure_id, was, speaker, now=now))
    if by is None or (figure and not now):
        return said
    return replace(said, notice=superseded_notice(answer.figure_id, was, by, speaker, now=now, same=same))


def _described(release: Release | None, figure_id: str, text: Text) -> str:
    """What a figure that no sentence is about says, to the last digit; "" where the release does not hold it."""
    figure = None if release is None else release.by_id(figure_id)
    if release is None or figure is None:
        return ""
    return described(release, figure, text)


def _related(found: Iterable[Quotable], shelves: Shelves, text: Text) -> dict[str, Any]:
    """Sentences about the same, of releases in use."""
    pairs: list[tuple[Headline, Headline]] = []
    language = ""
    for one in found:
        release, language = _opened(shelves, parse_figure_id(one.figure_id).programme, one.release), one.language
        said, own = (_headline(release, one.figure_id, code) for code in (language, text.language))
        if said and own:
            pairs.append((said, own))
    return {"related": tuple(pairs), "language": language}
