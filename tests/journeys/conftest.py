"""A real Chromium and a real server: what the journeys walk with and through."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from tests import servers
from tests.journeys.school import School, furnish, open_school, operate
from tests.journeys.shop import BUNDLE, Shop, open_shop

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
HEIGHTS = {320: 640, 390: 844, 1280: 900}
WAYS: dict[str, dict[str, Any]] = {
    "phone": {"width": 390, "has_touch": True, "is_mobile": True},
    "no-script": {"width": 1280, "java_script_enabled": False},
}
"""How a whole journey is walked: at each width once, and once without a script."""
PATIENCE = 15_000  # milliseconds; only a failing step waits as long

OpenPage = Callable[..., Page]
MakeOnce = Callable[[str, Callable[[Path], object]], Path]


expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Without one the browser tests are skipped, or fail where REQUIRE_BROWSER=1."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        said = f"NO BROWSER TESTS: none of {', '.join(CHROMIUMS)} is in the PATH"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shipped(once: MakeOnce, sqlite_template: Path) -> Path:
    """An instance with the shipped content and nobody in it, to be copied."""
    return once("shipped", lambda folder: furnish(folder, sqlite_template, servers.ROOT / "content"))


@pytest.fixture(scope="session")
def shipped_demo(once: MakeOnce, shipped: Path) -> Path:
    """An instance with the shipped content and the demo's people, to be copied."""

    def make(folder: Path) -> None:
        shutil.copytree(shipped, folder)
        done = operate(folder, "demo")
        assert done.returncode == 0, done.stdout + done.stderr

    return once("shipped-demo", make)


@pytest.fixture(scope="module")
def school(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The shipped courses, served; nobody has an account yet."""
    instance = tmp_path_factory.mktemp("school") / "instance"
    shutil.copytree(shipped, instance)
    with open_school(instance) as found:
        yield found


@pytest.fixture(scope="module")
def demo_school(shipped_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The demo as `make run` makes it, served."""
    instance = tmp_path_factory.mktemp("demo") / "instance"
    shutil.copytree(shipped_demo, instance)
    with open_school(instance) as found:
        yield found


@pytest.fixture(scope="session")
def stocked(once: MakeOnce, sqlite_template: Path) -> Path:
    """An instance with the tests' own course, which costs money, and nobody in it, to be copied."""
    return once("stocked", lambda folder: furnish(folder, sqlite_template, BUNDLE))


@pytest.fixture(scope="module")
def shop(stocked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A small paid course, served beside a sandbox that plays Stripe and delivers when told to."""
    instance = tmp_path_factory.mktemp("shop") / "instance"
    shutil.copytree(stocked, instance)
    with open_shop(instance) as found:
        yield found


class Watcher:
    """Notes what a browser complains of: script errors, refused by the policy, failed or foreign requests."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._documents: set[str] = set()

    def forget(self) -> None:
        self.complaints.clear()
        self._documents.clear()

    def watch(self, page: Page, *homes: str) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("response", self._response)
        page.on("request", lambda request: self._request(request.url, homes))

    def _console(self, message: ConsoleMessage) -> None:
        # A page that is honestly a 404 is logged by the browser as a failed resource; that is no complaint.
        told = "Failed to load resource" in message.text and message.location.get("url") in self._documents
        if message.type in ("error", "warning") and not told:
            self.complaints.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._documents.add(response.url)
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")

    def _request(self, url: str, homes: tuple[str, ...]) -> None:
        if not url.startswith((*homes, "data:", "blob:", "about:")):
            self.complaints.append(f"foreign request: {url}")


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open a page of a school in a browser of its own; at the end nothing may have been complained of.

    `width` is in CSS pixels, `also` the address of another site that is asked rightly, `forgive`: what the console
    says of lost lines and refused saves is no complaint; further arguments go to Playwright's new_context.
    """
    watcher = Watcher()
    contexts: list[BrowserContext] = []

    def open_at(
        school: School, width: int = 1280, also: str | None = None, forgive: bool = False, **options: Any
    ) -> Page:
        size = {"width": width, "height": HEIGHTS[width]}
        context = chromium.new_context(base_url=school.url, viewport=size, locale="en-GB", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if not forgive:
            watcher.watch(page, school.url, *([also] if also else []))
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not watcher.complaints, "\n".join(watcher.complaints)
