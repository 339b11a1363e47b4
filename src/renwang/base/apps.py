"""The base app: journal, jobs, ids, clock, tables; no word of the domain."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class BaseConfig(AppConfig):
    """Loads every module's verbs and jobs once all apps are ready."""

    name = "renwang.base"
    label = "base"

    def ready(self) -> None:
        for app in apps.get_app_configs():
            if app.name.startswith("renwang."):
                for room in ("verbs", "jobs"):
                    if find_spec(f"{app.name}.{room}"):
                        import_module(f"{app.name}.{room}")
