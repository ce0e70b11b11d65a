"""What a reader's browser meets on a page: when it is drawn, how long it is, what it weighs, what Back does.

Whatever a page holds, it is known by what every Streamlit page has: a heading, the main block, the app's state.
"""

import base64
import statistics
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page

from tests.bench.served import Server

DESK, PHONE = (1440, 900), (390, 844)
PATIENCE = 150_000  # milliseconds for one view: a page that takes longer has no time
SHORTLY = 500  # milliseconds after a click or Back, in which the page begins to change
TALLEST = 16_000  # px of a screen that Chromium can draw

# A phone on a mediocre 4G, as page-speed tests have it: bits a second down and up, milliseconds both ways, and how much
# slower its processor is than this machine's. Chromium lets WebSocket frames pass at full speed.
DOWN, UP, LATENCY, SLOWER = 1_600_000, 750_000, 150, 4

# Notes when the heading can be read, when what is in view changed for the last time, and whether it stands still: no
# change for 300 ms, the script at rest, fonts there, and no picture in view still to be drawn. Looks 20 times a second.
WATCH = """(() => {
  const seen = window.seen = {heading: null, drawn: 0, still: false};
  const inView = element => {
    const {top, bottom, left, right, width, height} = element.getBoundingClientRect();
    return width && height && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  };
  const all = selector => [...document.querySelectorAll(selector)].filter(inView);
  const main = '[data-testid=stMain] ';
  const parts = main + ':is([data-testid=stElementContainer], h1, table, svg, img, canvas)';
  const undrawn = () => all('[data-testid=stSkeleton], [data-stale=true], [aria-busy=true]').length
    + all('[data-testid=stPlotlyChart]').filter(chart => !chart.querySelector('.main-svg .plot, .main-svg text')).length
    + all(main + 'img').filter(image => !image.complete || !image.naturalWidth).length;
  const shape = element => {
    const {x, y, width, height} = element.getBoundingClientRect();
    const inside = element.tagName === 'svg' ? element.getElementsByTagName('*').length : 0;
    return [x, y, width, height, inside].map(Math.round).join();
  };
  let before = null, looked = -Infinity;
  const look = now => {
    requestAnimationFrame(look);
    if (now - looked < 50) return;
    looked = now;
    const heading = all('h1').find(one => one.innerText.trim() && one.checkVisibility({opacityProperty: true}));
    if (heading && seen.heading === null) seen.heading = performance.now();
    const missing = undrawn(), shapes = missing + ' ' + all(parts).map(shape).join(' ');
    if (shapes !== before) { before = shapes; seen.drawn = performance.now(); }
    const app = document.querySelector('[data-testid=stApp]');
    const rests = app?.dataset.testScriptState === 'notRunning' && document.fonts.status === 'loaded';
    seen.still = !!heading && !missing && rests && performance.now() - seen.drawn >= 300;
  };
  requestAnimationFrame(look);
})()"""
AGAIN = "() => { seen.still = false; seen.drawn = performance.now(); }"
LENGTHS = """() => {
  const box = selector => document.querySelector(selector)?.getBoundingClientRect();
  return [box('[data-testid=stMainBlockContainer]').height, box('h1').top - box('[data-testid=stHeader]').bottom];
}"""
PARTS = "document.querySelectorAll('[data-testid=stMainBlockContainer] *').length"
NAVIGATION = ":is([data-testid=stHeader], [data-testid=stSidebar], header, nav) a[href]"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page's address, and the language that it is asked for in (None: as its bare address opens it)."""

    path: str
    language: str | None = None

    def url(self, server: Server) -> str:
        """Where it is."""
        ask = "" if self.language is None else f"{'&' if '?' in self.path else '?'}lang={self.language}"
        return f"{server.address}{self.path}{ask}"


@contextmanager
def reader(browser: Browser, screen: tuple[int, int]) -> Iterator[Page]:
    """A page of a reader who was never here."""
    context = browser.new_context(viewport={"width": screen[0], "height": screen[1]}, locale="it-IT")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    try:
        yield context.new_page()
    finally:
        context.close()


def stand_still(page: Page) -> None:
    """Wait until what is in view is drawn."""
    page.wait_for_function("() => window.seen?.still", timeout=PATIENCE)


def opened(page: Page, url: str) -> Page:
    """The page, drawn."""
    page.goto(url)
    stand_still(page)
    return page


def settle(page: Page) -> None:
    """Wait until nothing is added below the view either; what waits until it comes near may go on waiting."""
    stand_still(page)
    parts = -1
    while parts != (now := page.evaluate(PARTS)):
        parts = now
        page.wait_for_timeout(2 * SHORTLY)


def resized(page: Page, width: int, height: int) -> None:
    """The same page on another screen, drawn."""
    page.set_viewport_size({"width": width, "height": min(height, TALLEST)})
    page.evaluate(AGAIN)
    stand_still(page)


def sizes(browser: Browser, server: Server, visit: Visit) -> dict[str, float]:
    """Pixels: height of the page's block, and from the navigation to the heading, at a desk and then on a phone. The
    screen is made as high as the page, so that what is drawn only when it comes near is there.
    """
    found = {}
    with reader(browser, DESK) as page:
        opened(page, visit.url(server))
        for width, height in (DESK, PHONE):
            resized(page, width, height)
            resized(page, width, round(page.evaluate(LENGTHS)[0]))
            found[f"height_{width}"], found[f"gap_{width}"] = page.evaluate(LENGTHS)
    return found


def speed(browser: Browser, server: Server, visit: Visit) -> dict[str, float]:
    """Seconds until the heading can be read, and until all in view is drawn, at a desk."""
    with reader(browser, DESK) as page:
        return _times(opened(page, visit.url(server)))


def phone_speed(browser: Browser, server: Server, visit: Visit) -> dict[str, float]:
    """The same on a slow phone in a slow network."""
    with reader(browser, PHONE) as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        rates = {"downloadThroughput": DOWN / 8, "uploadThroughput": UP / 8, "latency": LATENCY, "offline": False}
        devtools.send("Network.emulateNetworkConditions", rates)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return _times(opened(page, visit.url(server)))


def _times(page: Page) -> dict[str, float]:
    seen = page.evaluate("seen")
    return {"heading": seen["heading"] / 1000, "drawn": seen["drawn"] / 1000}


@dataclass
class Traffic:
    """What a page fetched from the server: bytes of answers with their headers, bytes of WebSocket frames as they were
    sent, and requests that reached it. Answers from the browser's cache weigh nothing.
    """

    answers: float = 0.0
    frames: int = 0
    requests: int = 0
    _packed: set[str] = field(default_factory=set)  # sockets whose frames are compressed

    def listen(self, devtools: CDPSession) -> None:
        """From now on."""
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", self._fetched)
        devtools.on("Network.webSocketHandshakeResponseReceived", self._opened)
        devtools.on("Network.webSocketFrameReceived", self._received)

    def _fetched(self, event: dict) -> None:
        self.answers += event["encodedDataLength"]
        self.requests += event["encodedDataLength"] > 0

    def _opened(self, event: dict) -> None:
        self.requests += 1
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        if "permessage-deflate" in headers.get("sec-websocket-extensions", ""):
            self._packed.add(event["requestId"])

    def _received(self, event: dict) -> None:
        """Chromium shows frames unpacked: one that came compressed is compressed again, by itself."""
        frame = event["response"]
        data = base64.b64decode(frame["payloadData"]) if frame["opcode"] == 2 else frame["payloadData"].encode()
        self.frames += len(zlib.compress(data, wbits=-15) if event["requestId"] in self._packed else data)


def weight(browser: Browser, server: Server, visit: Visit) -> dict[str, float]:
    """Megabytes and requests of a first view, and of a second one of the same reader, with what the first has left in
    the cache.
    """
    found = {}
    with reader(browser, DESK) as first:
        for name, page in (("first", first), ("second", first.context.new_page())):
            traffic = Traffic()
            traffic.listen(page.context.new_cdp_session(page))
            page.bring_to_front()
            opened(page, visit.url(server))
            found |= {
                f"{name}_mb": (traffic.answers + traffic.frames) / 1e6,
                f"{name}_frames_mb": traffic.frames / 1e6,
                f"{name}_requests": traffic.requests,
            }
            page.close()
    return found


def walk(browser: Browser, server: Server, paths: list[str]) -> dict[str, dict[str, float]]:
    """From an empty tab through all pages by the navigation, then Back to the empty tab: by path, the entries that the
    page added to the history, and how often Back must be pressed to leave it.
    """
    with reader(browser, DESK) as page:
        entries, backs, length = {}, dict.fromkeys(paths, 0), page.evaluate("history.length")
        for number, path in enumerate(paths):
            if number == 0:
                opened(page, server.address + path)
            else:
                _follow(page, path)
            entries[path] = page.evaluate("history.length") - length
            length += entries[path]
        for _ in range(3 * length):  # a page that comes back by itself is not pressed for ever
            here = urlsplit(page.url).path
            if here not in backs:
                break
            backs[here] += 1
            page.evaluate("history.back()")
            page.wait_for_timeout(SHORTLY)
            if page.url != "about:blank":
                stand_still(page)
    return {path: {"entries": entries[path], "backs": backs[path]} for path in paths}


def _follow(page: Page, path: str) -> None:
    """Click the link to a page, and wait until it is drawn."""
    links = page.locator(NAVIGATION)
    hrefs = links.evaluate_all("links => links.map(link => new URL(link.href).pathname)")
    at = next((k for k, href in enumerate(hrefs) if href == path and links.nth(k).is_visible()), None)
    if at is None:
        raise LookupError(f"no link to {path} in the navigation of {page.url}")
    page.evaluate(AGAIN)
    links.nth(at).click()
    page.wait_for_url(lambda url: urlsplit(url).path == path, timeout=PATIENCE)
    page.wait_for_timeout(SHORTLY)
    stand_still(page)


# --- what a choice costs the server ----------------------------------------------------------------------------------

RERUNS, WARM = 20, 2
QUIET = 150  # milliseconds without a frame: the server has answered


def rerun_cpu(browser: Browser, server: Server, visit: Visit) -> dict[str, float]:
    """Milliseconds of the server's CPU for a reader's choice, over 20 of them to and fro. The picker is the language's
    on every page; a page where it cannot be clicked is asked to run again by Streamlit's key, "r".
    """
    with reader(browser, DESK) as page:
        heard = [0]
        page.on("websocket", lambda socket: socket.on("framereceived", lambda _: heard.__setitem__(0, heard[0] + 1)))
        opened(page, visit.url(server))
        used = []
        for number in range(WARM + RERUNS):
            before = server.cpu_seconds()
            picked = _choose(page, heard)
            if number >= WARM:
                used.append(server.cpu_seconds() - before)
    return {"server": 1000 * statistics.fmean(used), "picker": float(picked)}


def _choose(page: Page, heard: list[int]) -> bool:
    """Make a choice and wait until the server has answered; whether there was a picker to make it with."""
    other = page.locator("[role=radio][aria-checked=false]:visible").first
    picked, frames = other.count() > 0, heard[0]
    if picked:
        other.click()
    else:
        page.locator("h1").first.click()
        page.keyboard.press("r")
    for _ in range(400):
        before = heard[0]
        page.wait_for_timeout(QUIET)
        if heard[0] == before > frames:
            return picked
    raise TimeoutError(f"the server did not answer a choice on {page.url}")
