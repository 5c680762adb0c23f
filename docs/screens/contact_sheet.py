"""Draw the contact sheet: each page type beside its mockup, at 1280 and 390 px, light and dark.

    python docs/screens/contact_sheet.py http://127.0.0.1:8000 ../shared/design/screens

needs a running demo, Chromium, and the folder of the mockups' pictures. A mockup without a dark picture stands
beside the dark page in its light one.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
WIDTHS = {1280: 560, 390: 240}  # viewport: width in the sheet
TALLEST = 1150  # pixels of a picture in the sheet; the rest of a long page is cut
PASSWORD = "demo-password-1"  # of every demo account
VISITOR, LEARNER, ADMIN, NEW = "", "learner@demo.example", "admin@demo.example", "new@demo.example"
TEACHER = "instructor@demo.example"
COURSE = "/learn/holistic-dermatology-certification"


@dataclass(frozen=True)
class Shot:
    """One page type: what it is called, the mockup it follows, who sees it and where."""

    name: str
    mockup: str
    who: str
    path: str


SHOTS = (
    Shot("home", "home", VISITOR, "/"),
    Shot("course", "course", VISITOR, "/courses/holistic-dermatology-certification"),
    Shot("login", "login", VISITOR, "/login"),
    Shot("lesson", "lesson", LEARNER, f"{COURSE}/grading-a-claim"),
    Shot("quiz", "quiz", LEARNER, "attempt:"),
    Shot("quiz-paper", "quiz-paper", LEARNER, "attempt:?view=paper"),
    Shot("results", "results", LEARNER, "result:"),
    Shot("case", "case", TEACHER, "case:"),
    Shot("checkout-success", "checkout-success", LEARNER, "bought:"),
    Shot("dashboard", "dashboard", LEARNER, "/dashboard"),
    Shot("empty", "empty", NEW, "/dashboard"),
    Shot("certificate", "certificate", LEARNER, "certificate:"),
    Shot("admin", "admin", ADMIN, "/admin/enrollments"),
    Shot("errors", "errors", VISITOR, "error:/register"),
    Shot("404", "404", VISITOR, "/nowhere"),
)


@contextmanager
def page_of(browser: Browser, base: str, who: str, width: int, theme: str) -> Iterator[Page]:
    """A page of a fresh browser, signed in as `who`."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    if who:
        page.goto(base + "/login")
        page.get_by_label("Email address").fill(who)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
    yield page
    context.close()


def visit(page: Page, base: str, path: str) -> None:
    """Go to the page of a shot; the words before a colon name pages whose address is found on the way."""
    kind, _, rest = path.partition(":")
    if kind == "attempt":
        page.goto(base + COURSE + "/quizzes/foundations-quiz")
        page.get_by_role("button", name="quiz").click()
        page.goto(page.url.partition("?")[0] + rest)
    elif kind == "result":
        page.goto(base + "/learn/the-stress-skin-cycle/quizzes/stress-skin-quiz")
        page.locator("a[href*='/attempts/']").first.click()
    elif kind == "case":
        page.goto(base + COURSE + "/quizzes/amira-exam-season-acne")
        page.get_by_role("button", name="case").click()
        if page.get_by_role("radio").count():
            page.get_by_role("radio").first.check()
            page.get_by_role("button", name="Choose").click()
    elif kind == "bought":
        page.goto(base + "/account/orders")
        number = (page.locator("a[href^='/orders/']").first.get_attribute("href") or "").rpartition("/")[2]
        page.goto(f"{base}/checkout/return?order={number}")
    elif kind == "certificate":
        page.goto(base + "/dashboard")
        page.locator("a[href^='/certificates/']").first.click()
    elif kind == "error":
        page.goto(base + rest)
        page.locator("main form button[type=submit]").first.click()
    else:
        page.goto(base + path)
    page.wait_for_load_state("networkidle")


def picture(data: bytes, width: int) -> Image.Image:
    """A picture as it stands in the sheet."""
    image = Image.open(BytesIO(data)).convert("RGB")
    image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    return image.crop((0, 0, width, min(image.height, TALLEST)))


def mockup(folder: Path, name: str, width: int, theme: str) -> bytes:
    """The mockup's picture, the dark one where there is one."""
    dark = folder / f"{name}-{width}-dark.png"
    return (dark if theme == "dark" and dark.exists() else folder / f"{name}-{width}.png").read_bytes()


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """Pictures side by side on grey, ours and the mockup's in turn."""
    width = sum(image.width + 12 for image in pictures) + 12
    made = Image.new("RGB", (width, max(image.height for image in pictures) + 40), "#77706c")
    pen, x = ImageDraw.Draw(made), 12
    for n, image in enumerate(pictures):
        pen.text((x, 10), "mockup" if n % 2 else "page", fill="white")
        made.paste(image, (x, 28))
        x += image.width + 12
    return made


def main(base: str, mockups: Path) -> None:
    """Draw one sheet for each page type and theme."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for shot in SHOTS:
            for theme in ("light", "dark"):
                pictures = []
                for width, shown in WIDTHS.items():
                    with page_of(browser, base, shot.who, width, theme) as page:
                        visit(page, base, shot.path)
                        pictures.append(picture(page.screenshot(full_page=True), shown))
                    pictures.append(picture(mockup(mockups, shot.mockup, width, theme), shown))
                sheet(pictures).save(HERE / f"{shot.name}-{theme}.webp", quality=72)
                print(shot.name, theme)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
