"""LibreOffice's spreadsheet, for `make check-office`: found, or Debian's installed, and used without a window.

Uses SOFFICE, or the one on PATH; as root on Debian it installs libreoffice-calc; otherwise it says what to do.
"""

import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("libreoffice-calc",)
ADVICE = f"This check needs LibreOffice: sudo apt-get install -y {' '.join(PACKAGES)}   (or set SOFFICE to one)"
# A profile that has never been used, but for the country of its user.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value>
</prop></item>
</oor:items>
"""
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def soffice() -> str | None:
    """The program's path, if there is one."""
    return os.environ.get("SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")


def install() -> None:
    """Debian's package, when this is root on Debian."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    print("Installing LibreOffice for this check (once)", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run([apt, "update", "-qq"], check=False, **quiet)
    subprocess.run([apt, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], check=False, **quiet)


@dataclass(frozen=True, slots=True)
class Cell:
    """What LibreOffice holds in a cell. kind: float, percentage, date, string, …, "" of an empty one."""

    kind: str
    words: str
    number: float | None
    formula: str


EMPTY = Cell("", "", None, "")


@dataclass(frozen=True, slots=True)
class Office:
    """LibreOffice as one user has it. folder: for the profile and what is written; locale: such as it-IT."""

    folder: Path
    locale: str

    def opened(self, file: Path, options: str = "") -> list[list[Cell]]:
        """The first sheet of a file, without the rows and cells behind the last that is not empty. options: of text
        files, as LibreOffice's filter takes them. Raises RuntimeError when it does not open.
        """
        profile = self.folder / f"profile-{self.locale}"
        if not profile.exists():
            (profile / "user").mkdir(parents=True)
            settings = PROFILE.format(locale=self.locale)
            (profile / "user" / "registrymodifications.xcu").write_text(settings, encoding="utf-8")
        out = self.folder / f"{file.name}.out"
        command = [str(soffice()), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += [f"--infilter=Text - txt - csv (StarCalc):{options}"] if options else []
        command += ["--convert-to", "fods", "--outdir", str(out), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        [written, *_] = [*out.glob("*.fods"), None]
        if written is None:
            raise RuntimeError(f"{file.name}: LibreOffice did not open it. {done.stdout} {done.stderr}")
        sheet = ET.parse(written).getroot().find(f".//{_TABLE}table")
        shutil.rmtree(out)
        return _trimmed(list(_rows(sheet)))


def _rows(sheet: ET.Element) -> Iterator[list[Cell]]:
    for row in sheet.iter(f"{_TABLE}table-row"):
        cells = [cell for element in row for cell in _cells(element)]
        times = int(row.get(f"{_TABLE}number-rows-repeated", 1))
        yield from [cells] * (times if any(cell != EMPTY for cell in cells) else 1)


def _cells(element: ET.Element) -> list[Cell]:
    kind = element.get(f"{_OFFICE}value-type", "")
    words = "\n".join("".join(part.itertext()) for part in element.findall(f"{_TEXT}p"))
    number = element.get(f"{_OFFICE}value")
    cell = Cell(kind, words, None if number is None else float(number), element.get(f"{_TABLE}formula", ""))
    times = int(element.get(f"{_TABLE}number-columns-repeated", 1))
    return [cell] * (1 if cell == EMPTY and times > 1000 else times)


def _trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    width = len(rows[0])
    while width and rows[0][width - 1] == EMPTY:
        width -= 1
    while rows and all(cell == EMPTY for cell in rows[-1]):
        rows.pop()
    return [(row + [EMPTY] * width)[:width] for row in rows]
