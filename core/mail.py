"""Mail: rendered and queued in the caller's transaction, delivered by the worker without one.

A page is never slowed or broken by a mail server. A mail is sent at least once: a crash between sending and
writing that down sends it again, with the same Message-ID, by which mail programs know the second copy.
"""

import logging
import os
import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr
from functools import partial
from urllib.parse import SplitResult, unquote, urlsplit

from flask import current_app
from jinja2 import TemplateNotFound

from core import jobs, outbox
from core.clock import now
from core.config import Config, current_config
from core.database import after_commit, db, transaction
from core.outbox import Letter
from core.school import current_school

BELL = "mail"
SMTP_TIMEOUT = 10  # seconds, for each step of a delivery
KEEP_SENT = timedelta(days=30)
SWEEP = 50  # mails a sweep
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
logger = logging.getLogger("mail")


def register() -> None:
    """Let the worker deliver: at the bell, and each minute what a lost bell or an earlier failure left."""
    jobs.answer(BELL, deliver)
    jobs.periodic("mail-sweep", timedelta(minutes=1), deliver_due)
    jobs.periodic("mail-purge", timedelta(days=1), purge)


def queue(
    kind: str,
    to: str,
    context: dict[str, object],
    dedupe_key: str | None = None,
    unsubscribe: str | None = None,
) -> int | None:
    """Write a mail into the outbox, in the caller's transaction, and ring for the worker after the commit.

    `templates/email/<kind>.txt` begins with a line `Subject: ...`; `<kind>.html` may stand beside it. Both
    see the context, `school`, and `link(path)`, which makes an absolute address. Returns the mail's id, or
    None where `dedupe_key` has had its mail. `unsubscribe` is a signed path that ends mails of this kind when it is
    posted to; mail programs show it as a button (RFC 8058).
    """
    subject, text, html = render(kind, context)
    mail_id = outbox.add(
        kind=kind, to_address=to, subject=subject, text=text, html=html, dedupe_key=dedupe_key,
        unsubscribe=unsubscribe,
    )  # fmt: skip
    if mail_id is not None:
        after_commit(partial(jobs.ring, BELL, mail_id))
    return mail_id


def resend(mail_id: int) -> bool:
    """Put a dead mail back, in the caller's transaction. False where it is not dead."""
    revived = outbox.revive(mail_id)
    if revived:
        after_commit(partial(jobs.ring, BELL, mail_id))
    return revived


def render(kind: str, context: dict[str, object]) -> tuple[str, str, str | None]:
    """The subject, the text and the HTML (None without its template) of a mail of this kind."""
    values = {**context, "school": current_school(), "link": _link}
    first, _, rest = _template(f"{kind}.txt", values).partition("\n")
    if not first.startswith("Subject: "):
        raise ValueError(f"templates/email/{kind}.txt must begin with a line 'Subject: ...'")
    subject = " ".join(first.removeprefix("Subject: ").split())
    values["subject"] = subject
    text = _template("_frame.txt", {**values, "body": rest.strip()})
    try:
        return subject, text, _template(f"{kind}.html", values)
    except TemplateNotFound as missing:
        if missing.name != f"email/{kind}.html":
            raise
        return subject, text, None


def purge() -> None:
    """Delete mails that were sent longer ago than KEEP_SENT."""
    with transaction():
        outbox.drop_sent(now() - KEEP_SENT)


def deliver_due() -> int:
    """Try every mail that is due (a sweep's worth). Returns how many were tried."""
    ids = outbox.due(SWEEP)
    for mail_id in ids:
        deliver(mail_id)
    return len(ids)


def deliver(mail_id: int) -> None:
    """Try one mail, if it is due and nobody else has it."""
    letter = outbox.lease(mail_id)
    if letter is None:
        return
    try:
        message = compose(letter)
        db.session.rollback()  # No transaction is open, not even a reader's, while the network is spoken to.
        _send(message, f"{letter.id:08d}-{letter.kind}")
    except Exception as error:  # Whatever it was: the mail waits, and the worker goes on.
        _failed(letter, error)
    else:
        outbox.mark_sent(letter.id)
        logger.info("sent", extra={"mail": letter.id})


def compose(letter: Letter) -> EmailMessage:
    """The message as it goes out. Message-ID and date are those of the row: every try sends the same."""
    school, host = current_school(), _host(current_config())
    message = EmailMessage(policy=SMTP_POLICY)
    message["Subject"] = letter.subject
    message["From"] = formataddr((school.name, school.support_email or f"no-reply@{host}"))
    message["To"] = letter.to_address
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = f"<{letter.id}.{letter.created_at:%Y%m%d%H%M%S%f}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{_link(letter.unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message


def _template(name: str, values: dict[str, object]) -> str:
    # Not flask.render_template: its context processors belong to requests, and a mail may be born in a job.
    return current_app.jinja_env.get_template(f"email/{name}").render(values)


def _link(path: str) -> str:
    return current_config().base_url + path


def _failed(letter: Letter, error: Exception) -> None:
    for_good = isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _ in error.recipients.values()
    )
    outbox.mark_failed(letter.id, f"{type(error).__name__}: {error}"[:500], for_good=for_good)
    logger.warning("not sent: %s", type(error).__name__, extra={"mail": letter.id})


def _send(message: EmailMessage, name: str) -> None:
    config = current_config()
    if config.smtp_url:
        with _server(urlsplit(config.smtp_url), _host(config)) as server:
            server.send_message(message)
    else:
        _write_file(message, config, name)


def _server(url: SplitResult, own_name: str) -> smtplib.SMTP:
    host, port = url.hostname or "localhost", url.port or PORTS[url.scheme]
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, own_name, timeout=SMTP_TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, own_name, timeout=SMTP_TIMEOUT)
    if url.scheme == "smtp+starttls":
        server.starttls(context=ssl.create_default_context())
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server


def _write_file(message: EmailMessage, config: Config, name: str) -> None:
    folder = config.instance / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{name}.{os.getpid()}"
    unfinished.write_bytes(message.as_bytes())
    unfinished.rename(folder / f"{name}.eml")


def _host(config: Config) -> str:
    return urlsplit(config.base_url).hostname or "localhost"
