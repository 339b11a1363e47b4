"""The care list from a table and out into one: refusals first, then sealed, judged, written once, and forgotten."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings as node
from django.db import connection, transaction
from django.utils.translation import override

from renwang.base import forgetting
from renwang.base.models import Entry
from renwang.base.tables import Kind, TableRefused, write_csv, write_xlsx
from renwang.base.tables.words import say_error
from renwang.chain import reach
from renwang.outreach.models import Errand
from renwang.registers.care import rules, services, table_rules
from renwang.registers.care.keys import held_ring
from renwang.registers.care.models import CareEntry, Pairing, Paper, SealedTable, Withdrawal
from renwang.registers.care.paper_rules import PaperForm
from renwang.registers.care.services import tabling
from renwang.registers.care.services.papering import print_paper
from renwang.registers.care.services.rekeying import drop_old_keys, reseal_all, rotate_key
from renwang.registers.care.sight import read_content
from renwang.registers.care.table import COLUMNS, EXPORTED, example_row, rows_of
from renwang.registers.care.withdrawals import forget_withdrawals
from tests import make
from tests.registers.care.listed import SECRETS, content, door, entry, keeper

WEEK = timedelta(days=7)


def row(cast, **changes) -> dict:
    """A row about somebody who is not on the list."""
    return {
        "building": "1号楼", "door": changes.pop("door", None) or door(cast).door, "name": "钱奶奶",
        "needs": "在家吸氧；上下楼要人帮", "telephone": "13911112222", "warn": "敲两下再喊",
        "leave": "背下楼", "stay": "氧气瓶在床边", "other1": "钱家儿子", "tie1": "儿子",
        "ring1": "13933334444", "how": "signed", "given_on": date(2026, 7, 1),
        "until_on": date(2027, 6, 30), **changes,
    }  # fmt: skip


def one_house(cast):
    """A building whose name means one building only."""
    return make.building("9号楼", cast.group, search="9号楼", code="B9")


def door_of(cast, house, name: str):
    return make.household(house, name, cast.contact_household)


@pytest.fixture
def house(cast):
    keeper(cast)
    return one_house(cast)


def at(house, cast, door_name: str = "101", **changes) -> dict:
    door_of(cast, house, door_name)
    return row(cast, building=house.name, door=door_name, **changes)


LOOSE = [replace(one, kind=Kind.TEXT) if one.key == "how" else one for one in COLUMNS]


def sent(cast, rows, *, columns=LOOSE, by=None, name: str = "钱奶奶的名单.csv"):
    return tabling.keep_table(write_csv(columns, rows), name, by=by or keeper(cast), now=cast.now)


def judged(cast, rows, **more) -> tabling.Table:
    return tabling.open_sealed(sent(cast, rows, **more), by=keeper(cast), now=cast.now)


def brought(cast, rows, **more) -> tabling.BroughtIn:
    return tabling.bring_in_table(sent(cast, rows, **more), by=keeper(cast), now=cast.now)


def sentences(table: tabling.Table) -> list[str]:
    with override("en"):
        return [str(say_error(error)) for error in table.plan.errors]


class TestWhoMayNot:
    def test_only_who_keeps_the_list_and_only_in_person(self, cast, house):
        by = keeper(cast)
        made = sent(cast, [at(house, cast)])
        key = reach.Viewer(by.person, cast.now, by.places, frozenset({"care.keep"}))
        for who in (cast.viewer(cast.stranger), cast.viewer(cast.operator), key):
            with pytest.raises(reach.NotInReach):
                sent(cast, [], by=who)
            with pytest.raises(reach.NotInReach):
                tabling.open_sealed(made, by=who, now=cast.now)
        assert SealedTable.objects.count() == 1

    def test_another_keeper_does_not_find_it(self, cast, house):
        made = sent(cast, [at(house, cast)])
        make.grant(cast.stranger, "care_keeper", cast.strangers_street)
        other = cast.viewer(cast.stranger)
        for deed in (tabling.open_sealed, tabling.bring_in_table, tabling.drop_table):
            with pytest.raises(table_rules.TableGone):
                deed(made, by=other, now=cast.now)
        assert not CareEntry.objects.exists()

    def test_a_door_out_of_reach_is_a_wrong_row(self, cast, house):
        strange = make.building("外街1号楼", cast.strangers_street, search="外街1号楼")
        make.household(strange, "1", cast.strangers_street)
        table = judged(cast, [row(cast, building="外街1号楼", door="1")])
        assert not table.plan.may_commit


class TestUnderSeal:
    def test_nothing_of_it_lies_anywhere_in_the_clear(self, cast, house, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path / "media")
        sent(cast, [at(house, cast)])
        sealed = SealedTable.objects.get()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {SealedTable._meta.db_table}")
            stored = b" ".join(
                bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                for cell in cursor.fetchone()
            )
        for secret in (*SECRETS, "9号楼", "signed"):
            assert secret.encode() not in stored
        for path in [*tmp_path.rglob("*"), *Path(node.HOME).rglob("*.data")]:
            if path.is_file():
                assert not [one for one in SECRETS if one.encode() in path.read_bytes()]
        assert sealed.key.startswith("k")

    def test_moved_to_another_table_it_does_not_open(self, cast, house):
        first, second = (sent(cast, [at(house, cast, name)]) for name in ("101", "102"))
        data = SealedTable.objects.get(pk=first).data
        SealedTable.objects.filter(pk=second).update(data=data)
        with pytest.raises(rules.SealBroken):
            tabling.open_sealed(second, by=keeper(cast), now=cast.now)

    def test_it_is_gone_after_an_hour_when_dropped_and_when_brought_in(self, cast, house):
        rows = [at(house, cast)]
        late = cast.now + table_rules.KEPT_FOR
        old = sent(cast, rows)
        with pytest.raises(table_rules.TableGone):
            tabling.bring_in_table(old, by=keeper(cast), now=late)
        assert tabling.sweep_tables(late - timedelta(seconds=1)) == 0
        assert tabling.sweep_tables(late) == 1
        tabling.drop_table(sent(cast, rows), by=keeper(cast), now=cast.now)
        made = sent(cast, rows)
        tabling.bring_in_table(made, by=keeper(cast), now=cast.now)
        assert not SealedTable.objects.exists()
        with pytest.raises(table_rules.TableGone):
            tabling.bring_in_table(made, by=keeper(cast), now=cast.now)
        assert CareEntry.objects.count() == 1

    def test_a_change_of_keys_leaves_it_readable(self, cast, house):
        made = sent(cast, [at(house, cast)])
        rotate_key(by="node:test", now=cast.now)
        reseal_all()
        drop_old_keys(by="node:test", now=cast.now)
        table = tabling.open_sealed(made, by=keeper(cast), now=cast.now)
        assert table.plan.may_commit
        tabling.drop_table(made, by=keeper(cast), now=cast.now)
        assert drop_old_keys(by="node:test", now=cast.now) == 1


class TestWrongRows:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"door": "999"}, "There is no such door"),
            ({"building": "没有"}, "没有"),
            ({"needs": "会飞"}, "会飞"),
            ({"needs": ""}, "blank"),
            ({"how": "也许"}, "not one of the choices"),
            ({"given_on": date(2026, 8, 1)}, "a day that has not come"),
            ({"given_on": None}, "blank"),
            ({"until_on": date(2028, 1, 1)}, "a year at most"),
            ({"until_on": date(2026, 7, 2)}, "has ended"),
            ({"ref": "K-260101-0001"}, "Nobody has this number"),
            ({"helper": "没有此人"}, "没有此人"),
            ({"warn": "长" * 201}, "at most"),
        ],
    )
    def test_is_explained_in_place_and_stops_the_whole_table(self, cast, house, changes, said):
        good = at(house, cast, "101")
        door_of(cast, house, "102")
        table = judged(cast, [good, {**good, "door": "102", **changes}])
        [sentence] = sentences(table)
        assert sentence.startswith("Row 3")
        assert said in sentence
        assert len(table.plan.to_create) == 1
        with pytest.raises(table_rules.TableWrong):
            tabling.bring_in_table(table.id, by=keeper(cast), now=cast.now)
        assert not CareEntry.objects.exists()
        assert SealedTable.objects.filter(pk=table.id).exists()  # so that it can be looked at again

    def test_one_person_twice_names_both_rows(self, cast, house):
        good = at(house, cast)
        [sentence] = sentences(judged(cast, [good, {**good, "building": house.code}]))
        assert "row 2" in sentence
        assert str(house.pk) not in sentence

    def test_helper_and_back_up_are_two(self, cast, house):
        pair = {"helper": cast.worker.name, "backup": cast.worker.name}
        [sentence] = sentences(judged(cast, [at(house, cast, **pair)]))
        assert "two people" in sentence

    def test_columns_that_are_not_asked_for_are_passed_over(self, cast, house):
        more = [*COLUMNS[:-1], COLUMNS[-1].__class__("sick", ("诊断", "Diagnosis"))]
        table = judged(cast, [at(house, cast, sick="高血压")], columns=more)
        assert table.plan.ignored == ("诊断",)
        assert table.plan.may_commit


class TestBroughtIn:
    def test_everything_stands_under_seal_and_the_fact_names_nobody(self, cast, house):
        made = brought(cast, [at(house, cast, helper=cast.worker.name, backup=cast.leader.name)])
        assert (made.created, made.updated, made.unchanged) == (1, 0, 0)
        found = CareEntry.objects.get()
        with transaction.atomic():
            assert read_content(found, held_ring()) == content("stairs", "oxygen")
        assert not found.has_slip
        assert found.consent_on == date(2026, 7, 1)
        ranks = Pairing.objects.order_by("rank").values_list("person__name", flat=True)
        assert list(ranks) == [cast.worker.name, cast.leader.name]
        fact = Entry.objects.get(verb="care.brought_in")
        assert fact.facts["created"] == 1
        assert fact.place == found.path
        facts = " ".join(Entry.objects.values_list("body", flat=True))
        assert not [one for one in (*SECRETS, "名单", house.name) if one in facts]

    def test_the_same_table_twice_changes_nothing(self, cast, house):
        rows = [at(house, cast, str(number)) for number in range(5)]
        assert brought(cast, rows).created == 5
        before = list(CareEntry.objects.order_by("pk").values())
        again = brought(cast, rows)
        assert (again.created, again.updated, again.unchanged) == (0, 0, 5)
        assert list(CareEntry.objects.order_by("pk").values()) == before

    def test_a_blank_cell_changes_nothing_and_a_new_word_changes_that(self, cast, house):
        brought(cast, [at(house, cast)])
        blank = dict.fromkeys(("telephone", "warn", "leave", "stay", "other1", "tie1", "ring1"))
        rows = [row(cast, building=house.name, door="101", **(blank | {"warn": "按灯铃"}))]
        table = judged(cast, rows)
        assert [change.after for change in table.plan.to_update] == [{"warn": "按灯铃"}]
        assert tabling.bring_in_table(table.id, by=keeper(cast), now=cast.now).updated == 1
        with transaction.atomic():
            said = read_content(CareEntry.objects.get(), held_ring())
        assert said == content("stairs", "oxygen", warn="按灯铃")

    def test_an_older_consent_does_not_undo_a_newer_one(self, cast, house):
        brought(cast, [at(house, cast, given_on=date(2026, 7, 5))])
        [sentence] = sentences(judged(cast, [row(cast, building=house.name, door="101")]))
        assert "newer consent" in sentence

    def test_helper_and_back_up_change_places(self, cast, house):
        names = [cast.worker.name, cast.leader.name]
        brought(cast, [at(house, cast, helper=names[0], backup=names[1])])
        back = {"helper": names[1], "backup": names[0]}
        assert brought(cast, [row(cast, building=house.name, door="101", **back)]).updated == 1
        ranks = Pairing.objects.order_by("rank").values_list("person__name", flat=True)
        assert list(ranks) == names[::-1]

    def test_a_late_visit_goes_to_whom_the_table_pairs(self, cast, house):
        brought(cast, [at(house, cast)])
        CareEntry.objects.update(rung=1)
        brought(cast, [row(cast, building=house.name, door="101", helper=cast.worker.name)])
        assert Errand.objects.filter(subject_id=CareEntry.objects.get().pk).exists()

    def test_statements_do_not_grow_with_the_rows(self, cast, house, django_assert_max_num_queries):
        rows = [at(house, cast, str(number)) for number in range(60)]
        made = sent(cast, rows)
        with django_assert_max_num_queries(30):
            tabling.bring_in_table(made, by=keeper(cast), now=cast.now)
        assert CareEntry.objects.count() == 60

    def test_more_rows_than_a_table_may_hold(self, cast, house):
        with pytest.raises(TableRefused):
            judged(cast, [row(cast, door="1")] * (table_rules.ROWS_AT_MOST + 1))


class TestForgotten:
    def test_a_table_from_before_does_not_bring_somebody_back(self, cast, house):
        rows = [at(house, cast)]
        brought(cast, rows)
        services.withdraw_consent(CareEntry.objects.get().pk, by=keeper(cast), now=cast.now)
        [sentence] = sentences(judged(cast, rows))
        assert "withdrawn a consent" in sentence
        other = [{**rows[0], "name": "孙爷爷"}]  # of the same door, and never forgotten
        assert brought(cast, other).created == 1
        later = cast.now + timedelta(days=3)
        anew = [{**rows[0], "given_on": later.date(), "until_on": later.date() + WEEK}]
        by = reach.viewer_of(cast.secretary, later)
        made = tabling.keep_table(write_csv(COLUMNS, anew), "a.csv", by=by, now=later)
        assert tabling.bring_in_table(made, by=by, now=later).created == 1

    def test_nor_after_an_old_backup_was_brought_back(self, cast, house):
        rows = [at(house, cast)]
        brought(cast, rows)
        made = CareEntry.objects.get()
        stored = {field.attname: getattr(made, field.attname) for field in CareEntry._meta.fields}
        services.withdraw_consent(made.pk, by=keeper(cast), now=cast.now)
        Withdrawal.objects.all().delete()  # as yesterday's backup has none
        CareEntry.objects.create(**stored)
        assert forgetting.replay(list(forgetting.notes())).erased == 1
        [sentence] = sentences(judged(cast, rows))
        assert "withdrawn a consent" in sentence

    def test_an_exported_row_of_somebody_forgotten_is_refused_by_its_number(self, cast, house):
        brought(cast, [at(house, cast)])
        ref = CareEntry.objects.get().ref
        services.withdraw_consent(CareEntry.objects.get().pk, by=keeper(cast), now=cast.now)
        [sentence] = sentences(judged(cast, [row(cast, building="9号楼", door="101", ref=ref)]))
        assert "the entry was forgotten" in sentence

    def test_what_is_kept_of_it_says_nothing_and_ends(self, cast, house):
        brought(cast, [at(house, cast)])
        services.withdraw_consent(CareEntry.objects.get().pk, by=keeper(cast), now=cast.now)
        kept = Withdrawal.objects.get()
        assert len(kept.mark) == 64
        assert "钱奶奶" not in kept.mark
        day = cast.now.date()
        assert forget_withdrawals(day + timedelta(days=366)) == 0
        assert forget_withdrawals(day + timedelta(days=367)) == 1


class TestTakenOut:
    def taken(self, cast):
        return print_paper(
            cast.community, cast.worker, cast.now + WEEK, form=PaperForm.TABLE,
            by=keeper(cast), now=cast.now,
        )  # fmt: skip

    def test_a_stranger_takes_nothing_out(self, cast):
        entry(cast)
        for who in (cast.stranger, cast.operator):
            with pytest.raises(reach.NotInReach):
                print_paper(
                    cast.community, cast.worker, cast.now + WEEK, form=PaperForm.TABLE,
                    by=cast.viewer(who), now=cast.now,
                )  # fmt: skip
        assert not Paper.objects.exists()

    def test_every_row_bears_number_holder_and_end(self, cast, house):
        brought(cast, [at(house, cast, helper=cast.worker.name)])
        printed = self.taken(cast)
        [said] = rows_of(printed.paper, printed.lines, "zh-hans")
        assert (said["paper"], said["holder"]) == (printed.paper.ref, cast.worker.name)
        assert said["helper"] == cast.worker.name
        assert printed.paper.form == PaperForm.TABLE
        fact = Entry.objects.get(verb="care.paper_printed")
        assert fact.facts["form"] == "table"

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_brought_in_again_it_changes_nothing(self, cast, house, language):
        pair = {"helper": cast.worker.name, "backup": cast.leader.name}
        brought(cast, [at(house, cast, str(number), **pair) for number in range(3)])
        printed = self.taken(cast)
        rows = rows_of(printed.paper, printed.lines, language)
        data = write_xlsx(EXPORTED, rows, language=language, in_memory=True)
        made = tabling.keep_table(data, "P.xlsx", by=keeper(cast), now=cast.now)
        again = tabling.bring_in_table(made, by=keeper(cast), now=cast.now)
        assert (again.created, again.updated, again.unchanged) == (0, 0, 3)

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_the_template_is_understood_but_for_its_invented_door(self, cast, house, language):
        data = write_xlsx(COLUMNS, [example_row(language)], language=language)
        assert openpyxl.load_workbook(io.BytesIO(data)).active.max_row == 2
        made = tabling.keep_table(data, "care-list.xlsx", by=keeper(cast), now=cast.now)
        table = tabling.open_sealed(made, by=keeper(cast), now=cast.now)
        [sentence] = sentences(table)
        assert "示例小区1号楼" in sentence
