"""E-mail handed to a real mail server on this machine."""

import socket
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from tests.channels.messages import WORDS, message

from renwang.outreach.channels.email import Email, MailServer, compose_mail
from renwang.outreach.channels.port import Refused, Trouble, Unreachable


class Mailbox:
    """What the mail server got; `answer` is what it says to the next message or address."""

    def __init__(self):
        self.mails = []
        self.answer = "250 OK"
        self.to_address = "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.to_address.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_address

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return self.answer


@pytest.fixture
def mailbox():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.channel = Email(MailServer("127.0.0.1", port, "Renwang <node@example.org>"))
    yield box
    controller.stop()


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@", "a@b.org\r\nBcc: all@b.org", "a@b.org, c@d.org"]
)
def test_what_is_no_address_is_refused(to):
    with pytest.raises(Refused) as refused:
        compose_mail(message(to=to), "node@example.org")
    assert refused.value.trouble is Trouble.BAD_ADDRESS


@pytest.mark.parametrize(
    ("to_address", "answer", "kind", "trouble"),
    [
        ("550 no such user", "250 OK", Refused, Trouble.BAD_ADDRESS),
        ("450 mailbox busy", "250 OK", Unreachable, Trouble.BUSY),
        ("250 OK", "554 refused", Refused, Trouble.TURNED_AWAY),
        ("250 OK", "451 later", Unreachable, Trouble.BUSY),
    ],
)
def test_how_the_server_s_no_is_told_apart(mailbox, to_address, answer, kind, trouble):
    mailbox.to_address, mailbox.answer = to_address, answer
    with pytest.raises(kind) as failed:
        mailbox.channel.send(message(to="a@example.org"), 5)
    assert failed.value.trouble is trouble


def test_nobody_at_home_is_worth_another_try():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as failed:
        Email(MailServer("127.0.0.1", port, "n@example.org")).send(message(to="a@example.org"), 2)
    assert failed.value.trouble is Trouble.NO_CONNECTION


def test_a_server_that_says_nothing_ends_in_time():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        channel = Email(MailServer("127.0.0.1", silent.getsockname()[1], "n@example.org"))
        with pytest.raises(Unreachable) as failed:
            channel.send(message(to="a@example.org"), 0.2)
    assert failed.value.trouble is Trouble.TIMED_OUT


def test_the_words_arrive_unchanged_in_text_and_html(mailbox):
    words = f"{WORDS}\n<b>&"
    handed = mailbox.channel.send(message(to="a@example.org", words=words), 5)
    mail = mailbox.mails[0]
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert words in plain.replace("\r\n", "\n")
    assert WORDS in html and "&lt;b&gt;&amp;" in html and "<img" not in html
    assert mail["Subject"] == "暴雨红色预警"
    assert handed.provider_id == f"{message().id}@example.org"
    assert mail["Message-ID"] == f"<{message().id}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert message().link in plain and message().note in plain
