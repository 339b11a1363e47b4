"""Words and masks for what the chain's pages show: roles, bundles, capabilities, telephone numbers."""

from typing import Any

from django.template import Library
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from renwang.base.pure.text import mask_telephone
from renwang.chain.reach import BUNDLE_NAMES, BUNDLES, CAPABILITIES
from renwang.chain.structures import UnknownStructure, structure
from renwang.outreach.channels.words import say_trouble
from renwang.outreach.rollcall_rules import Proof
from renwang.outreach.rules import needs_a_hand
from renwang.outreach.words import PROOFS
from renwang.web.frame.tags.signs import state

register = Library()


@register.filter(name="masked")
def masked(number: str) -> str:
    """Show enough of a telephone number to recognise it, and too little to ring it."""
    return mask_telephone(number)


_PROOF_TONES = {Proof.FAILED: "bad", Proof.STALE: "attention", Proof.WORKS: "good"}


@register.simple_tag(name="proof_state")
def proof_state(proved: Any) -> str:
    """What a contact has proved."""
    return state(PROOFS[proved.proof], _PROOF_TONES.get(proved.proof, "neutral"))


@register.filter(name="by_hand")
def by_hand(kind: str) -> bool:
    """Whether a person must ring, knock or go to a neighbour to use a contact of this kind."""
    return needs_a_hand(kind)


@register.filter(name="trouble_word")
def trouble_word(kept: str) -> str:
    """Say what went wrong with a message."""
    return say_trouble(kept) if kept else ""


@register.filter(name="role_title")
def role_title(post: Any) -> str:
    """Name a post's role in the language of the page; a post outside the structure says so."""
    try:
        role = structure(post.unit.structure).level(post.unit.level).role(post.role)
    except UnknownStructure:
        role = None
    return role.title(get_language() or "zh-hans") if role else _("Other")


@register.filter(name="bundle_name")
def bundle_name(key: str) -> str:
    """Name a bundle of capabilities; one that is no longer known is shown as it is."""
    return str(BUNDLE_NAMES.get(key, key))


@register.filter(name="capability_name")
def capability_name(key: str) -> str:
    """Name a capability; one that is no longer known is shown as it is."""
    return str(CAPABILITIES.get(key, key))


@register.filter(name="capabilities_of")
def capabilities_of(bundle: str) -> list[str]:
    """Say what a bundle allows, in the order in which capabilities are declared."""
    held = BUNDLES.get(bundle, frozenset())
    return [str(words) for key, words in CAPABILITIES.items() if key in held]


@register.filter(name="language_name")
def language_name(code: str) -> str:
    """Name a language in itself, so that whoever reads it recognises it; one nobody knows by its code."""
    try:
        return str(get_language_info(code.lower())["name_local"])
    except KeyError:
        return code
