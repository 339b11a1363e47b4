"""The node's settings as tests use them: a database named by the environment, quick passwords."""

import os
import tempfile

os.environ.setdefault("RENWANG_HOME", tempfile.mkdtemp(prefix="renwang-test-"))
os.environ.setdefault("RENWANG_SECRET_KEY", "for tests only")
os.environ.setdefault("RENWANG_PUBLIC_URL", "http://127.0.0.1:8000")

from renwang.conf.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
