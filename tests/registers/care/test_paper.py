"""Lists on paper: refusals first, then what stands on one, who reads of it, and what became of it."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain import reach
from renwang.registers.care import finding, services
from renwang.registers.care.models import CareEntry, Paper
from renwang.registers.care.paper_rules import (
    NothingToPrint,
    PaperAct,
    PaperOver,
    PaperState,
    PaperTooLong,
)
from renwang.registers.care.rules import Why
from renwang.registers.care.services.papering import account_for_paper, print_paper
from tests.registers.care.listed import SECRETS, content, entered, entry, keeper, opener

WEEK = timedelta(days=7)


def printed(cast, **changes):
    """A list of the community that the grid worker holds for a day."""
    by = changes.pop("by", None) or keeper(cast)
    until = cast.now + changes.pop("lasts", timedelta(days=1))
    return print_paper(cast.community, cast.worker, until, by=by, now=cast.now)


class TestRefusals:
    def test_only_the_keeper_prints_and_accounts(self, cast):
        entry(cast)
        paper = printed(cast).paper
        for viewer in (cast.viewer(cast.stranger), cast.viewer(cast.operator), opener(cast)):
            with pytest.raises(reach.NotInReach):
                printed(cast, by=viewer)
            with pytest.raises(reach.NotInReach):
                account_for_paper(paper.pk, PaperAct.DESTROY, by=viewer, now=cast.now)

    def test_neither_nothing_nor_for_long(self, cast):
        keeper(cast)
        with pytest.raises(NothingToPrint):
            printed(cast)
        entry(cast)
        with pytest.raises(PaperTooLong):
            printed(cast, lasts=WEEK + timedelta(minutes=1))
        assert not Paper.objects.exists()

    def test_nobody_whose_consent_has_ended(self, cast):
        entry(cast)
        CareEntry.objects.update(consent_until=cast.now.date() - timedelta(days=1))
        with pytest.raises(NothingToPrint):
            printed(cast)


class TestPrinted:
    def test_numbered_and_kept_nowhere(self, cast):
        entry(cast)
        made = printed(cast)
        assert made.paper.number == 1
        assert [said for _entry, said in made.lines] == [content()]
        fact = Entry.objects.get(verb="care.paper_printed")
        assert [one for one in SECRETS if one in fact.body] == []
        assert printed(cast).paper.ref != made.paper.ref

    def test_everybody_on_it_reads_who_holds_it(self, cast):
        made = entered(cast)
        paper = printed(cast).paper
        [look] = finding.looks_at(finding.entry_by_code(made.code))
        assert (look.why, look.who, look.paper) == (Why.PAPER, "王格平", paper.ref)
        account_for_paper(paper.pk, PaperAct.LOSE, by=keeper(cast), now=cast.now)
        [look] = finding.looks_at(finding.entry_by_code(made.code))
        assert str(look.paper_state) in ("遗失", "Lost")

    def test_accounted_for_once(self, cast):
        entry(cast)
        paper, by = printed(cast).paper, keeper(cast)
        account_for_paper(paper.pk, PaperAct.RETURN, by=by, now=cast.now)
        with pytest.raises(PaperOver):
            account_for_paper(paper.pk, PaperAct.RETURN, by=by, now=cast.now)
        assert account_for_paper(paper.pk, PaperAct.DESTROY, by=by, now=cast.now).state == (
            PaperState.DESTROYED
        )

    def test_a_list_with_somebody_forgotten_is_called_back(self, cast):
        made = entry(cast)
        paper = printed(cast).paper
        services.withdraw_consent(made.pk, by=keeper(cast), now=cast.now)
        paper.refresh_from_db()
        assert paper.is_recalled
        assert Entry.objects.filter(verb="care.paper_recalled").count() == 1
        account_for_paper(paper.pk, PaperAct.DESTROY, by=keeper(cast), now=cast.now)
        paper.refresh_from_db()
        assert not paper.is_recalled
