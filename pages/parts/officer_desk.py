"""What the officer has on the desk in a session: the file, what was read of it, the work that goes on. No page of its
own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from analytics.access.people import Person
from analytics.folders import Home
from analytics.language.text import DEFAULT_LANGUAGE, Text, plain
from analytics.model import UserError
from analytics.officer import works
from analytics.officer.job import Ended, Job
from analytics.officer.told import Archive, Asked, Candidate, Comparison, Done, MappingParts, Reading, Words, words_of
from analytics.officer.upload import Upload
from analytics.programme.file import load_programme
from pages.parts import visitor

SECONDS = 0.4  # between two looks at work that goes on
QUICK = (
    "look",
    "undo",
    "approve",
    "publish",
    "withdraw",
    "compare",
)  # of a step or two, without parts that are counted


@dataclass
class Desk:
    """One session's work. What came of each step stays until the step is done anew.

    person: who works at the desk; turn: counts readings, so that choices about a file are not kept for another;
    read_as: what the reading was of; failed: of which work nothing came, and why, None where only the server's console
    says it; question: an act that waits for a second click.
    """

    language: str = DEFAULT_LANGUAGE
    person: Person | None = None
    programme: str = ""
    kind: str = "applications"
    upload: Upload | None = None
    upload_id: str = ""
    mapping: MappingParts | None = None
    partial: bool = False
    takes_back: bool = False
    turn: int = 0
    read_as: str = ""
    reading: Reading | None = None
    done: Done | None = None
    archive: Archive | None = None
    candidate: Candidate | None = None
    comparison: Comparison | None = None
    published: Words | None = None
    in_use: str | None = None
    job: Job | None = None
    failed: tuple[str, Words | None, bool] | None = None
    question: tuple[str, str] | None = None
    files_sent: int = field(default=0)

    # ---- the file --------------------------------------------------------------------------------------------------

    def asked(self) -> Asked | None:
        """The file as it is to be read; None without one."""
        if self.upload is None:
            return None
        path, language = self.upload.path, self.language
        return Asked(self.programme, self.kind, path, self.mapping, self.partial, self.takes_back, language)

    def _asked_as(self) -> str:
        return json.dumps(
            [self.programme, self.kind, self.upload_id, self.mapping, self.partial, self.takes_back], default=str
        )

    @property
    def is_read(self) -> bool:
        """Whether the reading is of the file as it is now to be read."""
        return self.reading is not None and self.read_as == self._asked_as()

    def read_again(self) -> None:
        """Read the file where it has not been read so, and look at the store where nobody has."""
        asked = self.asked()
        if self.job is not None:
            return
        if asked is not None and self.read_as != self._asked_as():
            self.read_as, self.reading, self.done = self._asked_as(), None, None
            self.begin("read", works.read, asked, Home.default())
        elif self.archive is None and self.programme and Home.default().store(self.programme).exists():
            self.begin("look", works.look_at_archive, self.programme, Home.default())

    def put_away(self) -> None:
        """Take the file off the desk: it is deleted."""
        if self.upload is not None:
            self.upload.delete()
        self.upload, self.upload_id, self.mapping, self.reading, self.read_as = None, "", None, None, ""
        self.files_sent += 1

    def change_programme(self, programme: str) -> None:
        """Go over to another programme; nothing of the last one stays."""
        if programme != self.programme:
            self.put_away()
            self.programme, self.archive, self.done, self.published = programme, None, None, None
            self.candidate, self.comparison, self.failed, self.question = None, None, None, None

    # ---- work that goes on -----------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether something goes on, so that nothing else can begin."""
        return self.job is not None

    def begin(self, name: str, work: Callable[..., Any], *arguments: object) -> None:
        """Let work go on in a process of its own."""
        self.failed, self.question = None, None
        self.job = Job(name, work, *arguments)

    def take_in(self) -> None:
        """Keep what finished work has made."""
        if self.job is None or (ended := self.job.poll()) is None:
            return
        name, self.job = self.job.name, None
        if ended.made is None:
            self._failed(name, ended)
        else:
            self._keep(name, ended.made)

    def _failed(self, name: str, ended: Ended) -> None:
        self.failed = name, ended.refused, ended.is_killed
        if name == "read":
            self.reading = None
        if name == "look":
            self.archive = Archive()

    def _keep(self, name: str, made: object) -> None:
        if isinstance(made, Archive):
            self.archive = made
        elif isinstance(made, Reading):
            self.reading, self.turn = made, self.turn + 1
        elif isinstance(made, Done):
            self.done, self.archive = made, made.archive
            self.candidate = self.comparison = self.published = None
            if name == "load":
                self.put_away()
        elif isinstance(made, Candidate):
            self.candidate, self.comparison, self.published = made, made.comparison, None
        elif isinstance(made, Comparison):
            self.comparison = made
        elif isinstance(made, dict) and name != "approve":
            self.published, self.candidate, self.comparison = made, None, None

    # ---- a question before what cannot be taken back at once ---------------------------------------------------------

    def ask(self, act: str, about: str) -> None:
        """Ask once more before an act."""
        self.question = act, about


def desk_of() -> Desk:
    """The session's desk."""
    desk: Desk = st.session_state.setdefault("officer_desk", Desk())
    return desk


def step(number: int, key: str, text: Text) -> None:
    """The heading of a step."""
    st.header(f"{number}. {text(f'officer.step.{key}')}", anchor=False)


def later(key: str, text: Text) -> None:
    """That a step is not there yet, and what comes first."""
    st.caption(text(f"officer.later.{key}"))


def said(words: Words, text: Text) -> str:
    """Words in the reader's language, of which Markdown reads nothing but the ends of lines."""
    return "  \n".join(map(plain, words[text.language].splitlines()))


def busy(desk: Desk, text: Text, *own: str) -> None:
    """Why a step's buttons cannot be pressed while other work goes on. own: the names of the step's work, of which it
    says more.
    """
    if desk.job is not None and desk.job.name not in own:
        st.caption(text("officer.busy", work=text(f"officer.work.{desk.job.name}")))


def going_on(desk: Desk, names: tuple[str, ...], text: Text) -> None:
    """How far work of these names has come, and a button to end it; or why it came to nothing."""
    if desk.failed is not None and desk.failed[0] in names:
        _, refused, is_killed = desk.failed
        words = said(refused, text) if refused else text("officer.killed" if is_killed else "officer.failed")
        st.error(words)
    if desk.job is None or desk.job.name not in names:
        return

    @st.fragment(run_every=SECONDS)
    def look() -> None:
        if not visitor.may_manage():  # a part of the page that runs by itself
            st.rerun()
        job = desk.job
        if job is None or job.poll() is not None:
            st.rerun()
        here = job.step
        label = text(f"cli.step.{here.name}")
        st.progress(
            min(here.done / here.total, 1.0) if here.total else 0.0,
            plain(f"{label} ({here.done}/{here.total})") if here.total > 1 else label,
        )
        if job.name not in QUICK and st.button(text("officer.stop"), key=f"officer_stop_{job.name}"):
            job.stop()
            st.rerun()

    look()


def titles(names: list[str], text: Text) -> tuple[dict[str, str], dict[str, Words]]:
    """What programmes are called, by id; and why a file of one cannot be read."""
    called: dict[str, str] = {}
    broken: dict[str, Words] = {}
    for name in names:
        try:
            called[name] = load_programme(name).short_title.in_(text)
        except UserError as error:
            broken[name] = words_of(error)
    return called, broken
