"""What is said officially over the API: open to everybody to read and ask, closed to everything else."""

import json

from django.test import Client, override_settings

from renwang.bulletins.models import AskingRate, Question
from renwang.bulletins.question_rules import AT_MOST_IN_AN_HOUR
from tests.bulletins.said import (
    ENGLISH,
    WATER,
    answered,
    asked,
    corrected,
    published,
    shown,
    waiting,
)


def get(path: str, **query) -> tuple[int, dict]:
    """Read an address without any key."""
    answer = Client().get(f"/api/v1{path}", query)
    return answer.status_code, answer.json()


def ask(cast, **changes):
    """Ask without any key."""
    body = {"place": cast.community.ref, "words": "今晚几点停水？", **changes}
    return Client().post("/api/v1/questions", json.dumps(body), content_type="application/json")


class TestWhatIsNotGiven:
    def test_what_is_not_published(self, cast):
        made, question = waiting(cast), answered(cast)
        assert get(f"/bulletins/{made.ref}")[0] == 404
        assert get(f"/questions/{question.ref}")[0] == 404
        assert get("/bulletins")[1]["items"] == []
        assert get("/questions", place=cast.community.ref)[1]["items"] == []

    def test_the_words_of_whoever_asked_and_his_code(self, cast):
        question = shown(cast, asked(cast, "我住3栋，几点停水", contact="13900001111"))
        text = json.dumps(get(f"/questions/{question.ref}")[1], ensure_ascii=False)
        for secret in ("3栋", "13900001111", question.code):
            assert secret not in text

    def test_a_place_below_the_grid(self, cast):
        assert ask(cast, place=cast.group.ref).status_code == 404
        assert get("/bulletins", place=cast.group.ref)[0] == 404


class TestReading:
    def test_bulletins_with_their_corrections(self, cast):
        wrong = published(cast, WATER, ENGLISH)
        right = corrected(cast, wrong)
        found = get("/bulletins", place=cast.grid.ref)[1]["items"]
        assert {one["ref"]: one["state"] for one in found} == {
            wrong.ref: "corrected",
            right.ref: "published",
        }
        one = get(f"/bulletins/{right.ref}")[1]
        assert one["corrects"] == wrong.ref
        assert one["sources"] == [{"who": "自来水公司", "where": "https://example.org/water"}]
        assert one["page"].endswith(f"/bulletins/{right.ref}/")
        assert len(get("/bulletins")[1]["items"]) == 2

    def test_as_it_is_read_aloud(self, cast):
        made = published(cast)
        assert "20点整到22点整停水" in get(f"/bulletins/{made.ref}/spoken")[1]["text"]

    def test_a_page_mark_that_is_not_ours_is_refused(self, cast):
        assert get("/bulletins", cursor="nonsense")[0] == 400


class TestAsking:
    def test_the_code_leads_to_the_answer(self, cast):
        answer = ask(cast)
        assert answer.status_code == 201
        code = answer.json()["code"]
        assert get(f"/questions/asked/{code}")[1]["state"] == "asked"
        answered(cast, Question.objects.get())
        told = get(f"/questions/asked/{code}")[1]
        assert told["state"] == "answered"
        assert "22:00" in told["texts"][0]["text"]
        assert get("/questions/asked/nonsense")[0] == 404

    def test_wrong_input_is_refused(self, cast):
        for changes in ({"words": ""}, {"words": "水" * 1001}, {"kind": "order"}, {"words": "\0"}):
            assert ask(cast, **changes).status_code == 422
        assert ask(cast, words="  ").status_code == 409
        assert not Question.objects.exists()

    def test_a_machine_is_told_to_wait(self, cast):
        for _ in range(AT_MOST_IN_AN_HOUR):
            assert ask(cast).status_code == 201
        answer = ask(cast)
        assert (answer.status_code, answer.json()["code"]) == (429, "asked-too-often")

    @override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
    def test_behind_a_proxy_that_is_believed_each_connection_counts_apart(self, cast):
        for last in ("192.0.2.1", "192.0.2.2"):
            body = json.dumps({"place": cast.community.ref, "words": "几点停水"})
            Client(headers={"x-forwarded-for": f"203.0.113.9, {last}"}).post(
                "/api/v1/questions", body, content_type="application/json"
            )
        assert AskingRate.objects.count() == 2
