"""What Flask-Security is told: which flows, under which addresses, by which templates, in which words."""

from datetime import timedelta
from typing import Any

from flask_security.utils import uia_email_mapper

from accounts import rules
from core.clock import now

SETTINGS: dict[str, Any] = {
    "REGISTERABLE": True, "CONFIRMABLE": True, "RECOVERABLE": True, "CHANGEABLE": True, "CHANGE_EMAIL": True,
    "DATETIME_FACTORY": now,
    "RETURN_GENERIC_RESPONSES": True, "FLASH_MESSAGES": False,
    "JOIN_USER_ROLES": False, "STATIC_FOLDER": None,
    "PASSWORD_CONFIRM_REQUIRED": False, "PASSWORD_LENGTH_MIN": rules.PASSWORD_LENGTH,
    "PASSWORD_HASH": "argon2", "PASSWORD_SCHEMES": ["argon2"], "DEPRECATED_PASSWORD_SCHEMES": [],
    "PASSWORD_SINGLE_HASH": True, "HASHING_SCHEMES": ["hex_sha256"], "DEPRECATED_HASHING_SCHEMES": [],
    "PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 2, "argon2__memory_cost": 19456, "argon2__parallelism": 1,
    },
    "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": uia_email_mapper, "case_insensitive": False}}],
    "EMAIL_PLAINTEXT": False, "EMAIL_HTML": False, "EMAIL_SENDER": "",
    "CLI_USERS_NAME": None, "CLI_ROLES_NAME": None,
    "LOGOUT_METHODS": ["POST"], "FRESHNESS": timedelta(days=36500),  # The doors ask: access.fresh_first
    "LOGIN_URL": "/login", "CHANGE_URL": "/account/password", "VERIFY_URL": "/account/verify",
    "CHANGE_EMAIL_URL": "/account/email", "CHANGE_EMAIL_CONFIRM_URL": "/account/email/confirm",
    "RESET_PASSWORD_WITHIN": timedelta(hours=2), "CONFIRM_EMAIL_WITHIN": timedelta(days=2),
    "POST_LOGIN_VIEW": rules.HOME, "POST_VERIFY_VIEW": "/account/security",
    "POST_LOGOUT_VIEW": "/login?notice=out",
    "POST_CONFIRM_VIEW": "/login?notice=confirmed", "CONFIRM_ERROR_VIEW": "/confirm?notice=stale",
    "POST_RESET_VIEW": "/login?notice=reset", "POST_CHANGE_VIEW": "/account/security?notice=changed",
    "POST_CHANGE_EMAIL_VIEW": "/account/security?notice=address",
    "CHANGE_EMAIL_ERROR_VIEW": "/account/security?notice=stale",
    "LOGIN_USER_TEMPLATE": "accounts/login.html", "REGISTER_USER_TEMPLATE": "accounts/register.html",
    "FORGOT_PASSWORD_TEMPLATE": "accounts/forgot.html", "RESET_PASSWORD_TEMPLATE": "accounts/reset.html",
    "SEND_CONFIRMATION_TEMPLATE": "accounts/confirm.html", "VERIFY_TEMPLATE": "accounts/prove.html",
    "CHANGE_PASSWORD_TEMPLATE": "accounts/change_password.html",
    "CHANGE_EMAIL_TEMPLATE": "accounts/change_email.html",
    "REGISTER_EMAIL_TEMPLATE": "confirm_address", "EMAIL_TEMPLATE_CONFIRM": "confirm_address",
    "REGISTER_EMAIL_EXISTING_TEMPLATE": "already_registered",
    "EMAIL_TEMPLATE_PASSWORD_RESET": "reset_password",
    "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "password_changed",
    "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "password_changed",
    "CHANGE_EMAIL_EMAIL_TEMPLATE": "confirm_new_address",
    "MSG_GENERIC_AUTHN_FAILED": ("The email address or the password is not right", "error"),
    "MSG_CONFIRMATION_REQUIRED": ("Confirm your email address first: the link is in our mail", "error"),
    "MSG_EMAIL_NOT_PROVIDED": ("Enter your email address", "error"),
    "MSG_PASSWORD_NOT_PROVIDED": ("Enter your password", "error"),
    "MSG_INVALID_PASSWORD": ("This is not your password", "error"),
    "MSG_PASSWORD_IS_THE_SAME": ("Choose a password other than the one you have", "error"),
    "MSG_INVALID_EMAIL_ADDRESS": (
        "Enter an email address with an @, such as name@example.com", "error",
    ),
}  # fmt: skip
