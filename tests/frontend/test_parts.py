"""Components draw what their callers mean, and never more: names are text, not HTML."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from renwang.web.frame import assets, tables
from renwang.web.frame.banners import Banner, Kind

AT = datetime(2026, 7, 15, 8, tzinfo=UTC)
NASTY = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def draw(source: str, **context) -> str:
    return Template(source).render(Context({"now": AT, **context}))


@pytest.mark.parametrize(
    "source",
    [
        "{% state x %}",
        "{% warning 'red' x %}",
        "{% avatar x %}",
        "{% button x confirm=x reason=x data_more=x %}",
        "{% button x href=x icon='home' %}",
        "{% copy x x %}",
        "{% stat x x href=x note=x unit=x %}",
        "{% callout title=x %}{{ x }}{% endcallout %}",
        "{% card title=x %}{{ x }}{% endcard %}",
        "{% facts %}{% fact x %}{{ x }}{% endfact %}{% endfacts %}",
        "{% timeline x %}{% told who=x %}{{ x }}{% endtold %}{% endtimeline %}",
        "{% empty_state x x x x %}",
        "{% trouble 'refused' x x x x %}",
        "{% page_head x lead=x crumbs=crumbs %}{{ x }}{% endpage_head %}",
        "{% dialog 'd' x %}{{ x }}{% enddialog %}",
        "{% coverage 1 2 of=x href=x label=x %}",
        "{% progress 1 2 x %}",
        "{% row_select x x %}{% row_error 3 x %}",
        "{% tree nodes x %}",
        "{% tabs tabs x %}",
        "{% segmented x options x x %}",
        "{% island 'map' x 'i' %}{{ x }}{% endisland %}",
        "{% banner banner %}",
    ],
)
def test_what_people_wrote_is_never_read_as_html(source):
    drawn = draw(
        source,
        x=NASTY,
        crumbs=[(NASTY, NASTY)],
        nodes=[{"label": NASTY, "url": NASTY, "children": [{"label": NASTY, "level": NASTY}]}],
        tabs=[{"label": NASTY, "url": NASTY, "current": True, "count": 2}],
        options=[(NASTY, NASTY)],
        banner=Banner(Kind.EMERGENCY, NASTY, NASTY, NASTY, NASTY),
    )
    assert "<script>alert" not in drawn
    assert "&lt;svg" not in drawn, "a part was escaped instead of drawn"


class TestSigns:
    @pytest.mark.parametrize("colour", ["red", "orange", "yellow", "blue"])
    def test_a_warning_colour_has_shape_and_word(self, colour):
        drawn = draw("{% warning colour %}", colour=colour)
        assert f"sign-{colour}" in drawn
        assert colour.capitalize() in drawn

    def test_shapes_differ(self):
        shapes = {
            draw("{% sign c label='' %}", c=c) for c in ("red", "orange", "yellow", "blue", "")
        }
        assert len(shapes) == 5

    @pytest.mark.parametrize("colour", ["", None, "purple", "Extreme"])
    def test_any_other_colour_is_said_to_be_none(self, colour):
        assert "No colour" in draw("{% warning colour %}", colour=colour)

    def test_chinese_names_a_warning_as_people_do(self):
        with translation.override("zh-hans"):
            assert "暴雨红色预警" in draw("{% warning 'red' '暴雨' %}")
            assert "暴雨预警（未定色）" in draw("{% warning '' '暴雨' %}")

    @pytest.mark.parametrize(
        ("name", "short"),
        [("周文静", "文静"), ("欧阳明远", "明远"), ("Mary Anne Smith", "MS"), ("Li", "L")],
    )
    def test_initials(self, name, short):
        assert f">{short}<" in draw("{% avatar n %}", n=name)

    def test_no_name_is_a_vacancy(self):
        assert "Vacant" in draw("{% avatar '' %}")


class TestReceipts:
    def test_sent_is_said_not_to_be_received(self):
        drawn = draw("{% ladder call %}", call={"sent_at": AT})
        assert "Sent is not received" in drawn
        assert 'data-step="delivered" data-rung="open"' in drawn

    def test_a_higher_step_carries_the_lower_ones(self):
        drawn = draw("{% ladder call %}", call={"understood_at": AT})
        assert drawn.count('data-rung="reached"') == 4
        assert "Sent is not received" not in drawn

    def test_a_failed_step_is_shown(self):
        drawn = draw("{% ladder call failed='delivered' %}", call={"sent_at": AT})
        assert 'data-step="delivered" data-rung="failed"' in drawn

    @pytest.mark.parametrize(
        ("call", "words"),
        [({}, "Not sent"), ({"sent_at": AT}, "Sent, not received"), ("carried", "Carried on")],
    )
    def test_one_line(self, call, words):
        assert words in draw("{% rungs call %}", call=call)

    def test_coverage_is_said_in_words_and_figures(self):
        drawn = draw("{% coverage 1200 1500 of='households' href='/missing' %}")
        assert "80%" in drawn
        assert "1,200 of 1,500 households" in drawn
        assert 'href="/missing">300 missing' in drawn

    def test_nothing_to_cover_is_not_nought_per_cent(self):
        drawn = draw("{% coverage 0 0 %}")
        assert "%" not in drawn
        assert "nothing to count" in drawn


class TestTimes:
    def test_a_moment_carries_itself_for_the_script(self):
        drawn = draw("{% ago at %}", at=AT - timedelta(minutes=5))
        assert 'datetime="2026-07-15T07:55:00+00:00"' in drawn
        assert ">5 minutes ago<" in drawn

    def test_a_missed_deadline_is_bad(self):
        assert "state-bad" in draw("{% due at %}", at=AT - timedelta(minutes=5))
        assert "state-attention" in draw("{% due at %}", at=AT + timedelta(minutes=5))

    @pytest.mark.parametrize("tag", ["ago", "moment", "due"])
    def test_no_moment_is_said(self, tag):
        assert "not yet" in draw("{% TAG None %}".replace("TAG", tag))


class TestButtons:
    def test_a_disabled_button_says_why(self):
        drawn = draw("{% button 'Relay' disabled=True reason='Two persons are needed.' %}")
        assert " disabled" in drawn
        assert "Two persons are needed." in drawn

    def test_a_disabled_link_leads_nowhere(self):
        drawn = draw("{% button 'Relay' href='/x' disabled=True %}")
        assert "href" not in drawn
        assert 'aria-disabled="true"' in drawn

    def test_further_arguments_become_attributes(self):
        assert 'hx-post="/x"' in draw("{% button 'Go' hx_post='/x' %}")


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As people say it.")
    on = forms.DateField(required=False)
    file = forms.FileField(required=False)
    scope = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


class TestForms:
    def test_label_help_and_error_belong_to_the_input(self):
        drawn = draw("{% field form.name %}", form=SampleForm({}))
        assert 'for="id_name"' in drawn
        assert 'id="id_name_helptext"' in drawn
        assert 'aria-invalid="true"' in drawn
        assert "This field is required." in drawn

    def test_dates_and_files_get_what_the_device_has(self):
        drawn = draw("{% field form.on %}{% field form.file %}", form=SampleForm())
        assert 'type="date"' in drawn
        assert "data-drop" in drawn
        assert drawn.count("(optional)") == 2

    def test_the_summary_leads_to_the_fields(self):
        drawn = draw("{% form_errors form %}", form=SampleForm({}))
        assert 'href="#id_name"' in drawn
        assert draw("{% form_errors form %}", form=SampleForm()).strip() == ""

    def test_all_fields_of_a_form(self):
        assert draw("{% fields form %}", form=SampleForm()).count('class="field') == 5


class TestTables:
    COLUMNS = [
        tables.Column("Name", sort="name"),
        tables.Column("Households", sort="n", number=True),
        tables.Column("Note"),
    ]

    def request(self, query=""):
        return RequestFactory().get(f"/units/?{query}")

    @pytest.mark.parametrize(
        ("query", "sort"), [("", "name"), ("sort=-n", "-n"), ("sort=;drop", "name")]
    )
    def test_only_known_columns_sort(self, query, sort):
        assert tables.sort_of(self.request(query), self.COLUMNS, "name") == sort

    def test_a_second_press_turns_the_order_round_and_goes_to_the_first_page(self):
        request = self.request("sort=name&after=9&q=a")
        name, households, note = tables.headings_of(request, self.COLUMNS, "name")
        assert QueryDict(name.url[1:]).dict() == {"sort": "-name", "q": "a"}
        assert name.direction == "ascending"
        assert households.direction == "none"
        assert note.url == ""

    def test_a_chosen_chip_leads_back(self):
        chips = tables.chips_of(
            self.request("state=late&after=3"), "state", [("late", "Late"), ("done", "Done")]
        )
        assert [chip.is_on for chip in chips] == [True, False]
        assert chips[0].url == "?"
        assert chips[1].url == "?state=done"

    def test_pages_keep_the_filters(self):
        pager = tables.pager_of(self.request("q=a&after=1"), before="3", after=None, shown=2)
        assert QueryDict(pager.previous_url[1:]).dict() == {"q": "a", "before": "3"}
        assert pager.next_url == ""

    def draw_table(self, source):
        request = self.request()
        table = tables.table_of(request, self.COLUMNS, sort="name", exports=[("CSV", "csv")])
        return draw(source, table=table, request=request)

    def test_rows_stand_under_headings(self):
        drawn = self.draw_table("{% table table title='Units' %}<tr><td>x</td></tr>{% endtable %}")
        assert 'aria-sort="ascending"' in drawn
        assert "<tr><td>x</td></tr>" in drawn
        assert "format=csv" in drawn

    def test_an_empty_list_says_what_to_do(self):
        drawn = self.draw_table(
            "{% table table empty=True %}{% empty_state 'No units' action='Import' href='/i' %}{% endtable %}"
        )
        assert "<table" not in drawn
        assert 'href="/i"' in drawn

    def test_a_list_being_fetched_shows_grey_rows(self):
        assert 'aria-busy="true"' in self.draw_table("{% table table busy=True %}{% endtable %}")

    def test_searching_keeps_sort_and_filters(self):
        request = self.request("sort=-n&state=late&q=a&after=4")
        drawn = draw("{% filter_bar %}{% endfilter_bar %}", request=request)
        assert '<input type="hidden" name="state" value="late">' in drawn
        assert 'name="after"' not in drawn
        assert 'value="a"' in drawn


class TestAssets:
    def test_without_a_build_nothing_is_linked(self, monkeypatch, tmp_path):
        monkeypatch.setattr(assets, "DIST", tmp_path)
        assert draw('{% asset "src/main.ts" %}{% asset_url "src/main.ts" %}') == ""
        assert not assets.is_built()

    def test_a_build_is_found_by_the_names_of_its_sources(self, monkeypatch, tmp_path):
        (tmp_path / "manifest.json").write_text(
            '{"src/main.ts": {"file": "assets/main.1.js", "css": ["assets/main.2.css"]}}'
        )
        monkeypatch.setattr(assets, "DIST", tmp_path)
        drawn = draw('{% asset "src/main.ts" %}')
        assert '<script type="module" src="/static/dist/assets/main.1.js">' in drawn
        assert 'href="/static/dist/assets/main.2.css"' in drawn
