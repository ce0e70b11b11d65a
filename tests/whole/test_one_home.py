"""Every word that a reader sees has one home: the text files. What stands there is used, and whole."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from analytics.folders import PROJECT
from analytics.language.text import LANGUAGES, sentences
from tests.helpers import languages
from tests.helpers.languages import foreign_words, strays
from tests.helpers.prose import prose

CODE = [*(PROJECT / "analytics").rglob("*.py"), *(PROJECT / "pages").rglob("*.py"), PROJECT / "dashboard.py"]
PRESENTERS = ("dashboard.py", "pages/**/*.py", "analytics/charts/**/*.py", "analytics/present/**/*.py")
SPEAKING = sorted(path for pattern in PRESENTERS for path in PROJECT.glob(pattern))


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_sentence_stands_outside_the_text_files(path: Path) -> None:
    """What pages and presenters say comes from a language's file or the programme file, never from the code."""
    assert prose(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ('st.markdown("Hello world")', True),
        ('st.title("Settori")', True),
        ('left.metric(f"{n} imprese", value)', True),
        ('st.button(label="Scarica")', True),
        ('chart(figure, alt="Vendite")', False),
        ('common.chart(figure, alt="Vendite")', True),
        ('words = f"{n} firms sell"', True),
        ('canvas.write(f"about {value}", 0, 0)', True),
        ('st.markdown("<b>Hello world</b>", unsafe_allow_html=True)', True),
        ('parts = ["nessun effetto", name]', True),
        ('st.markdown(text("page.empty"))', False),
        ('st.markdown(f":gray[{label}]  \\n**{value}**")', False),
        ('st.download_button(text("cohorts.csv"), icon=":material/download:")', False),
        ('svg = f\'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}">{words}</svg>\'', False),
        ('def f():\n    """Hello world."""\n    raise ValueError(f"{n} rows are too many")', False),
        ('re.sub("two words", "", said)', False),
        ('" · ".join(parts)', False),
        ('element("p", name, class_=f"square {shade}")', False),
        ('element("p", "nessun effetto", class_="axis-words")', True),
        ('element("svg", aria_label="Vendite online", class_="curves")', True),
    ],
)
def test_a_sentence_in_the_code_would_be_found(source: str, caught: bool) -> None:
    """The rule above sees what it must, and lets pass what is no prose."""
    assert bool(prose(source)) is caught


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_come_in_pairs(language: str) -> None:
    """Whatever is counted has its words for one and for more."""
    keys = sentences(language).keys()
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE)
    counted = {key.removesuffix(".one") for key in keys if key.endswith(".one")}
    counted |= set(re.findall(r'\bcount\("([a-z_.]+)"', code))
    assert len(counted) > 3
    assert [key for key in sorted(counted) if not {f"{key}.one", f"{key}.other"} <= keys] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_file_speaks_its_own_language(language: str) -> None:
    """No common word of another language has slipped into a text."""
    assert strays(language) == {}


def test_a_text_in_the_wrong_language_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that somebody pasted into the other language's file; one word of it is enough."""
    spoilt = {"it": dict(sentences("it")), "en": dict(sentences("en"))}
    spoilt["it"]["page.empty"] = "There are no figures of the release."
    spoilt["en"]["page.empty"] = "Values: nessuna"
    monkeypatch.setattr(languages, "sentences", spoilt.__getitem__)
    assert {"there", "of", "the", "release"} <= strays("it")["page.empty"]
    assert strays("en") == {"page.empty": {"nessuna"}}


def test_a_foreign_word_on_a_page_would_be_found() -> None:
    """The rule that browser tests hold pages to sees a foreign word, and no name, number, file or address."""
    assert foreign_words(["Le vendite", "Funded firms"], "it") == {"funded", "firms"}
    assert foreign_words(["Sales", "imprese finanziate"], "en") == {"imprese", "finanziate"}
    assert (
        foreign_words(["29 febbraio 2024", "/api/release/figure", "sales.csv", "firms@funded.org", "IT"], "it") == set()
    )
    assert foreign_words(["ecommerce-2020.2026-1.3DA0DD0B-L", "LO", "Monza e della Brianza", "22 May"], "en") == set()
    assert foreign_words(["codice 0.1.0+1be4f5be6a70.", "be2f68a1…"], "it") == set()


# Names that a thing must not have beside the one in the glossary, as patterns.
OTHER_NAMES = {
    "it": (
        *(r"intervallo 9\d%", r"intervallo [58]0%", "solidità", "ristrett[ao]", "ipotesi migliore", "migliore ipotesi"),
        *("modi di stimare", "classifica", "rumore", "effetto visibile", r"\(p:", "non si accorda", "Chi ha risposto"),
    ),
    "en": (
        *("95% range", "strength of the evidence", "shrunken", "best guess", "ways? of estimating", "effect visible"),
        *(r"\(p:", "do(es)? not fit the data", "all the same", "take no account", r"(?<![{_])\brange\b(?![_}])"),
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_thing_has_one_name(language: str) -> None:
    """Readers meet an interval, the reliability of a result, a combined estimate by one name each, everywhere."""
    pattern = re.compile("|".join(OTHER_NAMES[language]), re.IGNORECASE)
    assert {key: words for key, words in sentences(language).items() if pattern.search(words)} == {}


# ---- keys that are made when the program runs: a template, filled with what the code itself names

KEY_LIKE = re.compile(r"[a-z0-9_.]*")
AGREEMENT = {"fs", "ms", "fp", "mp"}  # gender and number, two letters of a programme file


def strings_and_templates(paths: Iterable[Path]) -> tuple[set[str], set[tuple[str | None, ...]]]:
    """All strings of the code, and all f-strings and sums that could make a key; None where something is filled in."""
    strings: set[str] = set()
    templates: set[tuple[str | None, ...]] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                templates.add(tuple(str(one.value) if isinstance(one, ast.Constant) else None for one in node.values))
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant):
                templates.add((str(node.left.value), None))
    said = {one for one in templates if any(part and re.search("[a-z]{2}", part) for part in one)}
    return strings, {one for one in said if all(KEY_LIKE.fullmatch(part or "") for part in one)}


def filled(template: tuple[str | None, ...], word: str) -> Iterator[list[str]]:
    """Every way in which a template may be filled to give a word: what fills its gaps."""
    if not template:
        if not word:
            yield []
        return
    part, rest = template[0], template[1:]
    if part is not None:
        yield from filled(rest, word[len(part) :]) if word.startswith(part) else ()
        return
    for end in range(1, len(word) + 1):
        yield from ([word[:end], *others] for others in filled(rest, word[end:]))


def test_a_template_is_filled_in_every_way() -> None:
    """A gap may hold a dot; none is empty."""
    assert list(filled(("a.", None, ".", None), "a.b.c.d")) == [["b", "c.d"], ["b.c", "d"]]
    assert list(filled(("a.", None), "a.")) == list(filled(("a.", None), "b.c")) == []


def test_every_key_is_used() -> None:
    """A text that nothing says is deleted: each key stands in the code, or is a template filled with names from it."""
    strings, templates = strings_and_templates(CODE)
    made_of = [one for one in templates if one[0] not in ("error.", "reject.")]  # those are named where they are raised

    def named(word: str, depth: int = 2) -> bool:
        if word in strings or word in AGREEMENT or word.isdigit():
            return True
        ways = (parts for one in made_of for parts in filled(one, word)) if depth else ()
        return any(all(named(part, depth - 1) for part in parts) for parts in ways)

    def used(key: str) -> bool:
        kind, _, name = key.partition(".")
        counted = key.removesuffix(".one").removesuffix(".other")
        return named(key) or named(counted) or (kind in ("error", "reject") and name in strings)

    assert [key for language in LANGUAGES for key in sentences(language) if not used(key)] == []
