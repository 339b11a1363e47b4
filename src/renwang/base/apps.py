"""The base app: journal, jobs, ids, clock, tables; no word of the domain."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps

from renwang.base.migrating import draw_only_what_changed


class BaseConfig(AppConfig):
    """Loads every module's verbs, then the checks they declare, then their jobs, once all apps are ready."""

    name = "renwang.base"
    label = "base"

    def ready(self) -> None:
        draw_only_what_changed()
        ours = [app.name for app in apps.get_app_configs() if app.name.startswith("renwang.")]
        for room in ("verbs", "checks", "jobs"):
            for name in ours:
                if find_spec(f"{name}.{room}"):
                    import_module(f"{name}.{room}")
