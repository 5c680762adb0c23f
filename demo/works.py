"""Works of invented learners on their way between authors and markers, by the real services."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Protocol

from core.database import db
from courses.models import Step
from marking import drafts, judging
from marking.allowances import services as allowances
from marking.allowances.services import Change
from marking.judging import Judgement
from marking.services import Marker, work_under_way
from quizzes.saving import Given, save
from quizzes.services import find_quiz

FORMULATION, CLAIMS = "capstone-assignment", "capstone-claims"
Deed = Callable[[], None]

PLAN = """# Red flags

- Her sentence at the door: I ring her **today** and ask plainly whether she thinks of ending her life.
- Two weeks was wrong. I stay with her on the telephone until she has somebody.
- Thick fingers each morning, a sore lifted nail, that toe: her doctor within two weeks, for her joints.
- Two sizes lost without a plan, looser stools for three months: the same visit.
- St John's wort with the pill: a pharmacist, today.

# Formulation

| | |
|---|---|
| Presenting | scaly patches for six years, named by a dermatologist; dark marks trouble her more |
| Predisposing | her father has it too |
| Precipitating | not known; she says the inspection |
| Perpetuating | pumice stone, prescribed care twice a week, six hours of sleep |
| Protective | Ade, who cooks and helps with the cream |
| Not known | her mood, since she left the question out |

# Plan

1. The doctor's visit, with my note. *Opinion of this course.*
2. Prescribed ointment as it was prescribed; she asks her doctor before she changes it. *Strong.*
3. The pumice stone stays dry for four weeks. *Opinion.*

We look at it in four weeks. I leave the eleven products alone, but for the scrub.

# What I say

"The school may have a part in it. Nobody can say how large." And: "I cannot promise May."

# Reflection

I like protocols, and offered one before I had listened. It shows in my first question.
"""
SHORT = """# Red flags

The fingers and the toe: a doctor soon. The weight too.

# Plan

1. Gentle care, no pumice stone.
2. Breathing each evening.
3. Fewer products.
4. A diary for four weeks.

She should feel better by May if she keeps to it.
"""
LINES = """**1.** "Forty quiet minutes for your face." It claimed a nerve and a disease. Nobody has tested it.

**2.** "A plain cream with ceramides, cholesterol and fatty acids." It claimed a repair. Early: mice, another cream.

**3.** "Everybody remembered my name." A testimonial on a medicine cannot stand, whoever wrote it.

**4.** "An evening on stress and rosacea." Causes were claimed. Members of a society remembered them.

**5.** "Daily fibre, with my code INES10." The code earns me money.
"""
VAGUE = """1. "A soothing facial that may calm hives." Softer words.

2. "May repair the barrier."

3. Ella's words, with a smaller photograph.

4. "Stress is behind much rosacea."

5. "Clear skin may begin in the gut."
"""


class Author(Protocol):
    """Somebody who is registered by the time when they begin."""

    user_id: int


@dataclass(frozen=True)
class Desk:
    """The written parts of a course by their slugs, and who marks them."""

    steps: Mapping[str, Step]
    marker: Marker

    def hands_in(self, author: Author, part: str, text: str) -> None:
        step = self.steps[part]
        attempt = drafts.start(author.user_id, find_quiz(step.body), step.id, Random(step.id))  # noqa: S311
        attempt_id = attempt.id
        save(author.user_id, attempt_id, [Given(1, {"text": [text]}, flagged=False)])
        db.session.expire_all()  # Answers are saved past the session; a request would begin with a fresh one.
        drafts.hand_in(author.user_id, attempt_id, confirmed=True)

    def marks(self, author: Author, part: str, levels: list[int | None], words: str) -> None:
        judging.give_mark(self.marker, self._claimed(author, part), Judgement({1: levels}, {}, words))

    def returns(self, author: Author, part: str, words: str) -> None:
        judging.return_work(self.marker, self._claimed(author, part), Judgement({}, {}, words))

    def asks(self, author: Author, part: str, reason: str) -> None:
        step = self.steps[part]
        allowances.ask(author.user_id, find_quiz(step.body), step.id, reason)

    def gives_time(self, author: Author) -> None:
        course_id = self.steps[FORMULATION].course_id
        allowances.change(self.marker, author.user_id, course_id, None, Change(extra_time=25))

    def _claimed(self, author: Author, part: str) -> str:
        work = work_under_way(author.user_id, find_quiz(self.steps[part].body).id)
        assert work is not None
        return judging.claim(self.marker, work.attempt_id).attempt_id


def story(desk: Desk, waits: Author, revises: Author, asks: Author) -> list[tuple[timedelta, Deed]]:
    """What happens how long ago: one work waits and another for its second marker, one came back, one is marked, and
    somebody asks for another attempt."""
    at_the_pass_mark: list[int | None] = [2, 1, 1, 2, 2]
    days = timedelta
    return [
        (days(26), partial(desk.hands_in, asks, CLAIMS, VAGUE)),
        (days(24, 7200), partial(desk.marks, asks, CLAIMS, [1, 1, 0, 1, 1], SOFT)),
        (days(21), partial(desk.gives_time, revises)),
        (days(17), partial(desk.hands_in, asks, CLAIMS, VAGUE)),
        (days(16), partial(desk.marks, asks, CLAIMS, [1, 1, 1, 1, 1], AGAIN)),
        (days(12), partial(desk.hands_in, asks, FORMULATION, PLAN)),
        (days(9, 10800), partial(desk.marks, asks, FORMULATION, [4, 3, 4, 4, 4, 3], WELL)),
        (days(6), partial(desk.hands_in, revises, FORMULATION, SHORT)),
        (days(4), partial(desk.returns, revises, FORMULATION, CHANGE)),
        (days(5), partial(desk.hands_in, waits, CLAIMS, LINES)),
        (
            days(3),
            partial(desk.marks, waits, CLAIMS, at_the_pass_mark, "Line 3 needs a word on the photographs."),
        ),
        (days(1, 7200), partial(desk.hands_in, waits, FORMULATION, PLAN)),
        (days(0, 14400), partial(desk.asks, asks, CLAIMS, REASON)),
    ]


SOFT = "“May” keeps the claim. Ask of each line what somebody could check, and print only that."
AGAIN = (
    "The same lines again. Read lesson 8.2 once more before you go on, and write to me if a line is unclear."
)
WELL = "Clear and short, and you put yesterday right first. Say at what time you ring. The rest can stand as it is."
CHANGE = """Three things, please:

1. The sentence at the door is a red flag, and it is for today. It is missing.
2. “Soon” is no speed. Give each flag its time.
3. Three actions at most, and no promise for May."""
REASON = "I changed words, not what the line says. I have read 8.2 again and would like to try once more."
