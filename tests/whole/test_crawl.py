"""Nothing of a firm is in any byte that the server sends, whoever asks: pages, addresses, files, pictures, headers."""

import pytest

from analytics.access.roles import Role
from analytics.folders import Home
from tests.helpers.secrets_of import Secrets, secrets_of
from tests.whole.crawl import EMBARGOED, PROGRAMME, Crawl, site_to_crawl, visitors

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


def test_no_role_is_sent_anything_of_a_firm(demonstration: Home, tmp_path) -> None:
    """Codes, names, numbers of applications and amounts of single firms, as text or as numbers; before and after the
    login of each role, of what is published and under embargo. `make crawl` tries every choice and address.
    """
    secrets = secrets_of(demonstration)
    assert len(secrets.words) > 1000
    assert len(secrets.amounts) > 1000
    answered = {}
    with site_to_crawl(demonstration, tmp_path) as site:
        for name, cookies in visitors(site).items():
            if name != Role.PUBLIC:  # who is sent what nobody in particular is
                crawl = Crawl(site.root, secrets, cookies, most_choices=0, most_addresses=5)
                crawl.run([f"programme={PROGRAMME}&release={EMBARGOED}&lang=it"])
                assert crawl.leaks == [], name
                assert crawl.sent > 1_000_000, name
                answered[name] = list(crawl.asked.values()).count(200)
    assert min(answered[role] for role in (Role.ANALYST, Role.PRESS, Role.OFFICER)) > answered["nobody"]


@pytest.mark.parametrize(
    "content",
    [
        b"x 0123456789 y",
        b"x 123456.78 y",
        "€ 123.456,78".encode(),
        b"123,456.780",
        "7\u202f654\u202f321,50".encode(),
        b"7654321.5",
        b"ab\xaeG\xe1z\x0c$\xfe@c",
    ],
)
def test_what_is_looked_for_would_be_found(content: bytes) -> None:
    """Codes, and amounts in every language and as a number of eight bytes."""
    from decimal import Decimal

    secrets = Secrets(frozenset({"0123456789"}), frozenset({Decimal("123456.78"), Decimal("7654321.50")}))
    assert len(secrets.found(content)) == 1
    assert secrets.found(b"123456.789 9123456.78 12345678") == []
