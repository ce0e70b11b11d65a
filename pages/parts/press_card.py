"""A sentence for the press, ready to be copied, with its comment, images and reasons. No page of its own."""

from dataclasses import dataclass

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.language.text import Text
from analytics.present.sentences.claims import ClaimKind, span_words
from analytics.present.sentences.comment import comment
from analytics.present.sentences.headlines import CHECKED, Headline
from analytics.present.sentences.marks import without_marks
from analytics.present.sentences.phrases import reader
from analytics.present.sentences.reasons import grade_because, reasons, why_words
from analytics.present.tables.facts import Fact
from analytics.publish.addresses import embed_address, figure_address, image_address
from analytics.release import Release
from analytics.release.figure_id import short
from pages.parts import address, show

SIZES = ("web", "square", "story", "print")
ENDINGS = ("png", "svg")
EMBEDDED = (640, 560)  # px of the frame in another site


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who reads the page, in which language and form sentences are said, and the site that links lead to."""

    text: Text
    said: str
    form: str
    site: str


def words_of(headline: Headline, form: str) -> str:
    """The sentence in a form."""
    return headline.sentence.short if form == "short" else headline.sentence.long


def named(headline: Headline, text: Text) -> str:
    """What a sentence is about, for who hears the name of its buttons: group and kind, or the groups that it counts."""
    if headline.kind in (ClaimKind.COUNT, ClaimKind.PAIR):
        return without_marks(headline.sentence.title)
    return f"{headline.label}, {text(f'press.title_of.{headline.kind}').lower()}"


def copy_button(key: str, words: str, about: str, text: Text, *, main: bool = False) -> Markup:
    """A button that copies words; who does not see it hears what they are about."""
    button = element(
        "button",
        text(f"press.{key}"),
        type="button",
        data_copy=words,
        data_done=text("page.copied"),
        aria_label=text(f"press.{key}_of", label=about),
        class_="main" if main else None,
    )
    return element("div", button, class_="buttons", aria_live="polite")


def said(headline: Headline, own: Headline, how: Speaking, *, main: bool = False) -> Markup:
    """The sentence and its button. headline: in the language that is said; own: in the reader's."""
    words = words_of(headline, how.form)
    return joined(
        [
            element("blockquote", element("p", words), lang=how.said, class_="said"),
            copy_button("copy", show.copied(headline, words, how.said), named(own, how.text), how.text, main=main),
        ]
    )


def facts(headline: Headline, release: Release, text: Text, day: str) -> Markup:
    """Range, grade, release, day and id in a line."""
    figure = headline.figure
    shown = [
        Fact(text("press.fact.interval"), span_words(release, figure, headline.kind, headline.dimension, text)),
        Fact(text("press.fact.grade"), text(f"grade.{figure.grade}") if figure.grade else ""),
        Fact(text("press.fact.release"), release.release_id),
        Fact(text("press.fact.day"), day),
        Fact(text("press.fact.figure"), short(figure.figure_id)),
    ]
    cells = [element("div", element("dt", fact.label), element("dd", fact.words)) for fact in shown if fact.words]
    return element("dl", *cells, class_="facts")


def folded(title: str, *content: object, is_open: bool = False) -> Markup:
    """Content behind its title."""
    return element("details", element("summary", title), *content, open="" if is_open else None)


def why_verb(headline: Headline, release: Release, text: Text) -> Markup:
    """Why the verb is as it is: in a sentence, then check by check; nothing where no checks stand behind."""
    if headline.kind not in CHECKED or not (done := reasons(release, headline.figure, text)):
        return Markup()
    question, answer = why_words(release, headline.figure, text)
    lines = [
        element("li", element("b", check.title), element("i", check.outcome), element("span", check.words))
        for check in done
    ]
    return folded(question, element("p", answer), element("ul", *lines, class_="checks"))


def because(headline: Headline, release: Release, text: Text) -> Markup:
    """The grade and which checks kept it there, in a line."""
    words = grade_because(release, headline.figure, text) if headline.kind in CHECKED else ""
    return element("p", words, class_="lesser") if words else Markup()


def comment_of(headline: Headline, own: Headline, release: Release, how: Speaking, *, is_open: bool = False) -> Markup:
    """The comment and its button."""
    words = comment(release, headline, reader(release, how.said))
    if not words:
        return Markup()
    button = copy_button("copy_comment", show.copied(headline, words, how.said), named(own, how.text), how.text)
    title = how.text("press.comment", n=how.text.number(len(words.split())))
    return folded(title, element("p", words, lang=how.said), button, is_open=is_open)


def image_links(headline: Headline, own: Headline, how: Speaking) -> Markup:
    """Links to the images in every size, and to what stands in for them where they are not seen."""
    text, figure, about = how.text, headline.figure.figure_id, named(own, how.text)
    rows = []
    for size in SIZES:
        shape = text(f"press.size.{size}")
        links = [
            element(
                "a",
                ending.upper(),
                href=address.at_root(image_address(figure, ending, size, how.said)),
                aria_label=text("press.image_of", size=shape, ending=ending.upper(), label=about),
                download="",
            )
            for ending in ENDINGS
        ]
        rows.append(element("li", element("b", shape), *links))
    in_words = address.at_root(image_address(figure, "txt", SIZES[0], how.said))
    label = text("camera.txt_of", title=about)
    rows.append(element("li", element("a", text("camera.txt"), href=in_words, aria_label=label)))
    return element("ul", *rows, class_="downloads")


def images(headline: Headline, own: Headline, how: Speaking) -> Markup:
    """The same, the code to embed one, the figure for programs."""
    text, figure = how.text, headline.figure.figure_id
    place = how.site + address.at_root(embed_address(figure, how.said))
    width, height = EMBEDDED
    frame = element("iframe", src=place, title=words_of(headline, "short"), width=width, height=height, loading="lazy")
    json_link = element("a", text("press.figure_json"), href=address.at_root(figure_address(figure, text.language)))
    return folded(
        text("press.images"),
        image_links(headline, own, how),
        element("p", text("press.embed"), class_="lesser"),
        element("code", str(frame), class_="address"),
        copy_button("copy_embed", str(frame), named(own, text), text),
        element("p", json_link),
    )


def card(headline: Headline, own: Headline, release: Release, how: Speaking, *, title: str) -> Markup:
    """One sentence with all that belongs to it."""
    parts = [
        element("h3", title),
        said(headline, own, how),
        because(own, release, how.text) if headline.kind is ClaimKind.EFFECT else "",
        comment_of(headline, own, release, how),
        images(headline, own, how),
        why_verb(own, release, how.text),
    ]
    return element("section", *parts, class_="press-card")
