"""What a phone is given to work without a network: the worker, the files, its place on a home screen, the list of what is kept."""

import pytest
from django.test import Client
from tests.web.desk_pages import as_

from renwang.web.frame import assets


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A front end of three entries, as the build writes it."""
    manifest = {
        "src/field_worker.ts": {"file": "assets/worker.js"},
        "src/main.ts": {"file": "assets/main.js", "css": ["assets/main.css"]},
        "src/field.ts": {"file": "assets/field.js", "imports": ["src/main.ts", "_shared.js"]},
        "_shared.js": {"file": "assets/shared.js"},
        "src/islands/map/map_ui.ts": {
            "file": "assets/map.js", "imports": ["src/main.ts"], "assets": ["assets/map-worker.mjs"],
        },
        "src/islands/chart/chart_ui.ts": {"file": "assets/chart.js"},
    }  # fmt: skip
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "worker.js").write_text("self.isWorker = true;")
    monkeypatch.setattr(assets, "manifest", lambda: manifest)
    monkeypatch.setattr(assets, "DIST", tmp_path)


def test_without_a_built_front_end_there_is_no_worker(monkeypatch):
    monkeypatch.setattr(assets, "manifest", dict)
    assert Client().get("/field/worker.js").status_code == 404
    assert Client().get("/field/files.json").json() == {"files": []}


def test_the_worker_stands_where_it_may_keep_the_field_door_and_no_other(built):
    answer = Client().get("/field/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer
    assert answer.content == b"self.isWorker = true;"


def test_the_files_of_a_map_are_fetched_before_it_is_opened_and_those_of_a_chart_are_not(built):
    names = {name.rpartition("/")[2] for name in Client().get("/field/files.json").json()["files"]}
    assert names == {"main.js", "main.css", "field.js", "shared.js", "map.js", "map-worker.mjs"}


@pytest.mark.parametrize(
    ("language", "name"), [("zh-hans", "韧网外勤"), ("en", "Renwang in the field")]
)
def test_the_home_screen_names_it_in_the_language_of_whoever_puts_it_there(language, name, db):
    client = Client()
    client.cookies["renwang_language"] = language
    answer = client.get("/field/app.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    said = answer.json()
    assert said["name"] == name
    assert said["start_url"] == said["scope"] == "/field/"
    assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_list_of_what_is_kept_is_the_same_for_everybody(language, db, cast):
    stranger = Client()
    stranger.cookies["renwang_language"] = language
    pages = [one.get("/field/kept/") for one in (stranger, as_(cast.worker, language))]
    assert all(page.status_code == 200 for page in pages)
    known = pages[1].content.decode()
    assert cast.worker.name not in known
    assert str(cast.worker.pk) not in known
    assert 'id="field-door"' not in known
