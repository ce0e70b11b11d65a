"""Find Debian's nginx, or install it: run once before the tests; and run it with the example of docs/deploy.

As root on Debian it installs nginx; otherwise it says what to do, and the test that needs it is left out.
"""

import datetime as dt
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

EXAMPLE = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"
ADVICE = "Without nginx the test of the example for it is left out: sudo apt-get install -y nginx-light"
SITE = "vetrina.example.org"
MAIN = """{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def nginx() -> str | None:
    """Its path, if there is one."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def install() -> None:
    """Debian's package, when this is root on Debian; its own service is not started."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    print("Installing nginx for the test of its example (once)", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}}
    subprocess.run([apt, "update", "-qq"], check=False, **quiet)
    subprocess.run([apt, "install", "-y", "-qq", "nginx-light"], check=False, **quiet)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass(frozen=True, slots=True)
class Proxy:
    """nginx that runs: plain, tls, redirect: addresses; certificate: of its site, "localhost"."""

    plain: str
    tls: str
    redirect: str
    certificate: Path
    folder: Path

    def upstreams(self) -> list[str]:
        """Which process answered each request so far, as the example's log says it."""
        return [line.split()[-1] for line in (self.folder / "access.log").read_text(encoding="utf-8").splitlines()]


@contextmanager
def proxied(folder: Path, first: int, second: int) -> Iterator[Proxy]:
    """nginx with the example before two processes; only ports, name, paths and certificate are others."""
    path = nginx()
    assert path, ADVICE
    plain, tls, redirect = free_ports(3)
    _certificate(folder)
    others = {
        "server 127.0.0.1:8501 ": f"server 127.0.0.1:{first} ",
        "server 127.0.0.1:8502 ": f"server 127.0.0.1:{second} ",
        "listen 80 default_server;": f"listen 127.0.0.1:{redirect} default_server;",
        "listen [::]:80 default_server;": "",
        "listen 443 ssl default_server;": f"listen 127.0.0.1:{tls} ssl default_server;",
        "listen [::]:443 ssl default_server;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls} ssl http2;",
        "listen [::]:443 ssl http2;": f"listen 127.0.0.1:{plain};",
        f"server_name {SITE};": "server_name localhost 127.0.0.1;",
        f"/etc/letsencrypt/live/{SITE}/fullchain.pem": str(folder / "certificate.pem"),
        f"/etc/letsencrypt/live/{SITE}/privkey.pem": str(folder / "key.pem"),
        "/var/log/nginx/vetrina.log": str(folder / "access.log"),
    }
    site = EXAMPLE.read_text(encoding="utf-8")
    for theirs, ours in others.items():
        assert site.count(theirs) == 1, theirs
        site = site.replace(theirs, ours)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "main.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
    command = [path, "-p", str(folder), "-c", str(folder / "main.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield Proxy(
            f"http://127.0.0.1:{plain}",
            f"https://localhost:{tls}",
            f"http://127.0.0.1:{redirect}",
            folder / "certificate.pem",
            folder,
        )
    finally:
        process.terminate()
        process.wait(timeout=20)


def _certificate(folder: Path) -> None:
    """A certificate of localhost, for a day, and its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))


if __name__ == "__main__":
    if nginx() is None:
        install()
    if nginx() is None:
        print(ADVICE, flush=True)
