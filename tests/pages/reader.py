"""A reader in a browser: opens a page, waits until it stands still, and tells what there is to see and hear."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from pages import PAGES

# Every page; first a deep link, as the first visit of a fresh server may be.
PATHS = tuple(f"/{path}" for path in sorted(PAGES.values(), key=lambda path: (not path, path)))
WIDTHS = {"desk": 1440, "phone": 390}
HEIGHT = 900
A4 = 794  # px at 96 an inch
PATIENCE = 30_000  # milliseconds; a busy machine is no failure

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
# Violations that are Streamlit's own and that we cannot mend: axe's rule, and a selector of Streamlit's element.
# An entry that nothing needs any more is deleted. None today: Streamlit 1.67, axe-core 4.12.
TRACKED_VIOLATIONS: tuple[tuple[str, str], ...] = ()

# Words that Streamlit says in English on every page and that have no setting: Streamlit 1.67.
STREAMLIT_SAYS = (
    "Skip to main content",
    "Navigate to home page",
    "Expand sidebar",
    "Collapse sidebar",
    "Choose an option",
    "Open",  # the arrow of a selectbox
    "Clear value",
    "Link to heading",
    "Copy to clipboard",
    "Copied to clipboard",
    "Show/hide columns",
    "Search",
    "Fullscreen",
    "Close fullscreen",
    "Download as CSV",
    "Show chart data",
    "Running",
)

STANDING = "[data-testid=stApp][data-test-script-state=notRunning]"
MOVING = """() => [
  document.querySelector('[data-testid=stMainBlockContainer]')?.offsetHeight ?? 0,
  document.querySelectorAll('[data-testid=stMainBlockContainer] *').length,
  document.querySelectorAll('[data-testid=stSkeleton], [data-stale=true]').length,
]"""
OVERFLOW = """() => Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')]
  .map(box => box.scrollWidth - box.clientWidth))"""
CUT = """() => [...document.querySelectorAll('body *')].filter(one => one.checkVisibility()
  && [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
  && (getComputedStyle(one).textOverflow === 'ellipsis' || getComputedStyle(one).webkitLineClamp !== 'none')
  && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
).map(one => one.textContent.trim())"""
# What stays in place on every sheet, and menus and pickers, which can only be clicked.
PRINTED = """() => [...document.querySelectorAll('body *')].filter(one => one.checkVisibility()
  && one.getBoundingClientRect().height > 0
  && (['fixed', 'sticky'].includes(getComputedStyle(one).position)
    || one.matches('[data-testid=stHeader], [data-testid=stSidebar], [class*=st-key-pick]'))
).map(one => `${one.tagName} ${one.className} ${one.dataset.testid ?? ''}`)"""
# Everything that is said, folded or not: text nodes, and in the page's own part what is read aloud. Apart from icons,
# which are written as words, and blocks to copy, which hold addresses and sentences in both languages.
SAID = """() => {
  const apart = '[data-testid=stIconMaterial], [data-testid=stCode], style, script, noscript, title';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), said = [];
  while (walk.nextNode())
    if (!walk.currentNode.parentElement.closest(apart)) said.push(walk.currentNode.data.trim());
  for (const one of document.querySelectorAll('[data-testid=stMainBlockContainer] *'))
    for (const name of ['aria-label', 'aria-description', 'title', 'alt', 'placeholder'])
      said.push(one.getAttribute(name)?.trim());
  return [...new Set(said.filter(Boolean))];
}"""


def is_foreign(url: str) -> bool:
    """Whether a request leaves this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")


def is_streamlits_own(message: ConsoleMessage, path: str) -> bool:
    """Opened by a deep address, Streamlit looks for itself below it, gets two 404s, and finds itself at the root."""
    looked_for = {f"{path.rstrip('/')}/_stcore/{name}" for name in ("health", "host-config")}
    return urlsplit(message.location["url"]).path in looked_for and "404" in message.text


def settle(page: Page) -> None:
    """Wait until the script has run and the page has stopped growing; what fails, fails at once."""
    expect(page.locator("h1, [data-testid=stException]").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_selector(STANDING, timeout=PATIENCE)
    before: list[int] | None = None
    for _ in range(100):
        now: list[int] = page.evaluate(MOVING)
        if now == before and now[-1] == 0:
            return
        before = now
        page.wait_for_timeout(150)
    raise AssertionError(f"the page never stood still: {page.url}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed, asked for and was sent.

    overflow: px beyond the screen, beyond that at 200% zoom, beyond the sheet of paper; declared: the language that the
    page says it is in; said: every text once, folded ones too; printed: what on paper is in the way; sent: bytes.
    """

    language: str
    declared: str
    overflow: tuple[int, int, int]
    exceptions: int
    dialogs: int
    strip_top: float | None  # px above the strip that says what kind of data these are
    complaints: list[str]
    foreign: list[str]
    cut: list[str]
    said: list[str] = field(repr=False)
    violations: list[str]
    printed: list[str]
    sent: bytes = field(repr=False)


@contextmanager
def context_page(browser: Browser, width: int) -> Iterator[Page]:
    """A page in a context of its own: nothing remembered."""
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="it-IT")
    try:
        yield context.new_page()
    finally:
        context.close()


def look(browser: Browser, address: str, path: str, language: str, width: int) -> Seen:
    """Open a page as a stranger does, by its address, and look at all of it; then at 200% zoom, then on paper."""
    complaints: list[str] = []
    foreign: list[str] = []
    sent: list[bytes] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not is_streamlits_own(message, path):
            complaints.append(f"{message.text} ({message.location['url']})")

    def remember(payload: str | bytes) -> None:
        sent.append(payload if isinstance(payload, bytes) else payload.encode())

    with context_page(browser, width) as page:
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: foreign.append(request.url) if is_foreign(request.url) else None)
        page.on("websocket", lambda socket: socket.on("framereceived", remember))
        page.goto(f"{address}{path}?lang={language}")
        settle(page)
        overflow = page.evaluate(OVERFLOW)
        exceptions = page.locator("[data-testid=stException]").count()
        dialogs = page.get_by_role("dialog").count()
        strip = page.locator(".st-key-strip_simulated").bounding_box()
        declared: str = page.evaluate("document.documentElement.lang")
        cut, said, found = page.evaluate(CUT), page.evaluate(SAID), violations(page)
        zoomed = _resized(page, width // 2) if width == WIDTHS["desk"] else 0
        page.emulate_media(media="print")
        on_paper = _resized(page, A4)
        printed = page.evaluate(PRINTED)
    return Seen(
        language=language,
        declared=declared,
        overflow=(overflow, zoomed, on_paper),
        exceptions=exceptions,
        dialogs=dialogs,
        strip_top=strip["y"] if strip else None,
        complaints=complaints,
        foreign=foreign,
        cut=cut,
        said=said,
        violations=found,
        printed=printed,
        sent=b"\n".join(sent),
    )


def _resized(page: Page, width: int) -> int:
    """Overflow at another width: a zoom of 200% is half the width."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    settle(page)
    overflow: int = page.evaluate(OVERFLOW)
    return overflow


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA, apart from what is tracked: rule, element, what to change."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {node['html'][:120]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        if not _tracked(page, rule["id"], node["target"])
    ]


WITHIN = "([target, selector]) => !!document.querySelector(target)?.closest(selector)"


def _tracked(page: Page, rule: str, target: list[str]) -> bool:
    """Whether a violation lies in an element that is known to be Streamlit's."""
    return any(
        rule == known
        and page.evaluate("([at, inside]) => !!document.querySelector(at)?.closest(inside)", [target[-1], selector])
        for known, selector in TRACKED_VIOLATIONS
    )


def without_streamlits_words(said: list[str]) -> list[str]:
    """What a page says, less what Streamlit says on it: alone, or before a name ("Search: …")."""
    own = re.compile(rf"^({'|'.join(map(re.escape, STREAMLIT_SAYS))})(?=$|:)")
    return [own.sub("", one) for one in said]
