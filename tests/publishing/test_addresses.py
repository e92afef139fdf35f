"""A link leads to the web by https, to a mail box, to a telephone, or stays on this site."""

import pytest

from lms.publishing.markdown.addresses import local_address, safe_address


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.com", "https://example.com"),
        ("HTTPS://example.com/a?b=c&d#e", "https://example.com/a?b=c&d#e"),
        ("https://example.com:8443/a:b", "https://example.com:8443/a:b"),
        ("https://qu%C3%A9bec.ca/", "https://xn--qubec-csa.ca/"),
        ("mailto:a.b@example.com", "mailto:a.b@example.com"),
        ("mailto:a@example.com?subject=x", "mailto:a@example.com?subject=x"),
        ("tel:+1-833-900-1010", "tel:+1-833-900-1010"),
        ("tel:911", "tel:911"),
        ("/fr/modules/law#minors", "/fr/modules/law#minors"),
        ("../04-law/en.md", "../04-law/en.md"),
        ("#c-fn-1", "#c-fn-1"),
        ("?page=2", "?page=2"),
        ("a/b:c", "a/b:c"),
    ],
)
def test_an_author_may_link_to(address: str, kept: str) -> None:
    assert safe_address(address) == kept


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://example.com",
        "ftp://example.com",
        "javascript:1",
        "javascript:123",
        "data:1",
        "sms:911",
        "tel:",
        "tel:alert(1)",
        "mailto:",
        "mailto:nobody",
        "//example.com",
        "///example.com",
        "\\\\example.com",
        "/\\example.com",
        "/%5cexample.com",
        "/\t/example.com",
        "java\nscript:x",
        "java%0ascript:x",
        " javascript:x",
        "\x01javascript:x",
        "%6aavascript:x",
        "javascript%3Ax",
        "https:example.com",
        "https:/example.com",
        "https:///example.com",
        "https://",
        "https://a@example.com",
        "https://a:b@example.com",
        "https://exa mple.com",
        "https://example.com:port",
        "https://[::1]/",
        "https://exa%00mple.com",
        "https://example.com%2f@evil.example",
        "a:b",
        "/a\u00a0b",
        'https://example.com/"x',
    ],
)
def test_no_link_leads_to(address: str) -> None:
    assert safe_address(address) is None


def test_a_picture_comes_from_this_site_only() -> None:
    assert local_address("/media/1.png") == "/media/1.png"
    assert local_address("https://example.com/1.png") is None
    assert local_address("data:image/png;base64,AA==") is None
