"""`renwang import`: exit codes, plain errors, nothing written on a dry run."""

import json

import pytest
from click.testing import CliRunner

from renwang.chain.models import Unit
from renwang.ops.import_commands import import_

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    def call(*arguments, **files):
        paths = []
        for name, content in files.items():
            path = tmp_path / name.replace("_", ".")
            path.write_text(content, encoding="utf-8")
            paths.append(str(path))
        return CliRunner().invoke(import_, [arguments[0], *paths, *arguments[1:]])

    return call


def test_a_wrong_row_is_printed_and_the_exit_code_says_refused(cast, run):
    done = run("units", u_csv="编码,名称,上级\nX1,一网格,没有的社区\n")
    assert done.exit_code == 1
    assert "没有的社区" in done.output
    assert not Unit.objects.filter(code="X1").exists()


def test_what_is_no_table_is_refused(cast, run):
    assert run("people", p_csv="").exit_code == 1


def test_a_dry_run_writes_nothing_and_the_real_one_does(cast, run):
    table = "编码,名称,上级,备注\nX1,一网格,石桥社区,\n"
    done = run("grids", "--dry-run", g_csv=table)
    assert (done.exit_code, Unit.objects.filter(code="X1").count()) == (0, 0)
    assert "备注" in done.output
    done = run("grids", g_csv=table)
    assert (done.exit_code, Unit.objects.filter(code="X1").count()) == (0, 1)


def test_divisions_name_what_no_list_has(db, run):
    tables = {"a_csv": "code,name\n880101,城中区\n880101999001,无街道社区\n"}
    wanted = ("--province", "88", "--root-name", "虚构省")
    done = run("divisions", *wanted, **tables)
    assert done.exit_code == 0
    assert "880101999" in done.output
    assert Unit.objects.count() == 3
    assert run("divisions", "--province", "77", "--root-name", "x", **tables).exit_code == 1


def test_boundaries_need_their_datum_and_a_known_place(cast, run):
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    feature = {
        "type": "Feature",
        "properties": {"code": "990105"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    assert run("boundaries", m_json=json.dumps(feature)).exit_code == 2
    assert run("boundaries", "--datum", "wgs84", m_json=json.dumps(feature)).exit_code == 0
    feature["properties"]["code"] = "404"
    assert run("boundaries", "--datum", "wgs84", m_json=json.dumps(feature)).exit_code == 1
