"""Which addresses a webhook may have."""

import pytest

from submissions import webhooks


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://siem.example/",
        "http://siem.example/hook",
        "http://127.0.0.1/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://user:word@10.0.0.1/",
        "https://10.0.0.1:port/",
        "https://siem.invalid/",
    ],
)
def test_an_address_that_may_not_be_talked_to_is_refused(url: str) -> None:
    with pytest.raises(webhooks.WebhookError):
        webhooks.check(url)


@pytest.mark.parametrize("url", ["https://10.0.0.1/hook", "https://192.168.7.7:8443/hook", "https://[fd00::7]/"])
def test_a_system_in_the_inner_network_may_be_told(url: str) -> None:
    webhooks.check(url)
