"""The words for what somebody may do: a route asks for one, a role holds a fixed set of them. Pure."""

from enum import StrEnum


class Permission(StrEnum):
    """What only some may do. docs/staff.md says which role holds which."""

    INSTRUCTOR = "instructor"  # the studio, for the courses that they teach
    OVERVIEW = "admin:overview"  # the admin's front page
    PEOPLE = "admin:people"  # the list, a person's page, closing a learner's account
    SEE_AS = "admin:people:see-as"  # look at the school as a learner does
    ENROLLMENTS = "admin:enrollments"  # the list, its export, enrolling by hand and revoking
    MAIL = "admin:mail"  # what was sent, and sending it again
    MONEY = "admin:money"  # orders, and all that money does
    ADMIN = "admin"  # what is the admins' alone: roles, the school's settings, the audit trail
