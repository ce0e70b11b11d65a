"""A reader in a browser: opens a page, waits until it stands still, and tells what there is to see and hear."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, WebSocket, expect

from pages import PAGES

# The front page comes last, so that the first visit of a fresh server is a deep link.
PATHS = sorted((f"/{path}" for path in PAGES.values()), key=lambda path: path == "/")
WIDTHS = {"desk": 1440, "phone": 390}
HEIGHT = 900
A4 = 794  # px at 96 an inch
HANG = 300  # seconds: whoever waits longer waits for something that does not come; a busy machine is no failure
PATIENCE = HANG * 1000  # the same in milliseconds, as the browser counts
PAUSE = 150  # milliseconds between two looks

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
# Violations that are Streamlit's own and that we cannot mend: axe's rule, and a selector of Streamlit's element.
# An entry that nothing needs any more is deleted. None today: Streamlit 1.67, axe-core 4.12.
TRACKED_VIOLATIONS: tuple[tuple[str, str], ...] = ()

STANDING = "[data-testid=stApp][data-test-script-state=notRunning]"
MOVING = """() => [
  document.querySelector('[data-testid=stMainBlockContainer]')?.offsetHeight ?? 0,
  document.querySelectorAll('[data-testid=stMainBlockContainer] *').length,
  document.querySelectorAll('[data-testid=stSkeleton], [data-stale=true]').length,
]"""
OVERFLOW = """() => Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')]
  .map(box => box.scrollWidth - box.clientWidth))"""
CUT = """() => [...document.querySelectorAll('body *')].filter(element => element.checkVisibility()
  && [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
  && (getComputedStyle(element).textOverflow === 'ellipsis' || getComputedStyle(element).webkitLineClamp !== 'none')
  && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)
).map(element => element.textContent.trim())"""
# What stays in place on every sheet, and menus and pickers, which can only be clicked.
PRINTED = """() => [...document.querySelectorAll('body *')].filter(element => element.checkVisibility()
  && element.getBoundingClientRect().height > 0
  && (['fixed', 'sticky'].includes(getComputedStyle(element).position)
    || element.matches('[data-testid=stHeader], [data-testid=stSidebar], [class*=st-key-pick]'))
).map(element => `${element.tagName} ${element.className} ${element.dataset.testid ?? ''}`)"""
# Everything that is said, folded or not: text nodes, and in the page's own part what is read aloud. Apart from icons,
# which are written as words, addresses and commands, and what is said to be in another language.
TEXTS = """() => {
  const other = `body [lang]:not([lang="${document.documentElement.lang}"])`;
  const apart = `[data-testid=stIconMaterial], code, style, script, noscript, title, ${other}`;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (walk.nextNode())
    if (!walk.currentNode.parentElement.closest(apart)) texts.push(walk.currentNode.data.trim());
  for (const element of document.querySelectorAll('[data-testid=stMainBlockContainer] *'))
    if (!element.closest(other)) for (const name of ['aria-label', 'aria-description', 'title', 'alt', 'placeholder'])
      texts.push(element.getAttribute(name)?.trim());
  return [...new Set(texts.filter(Boolean))];
}"""


def is_foreign(url: str) -> bool:
    """Whether a request leaves this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")


def settle(page: Page) -> None:
    """Wait until the script has run and the page has stopped growing; a page that failed stands still too."""
    expect(page.locator("h1, [data-testid=stException]").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_selector(STANDING, timeout=PATIENCE)
    before: list[int] | None = None
    for _ in range(PATIENCE // PAUSE):
        now: list[int] = page.evaluate(MOVING)
        if now == before and now[-1] == 0:
            return
        before = now
        page.wait_for_timeout(PAUSE)
    raise AssertionError(f"the page kept growing or loading, {now} at last: {page.url}")


@dataclass(frozen=True, slots=True)
class View:
    """What a page showed at one width.

    overflow: px beyond the screen; strip_top: px above the strip that says what kind of data these are; texts: every
    text once, folded ones too; effect: what the picture of the effect says, where there is one.
    """

    overflow: int
    strip_top: float | None
    cut: list[str]
    texts: list[str] = field(repr=False)
    violations: list[str]
    effect: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed, asked for and was sent.

    views: by the name of the width; declared: the language that the page says it is in; zoomed, on_paper: px beyond the
    screen at 200% zoom, beyond the sheet of paper; printed: what on paper is in the way; sent: bytes.
    """

    path: str
    language: str
    declared: str
    views: dict[str, View]
    zoomed: int
    on_paper: int
    exceptions: int
    dialogs: int
    complaints: list[str]
    foreign: list[str]
    printed: list[str]
    sent: bytes = field(repr=False)


@contextmanager
def context_page(browser: Browser, width: int) -> Iterator[Page]:
    """A page in a context of its own: nothing remembered."""
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="it-IT")
    context.set_default_timeout(PATIENCE)
    try:
        yield context.new_page()
    finally:
        context.close()


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a page logged, asked other machines for and was sent, while it is open."""

    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def record(self, page: Page) -> None:
        """Listen to a page that will be opened."""

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.complaints.append(f"{message.text} ({message.location['url']})")

        def keep(payload: str | bytes) -> None:
            self.sent.append(payload if isinstance(payload, bytes) else payload.encode())

        def listen(socket: WebSocket) -> None:
            socket.on("framereceived", keep)

        page.on("console", hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.foreign.append(request.url) if is_foreign(request.url) else None)
        page.on("websocket", listen)


def look(browser: Browser, address: str, path: str, language: str) -> Seen:
    """Open a page as a stranger does, by its address, and look at all of it at a desk; then at 200% zoom, on paper and,
    turned into one, on a phone.
    """
    traffic = Traffic()
    with context_page(browser, WIDTHS["desk"]) as page:
        traffic.record(page)
        page.goto(f"{address}{path}?lang={language}")
        settle(page)
        views = {"desk": _view(page)}
        zoomed = _resized(page, WIDTHS["desk"] // 2)
        page.emulate_media(media="print")
        on_paper = _resized(page, A4)
        printed = page.evaluate(PRINTED)
        page.emulate_media(media="screen")
        _resized(page, WIDTHS["phone"])
        views["phone"] = _view(page)
        return Seen(
            path=path,
            language=language,
            declared=page.evaluate("document.documentElement.lang"),
            views=views,
            zoomed=zoomed,
            on_paper=on_paper,
            exceptions=page.locator("[data-testid=stException]").count(),
            dialogs=page.get_by_role("dialog").count(),
            complaints=traffic.complaints,
            foreign=traffic.foreign,
            printed=printed,
            sent=b"\n".join(traffic.sent),
        )


EFFECT = """() => document.querySelector('.st-key-block_changes figure')?.innerText.replace(/\\s+/g, ' ') ?? ''"""


def _view(page: Page) -> View:
    """What there is at the width that the page has."""
    strip = page.locator(".st-key-strip_simulated").bounding_box()
    return View(
        overflow=page.evaluate(OVERFLOW),
        strip_top=strip["y"] if strip else None,
        cut=page.evaluate(CUT),
        texts=page.evaluate(TEXTS),
        violations=violations(page),
        effect=page.evaluate(EFFECT),
    )


def _resized(page: Page, width: int) -> int:
    """Overflow at another width: a zoom of 200% is half the width."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    settle(page)
    overflow: int = page.evaluate(OVERFLOW)
    return overflow


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA, apart from what is tracked: rule, element, what to change."""
    broken = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {node['html'][:120]} {node['failureSummary']}"
        for rule in broken
        for node in rule["nodes"]
        if not _tracked(page, rule["id"], node["target"])
    ]


WITHIN = "([target, selector]) => !!document.querySelector(target)?.closest(selector)"


def _tracked(page: Page, rule: str, target: list[str]) -> bool:
    """Whether a violation lies in an element that is known to be Streamlit's."""
    return any(
        rule == known and page.evaluate(WITHIN, [target[-1], selector]) for known, selector in TRACKED_VIOLATIONS
    )
