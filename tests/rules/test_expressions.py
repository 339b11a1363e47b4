"""Every regular expression of the program ends soon, whatever a stranger writes.

Each is attacked in the way it is used, with texts made from itself: whatever it repeats is
repeated a hundred thousand times after a text that leads up to it, and at the end stands what fits
nowhere. An expression that tries again from every place needs billions of steps for such a text;
one that does not needs some hundred thousand. The budget of processor time between the two is so
wide that only the manner counts, never the machine.
"""

import ast
import importlib
import itertools
import pkgutil
import random
import re
import signal
from functools import cache
from pathlib import Path
from re import _parser as parser

import pytest

import renwang

LENGTH = 150_000
BUDGET = 3.0  # seconds of processor time for one text
AT_MOST = 80  # repetitions tried for one expression
POISON = "\x00"
ANCHORED = {"match", "fullmatch"}
CALLS = {*ANCHORED, "search", "sub", "subn", "split", "findall", "finditer"}


@cache
def calls():
    """How the expressions are called: by file and name, since others may bear the same name."""
    found = {}
    for path in Path(renwang.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in CALLS:
                owner = node.value.value if isinstance(node.value, ast.Subscript) else node.value
                name = getattr(owner, "id", getattr(owner, "attr", ""))
                place = str(path) if name.startswith("_") else ""
                found.setdefault((place, name), set()).add(node.attr)
    return found


def expressions():
    found = {}
    for module in pkgutil.walk_packages(renwang.__path__, "renwang."):
        if ".migrations." in module.name or module.name.endswith(("__main__", "wsgi")):
            continue
        code = importlib.import_module(module.name)
        for name, value in vars(code).items():
            values = value.values() if isinstance(value, dict) else [value]
            if isinstance(value, tuple):
                values = itertools.chain.from_iterable(
                    item if isinstance(item, tuple) else (item,) for item in value
                )
            for one in values:
                if isinstance(one, re.Pattern):
                    key = (one.pattern, one.flags)
                    place = code.__file__ if name.startswith("_") else ""
                    ways = calls().get((place, name), {"search"})
                    found.setdefault(key, pytest.param(one, ways, id=f"{module.name}.{name}"))
    return list(found.values())


def tree_of(expression):
    text = expression.pattern
    text = text.decode("latin-1") if isinstance(text, bytes) else text
    return parser.parse(text, expression.flags)


def inside(op, argument):
    """The ways through a node that holds others; none for a single character or a place."""
    match str(op):
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [argument[2]]
        case "SUBPATTERN":
            return [argument[3]]
        case "ATOMIC_GROUP":
            return [argument]
        case "BRANCH":
            return argument[1]
    return []


def characters(op, argument):
    """Some characters that a node takes."""
    match str(op):
        case "LITERAL":
            return [chr(argument)]
        case "ANY":
            return ["x"]
        case "NOT_LITERAL":
            return ["y" if chr(argument) != "y" else "z"]
        case "IN":
            return members_of(argument)
    return []


def members_of(items):
    if any(str(op) == "NEGATE" for op, _ in items):
        return [" ", "a", "1"]
    kinds = {"CATEGORY_DIGIT": "7", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "w"}
    members = []
    for op, argument in items:
        if str(op) == "CATEGORY":
            members.append(kinds.get(str(argument), "-"))
        else:
            members.append(chr(argument[0] if str(op) == "RANGE" else argument))
    return members[:3]


def sample(items, *, whole):
    """A text that the nodes take; without `whole` whatever may be left out is left out."""
    text = ""
    for op, argument in items:
        ways = inside(op, argument)
        if str(op).endswith("REPEAT"):
            text += sample(ways[0], whole=whole) * max(argument[0], int(whole))
        elif ways:
            text += sample(ways[0], whole=whole)
        else:
            text += next(iter(characters(op, argument)), "")
    return text


def pumps(items, heads):
    """What can be repeated in the nodes, each with texts that lead up to it."""
    heads = set(heads)
    for op, argument in items:
        ways = inside(op, argument)
        if str(op).endswith("REPEAT") and argument[1] > 1:
            bodies = {sample(ways[0], whole=True), sample(ways[0], whole=False), "雨"}
            for one in ways[0]:
                bodies.update(characters(*one))
            for body, head in itertools.product(filter(None, bodies), heads):
                yield head, body
        for way in ways:
            yield from pumps(way, heads)
        tails = {sample([(op, argument)], whole=whole) for whole in (True, False)}
        heads = set(sorted(head + tail for head in heads for tail in tails)[-8:])


def texts_against(expression):
    found = sorted(set(pumps(tree_of(expression), {""})))
    for head, body in random.Random(7).sample(found, min(AT_MOST, len(found))):
        yield head + body * (LENGTH // len(body)) + POISON
        yield (head + body) * (LENGTH // len(head + body)) + POISON
    whole = sample(tree_of(expression), whole=True) or "x"
    yield whole * (LENGTH // len(whole)) + POISON


def refuse_to_wait(signum, frame):
    raise AssertionError("the expression tries again and again")


@pytest.mark.parametrize(("expression", "ways"), expressions())
def test_an_expression_ends_soon(expression, ways):
    earlier = signal.signal(signal.SIGVTALRM, refuse_to_wait)
    try:
        for text in texts_against(expression):
            signal.setitimer(signal.ITIMER_VIRTUAL, BUDGET)
            subject = text.encode() if isinstance(expression.pattern, bytes) else text
            for way in ways & ANCHORED:
                getattr(expression, way)(subject)
            if ways - ANCHORED:
                expression.sub(subject[:0], subject)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, earlier)


def test_no_expression_is_hidden_in_a_call():
    """One that stands in a call has no name, and so is not attacked above."""
    hidden = [
        f"{path.name}:{node.lineno}"
        for path in Path(renwang.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "re"
        and node.attr in CALLS
    ]
    assert not hidden, f"give these a name at the top of their module: {hidden}"
