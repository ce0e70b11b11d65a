"""What a page is on paper: sheets of A4, and numbers that the screen shows and paper does not."""

import io
import re
from collections import Counter

from playwright.sync_api import Browser

from tests.bench.served import Server
from tests.bench.views import DESK, LENGTHS, Visit, opened, reader, resized, settle

try:
    from pypdf import PdfReader
except ImportError:  # not in the locks: without it sheets are counted, and numbers are not looked for
    PdfReader = None

NUMBER = re.compile(r"\d+")  # digits alone: paper breaks lines at the points and hyphens between them
MARGIN = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")  # a browser's own, when a reader prints
SHEET = re.compile(rb"/Type\s*/Page\b")
# What can be read on the page, pictures included; not what is folded away, and not what is only there to be clicked.
READ = """() => {
  const clicked = '[data-testid=stSelectbox], [role=radiogroup], [role=combobox], button, summary, style, script';
  const walk = document.createTreeWalker(
    document.querySelector('[data-testid=stMainBlockContainer]'), NodeFilter.SHOW_TEXT), texts = [];
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement, box = element.getBoundingClientRect();
    if (box.width && box.height && element.checkVisibility({opacityProperty: true, visibilityProperty: true})
      && !element.closest(clicked)) texts.push(walk.currentNode.data);
  }
  return texts.join('\\n');
}"""


def printed(browser: Browser, server: Server, visit: Visit) -> dict[str, float]:
    """Sheets upright and across, printed by a reader who has not scrolled; of the numbers on the screen, each as often
    as it stands there, how many are on no sheet. Without pypdf nothing is said of numbers.
    """
    found: dict[str, float] = {}
    with reader(browser, DESK) as page:
        settle(opened(page, visit.url(server)))
        files = {
            name: page.pdf(format="A4", landscape=name == "across", margin=MARGIN, print_background=True)
            for name in ("upright", "across")
        }
        resized(page, DESK[0], round(page.evaluate(LENGTHS)[0]))
        on_screen = Counter(NUMBER.findall(page.evaluate(READ)))
    for name, file in files.items():
        found[name] = float(len(SHEET.findall(file)))
        if PdfReader is not None:
            sheets = PdfReader(io.BytesIO(file)).pages
            on_paper = Counter(NUMBER.findall("\n".join(sheet.extract_text() for sheet in sheets)))
            found |= {name: float(len(sheets)), f"{name}_lost": float((on_screen - on_paper).total())}
            found["numbers"] = float(on_screen.total())
    return found
