"""The report on a release: a page to read, or its PDF."""

from typing import Final
from urllib.parse import urlencode

from analytics.model import UserError
from analytics.publish.about import Origin
from analytics.publish.addresses import file_name, report_address
from analytics.publish.api.answers import Answer, Making, headers_of, key_of
from analytics.publish.api.asked import Asked, Standing
from analytics.publish.api.refusals import Refusal
from analytics.publish.report.browser import printed
from analytics.publish.report.document import HTML, POLICY, report

PDF: Final = "application/pdf"
REPORTS: Final = {"html": HTML, "pdf": PDF}
PAGE: Final = "audit"  # the page that links to it


def prepare_report(asked: Asked) -> Making:
    """The report of a published release, made when it is first asked for."""
    ending = asked.parts["ending"]
    if ending not in REPORTS:
        raise Refusal("unknown_format", REPORTS, value=ending)
    standing = asked.standing(asked.parts["release"])
    release, text = standing.release, asked.text_of(standing.release)

    def make() -> Answer:
        page = report(release, _origin(asked, standing, ending), text, asked.site)
        if ending == "html":
            return Answer(page, HTML, told={**headers_of(standing), "content-security-policy": POLICY})
        name = file_name(release, "report", ending)
        return Answer(_pdf(page, release.manifest.built_at), PDF, name, headers_of(standing))

    key = key_of(asked, standing, "report", ending)
    return Making(make, key, is_heavy=True, is_apart=ending == "pdf")


def _pdf(page: bytes, made: str) -> bytes:
    try:
        return printed(page, made=made)
    except UserError as error:
        raise Refusal("no_pdf") from error


def _origin(asked: Asked, standing: Standing, ending: str) -> Origin:
    release = standing.release
    shown = {"programme": release.programme.id, "release": release.release_id, "lang": asked.language}
    page = f"{asked.site}/{asked.pages.get(PAGE, '')}?{urlencode(shown)}"
    address = report_address(release, asked.language, ending, asked.site)
    published = standing.seen.published if standing.seen else None
    return Origin(address, page, standing.state, standing.newer, published)
