"""HTML -> PDF by a Chromium at hand, in a process of its own that never outlives the call."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from analytics.folders import WINDOWS
from analytics.model import UserError

SECONDS: Final = 90  # that a browser may take
VARIABLE: Final = "CHROMIUM"  # names one that stands nowhere usual
NAMES: Final = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "msedge", "brave-browser"),
)
APPLICATIONS: Final = ("Google Chrome", "Chromium", "Microsoft Edge")  # on a Mac
PROGRAMS: Final = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)
OPTIONS: Final = (
    *("--headless", "--disable-gpu", "--disable-extensions", "--disable-dev-shm-usage", "--disable-breakpad"),
    *("--no-first-run", "--no-default-browser-check", "--disable-sync", "--disable-component-update"),
    *("--disable-background-networking", "--disable-default-apps", "--no-pdf-header-footer"),
    *("--export-tagged-pdf", "--generate-pdf-document-outline", "--host-resolver-rules=MAP * ~NOTFOUND"),
)
_DATES: Final = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}")


def find_browser() -> Path | None:
    """A Chromium: the one that the variable names, else one on the path, else where programs usually are."""
    if named := os.environ.get(VARIABLE):
        found = shutil.which(named)
        return Path(found) if found else None
    on_path = (shutil.which(name) for name in NAMES)
    return next((Path(found) for found in on_path if found), None) or next(
        (place for place in _usual_places() if place.is_file()), None
    )


def _usual_places() -> Iterator[Path]:
    for name in APPLICATIONS:
        yield Path("/Applications") / f"{name}.app" / "Contents" / "MacOS" / name
    folders = (os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    for folder in filter(None, folders):
        yield from (Path(folder) / program for program in PROGRAMS)


def printed(html: bytes, *, made: str = "", seconds: float = SECONDS) -> bytes:
    """The PDF of a page that needs nothing else. made: the stamp that it says as its own, so that the same page gives
    the same bytes. Raises UserError without a browser, or where it gives no PDF in time.
    """
    browser = find_browser()
    if browser is None:
        raise UserError("export.no_browser", variable=VARIABLE)
    with tempfile.TemporaryDirectory(prefix="vetrina-", ignore_cleanup_errors=True) as folder:
        page, pdf = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_bytes(html)
        command = [str(browser), *OPTIONS, *_unconfined(), f"--user-data-dir={folder}/profile"]
        _run([*command, f"--print-to-pdf={pdf}", page.as_uri()], browser, folder, seconds)
        content = pdf.read_bytes() if pdf.is_file() else b""
    if not content.startswith(b"%PDF"):
        raise UserError("export.browser_failed", browser=browser, variable=VARIABLE)
    return _dated(content, made)


def _unconfined() -> list[str]:
    """Chromium refuses to confine itself where it runs as root."""
    return ["--no-sandbox"] if not WINDOWS and os.geteuid() == 0 else []


def _run(command: list[str], browser: Path, folder: str, seconds: float) -> None:
    """folder: for what it leaves behind."""
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and no word of a reader
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ | {"TMPDIR": folder},
        )
    except OSError as error:
        raise UserError("export.browser_failed", browser=browser, variable=VARIABLE) from error
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise UserError("export.browser_failed", browser=browser, variable=VARIABLE) from error
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the browser and all that it started."""
    if WINDOWS:
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - a program of Windows itself
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _dated(pdf: bytes, made: str) -> bytes:
    """The same with the moment of its making; one that is written otherwise keeps its own."""
    stamp = re.sub(r"\D", "", made)[:14].encode()
    return _DATES.sub(rb"\g<1>" + stamp, pdf) if len(stamp) == 14 else pdf
