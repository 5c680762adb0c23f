"""Going from page to page, by a click or by keyboard; who has come to a page may read it: it is there, and whole."""

from playwright.sync_api import Error, Locator, Page

MOST_STOPS = 150  # more tabs than any page needs
FOCUSED = """() => {
    const at = document.activeElement;
    const label = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || "";
    const box = at.getBoundingClientRect();
    const style = getComputedStyle(at);
    const marked = style.outlineStyle !== "none" || style.boxShadow !== "none"
        || (at.closest("label") && getComputedStyle(at.closest("label")).outlineStyle !== "none");
    return {label: label.trim(), tag: at.tagName, inView: box.bottom > 0 && box.top < innerHeight, marked};
}"""


def follows(control: Locator) -> None:
    """Press what leads to another page and wait for it: a click alone is over before the page is there."""
    with control.page.expect_navigation():
        control.click()


def opens(page: Page, key: str = "Enter") -> None:
    """Press what has the focus and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press(key)


def goes_back(page: Page) -> None:
    """By the browser's button. A page of answers that comes out of the browser's memory asks for itself again at once,
    and that cuts off the navigation which Playwright waits for: what is expected of the page must be awaited there."""
    try:
        page.go_back()
    except Error as error:
        if "net::ERR_ABORTED" not in error.message:
            raise
    page.wait_for_load_state()


def goes_to(page: Page, label: str, tag: str, selector: str = "*") -> None:
    """Tab until the control with this name has the focus, which must be visible and marked at every stop."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["tag"] != "BODY":
            assert at["inView"], at
            assert at["marked"], at
        if (
            at["tag"] == tag
            and at["label"].startswith(label)
            and page.evaluate("selector => document.activeElement.matches(selector)", selector)
        ):
            return
    raise AssertionError(f"no way to {label} by Tab")
