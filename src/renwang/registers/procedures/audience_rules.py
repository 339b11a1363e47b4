"""Who must follow a procedure, and since when he owes that he has read it. Values in, values out.

Named by place, title and level, so that a post founded later is meant too.
What is acknowledged is one edition by one holding: a new holder reads anew,
and so does everybody once there is a new edition.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Line:
    """One line of who must follow: the posts of a title and a level at a place and below it; empty means any."""

    path: str
    level: str = ""
    title: str = ""
    post: str = ""  # key of one post, which is then the only one


@dataclass(frozen=True, slots=True)
class PostSeen:
    """A post as the rules see it."""

    key: str
    path: str
    level: str
    title: str


def covers(line: Line, post: PostSeen) -> bool:
    """Say whether a line means a post."""
    if line.post:
        return line.post == post.key
    return (
        post.path.startswith(line.path)
        and line.level in ("", post.level)
        and line.title in ("", post.title)
    )


def posts_meant(line: Line, posts: Sequence[PostSeen]) -> Iterator[PostSeen]:
    """Give the posts that a line means; `posts` are in the order of their paths."""
    if line.post:
        yield from (post for post in posts if post.key == line.post)
        return
    first = bisect_left(posts, line.path, key=lambda post: post.path)
    for post in posts[first:]:
        if not post.path.startswith(line.path):
            return
        if covers(line, post):
            yield post


def meant_by(lines: Iterable[Line], posts: Sequence[PostSeen]) -> dict[str, PostSeen]:
    """Give every post that any line means, once, by key; `posts` are in the order of their paths."""
    return {post.key: post for line in lines for post in posts_meant(line, posts)}


def owed_since(in_force_from: datetime, held_from: datetime) -> datetime:
    """Say since when somebody owes that he has read: since it holds, and since he holds the post."""
    return max(in_force_from, held_from)


def is_overdue(since: datetime, within_days: int, now: datetime) -> bool:
    """Say whether his time to read is over."""
    return since + timedelta(days=within_days) <= now
