"""`renwang migrate`, `serve` and `work`."""

import sys

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _


@click.command("migrate", help=_("Bring the database to this version. Safe to run again."))
def migrate() -> None:
    """Say how many steps were taken."""
    waiting = migrations_waiting()
    call_command("migrate", verbosity=0, interactive=False)
    click.echo(say("The database is up to date; {count} steps were taken.").format(count=waiting))


@click.command("serve", help=_("Run the node until it is stopped: server and worker."))
@click.option(
    "--address", default="127.0.0.1", show_default=True, help=_("Listen on this address.")
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    help=_("Processes that answer requests."),
)
@click.option(
    "--blocking-threads",
    type=click.IntRange(1, 64),
    help=_("Requests that one process answers at a time. [default: 2 on SQLite, 4 on PostgreSQL]"),
)
@click.option("--no-work", is_flag=True, help=_("Leave the worker to `renwang work`."))
def serve(
    address: str, port: int, workers: int, blocking_threads: int | None, no_work: bool
) -> None:
    """Refuse to serve a database of another version."""
    if migrations_waiting():
        click.echo(say("The database is not at this version. Run: renwang migrate"), err=True)
        sys.exit(1)
    run_server(address, port, workers, blocking_threads, with_worker=not no_work)


def run_server(
    address: str, port: int, workers: int, threads: int | None, *, with_worker: bool
) -> None:
    """Serve, saying where once the socket is open."""
    from renwang.ops.server import serve_node

    connections.close_all()
    shown = f"http://{'127.0.0.1' if address in ('0.0.0.0', '::') else address}:{port}/"  # noqa: S104
    try:
        serve_node(
            address=address,
            port=port,
            workers=workers,
            threads=threads,
            with_worker=with_worker,
            started=lambda: click.echo(say("Renwang answers at {address}").format(address=shown)),
        )
    except (OSError, RuntimeError) as trouble:
        click.echo(
            say("Cannot listen on {address} port {port}: {detail}").format(
                address=address, port=port, detail=trouble
            ),
            err=True,
        )
        sys.exit(1)


@click.command("work", help=_("Run only the worker until it is stopped: sealing, sending, jobs."))
def work() -> None:
    """For nodes whose server runs with --no-work, or that need more than one worker."""
    from renwang.ops.server import run_worker

    click.echo(
        say("The worker is running, every {tick} ms at most.").format(
            tick=settings.RENWANG_WORKER_TICK_MS
        )
    )
    run_worker()


def migrations_waiting() -> int:
    """Count the steps the database has not taken yet."""
    executor = MigrationExecutor(connections["default"])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
