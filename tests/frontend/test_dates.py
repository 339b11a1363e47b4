"""English dates are read the same all over the world; Chinese ones as at home."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from renwang.web.frame.moments import say_moment

MOMENT = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "now", "said"),
    [
        ("en", None, "15 Jul 2026, 09:30"),
        ("en", MOMENT, "15 Jul, 09:30"),
        ("zh-hans", None, "2026年7月15日 09:30"),
        ("zh-hans", MOMENT, "7月15日 09:30"),
    ],
)
def test_a_moment(language, now, said):
    with translation.override(language):
        assert say_moment(MOMENT, now) == said


@pytest.mark.parametrize(("language", "said"), [("en", "4 Mar 2026"), ("zh-hans", "2026年3月4日")])
def test_a_day_however_a_template_writes_it(language, said):
    day = {"day": date(2026, 3, 4)}
    with translation.override(language):
        for words in (
            '{{ day|date:"DATE_FORMAT" }}',
            '{{ day|date:"SHORT_DATE_FORMAT" }}',
            "{{ day }}",
        ):
            written = Template(words).render(Context(day))
            assert written in (said, "2026-3-4", "2026年3月4日"), words
    if language == "en":
        assert written == said


def test_what_could_be_a_month_or_a_day_is_asked_again():
    with translation.override("en"):
        field = forms.DateField()
        assert field.clean("2026-03-04") == field.clean("4 Mar 2026") == date(2026, 3, 4)
        with pytest.raises(forms.ValidationError):
            field.clean("3/4/2026")
