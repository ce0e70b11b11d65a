"""What the server sends beside Streamlit: packed files, pages with heads, 404, small files; no browser, no network."""

import gzip
import json
import re
from functools import cache
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, Text
from analytics.release import Release, Releases
from analytics.release.readable import Shelves
from analytics.serve.frontend_files import FrontendFiles
from analytics.serve.packing import ENCODINGS, accepted_encodings, pack
from analytics.serve.reader_language import language_of, preferred_language
from analytics.serve.site import FIRST_ELEMENTS, site
from analytics.serve.streamlit_words import WORDS
from pages import PAGES
from tests.serve.browsing import HOSTS, Answer, ask

FRONTEND, STATIC = Path(get_static_dir()), PROJECT / "static"


def application(shelves: Shelves, base: str = "") -> Starlette:
    """The site over an application that answers everything with one word, as Streamlit does with its page."""
    served = site(FRONTEND, STATIC, PAGES, shelves, base, hosts=HOSTS)
    streamlit = Route("/{path:path}", lambda request: PlainTextResponse("streamlit"))
    return Starlette(routes=[*served.routes, streamlit], middleware=served.middleware)


@pytest.fixture(scope="module")
def app(demonstration: Home) -> Starlette:
    return application(Shelves(demonstration.releases, lambda: ("ecommerce-2020", "michigan-1988"), cache(Release)))


def content(page: Answer, name: str) -> str:
    """What a meta element of a page says."""
    found = re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)"', page.words)
    assert found, name
    return found[1]


def title(page: Answer) -> str:
    found = re.search("<title>(.*?)</title>", page.words)
    assert found
    return found[1]


# ---- packed files ----------------------------------------------------------------------------------------------------


def test_every_script_and_style_is_packed_and_kept_for_a_year(app: Starlette) -> None:
    """A browser gets the same bytes as from Streamlit, in at most half, and never asks for them again."""
    for path in [*FRONTEND.glob("static/js/index.*.js"), *FRONTEND.glob("static/css/index.*.css")]:
        address = f"/static/{path.relative_to(FRONTEND / 'static').as_posix()}"
        packed = ask(app, address, accept_encoding="gzip, deflate")
        plain = ask(app, address)
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert len(packed.body) < len(plain.body) / 2
        assert "content-encoding" not in plain.headers
        assert packed.headers["vary"] == "Accept-Encoding"
        assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
        again = ask(app, address, if_none_match=packed.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        assert ask(app, address, "HEAD").status == 200


def test_text_does_not_wait_for_its_font() -> None:
    """Of Streamlit's own fonts of letters none hides the text until it is there."""
    files = FrontendFiles(FRONTEND / "static")
    (style,) = (FRONTEND / "static").glob("css/index.*.css")
    said = files.read(f"css/{style.name}").decode()
    faces = [face for face in re.findall(r"@font-face\{[^}]*\}", said) if "font-family:Source" in face]
    assert faces
    assert all("font-display:swap" in face for face in faces)


def test_no_path_leads_out_of_the_frontend(app: Starlette) -> None:
    """What Streamlit would answer with its page, or with a file elsewhere, is a 404."""
    for path in ("/static/js/nothing.js", "/static/../index.html", "/static/js/../../../util.py", "/static/"):
        assert ask(app, path).status == 404


def test_fonts_are_left_to_streamlit(app: Starlette) -> None:
    """They are packed as they are."""
    (font,) = (FRONTEND / "static").glob("media/SourceSansVF-Upright*.woff2")
    assert ask(app, f"/static/media/{font.name}").words == "streamlit"


def test_what_browsers_load_first_is_packed_before_they_ask() -> None:
    """In every encoding, in the background; the smallest form is no larger than the quick one."""
    files = FrontendFiles(FRONTEND / "static")
    (name,) = files.chunks(["Html"])[:1]
    files.pack_in_advance([name, "js/gone.js"]).join()
    for encoding in ENCODINGS:
        assert files.is_packed(name, encoding)
        assert len(files.packed(name, encoding)) <= len(pack(files.read(name), encoding))


def test_the_elements_of_a_first_view_are_files_of_this_streamlit() -> None:
    """Each has a script, and what it imports comes with it."""
    files = FrontendFiles(FRONTEND / "static")
    assert [element for element in FIRST_ELEMENTS if not files.chunks([element])] == []
    assert any("protobuf" in name for name in files.chunks(["Selectbox"]))


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip, deflate", ["gzip"]),
        ("gzip;q=0, *;q=0.1", [name for name in ENCODINGS if name != "gzip"]),
        ("*", list(ENCODINGS)),
        ("identity", []),
        ("gzip;q=x", []),
        ("", []),
    ],
)
def test_a_browser_gets_only_what_it_takes(header: str, taken: list[str]) -> None:
    assert accepted_encodings(header) == taken


# ---- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_it_is_before_any_script_runs(app: Starlette, page: str, language: str) -> None:
    """Language, title, description and preview, in the language of the address; each page its own."""
    text = Text(language)
    answer = ask(app, f"/{PAGES[page]}?lang={language}")
    assert answer.status == 200
    assert f'<html lang="{language}">' in answer.words
    assert title(answer) == content(answer, "og:title")
    assert text(f"nav.{page}") in title(answer) or page == "overview"
    assert text(f"head.{page}") in content(answer, "description")
    assert content(answer, "description") == content(answer, "og:description")
    assert text("mark.simulated") in content(answer, "description")
    assert "Streamlit" not in title(answer)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_sector_is_named_with_its_approved_sentence(app: Starlette, demonstration: Home) -> None:
    """A preview of a sector's link names it, says what may be said of it, of which edition, and that data are
    simulated; real data are not called that.
    """
    release = Releases(demonstration.releases, "ecommerce-2020").open()
    name = release.programme.label("sector", "retail", Text("en"))
    answer = ask(app, "/settori?sector=retail&lang=en")
    assert title(answer).startswith(name)
    assert name in content(answer, "description")
    assert Text("en")("head.release", release=release.release_id) in content(answer, "description")
    assert "SIMULATED DATA" in content(answer, "description")
    real = content(ask(app, "/?programme=michigan-1988&lang=en"), "description")
    assert "SIMULATED" not in real


def test_a_head_never_says_what_an_address_does(app: Starlette) -> None:
    """Nonsense in an address is not written into the page; an unknown release is the usual one."""
    nonsense = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    answer = ask(app, f"/settori?sector={nonsense}&programme={nonsense}&release={nonsense}&lang={nonsense}")
    assert answer.status == 200
    assert not re.search(r"alert\(1\)", answer.words)
    assert '<html lang="it">' in answer.words


def test_without_a_release_the_page_is_there_and_kept_from_search_engines(tmp_path: Path) -> None:
    """What is embargoed or not yet published is not opened for readers, so no head can tell it."""
    nothing = Shelves(tmp_path, lambda: ("ecommerce-2020",))
    answer = ask(application(nothing), "/settori?lang=en&release=2026-1")
    assert answer.status == 200
    assert content(answer, "robots") == "noindex"
    assert not re.search("2026-1", answer.words)


def test_a_page_about_what_somebody_quotes_is_kept_from_search_engines(app: Starlette) -> None:
    """Its head says of the words nothing, and is that of the page otherwise."""
    plain, asked = (ask(app, f"/stampa?lang=en{more}") for more in ("", "&check=%3Cscript%3Ealert(1)%3C/script%3E"))
    assert content(asked, "robots") == "noindex"
    assert 'name="robots"' not in plain.words
    assert "alert(1)" not in asked.words
    assert content(asked, "description") == content(plain, "description")


def test_the_browsers_language_is_honoured_and_the_address_wins(app: Starlette) -> None:
    """A fresh visitor is answered in the first language of theirs that is spoken here."""
    assert '<html lang="en">' in ask(app, "/", accept_language="de, en-GB;q=0.8, it;q=0.5").words
    assert '<html lang="it">' in ask(app, "/", accept_language="fr").words
    assert '<html lang="it">' in ask(app, "/?lang=it", accept_language="en").words
    assert "Accept-Language" in ask(app, "/").headers["vary"]
    assert preferred_language("en;q=0, it;q=0.1") == "it"
    assert language_of("xx", "en") == "en"


def test_a_page_is_sent_packed_and_only_when_it_has_changed(app: Starlette) -> None:
    answer = ask(app, "/prove", accept_encoding="gzip")
    assert gzip.decompress(answer.body) == ask(app, "/prove").body
    again = ask(app, "/prove", if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_streamlits_page_is_whole_in_ours(app: Starlette) -> None:
    """Its scripts, styles and root are there; its title, its English advice and its font before the scripts are not."""
    page, theirs = ask(app, "/").words, (FRONTEND / "index.html").read_text(encoding="utf-8")
    for name in re.findall(r'"\./static/(?:js|css)/[^"]+"', theirs):
        assert name in page
    assert '<div id="root"></div>' in page
    assert page.count("<title>") == 1
    assert "You need to enable JavaScript" not in page
    assert ".woff2" not in page
    assert page.index("__streamlit") < page.index('type="module"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_address_is_a_404_in_words(app: Starlette, language: str) -> None:
    """In the reader's language, with links to every page; it never repeats the address."""
    for path in ("/nulla", "/settori/nulla", "/index.html", "/wp-login.php", "/%3Cscript%3E"):
        answer = ask(app, path, accept_language=language)
        assert answer.status == 404
        assert Text(language)("page.missing_title") in answer.words
        assert all(f'href="/{end}?lang={language}"' in answer.words for end in PAGES.values())
        assert "script" not in answer.words


def test_what_streamlit_answers_reaches_it(app: Starlette) -> None:
    """Its health, files for download, a page's address with a slash behind it, which it mends."""
    for path in ("/_stcore/health", "/media/x.csv", "/settori/", "/settori/_stcore/health"):
        assert ask(app, path).words == "streamlit"
    assert ask(app, "/", "POST").status != 404


# ---- small files -----------------------------------------------------------------------------------------------------


def test_robots_and_sitemap_name_every_page_in_every_language(app: Starlette) -> None:
    assert "Sitemap: http://example.org/sitemap.xml" in ask(app, "/robots.txt").words
    sitemap = ask(app, "/sitemap.xml")
    assert sitemap.headers["content-type"].startswith("application/xml")
    assert "Disallow: /api/tables/" in ask(app, "/robots.txt").words
    assert "Disallow: /api/\n" not in ask(app, "/robots.txt").words
    for end in (*PAGES.values(), "api/"):
        for language in LANGUAGES:
            assert f"<loc>http://example.org/{end}?lang={language}</loc>" in sitemap.words


def test_icons_and_manifest_are_what_they_say(app: Starlette) -> None:
    """Pictures in their own formats; the manifest's icons are there."""
    beginnings = {"ico": b"\0\0\1\0", "png": b"\x89PNG", "svg": b"<svg"}
    for form, beginning in beginnings.items():
        assert ask(app, f"/favicon.{form}").body.startswith(beginning)
    manifest = json.loads(ask(app, "/manifest.json", accept_language="en").body)
    assert manifest["lang"] == "en"
    assert all(ask(app, f"/{icon['src']}").status == 200 for icon in manifest["icons"])


# ---- Streamlit's words -----------------------------------------------------------------------------------------------


def test_each_word_that_is_replaced_is_one_of_streamlits() -> None:
    """What this Streamlit says no more is deleted from the list. Words around a number or a name are left out: there
    they are put together.
    """
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in (FRONTEND / "static" / "js").glob("*.js"))
    assert [words for words in WORDS if "{}" not in words and f"`{words}`" not in scripts] == []
