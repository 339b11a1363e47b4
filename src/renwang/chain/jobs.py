"""Work of the chain that is done later."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat, job
from renwang.chain.imports import uploads

job(uploads.JOB)(uploads.run_import)


@beat("chain.sweep_uploads", every=timedelta(hours=1))
def _sweep(now: datetime) -> int:
    return uploads.sweep_uploads(now)
