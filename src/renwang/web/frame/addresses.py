"""Addresses for one reader: the node's own, or the one under which he has reached it."""

from django.http import HttpRequest

from renwang.base.addresses import absolute


def address_here(request: HttpRequest, path: str) -> str:
    """Give the full address of a page for this reader alone.

    On a node that does not know its own address it is built from the request,
    which may say anything: never put it into what a cache keeps for others.
    """
    return absolute(path) or request.build_absolute_uri(path)
