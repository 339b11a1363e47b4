"""A new database is described without drawing what did not change, and whoever runs code on its models finds all of them."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from renwang.base.migrating import draw_only_what_changed

NUMBER = [("id", models.BigAutoField(primary_key=True))]


@pytest.fixture
def described() -> ProjectState:
    """Ten models, each of which refers to the one before it; drawn."""
    draw_only_what_changed()
    state = ProjectState()
    _ = state.apps
    for number in range(10):
        to = [("before", models.ForeignKey(f"street.Door{number - 1}", models.CASCADE))]
        migrations.CreateModel(f"Door{number}", NUMBER + (to if number else [])).state_forwards(
            "street", state
        )
    return state


def test_nothing_but_what_changed_is_drawn(described):
    before = dict(described.apps.all_models["street"])
    index = models.Index(fields=["id"], name="by_number")
    migrations.AddIndex("door5", index).state_forwards("street", described)
    rule = models.CheckConstraint(condition=models.Q(id__gt=0), name="has_number")
    migrations.AddConstraint("door5", rule).state_forwards("street", described)
    after = described.apps.all_models["street"]
    assert {name for name in after if after[name] is not before[name]} == {"door5"}
    meta = described.apps.get_model("street", "Door5")._meta
    assert (meta.indexes, meta.constraints) == ([index], [rule])


def test_who_runs_code_finds_everything_connected(described):
    found = []

    def look(apps, _schema):
        door = apps.get_model("street", "Door3")
        found.append(str(door.objects.filter(door4__door5=1).query))
        found.extend(one.related_model.__name__ for one in door._meta.related_objects)

    migrations.RunPython(look).database_forwards(
        "street", connection.schema_editor(), described, described
    )
    assert "street_door5" in found[0] and found[1:] == ["Door4"]
