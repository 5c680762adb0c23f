"""Things as tests need them: a test names what it is about, the rest is a default. Each room adds its own."""

from tests.factories.articles import make_article, make_author
from tests.factories.cases import CASE, make_case, publish_case
from tests.factories.coupons import make_bundle, make_coupon
from tests.factories.courses import (
    add_lesson,
    add_step,
    complete,
    enroll,
    make_course,
    make_tool,
    steps_of,
    teach,
)
from tests.factories.orders import make_dispute, make_entry, make_gift, make_order
from tests.factories.people import (
    PASSWORD,
    csrf,
    give_cookie,
    mails,
    make_user,
    opens,
    post,
    saved_cookie,
    sign_in,
    sign_in_by_form,
)
from tests.factories.quizzes import make_quiz, publish_question
from tests.factories.works import BRIEF, a_pdf, make_assignment

__all__ = [
    "BRIEF",
    "CASE",
    "PASSWORD",
    "a_pdf",
    "add_lesson",
    "add_step",
    "complete",
    "csrf",
    "enroll",
    "give_cookie",
    "mails",
    "make_article",
    "make_assignment",
    "make_author",
    "make_bundle",
    "make_case",
    "make_coupon",
    "make_course",
    "make_dispute",
    "make_entry",
    "make_gift",
    "make_order",
    "make_quiz",
    "make_tool",
    "make_user",
    "opens",
    "post",
    "publish_case",
    "publish_question",
    "saved_cookie",
    "sign_in",
    "sign_in_by_form",
    "steps_of",
    "teach",
]
