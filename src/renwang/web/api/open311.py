"""Open311 GeoReport v2: other systems list kinds of case, bring cases in, and ask what became of them.

Whoever brings something in or wants to see more than anybody may bears a key
of this node, as `api_key` or as `Authorization: Bearer`. The ways in of the
browser count for nothing here, so that no page can send in another's name.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from renwang import __version__
from renwang.base.addresses import link
from renwang.cases import open311, open311_words
from renwang.cases.linked.services import hear_update
from renwang.cases.open311 import Fault, Open311Refused, Service
from renwang.cases.open311_finding import (
    brought_by_key,
    find_requests,
    find_updates,
    ref_by_code,
    request_of,
    services_changed_at,
)
from renwang.cases.photos import AT_ONCE, LARGEST
from renwang.cases.rules import PLACE_AT_MOST, Via
from renwang.cases.services import Report, enter_report, show_code
from renwang.chain import reach
from renwang.chain.models import Building, Unit
from renwang.chain.reach import NotInReach, Viewer
from renwang.chain.rules import Refusal
from renwang.chain.selectors.public import (
    place_of_code,
    public_place_round,
    public_places,
    public_tops,
)
from renwang.chain.services.accounts import find_token
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import sentence_of


def answers(*methods: str) -> Callable[[Callable[..., bytes]], Callable[..., HttpResponse]]:
    """Turn a view that writes bytes into one that answers in the form asked for, refusals too."""

    def mark(view: Callable[..., bytes]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, form: str, **more: Any) -> HttpResponse:
            if request.headers.get("Accept-Language"):
                translation.activate(translation.get_language_from_request(request))
            status = 200
            try:
                if request.method not in methods:
                    raise Open311Refused(Fault.METHOD_WRONG)
                body = view(request, *args, form=form, **more)
            except Open311Refused as refused:
                status, said = refused.status, open311_words.say(refused)
                body = open311.write_error(status, said, form)
            except NotInReach:
                refused = Open311Refused(Fault.KEY_REFUSED)
                status, body = 403, open311.write_error(403, open311_words.say(refused), form)
            except Refusal as refusal:
                status, body = 400, open311.write_error(400, sentence_of(refusal), form)
            response = HttpResponse(body, status=status, content_type=open311.CONTENT_TYPES[form])
            response["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["Accept-Language"])
            return response

        return csrf_exempt(answered)

    return mark


def _params(request: HttpRequest) -> dict[str, list[str]]:
    """What was asked or sent; what stands in the address counts where the form is silent."""
    return {**dict(request.GET.lists()), **dict(request.POST.lists())}


def _one(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name) or [""]
    return values[-1].strip()


def _key(request: HttpRequest, params: Mapping[str, Sequence[str]]) -> str:
    scheme, _blank, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else _one(params, "api_key")


def bears_key(request: HttpRequest) -> bool:
    """Whether a request bears a good key where it can be read before the body: in the address or a header."""
    return find_token(_key(request, dict(request.GET.lists())), request.now) is not None


def _viewer(request: HttpRequest, params: Mapping[str, Sequence[str]]) -> Viewer | None:
    """Whose key it is; None for anybody. Refuses a key that does not hold, rather than show less than was meant."""
    key = _key(request, params)
    if not key:
        return None
    token = find_token(key, request.now)
    if token is None:
        raise Open311Refused(Fault.KEY_REFUSED)
    return reach.viewer_of(token.person, request.now, scopes=token.scopes)


def _places(params: Mapping[str, Sequence[str]]) -> list[Unit]:
    """Which places are meant: the one that jurisdiction_id names by its code or reference, or the node's only one."""
    wanted = _one(params, "jurisdiction_id")
    if not wanted:
        tops = public_tops()
        if len(tops) != 1:
            raise Open311Refused(Fault.JURISDICTION_MISSING)
        return tops
    found = (
        public_places().filter(code=wanted).first() or public_places().filter(ref=wanted).first()
    )
    if found is None:
        raise Open311Refused(Fault.JURISDICTION_UNKNOWN, wanted)
    return [found]


def _service(services: Mapping[str, Service], code: str) -> Service:
    if code not in services:
        raise Open311Refused(Fault.SERVICE_UNKNOWN, code)
    return services[code]


@answers("GET", "HEAD")
def list_services(request: HttpRequest, *, form: str) -> bytes:
    """The kinds of case that can be brought in."""
    _places(_params(request))
    return open311.write_services(list(open311_words.services().values()), form)


@answers("GET", "HEAD")
def define_service(request: HttpRequest, code: str, *, form: str) -> bytes:
    """What is asked about a kind of case."""
    _places(_params(request))
    return open311.write_definition(_service(open311_words.services(), code), form)


@takes(AT_ONCE * LARGEST, known=bears_key)
@answers("GET", "HEAD", "POST")
def requests(request: HttpRequest, *, form: str) -> bytes:
    """Ask for cases, or bring one in."""
    if request.method == "POST":
        return _create(request, form)
    params = _params(request)
    places, viewer = _places(params), _viewer(request, params)
    query = open311.read_query(params, request.now)
    found = find_requests(query, open311_words.services(), places, viewer, request.now)
    return open311.write_requests(found, form)


@answers("GET", "HEAD")
def show_request(request: HttpRequest, ref: str, *, form: str) -> bytes:
    """What became of one case."""
    params = _params(request)
    places, viewer = _places(params), _viewer(request, params)
    found = request_of(ref, open311_words.services(), places, viewer, request.now)
    if found is None:
        raise Open311Refused(Fault.REQUEST_UNKNOWN, ref)
    return open311.write_requests([found], form)


@answers("GET", "HEAD", "POST")
def updates(request: HttpRequest, *, form: str) -> bytes:
    """Ask what was done about cases, or tell more about one that was brought in (the extension of FixMyStreet)."""
    params = _params(request)
    places, viewer = _places(params), _viewer(request, params)
    if request.method != "POST":
        query = open311.read_query(params, request.now)
        return open311.write_updates(find_updates(query, places, viewer, request.now), form)
    if viewer is None:
        raise Open311Refused(Fault.KEY_MISSING)
    sent = open311.read_update(params)
    case = brought_by_key(sent.request_id, places, viewer)
    if case is None:
        raise Open311Refused(Fault.REQUEST_UNKNOWN, sent.request_id)
    step = hear_update(case, sent, by=viewer, now=request.now)
    return open311.write_updated(str(step), form)


@answers("GET", "HEAD")
def show_token(request: HttpRequest, token: str, *, form: str) -> bytes:
    """The number of the case whose tracking code this is. Numbers are given at once, so nobody has to wait for one."""
    _places(_params(request))
    ref = ref_by_code(token)
    if ref is None:
        raise Open311Refused(Fault.TOKEN_UNKNOWN)
    return open311.write_token(ref, token, form)


@answers("GET", "HEAD")
def discover(_request: HttpRequest, *, form: str) -> bytes:
    """Where the endpoint is, and in which forms it answers."""
    tops = public_tops()
    changed = services_changed_at()
    changeset = f"{changed:%Y-%m-%d %H:%M}" if changed else __version__
    url = link(reverse("open311:services", kwargs={"form": "xml"})).removesuffix("/services.xml")
    office = ", ".join(top.name for top in tops)
    return open311.write_discovery(
        [open311.Endpoint(url, changeset, is_production=not settings.DEMO)],
        changeset=changeset,
        contact=_("Ask the office of {place}.").format(place=office or "Renwang"),
        key_service=_(
            "Keys are made on the desk of {place}, for a person and for what they may do."
        ).format(place=office or "Renwang"),
        form=form,
    )


# --- a case comes in ------------------------------------------------------------


def _create(request: HttpRequest, form: str) -> bytes:
    params = _params(request)
    places, viewer = _places(params), _viewer(request, params)
    if viewer is None:
        raise Open311Refused(Fault.KEY_MISSING)
    sent = open311.read_submission(params)
    services = open311_words.services()
    service = _service(services, sent.service)
    given = open311.check_answers(service, sent.answers)
    unit, building = _where(sent, places)
    report = Report(
        words=_words(sent, service, given),
        key=_report_key(request, viewer),
        kind=service.code,
        contact=sent.contact,
        place=sent.address[:PLACE_AT_MOST],
        building=building,
        lon=sent.lon,
        lat=sent.lat,
        language=translation.get_language() or "",
        files=[one.read(LARGEST + 1) for one in request.FILES.getlist("media")],
    )
    taken = enter_report(report, unit, Via.API, by=viewer, now=request.now)
    code = show_code(taken.code)
    follow = link(reverse("public:case", args=[taken.code]))
    notice = _("Your code is {code}. Follow it at {address}").format(code=code, address=follow)
    return open311.write_created(taken.case.ref, notice, form)


def _where(sent: open311.Submission, places: Sequence[Unit]) -> tuple[Unit, Building | None]:
    """Find the place of a report: what its address_id names, else where its position lies, else the whole place."""
    if sent.address_id:
        found = place_of_code(sent.address_id)
        if found is None or not any(found[0].path.startswith(one.path) for one in places):
            raise Open311Refused(Fault.ADDRESS_UNKNOWN, sent.address_id)
        return found
    if sent.lat is not None and sent.lon is not None:
        unit = public_place_round(sent.lon, sent.lat, places)
        if unit is not None:
            return unit, None
        if any(place.west is not None for place in places):
            raise Open311Refused(Fault.LOCATION_OUTSIDE)
    return places[0], None


def _words(sent: open311.Submission, service: Service, given: Sequence[tuple[Any, str]]) -> str:
    """All that the reporter said, in his own words; what he was asked stands beside what he answered."""
    lines = [sent.description or service.name]
    lines += [f"{asked.description} {said}" for asked, said in given]
    if len(sent.address) > PLACE_AT_MOST:
        lines.append(sent.address)
    if sent.media_url:
        lines.append(sent.media_url[:500])  # never fetched: it may lead anywhere
    return "\n".join(lines)


def _report_key(request: HttpRequest, viewer: Viewer) -> str:
    """The key under which a report sent twice is one case: the sender's own, made his by who he is."""
    said = request.headers.get("Idempotency-Key", "").strip()
    if not said:
        return str(uuid4())
    return sha256(f"open311:{viewer.id}:{said}".encode()).hexdigest()
