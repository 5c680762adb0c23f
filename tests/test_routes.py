"""The route matrix: who may come in where. Every route stands in the table and is walked by seven people.

A visitor; the learner to whom everything below belongs; another learner; an instructor of the course; support and
finance; an admin.
An outcome is a status, or where the answer leads: `login` to sign in and back, `course` to the course's sales page.
"""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.rules import PERMISSIONS
from core.database import db, transaction
from core.permissions import Permission
from core.web import ANYONE, POLICIES, SIGNED_IN, policy_of
from tests import factories

PEOPLE = ("visitor", "learner", "other", "instructor", "support", "finance", "admin")
TOKENS_OF_THEIR_OWN = {
    "quizzes.choose",
    "quizzes.save",
    "quizzes.submit",
}  # under an ended sign-in they keep the answers instead
SIGNED = {"webhook.stripe", "notifications.refuse"}  # their signature is their token
MOVE_NO_MONEY = {  # they ask Stripe and follow it, or only mail
    "admin_orders.read_again", "admin_orders.reconcile_now", "admin_gifts.send",
}  # fmt: skip
OF_A_MAIL = {"notifications.ask_refusal", "notifications.refuse"}
# What changes something for the others stands last. Columns: the PEOPLE in their order.
TABLE = """
GET  reviews.card                    login   302     302     302     302     302     302
GET  reviews.forgotten               login   403     403     200     403     403     200
GET  reviews.go_on                   login   302     302     302     302     302     302
GET  reviews.index                   login   200     200     200     200     200     200
GET  reviews.told                    login   200     404     404     404     404     404
GET  notifications.ask_refusal       200     200     200     200     200     200     200
GET  notifications.show              login   200     200     200     200     200     200
GET  pages.about                     200     200     200     200     200     200     200
GET  pages.dashboard                 login   200     200     200     200     200     200
GET  pages.demo_mail                 200     200     200     200     200     200     200
GET  pages.demo_mail_show            200     200     200     200     200     200     200
GET  pages.faq                       200     200     200     200     200     200     200
GET  pages.glossary                  200     200     200     200     200     200     200
GET  pages.home                      200     200     200     200     200     200     200
GET  pages.legal                     200     200     200     200     200     200     200
GET  pages.school_css                200     200     200     200     200     200     200
GET  health.alive                    200     200     200     200     200     200     200
GET  health.ready                    503     503     503     503     503     503     503
GET  bundles.show                    200     200     200     200     200     200     200
GET  bundles.order_page              200     200     200     200     200     200     200
GET  courses.cover                   404     404     404     404     404     404     404
GET  courses.index                   200     200     200     200     200     200     200
GET  courses.portrait                404     404     404     404     404     404     404
GET  courses.preview                 200     200     200     200     200     200     200
GET  courses.preview_media           404     404     404     404     404     404     404
GET  courses.show                    200     200     200     200     200     200     200
GET  articles.author                 200     200     200     200     200     200     200
GET  articles.index                  200     200     200     200     200     200     200
GET  articles.media                  404     404     404     404     404     404     404
GET  articles.show                   200     200     200     200     200     200     200
GET  certificates.paper              200     200     200     200     200     200     200
GET  certificates.show               200     200     200     200     200     200     200
GET  certificates.verify             200     200     200     200     200     200     200
GET  lessons.course_home             login   200     course  200     course  course  200
GET  lessons.media                   login   404     403     404     403     403     404
GET  lessons.show                    login   200     course  200     course  course  200
GET  tools.paper                     login   200     course  200     course  course  200
GET  tools.show                      login   200     course  200     course  course  200
GET  studio.index                    login   403     403     200     403     403     200
GET  course_settings.new             login   403     403     200     403     403     200
GET  course_settings.edit            login   403     403     200     403     403     200
GET  course_team.index               login   403     403     200     403     403     200
GET  outline.show                    login   403     403     200     403     403     200
GET  studio_transfer.bring           login   403     403     200     403     403     200
GET  studio_transfer.show            login   403     403     404     403     403     404
GET  studio_transfer.export          login   403     403     404     403     403     404
GET  studio_transfer.export_zip      login   403     403     404     403     403     404
GET  studio_transfer.export_all      login   403     403     403     403     403     200
GET  questions.bring                 login   403     403     200     403     403     200
GET  questions.export                login   403     403     200     403     403     200
GET  questions.look                  login   403     403     200     403     403     200
GET  documents.bring                 login   403     403     200     403     403     200
GET  documents.show                  login   403     403     404     403     403     404
GET  documents.picture               login   403     403     404     403     403     404
GET  editor.show                     login   403     403     404     403     403     404
GET  editor.media                    login   403     403     404     403     403     404
GET  publication.ask                 login   403     403     200     403     403     200
GET  editor.sources                  login   403     403     200     403     403     200
GET  studio_marking.index            login   403     403     200     403     403     200
GET  studio_marking.show             login   403     403     200     403     403     200
GET  studio_marking.file             login   403     403     200     403     403     200
GET  accommodations.index            login   403     403     200     403     403     200
GET  accommodations.change           login   403     403     200     403     403     200
GET  marking.file                    login   200     404     404     404     404     404
GET  marking.files                   login   302     404     404     404     404     404
GET  marking.hand_in                 login   303     404     404     404     404     404
GET  marking.marks                   login   302     404     404     404     404     404
GET  quizzes.attempt                 login   200     404     404     404     404     404
GET  quizzes.review                  login   200     404     404     404     404     404
GET  quizzes.print_result            login   302     404     404     404     404     404
GET  regrading.previewed             login   403     403     200     403     403     200
GET  regrading.show                  login   403     403     200     403     403     200
GET  quizzes.paper                   login   302     404     404     404     404     404
GET  quizzes.show                    login   200     course  200     course  course  200
GET  kept_answers.show_kept          login   200     404     404     404     404     404
GET  analysis.course                 login   403     403     200     403     403     200
GET  analysis.course_file            login   403     403     200     403     403     200
GET  analysis.question               login   403     403     404     403     403     404
GET  analysis.question_file          login   403     403     404     403     403     404
GET  analysis.quiz                   login   403     403     200     403     403     200
GET  analysis.quiz_file              login   403     403     200     403     403     200
GET  cohorts.cohort                  login   403     403     200     403     403     200
GET  cohorts.cohort_file             login   403     403     200     403     403     200
GET  cohorts.gain                    login   403     403     200     403     403     200
GET  cohorts.gain_file               login   403     403     200     403     403     200
GET  doubts.ask                      login   404     404     404     404     404     404
GET  doubts.index                    login   403     403     200     403     403     200
GET  accounts.ask_link               200     200     200     200     200     200     200
GET  accounts.authenticator_picture  login   404     404     404     404     404     404
GET  accounts.mail_sent              200     200     200     200     200     200     200
GET  accounts.privacy                login   200     200     200     200     200     200
GET  accounts.profile                login   200     200     200     200     200     200
GET  accounts.second_step            302     302     302     302     302     302     302
GET  accounts.security               login   200     200     200     200     200     200
GET  accounts.set_up_second_step     login   200     200     200     200     200     200
GET  accounts.use_link               302     302     302     302     302     302     302
GET  security.change_email           login   200     200     200     200     200     200
GET  security.change_email_confirm   302     302     302     302     302     302     302
GET  security.change_password        login   200     200     200     200     200     200
GET  security.confirm_email          302     302     302     302     302     302     302
GET  security.forgot_password        200     200     200     200     200     200     200
GET  security.login                  200     302     302     302     302     302     302
GET  security.register               200     302     302     302     302     302     302
GET  security.reset_password         302     302     302     302     302     302     302
GET  security.send_confirmation      200     200     200     200     200     200     200
GET  security.verify                 login   200     200     200     200     200     200
GET  admin.audit                     login   403     403     403     403     403     200
GET  admin.index                     login   403     403     403     200     200     200
GET  admin.mail                      login   403     403     403     200     403     200
GET  admin.mails                     login   403     403     403     200     403     200
GET  admin_people.index              login   403     403     403     200     403     200
GET  admin_people.set_active         login   403     403     403     200     403     200
GET  admin_people.correct_address    login   403     403     403     409     403     409
GET  admin_people.see_as             login   403     403     403     200     403     200
GET  admin_people.show               login   403     403     403     200     403     200
GET  admin_enrollments.enroll        login   403     403     403     200     403     200
GET  admin_enrollments.export        login   403     403     403     200     403     200
GET  admin_enrollments.index         login   403     403     403     200     403     200
GET  admin_reports.index             login   403     403     403     200     200     200
GET  admin_reports.show              login   403     403     403     200     403     200
GET  admin_reports.export            login   403     403     403     200     403     200
GET  admin_people.access             login   403     403     403     200     403     200
GET  admin_cohorts.index             login   403     403     403     200     403     200
GET  admin_cohorts.export            login   403     403     403     200     403     200
GET  admin_cohorts.new               login   403     403     403     200     403     200
GET  admin_cohorts.show              login   403     403     403     200     403     200
GET  admin_bulk.upload               login   403     403     403     200     403     200
GET  admin_bulk.show                 login   403     403     403     404     403     404
GET  invitations.follow              302     302     302     302     302     302     302
GET  invitations.welcome             302     302     302     302     302     302     302
GET  admin_selected.show             login   403     403     403     303     403     303
GET  admin_selected.export           login   403     403     403     200     403     200
GET  admin_school.logo               404     404     404     404     404     404     404
GET  admin_offers.bundle              login   403     403     403     403     200     200
GET  admin_offers.bundles             login   403     403     403     403     200     200
GET  admin_offers.code                login   403     403     403     403     200     200
GET  admin_offers.export              login   403     403     403     403     200     200
GET  admin_offers.index               login   403     403     403     403     200     200
GET  admin_offers.make_code           login   403     403     403     403     200     200
GET  admin_offers.new_bundle          login   403     403     403     403     200     200
GET  admin_disputes.export           login   403     403     403     403     200     200
GET  admin_disputes.index            login   403     403     403     403     200     200
GET  admin_disputes.paper            login   403     403     403     403     200     200
GET  admin_disputes.show             login   403     403     403     403     200     200
GET  plans.show                      login   404     404     404     404     404     404
GET  plans.ask_end                   login   404     404     404     404     404     404
GET  admin_orders.events             login   403     403     403     403     200     200
GET  admin_orders.export             login   403     403     403     403     200     200
GET  admin_orders.index              login   403     403     403     403     200     200
GET  admin_orders.runs               login   403     403     403     403     200     200
GET  admin_plans.index               login   403     403     403     403     200     200
GET  admin_plans.make                login   403     403     403     403     200     200
GET  admin_plans.end                 login   403     403     403     403     409     409
GET  admin_orders.show               login   403     403     403     403     200     200
GET  admin_seats.index               login   403     403     403     200     403     200
GET  admin_seats.export              login   403     403     403     200     403     200
GET  admin_seats.prices              login   403     403     403     403     200     200
GET  admin_seats.change              login   403     403     403     403     200     200
GET  admin_payments.index            login   403     403     403     403     200     200
GET  admin_payments.export           login   403     403     403     403     200     200
GET  admin_refunds.export            login   403     403     403     403     200     200
GET  admin_refunds.index             login   403     403     403     403     200     200
GET  admin_refunds.refund            login   403     403     403     403     200     200
GET  admin_refunds.asked             login   403     403     403     403     200     200
GET  admin_refunds.decline           login   403     403     403     403     200     200
GET  admin_refunds.ledger            login   403     403     403     403     200     200
GET  admin_school.settings           login   403     403     403     403     403     200
GET  shop.back                 404     404     404     404     404     404     404
GET  shop.order_page           course  course  course  course  course  course  course
GET  shop.show                 login   200     404     404     404     404     404
GET  shop_orders.index         login   200     200     200     200     200     200
GET  admin_enrollments.revoke        login   403     403     403     200     403     200
GET  seats.order              course  course  course  course  course  course  course
GET  gifts.order              login   course  course  course  course  course  course
GET  gifts.show                      login   200     404     404     404     404     404
GET  redeem.show                     200     200     200     200     200     200     200
POST gifts.order              login   course  course  course  course  course  course
POST gifts.plan                      login   422     404     404     404     404     404
POST gifts.print_out                 login   200     404     404     404     404     404
POST redeem.claim                    login   422     422     422     422     422     422
GET  team.index                      login   200     404     404     404     404     404
GET  team.export                     login   200     404     404     404     404     404
GET  team.invite                     login   200     404     404     404     404     404
GET  team.seat                       login   200     404     404     404     404     404
GET  team.stop_managing              login   200     404     404     404     404     404
GET  seat.leave                      login   200     404     404     404     404     404
GET  seat.join                       200     200     200     200     200     200     200
GET  seat.ask_manager                200     200     200     200     200     200     200
GET  seat.mine                       login   200     200     200     200     200     200
POST seats.order              course  course  course  course  course  course  course
POST team.invite                     login   422     404     404     404     404     404
POST team.send                       login   422     404     404     404     404     404
POST team.move                       login   422     404     404     404     404     404
POST team.invite_manager             login   422     404     404     404     404     404
POST team.withdraw_manager           login   409     404     404     404     404     404
POST team.stop_managing              login   409     404     404     404     404     404
POST seat.accept                      login   422     422     422     422     422     422
POST seat.decline                    200     404     404     404     404     404     404
POST team.withdraw                   login   303     404     404     404     404     404
POST seat.choose                      login   303     404     404     404     404     404
POST seat.leave                      login   303     404     404     404     404     404
POST seat.become_manager             login   409     303     404     404     404     404
POST reviews.choose                  login   422     422     422     422     422     422
POST reviews.skip                    login   303     303     303     303     303     303
POST reviews.start                   login   303     303     303     303     303     303
POST reviews.answer                  login   422     404     404     404     404     404
POST reviews.remove                  login   303     404     404     404     404     404
POST reviews.restore                 login   303     404     404     404     404     404
POST reviews.mark                    login   404     404     404     404     404     404
POST doubts.say                      login   404     404     404     404     404     404
POST doubts.answer                   login   403     403     422     403     403     422
POST notifications.choose            login   303     303     303     303     303     303
POST notifications.refuse            200     200     200     200     200     200     200
POST lessons.check                   login   404     403     404     403     403     404
POST lessons.complete                login   303     403     303     403     403     303
POST lessons.place                   login   204     403     204     403     403     204
POST lessons.reflect                 login   303     403     303     403     403     303
POST quizzes.choose                  login   303     404     404     404     404     404
POST quizzes.save                    login   303     404     404     404     404     404
POST quizzes.start                   login   303     course  303     course  course  303
POST accounts.ask_link               422     422     422     422     422     422     422
POST accounts.end_sign_in            login   303     404     404     404     404     404
POST accounts.profile                login   422     422     422     422     422     422
POST accounts.remove_second_step     login   303     303     303     303     303     303
POST accounts.renew_codes            login   404     404     404     404     404     404
POST accounts.second_step            302     302     302     302     302     302     302
POST accounts.set_up_second_step     login   422     422     422     422     422     422
POST accounts.use_link               302     302     302     302     302     302     302
POST security.change_email           login   422     422     422     422     422     422
POST security.change_password        login   422     422     422     422     422     422
POST security.confirm_email          302     302     302     302     302     302     302
POST security.forgot_password        303     303     303     303     303     303     303
POST security.login                  422     302     302     302     302     302     302
POST security.register               422     303     303     303     303     303     303
POST security.reset_password         302     302     302     302     302     302     302
POST security.send_confirmation      303     303     303     303     303     303     303
POST security.verify                 login   422     422     422     422     422     422
POST admin.send_again                login   403     403     403     409     403     409
POST admin_people.correct_address    login   403     403     403     409     403     409
POST admin_people.see_as             login   403     403     403     422     403     422
POST seeing.stop                     login   303     303     303     303     303     303
POST admin_people.set_active         login   403     403     403     303     403     303
POST admin_enrollments.enroll        login   403     403     403     422     403     422
POST admin_disputes.send_evidence    login   403     403     403     403     409     409
POST admin_cohorts.new               login   403     403     403     422     403     422
POST admin_cohorts.show              login   403     403     403     422     403     422
POST admin_cohorts.add               login   403     403     403     303     403     303
POST admin_cohorts.remove            login   403     403     403     404     403     404
POST groups.choose                   login   303     404     404     404     404     404
POST groups.give_up                  login   course  course  course  course  course  course
POST admin_bulk.upload               login   403     403     403     422     403     422
POST admin_bulk.apply                login   403     403     403     404     403     404
POST admin_selected.revoke           login   403     403     403     303     403     303
POST admin_selected.restore          login   403     403     403     303     403     303
POST admin_plans.switch              login   403     403     403     403     404     404
POST admin_plans.make                login   403     403     403     403     422     422
POST admin_plans.end                 login   403     403     403     403     409     409
POST admin_plans.go_on               login   403     403     403     403     409     409
POST admin_orders.read_again         login   403     403     403     403     303     303
POST admin_offers.bundle              login   403     403     403     403     422     422
POST admin_offers.code                login   403     403     403     403     303     303
POST admin_offers.make_code           login   403     403     403     403     422     422
POST admin_offers.new_bundle          login   403     403     403     403     422     422
POST admin_orders.accept             login   403     403     403     403     409     409
POST admin_refunds.refund            login   403     403     403     403     200     200
POST admin_refunds.approve           login   403     403     403     403     409     409
POST admin_refunds.decline           login   403     403     403     403     422     422
POST refunds.ask                     login   409     404     404     404     404     404
POST refunds.withdraw                login   303     404     404     404     404     404
POST admin_orders.reconcile_now      login   403     403     403     403     303     303
POST admin_gifts.send                login   403     403     403     403     303     303
POST admin_seats.change              login   403     403     403     403     303     303
POST admin_school.settings           login   403     403     403     403     403     422
POST kept_answers.send_kept          login   303     404     404     404     404     404
POST marking.ask_for_another         login   303     course  303     course  course  303
POST marking.bring                   login   303     404     404     404     404     404
POST marking.remove                  login   409     404     404     404     404     404
POST marking.hand_in                 login   303     404     404     404     404     404
POST course_settings.new             login   403     403     422     403     403     422
POST course_settings.edit            login   403     403     422     403     403     422
POST course_team.add                 login   403     403     422     403     403     422
POST course_team.change              login   403     403     422     403     403     422
POST course_team.remove              login   403     403     404     403     403     404
POST outline.change                  login   403     403     422     403     403     422
POST studio_transfer.bring           login   403     403     422     403     403     422
POST studio_transfer.take            login   403     403     404     403     403     404
POST studio_transfer.drop            login   403     403     404     403     403     404
POST questions.bring                 login   403     403     422     403     403     422
POST questions.keep                  login   403     403     303     403     403     303
POST documents.bring                 login   403     403     422     403     403     422
POST documents.make                  login   403     403     404     403     403     404
POST editor.keep                     login   403     403     404     403     403     404
POST publication.publish             login   403     403     422     403     403     422
POST editor.preview                  login   403     403     200     403     403     200
POST studio_marking.claim            login   403     403     303     403     403     303
POST studio_marking.mark             login   403     403     303     403     403     303
POST studio_marking.pass_on          login   403     403     303     403     403     303
POST studio_marking.agree            login   403     403     303     403     403     303
POST studio_marking.answer           login   403     403     303     403     403     303
POST accommodations.change           login   403     403     422     403     403     422
POST accommodations.end              login   403     403     303     403     403     303
POST marking.erase                   login   303     404     404     404     404     404
POST quizzes.submit                  login   303     404     404     404     404     404
POST regrading.preview               login   403     403     303     403     403     303
POST regrading.apply                 login   403     403     409     403     403     409
POST bundles.enroll                  422     503     503     503     503     503     503
POST invitations.welcome             302     302     302     302     302     302     302
POST plans.buy                       login   404     404     404     404     404     404
POST plans.card                      login   404     404     404     404     404     404
POST plans.end                       login   404     404     404     404     404     404
POST plans.go_on                     login   404     404     404     404     404     404
POST shop.enroll               login   303     303     303     303     303     303
POST webhook.stripe                  400     400     400     400     400     400     400
POST accounts.end_other_sign_ins     login   303     303     303     303     303     303
POST admin_enrollments.revoke        login   403     403     403     303     403     303
POST admin_people.change_role        login   403     403     403     403     403     303
POST security.logout                 login   302     302     302     302     302     302
"""


@dataclass(frozen=True)
class Route:
    """One line of the table: a door and what each of the seven people meets there."""

    method: str
    endpoint: str
    outcomes: tuple[str, ...]


ROUTES = [
    Route(words[0], words[1], tuple(words[2:]))
    for words in (line.split() for line in TABLE.strip().splitlines())
]


@dataclass
class World:
    """The seven people, and one of each thing, the learner's own."""

    app: Flask
    people: dict[str, Any]
    values: dict[str, Any]
    seats: dict[str, FlaskClient] = field(default_factory=dict)

    def walk(self, route: Route, who: str, **options: Any) -> TestResponse:
        if route.method == "GET":  # It changes nothing for the next one.
            return self.seat(who).get(self.address(route.endpoint), **options)
        client = self.browser(who)
        fields = {"csrf_token": factories.csrf(client), **FIELDS.get(route.endpoint, {})}
        return client.post(self.address(route.endpoint), data=fields, **options)

    def seat(self, who: str) -> FlaskClient:
        """The one browser in which this person goes from page to page."""
        if who not in self.seats:
            self.seats[who] = self.browser(who)
        return self.seats[who]

    def browser(self, who: str) -> FlaskClient:
        client = self.app.test_client()
        # Each sits at a place of their own, so that limits for one place do not add them up.
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{PEOPLE.index(who) + 1}"
        return factories.sign_in(client, self.people[who]) if who != "visitor" else client

    def address(self, endpoint: str) -> str:
        rule = next(iter(self.app.url_map.iter_rules(endpoint)))
        values = {**self.values, **VALUES.get(endpoint, {})}
        if endpoint in OF_A_MAIL:
            values["token"] = values["off"]
        with self.app.test_request_context():
            return self.app.url_for(endpoint, **{name: values[name] for name in rule.arguments})


VALUES: dict[str, dict[str, Any]] = {
    **{f"documents.{each}": {"import_id": "NONE", "place": 0} for each in ("show", "picture", "make")},
    "courses.preview": {"lesson": "lesson-2"},
    "courses.preview_media": {"lesson": "lesson-2"},
    "articles.show": {"slug": "itch"},
    "articles.media": {"slug": "itch"},
    "articles.author": {"slug": "ada"},
    "bundles.show": {"slug": "both"},
    "bundles.order_page": {"slug": "both"},
    "bundles.enroll": {"slug": "both"},
    "pages.demo_mail_show": {"name": "one.eml"},
    "pages.legal": {"page": "terms"},
    "tools.paper": {"slug": "diary"},
    "tools.show": {"slug": "diary"},
    "admin_people.set_active": {"verb": "reopen"},
    "admin_orders.show": {"number": "THE-ORDER"},
    "admin_reports.show": {"key": "enrollments"},
    "admin_reports.export": {"key": "enrollments"},
    "admin_orders.read_again": {"number": "THE-ORDER"},
    "admin_orders.accept": {"number": "THE-ORDER"},
    "admin_disputes.show": {"dispute_id": "1"},
    "admin_disputes.paper": {"dispute_id": "1"},
    "admin_disputes.send_evidence": {"dispute_id": "1"},
    "shop.show": {"number": "THE-ORDER"},
    **{f"seat.{each}": {"seat_id": 2} for each in ("choose", "leave")},
    **{f"seat.{each}": {"token": "THE-SEAT"} for each in ("join", "accept", "decline")},
    **{f"seat.{each}": {"token": "THE-TEAM"} for each in ("ask_manager", "become_manager")},
    **{f"refunds.{each}": {"number": "THE-ORDER"} for each in ("ask", "withdraw")},
    "admin_refunds.refund": {"number": "THE-ORDER"},
    "admin_refunds.approve": {"request_id": 1},
    "admin_refunds.decline": {"request_id": 1},
    **{f"gifts.{door}": {"number": "THE-ORDER"} for door in ("show", "plan", "print_out")},
    "admin_gifts.send": {"number": "THE-ORDER"},
    **{f"plans.{door}": {"number": "THE-ORDER"} for door in ("card", "ask_end", "end", "go_on")},
    **{f"plans.{door}": {"plan_id": 1} for door in ("show", "buy")},
    "admin_plans.switch": {"plan_id": 1, "verb": "off"},
    **{f"admin_plans.{door}": {"number": "THE-ORDER"} for door in ("end", "go_on")},
}
FIELDS: dict[str, dict[str, str]] = {
    "lessons.reflect": {"text": "Mine."},
    "lessons.place": {"heading": "first-part"},
    "accounts.profile": {"name": " "},
    "questions.bring": {"format": ""},
    "questions.keep": {"name": "brought"},
    "regrading.preview": {"cause": "dropped", "reason": "Out of date."},
}
QUESTION = "## asked {choice}\nWhich?\n\n- [x] This\n- [ ] That\n"


@pytest.fixture
def world(app: Flask) -> World:
    people = {
        "learner": factories.make_user("learner@example.org", "Lea Learner"),
        "other": factories.make_user("other@example.org", "Otto Other"),
        "instructor": factories.make_user("teacher@example.org", "Tea Teacher", "instructor"),
        "support": factories.make_user("support@example.org", "Sue Support", "support"),
        "finance": factories.make_user("finance@example.org", "Finn Finance", "finance"),
        "admin": factories.make_user("admin@example.org", "Ada Admin", "admin"),
    }
    return World(app, people, _belongings(app, people))


def _belongings(app: Flask, people: dict[str, Any]) -> dict[str, Any]:
    from sqlalchemy import select

    from accounts.notifications import refusal_path
    from accounts.services import sign_ins_of
    from certificates.models import Certificate
    from core.clock import now
    from core.config import current_config
    from core.mail import queue
    from courses.models import CourseInstructor
    from enrollment.cohorts.models import Cohort
    from quizzes import kept
    from quizzes.cases.services import start as start_case
    from quizzes.models import Question
    from quizzes.regrading import previews
    from quizzes.regrading.rules import Cause
    from quizzes.services import start
    from shop.models import LegalText
    from shop.refunds.models import RefundRequest
    from shop.refunds.rules import RequestState
    from studio.drafts.services import save
    from studio.questions.services import hold
    from studio.questions.services import read as read_questions

    learner = people["learner"]
    course, finished = (
        factories.make_course("anatomy", ("lesson lesson! quiz quiz quiz",)),
        factories.make_course("finished"),
    )
    quiz_step, case_step, work_step = factories.steps_of(course)[2:]
    quiz, case = factories.make_quiz(quiz_step, QUESTION), factories.make_case(case_step)
    assignment = factories.make_assignment(work_step)
    factories.make_author()
    factories.make_article("itch")
    coupon = factories.make_coupon().id
    bundle = factories.make_bundle(course, factories.make_course("histology", price_minor=4900)).id
    enrollment = factories.enroll(learner, course)
    factories.make_tool("diary", "anatomy", "anatomy/lessons/lesson-1")
    order = factories.make_order(learner, course, "expired", number="THE-ORDER", session_id=None)
    _team(learner, order, course)
    factories.make_gift(order, course)
    factories.make_dispute(order, "won")
    factories.enroll(learner, finished)
    factories.complete(learner, *factories.steps_of(finished))
    factories.sign_in(app.test_client(), learner)
    with transaction() as session:
        session.add(CourseInstructor(course_id=course.id, user_id=people["instructor"].id))
        session.add(
            LegalText(page="terms", version="2026-11-21", title="Terms", summary="All.", html="<p>Fair.</p>")
        )
        attempt = start(learner.id, quiz, quiz_step.id, Random(1)).id
        play = start_case(learner.id, case, case_step.id).id
        session.add(
            RefundRequest(order_id=order.id, state=RequestState.OPEN, text="Ill.", progress=0, asked_at=now())
        )
        mail = queue("sign_in_link", learner.email, {"name": learner.name, "path": "/login/link/x"})
        token = kept.keep(f"/attempts/{attempt}", [["item1", "1"]])
        revision = session.get_one(Question, "asked").revision_id or 0
        brought = hold("anatomy", "a.txt", "gift", read_questions("A {=b}", "gift")[1], learner.id).id
        look = previews.ask("asked", Cause.DROPPED, revision, "Out of date.").id
        sign_in = sign_ins_of(learner.id)[0].id
        card, entry = _reviewed(session, learner, course, quiz_step)
        certificate = session.scalar(select(Certificate.id).filter_by(user_id=learner.id))
        session.add(cohort := Cohort(course_id=finished.id, name="Spring", starts_on=date(2026, 12, 1)))
        session.flush()
        cohort_id = cohort.id
    works = _works(learner, course, work_step, assignment)
    with transaction():
        save("courses/anatomy/course.md", "---\ntitle: Anatomy\nmodules: []\n---\n", 0, learner.id)
    db.session.rollback()
    mails = current_config().instance / "mail"
    mails.mkdir(exist_ok=True)
    (mails / "one.eml").write_text("Subject: One\nTo: learner@example.org\n\nHello\n")
    return {
        "position": 1, "doubt_id": 1, "seat_id": 1, "manager_id": 1,
        "cohort_id": cohort_id, "place_id": 1, "upload_id": 1, "zip_id": 1, "import_id": brought,
        "course": "anatomy", "lesson": "lesson-1", "quiz": "quiz-3", "attempt_id": attempt, "question": "asked",
        "preview_id": look, "coupon_id": coupon, "bundle_id": bundle,
        "play_id": play, "card_id": card, "entry_id": entry, **works,
        "path": "courses/anatomy/course.md",
        "prompt": "why", "number": certificate, "token": token, "mail_id": mail, "enrollment_id": enrollment,
        "user_id": learner.id, "sign_in_id": sign_in, "kind": "register", "name": "none.svg", "author": "nobody",
        "role": "instructor", "verb": "grant", "off": refusal_path(learner, "reviews").rpartition("/")[2],
    }  # fmt: skip


def _team(learner: Any, order: Any, course: Any) -> None:
    """A team that the learner manages alone: seat 1 is an invitation, seat 2 the learner's own."""
    from core.clock import now
    from core.ids import fingerprint
    from teams.models import Manager, Seat
    from teams.services import make_team

    with transaction() as session:
        team = make_team(learner.id, "The clinic")
        shared = {"team_id": team.id, "course_id": course.id, "order_id": order.id, "invited_at": now()}
        session.add(Seat(number=1, email="a@example.org", token_hash=fingerprint("THE-SEAT"), **shared))
        session.flush()
        held = {"email": learner.email, "user_id": learner.id, "accepted_at": now()}
        session.add(Seat(number=2, **held, **shared))
        asked = Manager(
            team_id=team.id, email="b@example.org", token_hash=fingerprint("THE-TEAM"), invited_at=now()
        )
        session.add(asked)


def _reviewed(session: Any, learner: Any, course: Any, step: Any) -> tuple[int, int]:
    """A card of the learner that is due, and an entry of its log."""
    from core.clock import now
    from quizzes.services import current_revision
    from reviews.models import ReviewCard, ReviewEntry

    card = ReviewCard(
        user_id=learner.id, kind="question", subject="asked", course_id=course.id, step_id=step.id, origin="missed",
        entered_at=now(), learned_at=now(), due_at=now(), reviews=1,
    )  # fmt: skip
    session.add(card)
    session.flush()
    revision = current_revision("asked")
    entry = ReviewEntry(
        card_id=card.id, number=1, at=now(), rating=3, scheduled_days=2, retention=90,
        revision_id=revision and revision.id, answer={"ticked": [0]},
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return card.id, entry.id


def _works(learner: Any, course: Any, step: Any, assignment: Any) -> dict[str, Any]:
    """A work with a file that waits to be marked, a question for another attempt, and something changed."""
    from core.clock import now
    from marking import drafts, uploads
    from marking.allowances.services import Change, change
    from marking.files import check
    from marking.services import Marker
    from quizzes.models import AttemptRequest

    brought = check("plan.pdf", factories.a_pdf())
    with transaction():
        key = uploads.announce(1, brought)
    uploads.store(key, brought.data)
    with transaction() as session:
        work = drafts.start(learner.id, assignment, step.id, Random(1)).id
        file = uploads.keep(learner.id, work, 1, key).id
        drafts.hand_in(learner.id, work, True)
        request = AttemptRequest(
            user_id=learner.id, quiz_id=assignment.id, step_id=step.id, reason="Ill.", state="open", asked_at=now(),
            answer="",
        )  # fmt: skip
        session.add(request)
        row = change(Marker(learner.id, True), learner.id, course.id, None, Change(extra_time=25))
        session.flush()
        return {"work_id": work, "file_id": file, "request_id": request.id, "accommodation_id": row.id}


def _at_the_door(policy: str | None, who: str) -> str:
    if policy != ANYONE and who == "visitor":
        return "login"
    may_enter = policy in (ANYONE, SIGNED_IN) or policy in PERMISSIONS.get(who, ())
    return "400" if may_enter else "403"


def outcome(answer: TestResponse) -> str:
    """What the person meets, as the table says it."""
    path = urlsplit(answer.location or "").path
    if answer.status_code in (302, 303) and path == "/login" and "next=" in (answer.location or ""):
        return "login"
    if answer.status_code in (302, 303) and path.startswith("/courses/"):
        return "course"
    return str(answer.status_code)


def doors(app: Flask) -> set[tuple[str, str]]:
    """Every method of every route that is the school's own."""
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_declares_who_may_come_in(app: Flask) -> None:
    undeclared = {endpoint for _, endpoint in doors(app) if policy_of(app, endpoint) not in POLICIES}

    assert not undeclared


def test_every_route_stands_in_the_table_once(app: Flask) -> None:
    listed = [(route.method, route.endpoint) for route in ROUTES]

    assert sorted(listed) == sorted(doors(app))


def test_each_deed_with_money_asks_for_a_fresh_sign_in(app: Flask) -> None:
    deeds = {e for method, e in doors(app) if method == "POST" and policy_of(app, e) == Permission.MONEY}
    asking = {each for each in deeds if getattr(app.view_functions[each], "is_fresh", False)}

    assert deeds - asking == MOVE_NO_MONEY


def test_each_person_meets_what_the_table_says(world: World) -> None:
    met = {
        (route.method, route.endpoint): tuple(outcome(world.walk(route, who)) for who in PEOPLE)
        for route in ROUTES
    }

    assert met == {(route.method, route.endpoint): route.outcomes for route in ROUTES}


def test_support_reads_as_the_learner_whatever_is_not_private(world: World) -> None:
    client = world.seat("support")
    factories.post(client, world.address("admin_people.see_as"), {"reason": "Cannot find the quiz"})
    met, expected = {}, {}
    for route in ROUTES:
        if route.method == "GET":
            is_private = getattr(world.app.view_functions[route.endpoint], "is_private", False)
            met[route.endpoint] = outcome(client.get(world.address(route.endpoint)))
            expected[route.endpoint] = "403" if is_private else route.outcomes[PEOPLE.index("learner")]

    assert met == expected


def test_no_form_is_taken_without_its_token(world: World) -> None:
    """It is a 400 for whoever may come in; the others are turned away at the door as ever."""
    met, expected = {}, {}
    for route in ROUTES:
        if route.method == "POST" and route.endpoint not in TOKENS_OF_THEIR_OWN | SIGNED:
            policy = policy_of(world.app, route.endpoint)
            for who in PEOPLE:
                answer = world.seat(who).post(world.address(route.endpoint), data={"any": "thing"})
                met[route.endpoint, who] = outcome(answer)
                expected[route.endpoint, who] = _at_the_door(policy, who)

    assert met == expected


def test_what_asks_for_its_token_itself_keeps_the_answers_and_changes_nothing(world: World) -> None:
    for endpoint in sorted(TOKENS_OF_THEIR_OWN):
        answer = world.browser("learner").post(world.address(endpoint), data={"item1": "1"})

        assert "/attempts/kept/" in (answer.location or "")
