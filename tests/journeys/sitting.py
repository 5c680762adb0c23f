"""Quizzes in a course of their own, for journeys: with a clock, checked one by one, or asking for certainty."""

from typing import Any

from tests import factories
from tests.journeys.school import School, inside

CLOCKED = """## first {choice topic=warmth objective=warmth see=lesson-1#first-part}
What does a hand notice first?

- [x] Warmth
  : It is there before the colour changes.
- [ ] Redness
  : That is for the eye.
- [ ] Depth
  : That takes pressure.

## sorted {order topic=rest objective=rest}
Put the visit in its order.

1. Greet
2. Ask
3. Look
4. Touch

## matched {match points=2 topic=rest objective=rest}
What belongs to what?

- Fever = Stop
- Dry skin = Carry on
- A question = Listen
- = Hurry

## worded {text topic=warmth objective=warmth}
Which sense tells warmth?

= touch | the sense of touch
  : Neither eye nor ear does.
"""
CHECKED = """## first {choice topic=warmth see=lesson-1#first-part}
A client’s hands are cold on a warm day. Her routine has not changed. What do you ask about first?

- [x] What changed in the last weeks
  : What changed is where one looks first.
- [ ] The brand of her soap
  : It may dry the skin, but it does not cool it.
- [ ] Nothing at all
  : A finding that surprises is a reason to ask.
- [ ] Her age
  : It is in the file already.

hint: Her routine has not changed, so something else has.
why: A surprise is a question.

## second {choices topic=rest}
Which two end a visit?

- [x] Fever
  : It is for a physician.
- [x] The word stop
  : It needs no reason.
- [ ] A late start
"""
STATEMENTS = (
    ("warmth", "Warmth comes before redness, and the hand knows it first."),
    ("rest", "A visit ends when the client says stop."),
    ("warmth", "The eye sees what the hand has felt."),
    ("rest", "Rest belongs between two clients."),
    ("rest", "Fever is a reason to end a visit."),
    ("warmth", "Pressure tells how deep a finding lies."),
)
SURE = "\n".join(
    f"## sure-{number} {{choice topic={topic} see=lesson-1#first-part}}\n{words}\n\n"
    "- [x] It is so\n  : The lesson says it.\n- [ ] It is not so\n  : The lesson says otherwise.\n"
    for number, (topic, words) in enumerate(STATEMENTS, 1)
)
NOT_SHUFFLED = {"shuffle": "none"}


def open_quiz(school: School, email: str, text: str = CLOCKED, **settings: Any) -> str:
    """The address of a quiz that this person may take; who has no account yet gets one."""
    from accounts.services import find_by_email
    from app import create_app

    with inside(create_app(school.config)):
        person = find_by_email(email) or factories.make_user(email)
        course = factories.make_course(modules=("lesson quiz",), title="A hand, asked")
        step = factories.steps_of(course)[1]
        factories.make_quiz(step, text, **{**NOT_SHUFFLED, **settings})
        factories.enroll(person, course)
        return f"/learn/{course.slug}/quizzes/{step.slug}"
