"""What `RENWANG_CHANNELS` may say, and the sentence for everything else."""

import json

import pytest

from renwang.outreach.channels.configuring import WrongChannels, make_channels, read_setting
from renwang.outreach.channels.email import MailServer

NO_MAIL = MailServer("", 25, "node@example.org")
SMS = {"url": "https://g.example/", "fields": {"to": "{to}", "text": "{text}"}}


def make(said, mail=NO_MAIL):
    return make_channels(said, mail=mail, private=False)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"pigeon": {}}, "'pigeon' is no kind"),
        ({"webhook": []}, "webhook must be an object"),
        ({"webhook": {"secrets": "x"}}, "webhook has no 'secrets'"),
        ({"webhook": {"secret": 7}}, "webhook.secret is of the wrong kind"),
        ({"webhook": {"threads": True}}, "webhook.threads is of the wrong kind"),
        ({"webhook": {"threads": 0}}, "1 to 64 threads"),
        ({"webhook": {"timeout": 600}}, "1 to 120 seconds"),
        ({"sms": {"url": "https://x.example"}}, "sms needs 'fields'"),
        ({"sms": {**SMS, "style": "pigeon"}}, "sms.style must be one of form, json, query"),
        ({"sms": {**SMS, "style": "json", "signature": "aliyun"}}, "form or query"),
        ({"sms": {**SMS, "inbound": {"colour": "x"}}}, "sms.inbound has no 'colour'"),
        ({"email": {}}, "RENWANG_EMAIL_HOST"),
    ],
)
def test_what_is_wrong_is_named(said, sentence):
    with pytest.raises(WrongChannels, match=sentence):
        make(said)


@pytest.mark.parametrize("text", ["{", "[]", "/no/such/file.json"])
def test_what_is_no_setting_is_refused(text, tmp_path):
    if text == "[]":
        (tmp_path / "x.json").write_text(text)
        text = str(tmp_path / "x.json")
    with pytest.raises(WrongChannels):
        read_setting(text)


def test_a_node_without_the_setting_has_no_channel_that_leaves_it():
    assert read_setting("") == {}
    assert not make({}).by_kind


def test_every_kind_can_be_configured(tmp_path):
    said = {
        "email": {"threads": 2},
        "webhook": {"secret": "s", "timeout": 5},
        "wecom": {},
        "dingtalk": {"base": "https://robots.example"},
        "feishu": {},
        "sms": {
            **SMS,
            "style": "query",
            "yes_values": [0],
            "inbound": {"delivered_values": ["OK"]},
        },
        "links": {"answer": "/here/"},
    }
    path = tmp_path / "channels.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    channels = make(read_setting(str(path)), MailServer("127.0.0.1", 25, "node@example.org"))
    assert set(channels.by_kind) == {"email", "webhook", "wecom", "dingtalk", "feishu", "sms"}
    assert all(one.channel.kind == kind for kind, one in channels.by_kind.items())
    assert (channels.by_kind["email"].threads, channels.by_kind["webhook"].timeout) == (2, 5.0)
    assert channels.inbound.delivered_values == ("ok",)
    assert channels.answer_link().endswith("/here/")
    assert channels.source_link("alerts.relay", "7").endswith("/alerts/7.cap")
    assert channels.source_link("another", "7") == ""
