"""Two nodes of ours, each a linked system to the other: a case goes there once, its answer comes back, nothing doubles."""

import base64

import httpx
import pytest
from tests.cases.conftest import WORDS, brought
from tests.cases.linked.conftest import Link

from renwang.cases import services as cases
from renwang.cases.linked import services
from renwang.cases.linked.models import Counterpart
from renwang.cases.linked.rules import Pair, Sending
from renwang.cases.linked.watching import visit_now
from renwang.cases.models import Case
from renwang.cases.rules import State

pytestmark = pytest.mark.races
ACT = "tests.races.linked_actors:"


class Wire(httpx.BaseTransport):
    """Carries requests into the process of the other node; loses answers where it is told to."""

    def __init__(self, node, link):
        self.node, self.link, self.loses = node, link, 0

    def handle_request(self, request):
        status, headers, body = self.node.run(
            ACT + "answer", request.method, request.url.raw_path.decode(), dict(request.headers),
            base64.b64encode(request.read()).decode(), self.link.now.isoformat(),
        )  # fmt: skip
        if request.method == "POST" and self.loses:
            self.loses -= 1
            raise httpx.ReadTimeout("lost", request=request)
        return httpx.Response(status, headers=headers, content=base64.b64decode(body))


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_case_goes_to_the_other_node_once_and_its_answer_comes_back(cast, node, form):
    link = Link(cast)
    founded = node.run(ACT + "found_node", link.now.isoformat())
    link.twin = wire = Wire(node, link)
    wire.client = lambda: httpx.Client(transport=wire)
    link.add(url="https://other.example/open311/v2", form=form, **founded)
    assert not link.visit().trouble and link.system.has_updates
    link.map([Pair("property", "property", sends=True)])

    case = brought(cast, kind="property", contact="13900000009", now=link.now)
    worker = cast.viewer(cast.worker)
    cases.accept_case(case.pk, by=worker, now=link.now)
    made = services.send_case(case.pk, link.key, by=worker, now=link.now)
    wire.loses = 1
    link.visit()
    link.visit(link.system.due_at - link.now)
    made.refresh_from_db()
    assert (made.sending, bool(made.number)) == (Sending.SENT, True)
    (there,) = node.run(ACT + "stories")
    assert there["words"].startswith(WORDS) and there["kind"] == "property"

    services.tell_system(made.pk, "今天又有人摔了。", by=worker, now=link.now)
    link.visit()
    assert node.run(ACT + "stories")[0]["steps"].count("add") == 1
    number = node.run(ACT + "settle", link.now.isoformat())
    assert number == made.number
    link.visit()
    link.visit()
    case = Case.objects.get()
    assert case.state == State.IN_HAND and not case.end, "closed there is not closed here"
    (reply,) = case.steps.filter(act="reply")
    assert "更换灯头" in reply.words
    assert Counterpart.objects.count() == len(node.run(ACT + "stories")) == 1
    assert visit_now(wire.client(), link.now) == 0
