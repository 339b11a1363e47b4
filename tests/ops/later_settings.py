"""Settings of a later version of the node: one more app."""

from renwang.conf.settings import *  # noqa: F403
from renwang.conf.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.ops.later"]
