"""Let migrations describe a new database in a fraction of the time.

After every operation Django draws anew each model that is connected with the
one that changed, through however many others. Here everything is connected
with everything, and a fresh node spent four fifths of its first start on it
(decision record 18). What draws a class for the tables alone needs no more than
the class itself; whatever runs code on the models asks for all of them to be
drawn again first, by the mark that Django itself sets for delayed ones.
"""

from typing import Any

from django.db.migrations.state import ProjectState

_find_connected = ProjectState._find_reload_model


def draw_only_what_changed() -> None:
    """Draw a new model, and one with a new index or constraint, without all that are connected with it. May run twice."""
    ProjectState._find_reload_model = _find_what_to_draw
    ProjectState._append_option = _append_option


def _find_what_to_draw(
    state: ProjectState, app_label: str, model_name: str, delay: bool = False
) -> set[tuple[str, str]]:
    try:
        state.apps.get_model(app_label, model_name)
    except LookupError:  # it is new: nothing that was drawn refers to it
        state.is_delayed = True
        return {(app_label, model_name)}
    return _find_connected(state, app_label, model_name, delay)


def _append_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, added: Any
) -> None:
    model = state.models[app_label, model_name]
    model.options[option_name] = [*model.options[option_name], added]
    if "apps" in state.__dict__:
        state.is_delayed = True
        state._reload({(app_label, model_name)})
