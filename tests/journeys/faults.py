"""What is wrong with a page as it stands: what axe finds at two widths, light and dark, and what scrolls sideways."""

from playwright.sync_api import Page

from tests.journeys.conftest import HEIGHTS
from tests.servers import ROOT

AXE = (ROOT / "tests/vendor/axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands: at 1280 and 390 pixels, light and dark; sideways also at 320."""
    page.wait_for_load_state()
    page.evaluate(AXE)
    page.evaluate(STILL)  # colours are measured when they have changed, not on their way
    found: list[str] = []
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: scrolls sideways: {_too_wide(page)}")
        if width != 320:
            found += [f"{width}: {fault}" for fault in _axe(page, {"type": "tag", "values": TAGS})]
            page.emulate_media(color_scheme="dark")
            found += [
                f"{width} dark: {fault}"
                for fault in _axe(page, {"type": "rule", "values": ["color-contrast"]})
            ]
            page.emulate_media(color_scheme="light")
    return found


def _axe(page: Page, rules: dict[str, object]) -> list[str]:
    answer = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false})", rules
    )
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in answer["violations"]
        for node in each["nodes"]
    ]


def _too_wide(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll("body *")]
        .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(each => each.outerHTML.slice(0, 120))"""
    )
