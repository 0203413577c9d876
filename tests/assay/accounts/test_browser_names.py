"""By what name the list of one's sessions calls a browser: its own, not those of its forebears."""

import pytest

from assay.accounts.own_sessions import browser_of

MOZILLA, WEBKIT = "Mozilla/5.0 ({}) ", "AppleWebKit/537.36 (KHTML, like Gecko) "
CHROME = MOZILLA + WEBKIT + "Chrome/138.0.0.0 Safari/537.36"
IPHONE = "iPhone; CPU iPhone OS 18_5 like Mac OS X"
IPAD = "iPad; CPU OS 18_5 like Mac OS X"
MAC = "Macintosh; Intel Mac OS X 10_15_7"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME.format("X11; Linux x86_64"), "Chrome · Linux"),
        (CHROME.format("Linux; Android 15; Pixel 9"), "Chrome · Android"),
        (CHROME.format("X11; CrOS x86_64 14541.0.0"), "Chrome · ChromeOS"),
        (CHROME.format("Windows NT 10.0; Win64; x64") + " OPR/120.0.0.0", "Opera · Windows"),
        (CHROME.format("Linux; Android 15; Pixel 9") + " EdgA/138.0.0.0", "Edge · Android"),
        (MOZILLA.format(MAC) + WEBKIT + "Version/18.5 Safari/605.1.15", "Safari · macOS"),
        (MOZILLA.format(IPAD) + WEBKIT + "Version/18.5 Safari/604.1", "Safari · iPad"),
        (MOZILLA.format(IPHONE) + WEBKIT + "FxiOS/140.0 Safari/605.1.15", "Firefox · iPhone"),
        (MOZILLA.format(IPHONE) + WEBKIT + "CriOS/138.0 Safari/604.1", "Chrome · iPhone"),
        ("A crawler on Linux", "Linux"),
        ("Firefox/140.0", "Firefox"),
    ],
)
def test_a_browser_is_called_by_its_own_name(user_agent, name):
    assert browser_of(user_agent) == name
