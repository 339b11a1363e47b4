"""E-mail: plain text with the same words in plain HTML, by SMTP. Nothing in it reports back."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.utils.html import escape, format_html, linebreaks

from renwang.base.pure.ids import moment_of
from renwang.outreach.channels.port import Handed, Outgoing, Outward, Refused, Trouble, Unreachable
from renwang.outreach.channels.text import note_line, reply_line

HTML = """<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title>
<body style="font:16px/1.7 sans-serif;max-width:40em"><h1 style="font-size:1.3em">{}</h1>
<div>{}</div>{}{}</body></html>"""
BUSY_CODES = range(400, 500)  # RFC 5321 §4.2.1: 4yz is for now, 5yz for good


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = False


class Email(Outward):
    """One message to one address, over a connection of its own."""

    kind = "email"

    def __init__(self, server: MailServer):
        self._server = server

    def hand_over(self, outgoing: Outgoing, timeout: float) -> Handed:
        """Hand the message to the mail server; it has taken it when it answers 250."""
        message = compose_mail(outgoing, self._server.sender)
        try:
            with smtplib.SMTP(self._server.host, self._server.port, timeout=timeout) as smtp:
                if self._server.tls:
                    smtp.starttls(context=ssl.create_default_context())
                if self._server.user:
                    smtp.login(self._server.user, self._server.password)
                smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _refusal(code, Trouble.BAD_ADDRESS) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, Trouble.TURNED_AWAY) from None
        except smtplib.SMTPServerDisconnected as error:
            # smtplib tells a silence and a hang-up alike; what it was stands behind the error.
            silent = isinstance(error.__context__, TimeoutError)
            trouble = Trouble.TIMED_OUT if silent else Trouble.BROKEN_OFF
            raise Unreachable(trouble, maybe_handed=True) from None
        except smtplib.SMTPException as error:
            raise Refused(Trouble.TURNED_AWAY, type(error).__name__) from None
        except TimeoutError:
            raise Unreachable(Trouble.TIMED_OUT, maybe_handed=True) from None
        except OSError:
            raise Unreachable(Trouble.NO_CONNECTION) from None
        return Handed(str(message["Message-ID"]).strip("<>"))


def _refusal(code: int, trouble: Trouble) -> Refused | Unreachable:
    if code in BUSY_CODES:
        return Unreachable(Trouble.BUSY, str(code))
    return Refused(trouble, str(code))


def compose_mail(outgoing: Outgoing, sender: str) -> EmailMessage:
    """Compose the mail; raise Refused for what is no address.

    The Message-ID is the attempt's id, so a mailbox that gets it twice shows
    it once. `Auto-Submitted` keeps absence notices from answering (RFC 3834).
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(addr_spec=outgoing.to.strip())
    except (ValueError, IndexError):
        raise Refused(Trouble.BAD_ADDRESS) from None
    domain = sender.rpartition("@")[2].strip(">") or "localhost"
    message["From"] = sender
    message["Subject"] = " ".join(outgoing.heading.split())
    message["Message-ID"] = f"<{outgoing.id}@{domain}>"
    message["Date"] = format_datetime(moment_of(outgoing.id))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = outgoing.language or "zh-Hans"
    message.set_content(_plain(outgoing), cte="base64")
    message.add_alternative(_html(outgoing), subtype="html", cte="base64")
    return message


def _plain(outgoing: Outgoing) -> str:
    parts = [outgoing.said]
    if outgoing.note:
        parts.append(note_line(outgoing))
    if outgoing.link:
        parts.append(reply_line(outgoing))
    return "\n\n".join(parts) + "\n"


def _html(outgoing: Outgoing) -> str:
    note = format_html("<hr><p>{}</p>", note_line(outgoing)) if outgoing.note else ""
    link = (
        format_html('<p><a href="{}">{}</a></p>', outgoing.link, reply_line(outgoing))
        if outgoing.link
        else ""
    )
    language = outgoing.language or "zh-Hans"
    words = linebreaks(outgoing.words, autoescape=True)
    return HTML.format(
        escape(language), escape(outgoing.heading), escape(outgoing.heading), words, note, link
    )
