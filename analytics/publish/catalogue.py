"""The catalogue of what is published, as DCAT-AP_IT: what the national and the European portal harvest.

One catalogue of all programmes; in it one dataset per published release, since a release is never changed and has an
address of its own: `dct:isVersionOf` points to the release before it, as the guidelines of the profile have it. A
withdrawn release is no longer in it, and harvesters take it down.

Values come from the release and its programme file. Where the profile demands one that the file does not say, a neutral
value stands: "N/A" as the publisher's code, UNKNOWN as the frequency. Invented data are nobody's: their publisher is
never the one that the file names, and title and description say that they are simulated.

Profile: Linee guida per i cataloghi dati, DCAT-AP_IT (AgID 2020).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import pandas as pd

from analytics.clock import from_stamp
from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, speaking
from analytics.model import DataKind, UserError
from analytics.present.sentences.phrases import data_note
from analytics.programme.file import Programme
from analytics.programme.parts import Licence
from analytics.publish.addresses import IN_ADDRESS, package_address, table_address
from analytics.publish.linked_data import LinkedData, Term
from analytics.release import Release
from analytics.release.readable import SeenRelease, Shelves

PATH: Final = "/api/catalogue"
# Ending of the address -> rdflib's name of the format, media type.
FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "rdf": ("pretty-xml", "application/rdf+xml"),
    "jsonld": ("json-ld", "application/ld+json"),
}
EUROPEAN: Final = "http://publications.europa.eu/resource/authority/"
MEDIA: Final = "https://www.iana.org/assignments/media-types/"
# Subjects that the guidelines list below a theme; of economy and finance the one that grants to firms belong to,
# EuroVoc's 1606, economic policy. Other themes are left without.
SUBJECTS: Final[Mapping[str, str]] = {"ECON": "http://eurovoc.europa.eu/100185"}
# ISO 639-1 -> the European vocabulary's code. A language that is not here is spoken, and not said.
LANGUAGE_CODES: Final[Mapping[str, str]] = {
    "bg": "BUL",
    "cs": "CES",
    "da": "DAN",
    "de": "DEU",
    "el": "ELL",
    "en": "ENG",
    "es": "SPA",
    "et": "EST",
    "fi": "FIN",
    "fr": "FRA",
    "ga": "GLE",
    "hr": "HRV",
    "hu": "HUN",
    "it": "ITA",
    "lt": "LIT",
    "lv": "LAV",
    "mt": "MLT",
    "nl": "NLD",
    "pl": "POL",
    "pt": "POR",
    "ro": "RON",
    "sk": "SLK",
    "sl": "SLV",
    "sv": "SWE",
}
# SPDX -> what kind of licence it is, by ADMS, and its version. One that is not here has neither.
LICENCE_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "CC-BY-4.0": ("Attribution", "4.0"),
    "CC0-1.0": ("PublicDomain", "1.0"),
}
PACKAGE_STANDARD: Final = "https://specs.frictionlessdata.io/tabular-data-package/"
NO_CODE: Final = "N/A"  # the profile demands a publisher's code


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a release. name: the end of its keys under `catalogue.file.`; form: the code of its format in the
    European vocabulary; table, ending: as addresses take them, table "" for the whole release.
    """

    name: str
    form: str
    media: str
    ending: str
    table: str = ""

    def address(self, release: Release, site: str) -> str:
        """Where it is fetched, with its words in the default language."""
        if not self.table:
            return package_address(release, DEFAULT_LANGUAGE, self.ending, site)
        return table_address(self.table, self.ending, {}, release, DEFAULT_LANGUAGE, site)


DOWNLOADS: Final = (
    Download("package", "ZIP", "application/zip", "zip"),
    Download("cohorts", "CSV", "text/csv", "csv", "cohorts"),
    Download("cohorts", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "cohorts"),
    Download("cohorts", "PARQUET", "application/vnd.apache.parquet", "parquet", "cohorts"),
    Download("cohorts", "JSON", "application/json", "json", "cohorts"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A published release as it stands in the catalogue. earlier: the one published before it, if it can be read."""

    release: Release
    published: dt.datetime
    is_current: bool
    earlier: Release | None


def entries(shelves: Shelves) -> list[Entry]:
    """Every release that everybody may read, programme by programme, the one in use first."""
    seen = {(one.programme, one.release): one for one in shelves.seen()}
    found = []
    for programme, readable in shelves.readable().items():
        for name in readable.published:
            try:
                release = readable.read(name)
            except UserError:  # its file is damaged; pages do without it, too
                continue
            since = published_at(release, seen.get((programme, name)))
            found.append(Entry(release, since, name == readable.current, readable.before(name)))
    return found


def published_at(release: Release, seen: SeenRelease | None) -> dt.datetime:
    """Since when readers see a release; where no ledger says so, when it was built."""
    return seen.published if seen and seen.published else from_stamp(release.manifest.built_at)


def publisher_of(programme: Programme, language: str) -> tuple[str, str]:
    """Name and code of who publishes a programme's figures. Nobody publishes invented ones as their own."""
    said, text = programme.catalogue, speaking(language)
    if programme.data_kind is DataKind.SIMULATED:
        return text("catalogue.demonstration"), NO_CODE
    if said.publisher is None:
        return text("catalogue.no_publisher"), NO_CODE
    return said.publisher.in_(text), said.publisher_id or NO_CODE


def catalogue(shelves: Shelves, site: str, form: str = "ttl") -> bytes:
    """The catalogue of a site ("https://example.org/vetrina") in one of FORMS; equal state, equal bytes."""
    told, withdrawn = entries(shelves), [one.withdrawn for one in shelves.seen() if one.withdrawn]
    writing = _Writing(quote(site.rstrip("/"), safe=IN_ADDRESS))  # a request's host may be anything
    writing.catalogue(told, withdrawn)
    return writing.graph.serialize(format=FORMS[form][0], encoding="utf-8")


class _Writing(LinkedData):
    """A catalogue that is being written. Nothing in it is anonymous, so that equal contents are written alike."""

    def __init__(self, site: str) -> None:
        """site: its address, without a slash behind."""
        super().__init__()
        self._site = site

    def _here(self, part: str) -> Term:
        """A thing that the catalogue itself describes."""
        return self.uri(f"{self._site}{PATH}.ttl#{part}")

    def catalogue(self, told: Sequence[Entry], withdrawn: Sequence[dt.datetime]) -> None:
        """All of it."""
        moments = sorted(entry.published for entry in told)
        publishers = {publisher_of(entry.release.programme, DEFAULT_LANGUAGE) for entry in told}
        unknown = (speaking(DEFAULT_LANGUAGE)("catalogue.no_publisher"), NO_CODE)
        self.thing(
            self._here("catalogue"),
            ["dcatapit:Catalog", "dcat:Catalog"],
            dct__title={language: speaking(language)("catalogue.title") for language in LANGUAGES},
            dct__description={language: _described(told, language) for language in LANGUAGES},
            dct__publisher=self._agent(*(publishers.pop() if len(publishers) == 1 else unknown)),
            dct__issued=moments[0] if moments else None,
            dct__modified=max([*moments, *withdrawn], default=None),
            dct__language=self._languages(),
            foaf__homepage=self.thing(self.uri(f"{self._site}/"), ["foaf:Document"]),
            dcat__themeTaxonomy=self.thing(
                self.uri(f"{EUROPEAN}data-theme"), ["skos:ConceptScheme"], dct__title="Data themes"
            ),
            dcat__dataset=[self._dataset(entry) for entry in told],
        )

    def _dataset(self, entry: Entry) -> Term:
        release, programme = entry.release, entry.release.programme
        publisher = self._agent(*publisher_of(programme, DEFAULT_LANGUAGE))
        frequency = programme.catalogue.frequency if entry.is_current else "NEVER"  # a release itself never changes
        subjects = [SUBJECTS[theme] for theme in programme.catalogue.themes if theme in SUBJECTS]
        return self.thing(
            self._of(release),
            ["dcatapit:Dataset", "dcat:Dataset"],
            dct__identifier=_identifier(release),
            dct__title={language: _title(release, language) for language in LANGUAGES},
            dct__description={language: _description(release, language) for language in LANGUAGES},
            owl__versionInfo=release.release_id,
            dct__isVersionOf=self._of(entry.earlier) if entry.earlier else None,
            dct__issued=entry.published,
            dct__modified=entry.published,
            dct__accrualPeriodicity=self.thing(self.uri(f"{EUROPEAN}frequency/{frequency}"), ["dct:Frequency"]),
            dct__publisher=publisher,
            dct__rightsHolder=publisher,
            dcat__contactPoint=self._contact(release),
            dcat__theme=[
                self.thing(self.uri(f"{EUROPEAN}data-theme/{theme}"), ["skos:Concept"])
                for theme in programme.catalogue.themes
            ],
            dct__subject=[self.thing(self.uri(subject), ["skos:Concept"]) for subject in subjects],
            dct__language=self._languages(),
            dct__spatial=self._place(release),
            dct__temporal=self._period(release),
            dct__conformsTo=self._standard(),
            dcat__landingPage=self.thing(self.uri(_page(release, self._site)), ["foaf:Document"]),
            dcat__distribution=[self._distribution(entry, download) for download in DOWNLOADS],
        )

    def _of(self, release: Release) -> Term:
        return self._here(_identifier(release))

    def _distribution(self, entry: Entry, download: Download) -> Term:
        release = entry.release
        address = self.uri(download.address(release, self._site))
        words = {language: speaking(language) for language in LANGUAGES}
        mark = {language: _marked(release, language) for language in LANGUAGES}
        return self.thing(
            self._here(f"{_identifier(release)}/{download.name}.{download.ending}"),
            ["dcatapit:Distribution", "dcat:Distribution"],
            dct__title={
                language: f"{mark[language]}{text(f'catalogue.file.{download.name}')} ({download.form})"
                for language, text in words.items()
            },
            dct__description={language: text(f"catalogue.about.{download.name}") for language, text in words.items()},
            dcat__accessURL=address,
            dcat__downloadURL=address,
            dct__format=self.thing(self.uri(f"{EUROPEAN}file-type/{download.form}"), ["dct:MediaTypeOrExtent"]),
            dcat__mediaType=self.thing(self.uri(MEDIA + download.media), ["dct:MediaType"]),
            dct__license=self._licence(release.programme.licence),
            dct__modified=entry.published,
        )

    def _agent(self, name: str, code: str) -> Term:
        """An agent has one name and one code, by the profile."""
        return self.thing(
            self._here(f"agent/{''.join(filter(str.isalnum, code + name))}"),
            ["dcatapit:Agent", "foaf:Agent"],
            foaf__name=name,
            dct__identifier=code,
        )

    def _contact(self, release: Release) -> "Term | None":
        """Who answers for the figures, by one name; None where the programme file names nobody."""
        contact = release.programme.contact
        if contact is None:
            return None
        return self.thing(
            self._here(f"{_identifier(release)}/contact"),
            ["dcatapit:Organization", "vcard:Organization", "vcard:Kind"],
            vcard__fn=contact.name.in_language(DEFAULT_LANGUAGE),
            vcard__hasEmail=self.uri(f"mailto:{quote(contact.email, safe='@+')}"),
        )

    def _place(self, release: Release) -> Term:
        programme = release.programme
        names = {language: programme.region.in_language(language) for language in LANGUAGES}
        return self.thing(
            self._here(f"{_identifier(release)}/place"),
            ["dct:Location"],
            locn__geographicName=names,
            dcatapit__geographicalIdentifier=programme.catalogue.place,
        )

    def _period(self, release: Release) -> Term:
        """From the first period of the data to the last day that they reach."""
        first = pd.Period(release.manifest.first_period).start_time.date()
        last = dt.date.fromisoformat(release.manifest.data_to)
        return self.thing(
            self._here(f"{_identifier(release)}/period"),
            ["dct:PeriodOfTime"],
            dcatapit__startDate=first,
            dcatapit__endDate=last,
            dcat__startDate=first,
            dcat__endDate=last,
        )

    def _standard(self) -> Term:
        """What the whole release is packed by."""
        return self.thing(
            self.uri(PACKAGE_STANDARD),
            ["dcatapit:Standard", "dct:Standard"],
            dct__identifier=PACKAGE_STANDARD,
            dct__title="Tabular Data Package",
        )

    def _licence(self, licence: Licence) -> Term:
        kind, version = LICENCE_KINDS.get(licence.id, (None, None))
        return self.thing(
            self.uri(licence.url),
            ["dcatapit:LicenseDocument", "dct:LicenseDocument"],
            foaf__name={language: licence.name.in_language(language) for language in LANGUAGES},
            owl__versionInfo=version,
            dct__type=self.thing(self.uri(f"http://purl.org/adms/licencetype/{kind}"), ["skos:Concept"])
            if kind
            else None,
        )

    def _languages(self) -> list[Term]:
        codes = [LANGUAGE_CODES[language] for language in LANGUAGES if language in LANGUAGE_CODES]
        return [self.thing(self.uri(f"{EUROPEAN}language/{code}"), ["dct:LinguisticSystem"]) for code in codes]


# ---- words -----------------------------------------------------------------------------------------------------------


def _identifier(release: Release) -> str:
    """As ids of its figures begin."""
    return f"{release.programme.id}.{release.release_id}"


def _page(release: Release, site: str) -> str:
    return f"{site}/?programme={release.programme.id}&release={release.release_id}"


def _marked(release: Release, language: str) -> str:
    """What stands before every title of invented data."""
    return f"{speaking(language)('mark.simulated')}: " if release.simulated else ""


def _title(release: Release, language: str) -> str:
    text = speaking(language)
    title = release.programme.title.in_(text)
    return _marked(release, language) + text("catalogue.dataset", title=title, release=release.release_id)


def _description(release: Release, language: str) -> str:
    text, programme = speaking(language), release.programme
    note = data_note(release, text)
    said = text(
        "catalogue.about.dataset",
        authority=programme.authority.in_(text),
        day=text.date(dt.date.fromisoformat(release.manifest.data_to)),
        source=programme.source.in_(text),
    )
    return f"{note}. {said}" if note else said


def _described(told: Sequence[Entry], language: str) -> str:
    """The catalogue in words; that some of its data are invented, where some are."""
    text = speaking(language)
    simulated = [entry.release for entry in told if entry.release.simulated]
    key = "all" if simulated and len(simulated) == len(told) else "some" if simulated else ""
    return " ".join([text("catalogue.about.all"), *([text(f"catalogue.simulated.{key}")] if key else [])])
