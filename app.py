"""The application: configuration, extensions, rooms floor by floor, commands. A table of contents, no I/O."""

import os

from flask import Flask

import accounts.commands
import accounts.invitation_views
import accounts.jobs
import accounts.notification_views
import accounts.notifications
import accounts.security
import accounts.seeing
import accounts.views
import admin.bulk.jobs
import admin.bulk.views
import admin.cohort_views
import admin.commands
import admin.dispute_views
import admin.enrollment_views
import admin.gift_views
import admin.jobs
import admin.offer_views
import admin.order_views
import admin.payment_views
import admin.people_views
import admin.plan_views
import admin.refund_views
import admin.report_views
import admin.school_views
import admin.seat_views
import admin.selected_views
import admin.views
import analysis.cohorts.jobs
import analysis.cohorts.later
import analysis.cohorts.views
import analysis.doubts.views
import analysis.jobs
import analysis.services
import analysis.views
import articles.views
import certificates.evidence
import certificates.services
import certificates.views
import demo.commands
import enrollment.admission.services
import enrollment.cohorts.services
import enrollment.jobs
import lessons.assessed
import lessons.course_views
import lessons.group_views
import lessons.terms
import lessons.tools.views
import lessons.views
import marking.allowances.views
import marking.studio_views
import marking.views
import pages.health
import pages.views
import progress.evidence
import progress.services
import publishing.commands
import publishing.models
import publishing.syncing
import quizzes.afterwards
import quizzes.assessed
import quizzes.evidence
import quizzes.jobs
import quizzes.kept_views
import quizzes.regrading.jobs
import quizzes.regrading.views
import quizzes.views
import reviews.entering
import reviews.jobs
import reviews.news
import reviews.recalled
import reviews.reminders
import reviews.returning
import reviews.views
import shop.bundles.views
import shop.commands
import shop.gifts.claim_views
import shop.gifts.fulfilment
import shop.gifts.jobs
import shop.gifts.views
import shop.jobs
import shop.order_views
import shop.plans.views
import shop.refunds.requests
import shop.refunds.views
import shop.seats.views
import shop.views
import shop.webhook
import studio.documents.views
import studio.drafts.models
import studio.drafts.services
import studio.editor.views
import studio.outline.views
import studio.publication.views
import studio.questions.models
import studio.questions.views
import studio.settings.views
import studio.team.views
import studio.transfer.jobs
import studio.transfer.views
import studio.views
import teams.fulfilment
import teams.member_views
import teams.returning
import teams.views
from core import config as configuration
from core import database, error_pages, events, limits, logs, mail, web
from core.commands import stratum
from enrollment.services import AccessGivenBack, AccessRevoked, AccessTakenBack, Enrolled
from progress.services import CourseCompleted, StepCompleted
from quizzes.closing import AttemptMarked
from shop.disputes.evidence import tell_evidence
from shop.disputes.services import DisputeOver, PaymentDisputed
from shop.refunds.services import SeatsNotReturned, SeatsReturned


def create_app(config: configuration.Config | None = None) -> Flask:
    """Make the app from `config`, or from the environment (then logs are structured too)."""
    if config is None:
        config = configuration.load_or_exit(os.environ)
        logs.configure()
    app = web.App(__name__)
    app.config["STRATUM"] = config
    logs.init_app(app)
    database.init_app(app, config)
    web.init_app(app, config)
    limits.init_app(app, config)
    error_pages.init_app(app)
    accounts.security.init_app(app)
    register_rooms(app)
    connect_rooms()
    add_commands(app)
    return app


def add_commands(app: Flask) -> None:
    """`flask stratum ...`: each room's commands in one group."""
    stratum.add_command(accounts.commands.group)
    stratum.add_command(shop.commands.stripe)
    stratum.add_command(publishing.commands.content)
    stratum.add_command(admin.commands.enroll)
    stratum.add_command(demo.commands.demo)
    app.cli.add_command(stratum)


def register_rooms(app: Flask) -> None:
    """The doors of each room, floor by floor from below."""
    for views in (
        accounts.views,
        accounts.notification_views,
        accounts.seeing,
        accounts.invitation_views,
        shop.views,
        shop.order_views,
        shop.bundles.views,
        shop.refunds.views,
        shop.plans.views,
        shop.seats.views,
        shop.gifts.views,
        shop.gifts.claim_views,
        shop.webhook,
        certificates.views,
        quizzes.views,
        quizzes.kept_views,
        analysis.views,
        analysis.doubts.views,
        analysis.cohorts.views,
        marking.views,
        marking.studio_views,
        marking.allowances.views,
        quizzes.regrading.views,
        lessons.course_views,
        lessons.group_views,
        lessons.views,
        lessons.tools.views,
        reviews.views,
        articles.views,
        teams.views,
        teams.member_views,
        pages.views,
        pages.health,
        studio.views,
        studio.outline.views,
        studio.settings.views,
        studio.team.views,
        studio.transfer.views,
        studio.questions.views,
        studio.documents.views,
        studio.editor.views,
        studio.publication.views,
        admin.views,
        admin.people_views,
        admin.enrollment_views,
        admin.cohort_views,
        admin.offer_views,
        admin.bulk.views,
        admin.order_views,
        admin.report_views,
        admin.dispute_views,
        admin.payment_views,
        admin.refund_views,
        admin.plan_views,
        admin.seat_views,
        admin.gift_views,
        admin.school_views,
        admin.selected_views,
    ):
        app.register_blueprint(views.bp)


def connect_rooms() -> None:
    """What rooms hand to rooms below: who hears which news, and who tells what."""
    mail.register()
    accounts.jobs.register()
    enrollment.admission.services.tell_completed(progress.services.completed_courses)
    enrollment.jobs.register()
    admin.bulk.jobs.register()
    shop.jobs.register()
    shop.gifts.jobs.register()
    admin.jobs.register()
    shop.refunds.requests.tell_progress(progress.services.greatest_percent)
    teams.fulfilment.register()
    quizzes.jobs.register()
    analysis.jobs.register()
    analysis.cohorts.jobs.register()
    reviews.jobs.register()
    accounts.notifications.offer(reviews.reminders.KIND)
    marking.views.register()
    studio.transfer.jobs.register()
    quizzes.regrading.jobs.register()
    studio.documents.views.register()
    events.subscribe(Enrolled, progress.services.keep_finished)
    events.subscribe(Enrolled, enrollment.cohorts.services.take_place)
    events.subscribe(AccessRevoked, enrollment.cohorts.services.give_up_place)
    events.subscribe(StepCompleted, certificates.services.issue_if_earned)
    events.subscribe(CourseCompleted, certificates.services.issue_if_earned)  # Steps were taken out of it.
    events.subscribe(
        Enrolled, certificates.services.issue_if_earned
    )  # Somebody returned to a finished course.
    events.subscribe(AttemptMarked, analysis.services.note_marked)
    events.subscribe(AccessTakenBack, certificates.services.revoke_paid_back)
    events.subscribe(PaymentDisputed, certificates.services.suspend)
    events.subscribe(DisputeOver, certificates.services.restore)
    events.subscribe(AccessGivenBack, certificates.services.reinstate_paid_back)
    events.subscribe(SeatsReturned, teams.returning.take_free)
    events.subscribe(SeatsNotReturned, teams.returning.give_again)
    events.subscribe(AttemptMarked, reviews.news.hear_marked)
    events.subscribe(StepCompleted, reviews.news.hear_completed)
    reviews.entering.tell_terms(lessons.terms.terms_in)
    quizzes.afterwards.tell_returns(reviews.returning.returns_of)
    quizzes.afterwards.tell_recalled(reviews.returning.recalled_of)
    analysis.cohorts.later.tell_later(reviews.recalled.answers_after)
    tell_evidence(progress.evidence.tell)
    tell_evidence(quizzes.evidence.tell)
    tell_evidence(certificates.evidence.tell)
    publishing.syncing.tell_drafts(studio.drafts.services.open_paths)
    certificates.services.tell_content(lessons.assessed.tell)
    certificates.services.tell_content(quizzes.assessed.tell)
