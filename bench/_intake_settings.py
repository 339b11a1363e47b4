"""The node's settings with one address more: the bare insert that intake is measured against."""

from renwang.conf.settings import *  # noqa: F403

ROOT_URLCONF = "bench._intake_urls"
