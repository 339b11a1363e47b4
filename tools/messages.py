#!/usr/bin/env python3
"""The words on screen: collects them, compiles their translations, says what is missing.

    tools/messages.py extract chain web/desk    update the .po files of these apps (or --all)
    tools/messages.py compile                   make every .mo
    tools/messages.py check                     fail on untranslated, doubtful, left-over or twofold words

Message ids are English; each app under `src/renwang` keeps its Chinese in
`locale/zh_Hans/LC_MESSAGES/django.po`. Needs Django and Babel only.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "renwang"
LOCALE = "zh_Hans"
TEMPLATES = {".html", ".txt", ".xml", ".svg", ".js", ".webmanifest"}
PLURAL, CONTEXT, BOTH = (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": PLURAL, "ngettext_lazy": PLURAL,
    "pgettext": CONTEXT, "pgettext_lazy": CONTEXT,
    "npgettext": BOTH, "npgettext_lazy": BOTH,
}  # fmt: skip
HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: renwang\\n"
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
_ALIAS = re.compile(r"\b(\w*gettext\w*) as (\w+)")
_BLANK = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")


def apps() -> dict[str, Path]:
    """Return every Django app of the project: its path below the package, and its folder."""
    return {
        path.parent.relative_to(PACKAGE).as_posix(): path.parent
        for path in sorted(PACKAGE.rglob("apps.py"))
    }


def catalogue_path(app: str) -> Path:
    """Where an app keeps its Chinese."""
    return PACKAGE / app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def sources(app: str) -> Iterator[Path]:
    """Every file of an app that can hold words: Python and templates, not those of an app inside it."""
    others = {folder for folder in apps().values() if PACKAGE / app in folder.parents}
    for path in sorted((PACKAGE / app).rglob("*")):
        if any(folder in path.parents for folder in others) or "migrations" in path.parts:
            continue
        if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in path.parts):
            yield path


def words_in(path: Path) -> Iterator[tuple[str, object, list[str]]]:
    """Yield (function, messages, comments) for every translatable string of a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is left of a template are calls between blanks; indentation would confuse the reader.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    # A file may call a function by another name: `from … import gettext as say`.
    aliases = {alias: name for name, alias in _ALIAS.findall(text) if name in KEYWORDS}
    keywords = KEYWORDS | {alias: KEYWORDS[name] for alias, name in aliases.items()}
    found = extract_python(
        BytesIO(text.encode()), keywords, ["Translators:"], {"encoding": "utf-8"}
    )
    for _line, function, messages, comments in found:
        yield aliases.get(function, function), messages, comments


def collect(app: str) -> Catalog:
    """Collect an app's words from its sources."""
    catalogue = Catalog(locale=LOCALE, project="renwang")
    for path in sources(app):
        for function, messages, comments in words_in(path):
            parts = [messages] if isinstance(messages, str) else list(messages)
            context = parts.pop(0) if "pgettext" in function else None
            # What follows the two forms of a plural is its number, which is no word.
            parts = parts[: 2 if function.startswith("n") else 1]
            if not parts or not all(isinstance(part, str) and part for part in parts):
                continue
            words = tuple(parts) if len(parts) == 2 else parts[0]
            catalogue.add(words, context=context, auto_comments=comments)
    return catalogue


def read_catalogue(app: str) -> Catalog:
    """Read what an app has translated so far; empty when it has nothing yet."""
    path = catalogue_path(app)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as stream:
        return read_po(stream, locale=LOCALE)


def extract(app: str, *, prune: bool) -> None:
    """Bring an app's .po up to date: what is translated stays, what is gone is kept apart or dropped."""
    wanted, path = collect(app), catalogue_path(app)
    if not len(wanted) and not path.exists():
        return
    catalogue = read_catalogue(app)
    catalogue.update(wanted, no_fuzzy_matching=True, update_header_comment=False)
    stream = BytesIO()
    write_po(
        stream, catalogue, width=0, no_location=True, omit_header=True, sort_output=True,
        ignore_obsolete=prune,
    )  # fmt: skip
    text = HEADER + stream.getvalue().decode().strip() + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    missing = sum(1 for message in catalogue if message.id and not _translated(message))
    print(f"{app}: {len(wanted)} strings, {missing} without translation")


def compile_all() -> int:
    """Make the .mo beside every .po that is newer than it; return how many were made."""
    made = 0
    for source in PACKAGE.glob(f"**/locale/{LOCALE}/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        stream = BytesIO()
        with source.open("rb") as text:
            write_mo(stream, read_po(text, locale=LOCALE))
        # A running node may be reading the old one: swap it in one step.
        fresh = target.with_suffix(".mo.new")
        fresh.write_bytes(stream.getvalue())
        fresh.replace(target)
        made += 1
    return made


def _translated(message: Message) -> bool:
    parts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(parts)


def _blanks(text: str) -> set[str]:
    return {named or braced for named, braced in _BLANK.findall(text)}


def _faults_of(message: Message) -> str | None:
    if message.fuzzy:
        return "doubtful (fuzzy)"
    if not _translated(message):
        return "untranslated"
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    allowed = set().union(*map(_blanks, ids))
    for string in strings:
        # A singular may leave its number out; nothing may name a blank that the id lacks.
        if _blanks(string) - allowed or (len(ids) == 1 and _blanks(string) != allowed):
            return "has other blanks than its English"
    return None


def faults(names: list[str] | None = None) -> list[str]:
    """List everything that keeps the screens from being complete in both languages, a line each."""
    found: list[str] = []
    chosen: dict[tuple[object, object], tuple[str, object]] = {}
    for app in apps():
        catalogue, wanted = read_catalogue(app), collect(app)
        for message in catalogue:
            if not message.id:
                continue
            # Django merges all apps into one dictionary: a second wording would win or lose unseen.
            key = (message.context, message.id)
            other, string = chosen.setdefault(key, (app, message.string))
            if string != message.string and _translated(message) and (not names or app in names):
                found.append(f"{app}: {message.id!r} reads otherwise in {other}: give it a context")
        if names and app not in names:
            continue
        for message in wanted:
            if not message.id:
                continue
            known = catalogue.get(message.id, message.context)
            fault = "not extracted yet" if known is None else _faults_of(known)
            if fault:
                found.append(f"{app}: {fault}: {message.id!r}")
        left = [m for m in catalogue if m.id and wanted.get(m.id, m.context) is None]
        for message in [*left, *catalogue.obsolete.values()]:
            found.append(f"{app}: no longer used (extract --prune drops it): {message.id!r}")
    return found


def named(names: list[str]) -> list[str]:
    """Turn `desk`, `web/desk`, `web.desk` into apps, or end with a sentence."""
    known = apps()
    chosen = []
    for name in names:
        path = (
            name.removeprefix("src/renwang/").removeprefix("renwang.").replace(".", "/").strip("/")
        )
        match = [app for app in known if app == path or app.endswith(f"/{path}")]
        if not match:
            raise SystemExit(f"There is no app {name}; there are: {', '.join(known)}")
        chosen += match
    return chosen


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    acts = parser.add_subparsers(dest="act", required=True)
    for act in ("extract", "check", "compile"):
        one = acts.add_parser(act)
        if act != "compile":
            one.add_argument("app", nargs="*")
            one.add_argument("--all", action="store_true", help="every app")
        if act == "extract":
            one.add_argument("--prune", action="store_true", help="drop what is no longer used")
    options = parser.parse_args()
    if not settings.configured:
        settings.configure()
    if options.act == "compile":
        print(f"{compile_all()} catalogues compiled")
        return 0
    names = list(apps()) if options.all else named(options.app)
    if options.act == "extract":
        if not names:
            parser.error("name an app, or --all")
        for app in names:
            extract(app, prune=options.prune)
        return 0
    found = faults(names)
    print("\n".join(found) or "every string is translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
