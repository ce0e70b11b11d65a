"""The page about the addresses, for people: made from their description in OpenAPI, without a script, in any width."""

from collections.abc import Collection, Iterator, Mapping
from html import escape
from typing import Any

from analytics.language.text import LANGUAGES, SPOKEN, Text
from analytics.present.sentences.headlines import approved_sentences
from analytics.publish.addresses import (
    embed_address,
    figure_address,
    image_address,
    package_address,
    report_address,
)
from analytics.publish.api.endpoints import ENDPOINTS
from analytics.publish.api.refusals import STATUSES
from analytics.publish.images.sizes import SIZES
from analytics.release.readable import ReadableReleases

STYLE = """body{font:1.0625rem/1.5 "Source Sans 3",system-ui,sans-serif;color:#1B1F24;max-width:60rem;margin:2rem auto;
padding:0 1rem}h1,h2{font-family:"Source Serif 4",Georgia,serif;line-height:1.25}h2{margin-top:2.5rem}a{color:#12436D}
code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}dt{font-weight:600;margin-top:.5rem}
dd{margin:0 0 0 1.25rem}section{border-top:1px solid #DADDE1;margin-top:1.5rem}h3{margin-bottom:.25rem}
a:focus-visible{outline:3px solid #12436D;outline-offset:2px}nav ul{columns:16rem;padding-left:1.25rem}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}"""


def documentation(described: Mapping[str, Any], readable: Mapping[str, ReadableReleases], site: str, text: Text) -> str:
    """The page as HTML. described: in OpenAPI; readable: what is published, for the examples."""
    title, info = text("api.title"), described["info"]
    others = " · ".join(
        f'<a href="?lang={code}" hreflang="{code}" lang="{code}">{escape(SPOKEN[code].name)}</a>'
        for code in LANGUAGES
        if code != text.language
    )
    paths = described["paths"]
    contents = "".join(
        f'<li><a href="#{operation["operationId"]}"><code>{escape(path)}</code></a></li>'
        for path, operation in ((path, of["get"]) for path, of in paths.items())
    )
    examples = _examples(readable, site, text)
    listed = escape(text("api.contents"))
    sections = "".join(
        _section(path, of["get"], examples.get(of["get"]["operationId"], ""), text) for path, of in paths.items()
    )
    version = escape(text("api.version", version=info["version"]))
    return (
        f'<!DOCTYPE html>\n<html lang="{text.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="description" content="{escape(info["description"])}">'
        f"<title>{escape(title)} · Vetrina</title>"
        f'<link rel="icon" href="{escape(site)}/favicon.svg">'
        f'<link rel="service-desc" type="application/json" href="{escape(site)}/api/openapi.json">'
        f"<style>{STYLE}</style></head><body>"
        f'<a class="skip" href="#content">{escape(text("api.skip"))}</a>'
        f'<header><p><a href="{escape(site)}/?lang={text.language}">Vetrina</a> · {others}</p></header>'
        f'<main id="content"><h1>{escape(title)}</h1><p>{escape(info["description"])}</p>'
        f"<p>{escape(text('api.rules'))}</p><p>{escape(text('api.contract'))} {version}</p>"
        f'<nav aria-label="{listed}"><h2>{listed}</h2><ul>{contents}</ul></nav>'
        f"<h2>{escape(text('api.addresses'))}</h2>{sections}{_refusals(text)}</main></body></html>\n"
    )


def _section(path: str, operation: Mapping[str, Any], example: str, text: Text) -> str:
    parameters = "".join(_parameter(one) for one in operation["parameters"])
    listed = f"<h4>{escape(text('api.parameters'))}</h4><dl>{parameters}</dl>" if parameters else ""
    tried = ""
    if example:
        tried = f'<p>{escape(text("api.example"))} <a href="{escape(example)}"><code>{escape(example)}</code></a></p>'
    return (
        f'<section id="{operation["operationId"]}"><h3><code>{escape(path)}</code></h3>'
        f"<p>{escape(operation['summary'])}</p>{tried}{listed}</section>"
    )


def _parameter(parameter: Mapping[str, Any]) -> str:
    codes = parameter["schema"].get("enum", [])
    listed = f" {', '.join(f'<code>{escape(code)}</code>' for code in codes)}" if codes else ""
    return f"<dt><code>{escape(parameter['name'])}</code></dt><dd>{escape(parameter['description'])}{listed}</dd>"


def refusals_in_words(text: Text) -> Iterator[tuple[str, int, str]]:
    """Every refusal: its code, status and words, with dots for what they are about."""
    slots = dict.fromkeys(("name", "value", "programme", "release", "current", "most", "seconds"), "…")
    return ((code, status, text(f"api.error.{code}", **slots)) for code, status in STATUSES.items())


def _refusals(text: Text) -> str:
    said = "".join(
        f"<dt><code>{code}</code> ({status})</dt><dd>{escape(words)}</dd>"
        for code, status, words in refusals_in_words(text)
    )
    return f'<h2 id="refusals">{escape(text("api.refusals"))}</h2><dl>{said}</dl>'


def _examples(readable: Mapping[str, ReadableReleases], site: str, text: Text) -> dict[str, str]:
    """By operation, an address that answers: those of a figure and a package are of what is in use."""
    lang = f"lang={text.language}"
    found = {one.name: site + one.example + _behind(one.example, lang, one.known) for one in ENDPOINTS if one.example}
    found["openapi"] = f"{site}/api/openapi.json?{lang}"
    first = next(iter(readable.items()), None)
    if first is not None:
        _, releases = first
        release = releases.read(releases.current)
        found["package"] = package_address(release, text.language, site=site)
        found["report"] = report_address(release, text.language, site=site)
        effect = release.main_effect()
        if effect is not None:
            found["figure"] = figure_address(effect.figure_id, text.language, site)
        sentence = next((one for one in approved_sentences(release, text) if one.figure.published), None)
        if sentence is not None:
            figure_id = sentence.figure.figure_id
            found["image"] = image_address(figure_id, "svg", next(iter(SIZES)), text.language, site)
            found["embedded"] = embed_address(figure_id, text.language, site)
        if releases.before(releases.current) is None:
            found.pop("changes")
    return found


def _behind(example: str, lang: str, known: Collection[str]) -> str:
    """The language behind an example, where its address takes one."""
    return f"{'&' if '?' in example else '?'}{lang}" if "lang" in known else ""
