"""What is done to a node round the reports that a test sends it: a place to report at, and a look at what it kept."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.storage import FileSystemStorage, default_storage

from renwang.base.pure.clock import read_clock
from renwang.base.verifying import verify_journal
from renwang.cases import photos
from renwang.cases.models import Case, Clock, Photo, Step
from renwang.cases.services import intake
from renwang.chain.services.units import create_unit
from renwang.outreach.models import Errand
from renwang.registers.photos import sweep


def prepare() -> str:
    """Found a sub-district with a community and a grid; the reference of the grid."""
    above = None
    for name, level in (("某街道", "subdistrict"), ("某社区", "community"), ("第一网格", "grid")):
        above = create_unit(
            name=name, level=level, parent=above, by="node:test", now=read_clock(),
            structure_key="china_urban", households=400,
        )  # fmt: skip
    return above.ref


def examine(sent: dict[str, int]) -> dict:
    """Look at what became of reports, by key with the number of their photographs; then sweep, and look at the files."""
    default_storage._wrapped = FileSystemStorage(Path(os.environ["RENWANG_HOME"]) / "media")
    kept = {one.outside: one for one in Case.objects.all()}
    cases = {key: kept.get(intake.digest_of(f"key:{key}")) for key in sent}
    before = len(_files())
    sweep(read_clock() + timedelta(hours=2))
    rows = {row.pk: row for row in Photo.objects.all()}
    files = _files()
    return {
        "lost": [key for key, case in cases.items() if case is None],
        "doubled": Case.objects.count() - len(sent),
        "pictures_short": [
            key
            for key, case in cases.items()
            if case and Photo.objects.filter(case=case).count() != sent[key]
        ],
        "unreadable": [
            str(row.pk)
            for row in rows.values()
            if hashlib.sha256(photos.bytes_of(row) or b"").hexdigest() != row.digest
        ],
        "orphans": sorted(set(files) - {str(key) for key in rows}),
        "swept": before - len(files),
        "half": [
            one.ref
            for one in kept.values()
            if Clock.objects.filter(case=one).count() != 3
            or Step.objects.filter(case=one).count() != 1
            or Errand.objects.filter(subject_id=one.pk).count() != 1
        ],
        "whole": verify_journal().whole,
    }


def known(keys: list[str]) -> list[str]:
    """Say which of some keys have become a case."""
    digests = {intake.digest_of(f"key:{key}"): key for key in keys}
    found = Case.objects.filter(outside__in=digests).values_list("outside", flat=True)
    return sorted(digests[one] for one in found)


def _files() -> list[str]:
    if not default_storage.exists(photos.FOLDER):
        return []
    names = default_storage.listdir(photos.FOLDER)[1]
    return [str(UUID(name.removesuffix(".jpg"))) for name in names]
