"""The names of states, ends, quarrels and ways, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

from renwang.cases.mediation.choosing_rules import Bar, For
from renwang.cases.mediation.rules import Act, Body, End, How, Kept, Quarrel, Said, State

STATES: Mapping[State, Any] = {
    State.ASKED: pgettext_lazy("of a mediation", "Asked for"),
    State.CONSENTED: pgettext_lazy("of a mediation", "All have consented"),
    State.NAMED: pgettext_lazy("of a mediation", "Mediator named"),
    State.MEETING: pgettext_lazy("of a mediation", "In sessions"),
    State.SUSPENDED: pgettext_lazy("of a mediation", "Suspended"),
    State.AGREED: pgettext_lazy("of a mediation", "Agreed"),
    State.FOLLOWED: pgettext_lazy("of a mediation", "Kept after one month"),
    State.ENDED: pgettext_lazy("of a mediation", "Ended"),
}
ENDS: Mapping[End, Any] = {
    End.SETTLED: pgettext_lazy("how a mediation ended", "Settled"),
    End.NOT_SETTLED: pgettext_lazy("how a mediation ended", "Not settled"),
    End.WITHDRAWN: pgettext_lazy("how a mediation ended", "A party withdrew"),
    End.REFERRED: pgettext_lazy("how a mediation ended", "Handed on"),
}
BODIES: Mapping[Body, Any] = {
    Body.COMMITTEE: pgettext_lazy("mediation is handed on to", "People's mediation committee"),
    Body.COURT: pgettext_lazy("mediation is handed on to", "Court"),
    Body.POLICE: pgettext_lazy("mediation is handed on to", "Police"),
}
QUARRELS: Mapping[Quarrel, Any] = {
    Quarrel.NEIGHBOURS: pgettext_lazy("kind of quarrel", "Neighbours"),
    Quarrel.NOISE: pgettext_lazy("kind of quarrel", "Noise"),
    Quarrel.LEAK: pgettext_lazy("kind of quarrel", "Water from above"),
    Quarrel.PARKING: pgettext_lazy("kind of quarrel", "Parking"),
    Quarrel.PROPERTY: pgettext_lazy("kind of quarrel", "Property management"),
    Quarrel.FAMILY: pgettext_lazy("kind of quarrel", "Family"),
    Quarrel.SUPPORT: pgettext_lazy("kind of quarrel", "Support of the old and of children"),
    Quarrel.MONEY: pgettext_lazy("kind of quarrel", "Money owed"),
    Quarrel.LABOUR: pgettext_lazy("kind of quarrel", "Work and wages"),
    Quarrel.DAMAGE: pgettext_lazy("kind of quarrel", "Damage"),
    Quarrel.LAND: pgettext_lazy("kind of quarrel", "Land and boundaries"),
    Quarrel.OTHER: pgettext_lazy("kind of quarrel", "Something else"),
}
HOWS: Mapping[How, Any] = {
    How.PAPER: pgettext_lazy("how a party consented", "On paper"),
    How.PERSON: pgettext_lazy("how a party consented", "In person"),
    How.TELEPHONE: pgettext_lazy("how a party consented", "By telephone"),
}
SAID: Mapping[Said, Any] = {
    Said.POSITION: pgettext_lazy("told in confidence", "Position"),
    Said.OFFER: pgettext_lazy("told in confidence", "Offer"),
}
KEPT: Mapping[Kept, Any] = {
    Kept.YES: pgettext_lazy("of an agreement", "It is kept"),
    Kept.PARTLY: pgettext_lazy("of an agreement", "It is kept in part"),
    Kept.NO: pgettext_lazy("of an agreement", "It is not kept"),
}
BARS: Mapping[Bar, Any] = {
    Bar.IS_PARTY: pgettext_lazy("bars a mediator", "is a party himself"),
    Bar.LIVES_NEAR: pgettext_lazy("bars a mediator", "lives where a party lives"),
    Bar.POST_NEAR: pgettext_lazy("bars a mediator", "holds a post where a party lives"),
    Bar.KIN: pgettext_lazy("bars a mediator", "kinship with a party was declared"),
    Bar.ANSWERED: pgettext_lazy("bars a mediator", "has answered the case"),
    Bar.LEARNS: pgettext_lazy("bars a mediator", "still learns beside a master"),
}
REASONS: Mapping[For, Any] = {
    For.SKILLED: pgettext_lazy("speaks for a mediator", "skilled in this kind of quarrel"),
    For.STATION: pgettext_lazy("speaks for a mediator", "sits at this station"),
    For.FREE: pgettext_lazy("speaks for a mediator", "has nothing else open"),
}
STEPS: Mapping[str, Any] = {
    "ask": pgettext_lazy("story of a mediation", "Asked for"),
    Act.ADD_PARTY: pgettext_lazy("story of a mediation", "A party was entered"),
    Act.CONSENT: pgettext_lazy("story of a mediation", "A party consented"),
    Act.COMPLETE: pgettext_lazy("story of a mediation", "Every party has consented"),
    Act.NAME: pgettext_lazy("story of a mediation", "Mediator named"),
    "tie": pgettext_lazy("story of a mediation", "Kinship declared"),
    Act.MEET: pgettext_lazy("story of a mediation", "Session set"),
    "held": pgettext_lazy("story of a mediation", "Session held"),
    "cancel": pgettext_lazy("story of a mediation", "Session called off"),
    Act.TELL: pgettext_lazy("story of a mediation", "Told in confidence"),
    Act.WRITE: pgettext_lazy("story of a mediation", "Agreement written"),
    Act.SIGN: pgettext_lazy("story of a mediation", "A party signed"),
    Act.AGREE: pgettext_lazy("story of a mediation", "Agreed: every party has signed"),
    Act.SUSPEND: pgettext_lazy("story of a mediation", "Suspended"),
    Act.RESUME: pgettext_lazy("story of a mediation", "Goes on"),
    Act.FOLLOW: pgettext_lazy("story of a mediation", "Asked whether it is kept"),
    Act.REOPEN: pgettext_lazy("story of a mediation", "Not kept: they sit together again"),
    Act.FAIL: pgettext_lazy("story of a mediation", "Ended without agreement"),
    Act.WITHDRAW: pgettext_lazy("story of a mediation", "A party took the consent back"),
    Act.ALLOW: pgettext_lazy("story of a mediation", "A party lets it be handed on"),
    Act.REFER: pgettext_lazy("story of a mediation", "Handed on"),
}
