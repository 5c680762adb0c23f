"""Publishing a bundle: what changes, what stays, and what survives renames and removals, on both databases."""

from datetime import date
from functools import cache

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import storage
from core.database import db, transaction
from core.errors import Conflict, InvalidInput
from courses.models import Author, Course, Module, Step
from courses.services import prices_of
from lessons.models import Lesson, LessonMedia
from progress.models import CourseCompletion, StepCompletion
from progress.services import complete_step, done_steps
from publishing import exporting, media, services
from publishing.models import ContentFile, ContentRevision
from quizzes.models import CaseRevision, Question, QuestionRevision, Quiz
from quizzes.reads import asked
from sources.models import Source, Term
from tests.factories import complete, enroll, make_user
from tests.publishing.sample import DRAWING, edited, sample

COURSE = "courses/barriers/course.md"
BRICKS = "courses/barriers/lessons/bricks.md"
QUIZ = "courses/barriers/quizzes/wall-quiz.md"


def sync(files: dict[str, bytes]) -> services.Plan:
    with transaction():
        return services.sync(files)


@cache
def first_edition() -> services.Edition:
    """The sample bundle rendered once for all tests."""
    return services.prepare(sample())


def publish_sample() -> None:
    """As sync(sample()) into an empty database, without rendering it again."""
    media.store(first_edition().bundle)
    with transaction():
        services.publish(first_edition())


def row(model, **names):
    db.session.rollback()
    return db.session.scalars(select(model).filter_by(**names)).one()


def step(slug: str) -> Step:
    return row(Step, slug=slug)


def moved(files: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    """The file under another name."""
    return {new if path == old else path: data for path, data in files.items()}


def replaced(files: dict[str, bytes], path: str, before: str, after: str) -> dict[str, bytes]:
    assert before.encode() in files[path]
    return files | {path: files[path].replace(before.encode(), after.encode())}


def test_everything_is_new_once_and_then_unchanged(app: Flask):
    first = sync(sample())
    versions = (row(Course).version, row(Course).revision)
    second = sync(sample())
    assert (len(first.added), first.changed, first.unchanged) == (len(sample()), (), ())
    assert (second.added, second.changed, len(second.unchanged)) == ((), (), len(sample()))
    assert versions == (row(Course).version, row(Course).revision) == (1, 1)
    assert db.session.scalar(select(func.count()).select_from(ContentRevision)) == len(sample())


def test_prices_in_further_currencies_come_and_go_with_the_file(app: Flask):
    publish_sample()
    path = "courses/barriers/course.md"
    sync(edited(path, "currency: EUR", "currency: EUR\nprices:\n  USD: '14'\n  JPY: '2000'"))
    both = prices_of(row(Course))
    sync(edited(path, "currency: EUR", "currency: EUR\nprices:\n  USD: '15'"))
    assert list(map(str, both.values())) == ["12.50 EUR", "2,000 JPY", "14.00 USD"]
    assert list(map(str, prices_of(row(Course)).values())) == ["12.50 EUR", "15.00 USD"]
    assert row(Course).version == 3


def test_nothing_is_rendered_that_did_not_change(app: Flask):
    publish_sample()
    edition = services.prepare(edited("courses/barriers/lessons/mortar.md", "lipids", "fats"))
    assert set(edition.pages.lessons) == {"barriers/lessons/mortar"}
    assert not edition.pages.questions


def test_a_course_says_what_its_file_says(app: Flask):
    publish_sample()
    course = row(Course)
    assert (course.title, str(course.price), course.order) == ("Barriers", "12.50 EUR", "strict")
    assert course.certificate == {
        "requires": ["barriers/lessons/bricks", "barriers/quizzes/wall-quiz"],
        "pass": 80, "valid_months": 24, "category": "barriers",
    }  # fmt: skip
    assert course.body_html == '<p>Begin with <a href="/learn/barriers/bricks#the-wall">bricks</a>.</p>'
    assert "/learn/barriers/bricks" in course.faq[0]["answer_html"]
    assert storage.media().read(course.cover) == DRAWING
    assert storage.media().read(row(Author).portrait) == DRAWING


def test_steps_stand_in_order_with_their_minutes(app: Flask):
    publish_sample()
    steps = db.session.scalars(select(Step).order_by(Step.position)).all()
    assert [(s.slug, s.kind, s.required, s.preview) for s in steps] == [
        ("bricks", "lesson", True, True),
        ("mortar", "lesson", False, False),
        ("wall-quiz", "quiz", True, False),
        ("door-case", "quiz", True, False),
        ("door-essay", "quiz", True, False),
    ]
    # One minute of words, one check, two figures, three of practice; a quiz of two questions.
    assert [s.minutes for s in steps] == [1 + 2 + 2 + 3, 1, 4, 1, 1]


def test_a_lesson_is_stored_as_its_page_shows_it(app: Flask):
    publish_sample()
    lesson = row(Lesson, slug="bricks")
    html = "".join(part for part in lesson.parts if isinstance(part, str))
    slots = [(part["kind"], part["name"]) for part in lesson.parts if isinstance(part, dict)]
    assert slots == [
        ("check", "brick-shape"), ("video", "media/wall.mp4"), ("tool", "wall-sheet"), ("reflect", "first-wall"),
    ]  # fmt: skip
    assert "<svg" in html
    assert "Two bricks lie in mortar." in html
    assert 'src="bricks/media/dot.png"' in html
    assert 'href="/glossary#barrier"' in html
    assert lesson.cited == [{"key": "madison2003", "certainties": ["moderate"]}]
    assert [entry["id"] for entry in lesson.outline] == ["the-wall"]
    media = {each.name: each.mime for each in db.session.scalars(select(LessonMedia))}
    assert media == {"dot.png": "image/png", "wall.mp4": "video/mp4", "wall.en.vtt": "text/vtt"}


def test_sources_and_terms_are_rows(app: Flask):
    publish_sample()
    source, term = row(Source), row(Term)
    assert (source.authors, source.design, source.limit) == (
        "Madison KC", "narrative review", "Says little of other walls.",
    )  # fmt: skip
    assert (term.slug, term.aliases, term.definition) == (
        "barrier",
        ["skin barrier"],
        "What holds water back.",
    )


def test_a_quiz_knows_what_it_may_ask(app: Flask):
    publish_sample()
    quiz = row(Quiz, slug="wall-quiz")
    assert quiz.pool == ["brick-shape", "mortar-kind"]
    assert (quiz.content["own"], quiz.content["pools"]) == (
        ["mortar-kind"],
        {"mortar-topic": ["mortar-kind"]},
    )
    assert quiz.content["baselines"] == []
    assert (quiz.settings["pass_mark"], quiz.settings["attempts"], quiz.minutes) == (80, 3, 4)


def test_cases_and_assignments_keep_their_parts(app: Flask):
    publish_sample()
    case, essay = row(Quiz, kind="case"), row(Quiz, kind="assignment")
    revision = row(CaseRevision, id=case.content["revision"])
    assert [scene["id"] for scene in revision.content["scenes"]] == ["intake", "answer", "stop"]
    assert revision.html["Who is there?"] == "<p>Who is there?</p>"
    assert essay.content["assignment"]["words"] == [80, 120]


def test_an_assignment_gets_a_revision_when_its_brief_changes_and_not_when_its_settings_do(app: Flask):
    publish_sample()
    path = row(Question, id=row(Quiz, kind="assignment").name).file
    first = row(Quiz, kind="assignment").content["revision"]

    sync(replaced(sample(), path, "kind: assignment", "kind: assignment\nsecond_marker: true"))
    assert row(Quiz, kind="assignment").settings["second_marker"]
    assert row(Quiz, kind="assignment").content["revision"] == first
    sync(replaced(sample(), path, "words: 80-120", "words: 80-130"))

    again = row(Quiz, kind="assignment").content["revision"]
    assert again != first
    assert asked(again).question.parts.words == (80, 130)


def test_a_case_gets_a_revision_when_its_play_changes_and_not_when_its_lines_move(app: Flask):
    publish_sample()
    path = "courses/barriers/quizzes/door-case.md"
    first = row(Quiz, kind="case").content["revision"]

    lines_moved = replaced(sample(), path, "kind: case", "kind: case\nsummary: Who knocks.")
    sync(lines_moved)
    assert row(Quiz, kind="case").content["revision"] == first

    sync(replaced(lines_moved, path, "{+20 trust+10}", "{+25 trust+10}"))
    assert row(CaseRevision, number=2).id == row(Quiz, kind="case").content["revision"]
    assert row(CaseRevision, number=1).content["scenes"][0]["choices"][0]["score"] == 20


def test_a_question_shows_no_numbers_of_sources(app: Flask):
    publish_sample()
    html = row(QuestionRevision, question_id="mortar-kind").html
    assert html["What is mortar made of? [@madison2003]"] == "<p>What is mortar made of?</p>"
    assert html["Ceramides above all [@madison2003 early]."] == (
        'Ceramides above all<span class="certainty"> <span class="grade early">'
        '<span class="vh">certainty: </span>early</span></span>.'
    )


def test_a_case_keeps_the_places_where_it_cites(app: Flask):
    path, cites = "courses/barriers/quizzes/door-case.md", "Who is there? [@madison2003 early]"
    sync(replaced(sample(), path, "Who is there?", cites))

    revision = row(CaseRevision, id=row(Quiz, kind="case").content["revision"])

    assert '<span class="cited">' in revision.html[cites]


def test_a_question_gets_a_revision_only_when_it_asks_otherwise(app: Flask):
    publish_sample()
    sync(edited(QUIZ, "pass: 80", "pass: 80\nsummary: Two walls\n"))
    numbers = select(func.count()).select_from(QuestionRevision).filter_by(question_id="mortar-kind")
    before = db.session.scalar(numbers)
    sync(edited(QUIZ, "Clay", "Loam"))
    newest = db.session.get(QuestionRevision, row(Question, id="mortar-kind").revision_id)
    assert (before, newest.number) == (1, 2)
    assert "Loam" in newest.html


def test_a_figure_that_was_redrawn_makes_a_new_revision_of_its_question(app: Flask):
    figure = "made of?\n\n![Two bricks](media/wall.svg)\n"
    files = edited(QUIZ, "made of? [@madison2003]", figure)
    sync(files)
    before = row(Question, id="mortar-kind").revision_id

    sync(files | {"media/wall.svg": DRAWING.replace(b'rect width="40"', b'rect width="39"')})

    after = row(Question, id="mortar-kind").revision_id
    shown = ["".join(asked(revision).html.values()) for revision in (before, after)]
    assert ['width="39"' in html for html in shown] == [False, True]


def test_a_question_that_moves_to_another_file_stays_itself(app: Flask):
    publish_sample()
    checks = "courses/barriers/questions/checks.md"
    other = "courses/barriers/questions/others.md"
    sync(moved(sample(), checks, other))
    assert row(Question, id="brick-shape").file == other
    assert (
        db.session.scalar(select(func.count()).select_from(QuestionRevision)) == 3
    )  # one is the assignment's
    assert row(ContentFile, path=checks).removed_at is not None


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (BRICKS, "What a wall", "Which a wall"),
        ("glossary.md", "What holds", "That holds"),
        ("references.bib", "narrative", "systematic"),
        ("courses/barriers/questions/checks.md", "a flat one", "a very flat one"),
        ("media/wall.md", "Two bricks", "Three bricks"),
        ("authors/ada.md", "Ada teaches", "Ada taught"),
        (COURSE, "Walls of skin", "Walls"),
    ],
)
def test_whatever_a_page_shows_makes_a_new_version(app: Flask, path, before, after):
    publish_sample()
    plan = sync(edited(path, before, after))
    assert plan.changed == (path,)
    assert row(Course).version == 2


def test_only_the_courses_own_texts_make_a_new_revision(app: Flask):
    publish_sample()
    sync(edited("glossary.md", "What holds", "That holds"))
    after_glossary = row(Course).revision
    sync(edited(BRICKS, "What a wall", "Which a wall"))
    assert (after_glossary, row(Course).revision) == (1, 2)


def test_a_broken_bundle_changes_nothing(app: Flask):
    publish_sample()
    broken = replaced(edited(BRICKS, "Skin has", "Skin had"), QUIZ, "pass: 80", "pass: most")
    with pytest.raises(services.BrokenBundle) as refused:
        sync(broken)
    assert [str(problem) for problem in refused.value.problems] == [
        f"{QUIZ}:3: pass: this is no whole number from 0 to 100 (Write it in digits.)"
    ]
    assert row(Course).version == 1
    assert sync(sample()).changed == ()


def test_a_heading_that_a_question_points_at_is_kept_even_when_its_lesson_did_not_change(app: Flask):
    publish_sample()
    with pytest.raises(services.BrokenBundle):
        sync(edited(QUIZ, "see=mortar#between-the-bricks", "see=mortar#elsewhere"))


def test_a_lesson_renamed_keeps_what_learners_did(app: Flask):
    publish_sample()
    learner, before, lesson_id = make_user(), step("bricks").id, row(Lesson, slug="bricks").id
    with transaction():
        complete_step(learner.id, db.session.get_one(Step, before))
    new = "courses/barriers/lessons/stones.md"
    files = moved(edited(BRICKS, "title: Bricks", "title: Stones\nformerly: bricks"), BRICKS, new)
    for path in (COURSE, "courses/barriers/questions/checks.md"):
        files[path] = (
            files[path].replace(b"lessons/bricks", b"lessons/stones").replace(b"see=bricks", b"see=stones")
        )
    sync(files)
    assert step("stones").id == before
    assert row(Lesson, slug="stones").id == lesson_id
    assert db.session.scalar(select(StepCompletion.step_id)) == before
    assert db.session.scalar(select(Step).filter_by(slug="bricks")) is None


def test_a_course_renamed_keeps_its_row_and_its_steps(app: Flask):
    publish_sample()
    course_id, step_id = row(Course).id, step("mortar").id
    files = {path.replace("courses/barriers/", "courses/walls/"): data for path, data in sample().items()}
    path = "courses/walls/course.md"
    files[path] = files[path].replace(b"order: strict", b"order: strict\nformerly: barriers")
    files["articles/why-walls.md"] = files["articles/why-walls.md"].replace(b"[barriers]", b"[walls]")
    sync(files)
    assert (row(Course).slug, row(Course).id, row(Course).version) == ("walls", course_id, 2)
    assert (step("mortar").id, step("mortar").body) == (step_id, "walls/lessons/mortar")


def test_a_step_taken_out_is_retired_and_returns_as_itself(app: Flask):
    publish_sample()
    learner, first = make_user(), step("mortar")
    step_id, added_at = first.id, first.added_at
    with transaction():
        complete_step(learner.id, db.session.get_one(Step, step_id))
    sync(edited(COURSE, "      - [lessons/mortar]\n", ""))
    retired_at = step("mortar").retired_at
    sync(sample())
    back = step("mortar")
    assert retired_at is not None
    assert (back.id, back.added_at, back.retired_at) == (step_id, added_at, None)
    assert db.session.scalar(select(StepCompletion.step_id)) == step_id


def test_a_quiz_in_the_place_of_a_lesson_is_not_passed_by_who_read_the_lesson(app: Flask):
    """V5"""
    publish_sample()
    person = make_user()
    complete(person, step("mortar"))
    files = edited(COURSE, "      - [lessons/mortar]\n      - quizzes/wall-quiz", "      - quizzes/mortar")
    files = replaced(files, COURSE, "lessons/bricks, wall-quiz", "lessons/bricks, quizzes/mortar")

    sync(moved(files, QUIZ, QUIZ.replace("wall-quiz", "mortar")))

    assert row(Step, slug="mortar").id not in done_steps(person.id, row(Course).id)
    assert len(done_steps(person.id, row(Course).id)) == 1


def test_a_course_elsewhere_shows_what_became_of_a_lesson_that_it_takes(app: Flask):
    borrowing = COURSE.replace("barriers", "others")
    borrowed = (
        "---\ntitle: Others\nsubtitle: x\ncollection: Foundations\nlanguage: en\nprice: '0'\ncurrency: EUR\n"
        "level: Introductory\norder: free\nauthors: [ada]\noutcomes: [Do]\n"
        "modules:\n  - slug: all\n    title: All\n    steps: [barriers/lessons/bricks]\n---\n\nHello.\n"
    )
    sync(sample() | {borrowing: borrowed.encode()})

    sync(edited(BRICKS, "title: Bricks", "title: Bigger bricks"))

    other = row(Course, slug="others")
    assert (other.version, row(Step, course_id=other.id).title) == (2, "Bigger bricks")


def test_a_step_taken_out_leaves_nobody_waiting_for_it(app: Flask):
    """Who did all that is left has completed the course; nothing that they could click would say so."""
    publish_sample()
    ida, kai, lea = make_user(), make_user(), make_user()
    for person in (ida, kai):
        enroll(person, row(Course))
    complete(ida, step("bricks"), step("wall-quiz"))
    complete(kai, step("bricks"))
    complete(lea, step("bricks"), step("wall-quiz"))

    files = edited(COURSE, "  - slug: doors", "  - slug: gates")
    files = replaced(
        files, COURSE, "      - quizzes/door-case\n      - quizzes/door-essay", "      - [quizzes/door-case]"
    )
    sync(files)

    assert row(CourseCompletion).user_id == ida.id


def test_a_step_moves_between_modules_as_itself(app: Flask):
    publish_sample()
    before = step("wall-quiz").id
    files = edited(COURSE, "      - quizzes/wall-quiz\n", "")
    files[COURSE] = files[COURSE].replace(
        b"      - quizzes/door-case", b"      - quizzes/wall-quiz\n      - quizzes/door-case"
    )
    sync(files)
    moved_step = step("wall-quiz")
    assert moved_step.id == before
    assert db.session.get_one(Module, moved_step.module_id).slug == "doors"


def test_a_module_taken_out_leaves_its_steps_records(app: Flask):
    publish_sample()
    head, _, rest = sample()[COURSE].decode().partition("  - slug: doors")
    files = sample() | {COURSE: (head + rest[rest.index("certificate:") :]).encode()}
    sync(files)
    assert [module.slug for module in db.session.scalars(select(Module))] == ["walls"]
    assert step("door-case").retired_at is not None


def test_a_source_stays_while_a_lesson_of_another_course_cites_it(app: Flask):
    publish_sample()
    other = {
        "courses/gates/course.md": sample()[COURSE].split(b"modules:")[0]
        + b"modules: [{slug: a, title: A, steps: "
        b"[lessons/gate]}]\n---\n",
        "courses/gates/lessons/gate.md": b"---\ntitle: Gate\n---\n\nA gate.\n",
        "authors/ada.md": sample()["authors/ada.md"],
        "media/wall.svg": DRAWING,
        "references.bib": b"@misc{gate1, title = {Gate}, note = {opinion}}\n",
    }
    sync(other)
    assert {source.key for source in db.session.scalars(select(Source))} == {"madison2003", "gate1"}
    assert {course.slug for course in db.session.scalars(select(Course))} == {"barriers", "gates"}


def test_what_a_course_says_of_time_is_published_and_shown_at_once(app: Flask):
    publish_sample()
    version = row(Course, slug="barriers").version
    files = edited(COURSE, "slug: doors", "slug: doors\n    opens: {days: 7, date: 2026-12-04}")
    said = b"level: Introductory\naccess_months: 12\nenroll_from: 2026-12-01\nenroll_until: 2026-12-31\n"
    files[COURSE] = files[COURSE].replace(b"level: Introductory\n", said)

    sync(files)

    course, module = row(Course, slug="barriers"), row(Module, slug="doors")
    assert (course.access_months, course.enroll_from, course.enroll_until) == (
        12, date(2026, 12, 1), date(2026, 12, 31),
    )  # fmt: skip
    assert (module.opens_days, module.opens_on) == (7, date(2026, 12, 4))
    assert course.version == version + 1


def test_a_round_trip_changes_no_byte(app: Flask, tmp_path):
    files = sample()
    files[BRICKS] = b"\xef\xbb\xbf" + files[BRICKS].replace(b"\n", b"\r\n")
    sync(files)
    sync(replaced(files, "glossary.md", "What holds", "That holds"))
    files = replaced(files, "glossary.md", "What holds", "That holds")
    count = exporting.write(tmp_path / "out", exporting.all_files())
    assert count == len(files)
    assert services.read_folder(tmp_path / "out") == files


def test_a_file_taken_out_is_not_written_out(app: Flask, tmp_path):
    publish_sample()
    files = sample()
    del files["courses/barriers/tools/wall-sheet.md"]
    files[BRICKS] = files[BRICKS].replace(b"[[tool: wall-sheet]]", b"sheet")
    sync(files)
    exporting.write(tmp_path / "out", exporting.all_files())
    assert services.read_folder(tmp_path / "out") == files


def test_hidden_files_are_no_part_of_a_bundle_and_links_are_refused(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / "glossary.md").write_text("A\n: B\n")
    assert set(services.read_folder(tmp_path)) == {"glossary.md"}
    (tmp_path / "references.bib").symlink_to("/etc/hostname")
    with pytest.raises(InvalidInput, match=r"references\.bib is a link"):
        services.read_folder(tmp_path)


def test_of_two_syncs_at_once_the_second_is_told(app: Flask):
    publish_sample()
    late = services.prepare(edited("media/wall.md", "Two", "Three") | {})
    sync(edited("glossary.md", "What holds", "That holds"))
    with pytest.raises(Conflict), transaction():
        services.publish(late)
