"""Source trees whose pages are measured: each is served as `make run` serves it, by its own interpreter."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RERUNS = Path(__file__).with_name("reruns.py")
PATIENCE = 120.0  # seconds until a server answers, and until a script has run as often as asked
TICKS = os.sysconf("SC_CLK_TCK")  # a second of CPU, as Linux counts it


@dataclass(frozen=True, slots=True)
class Tree:
    """A checkout, the data that it serves (None: those of the environment), and its name in the tables."""

    name: str
    folder: Path
    data: Path | None

    @property
    def python(self) -> str:
        """Its own interpreter; where it has none, the one that runs this."""
        own = self.folder / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see."""
        return os.environ | {"PYTHONPATH": str(self.folder)} | ({"VETRINA_DATA": str(self.data)} if self.data else {})

    @property
    def commit(self) -> str:
        """Which state of the sources this is; "+" where something was changed since."""
        command = ["git", "-C", str(self.folder), "describe", "--always", "--dirty=+", "--exclude=*"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() or "unknown"

    def script_ms(self, path: str) -> float:
        """CPU of one rerun of a page's script alone, in milliseconds: see `reruns`. Raises CalledProcessError."""
        command = [self.python, "-P", str(RERUNS), path]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return float(json.loads(done.stdout.splitlines()[-1]))


@dataclass(frozen=True, slots=True)
class Server:
    """A tree that is being served: its address and its process."""

    tree: Tree
    address: str
    pid: int

    def cpu_seconds(self) -> float:
        """CPU that the process has used so far, in steps of a hundredth of a second. Linux alone."""
        after_name = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / TICKS


@contextmanager
def serving(tree: Tree) -> Iterator[Server]:
    """A server of the tree on a free port, ended by its process id however the measuring ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [tree.python, "-m", "analytics", "serve", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=tree.folder, env=tree.environment, **quiet)
    try:
        _wait_until_healthy(process, f"http://127.0.0.1:{port}/_stcore/health")
        _require_release(tree, f"http://127.0.0.1:{port}/api/headlines.json")
        yield Server(tree, f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"no server answered at {url}; try by hand: {process.args}")


def _require_release(tree: Tree, url: str) -> None:
    """A tree that cannot read the release draws a short page that says so, which is not what is to be measured."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE):
            return
    except urllib.error.HTTPError as problem:
        raise SystemExit(f"{tree.folder} shows no release of {tree.data}: {problem.read().decode()}") from problem
