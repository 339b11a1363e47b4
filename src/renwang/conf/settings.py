"""Settings of a node, every one of them read from the environment.

A node without any setting is complete: SQLite in `.var/`, loopback channels,
Chinese first. `docs/reference/settings.md` describes each `RENWANG_` name; a
house test fails when one is missing there.
"""

import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from renwang.base.environment import address, flag, hosts, number, text, words

HOME = Path(text("RENWANG_HOME", ".var")).resolve()
DEBUG = flag("RENWANG_DEBUG", False)
DEMO = flag("RENWANG_DEMO", False)


def _kept_secret() -> str:
    """Read the node's secret, or make one on first use and keep it beside the data."""
    path = HOME / "secret.key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = text("RENWANG_SECRET_KEY", "") or _kept_secret()
RENWANG_PUBLIC_URL = address("RENWANG_PUBLIC_URL")
ALLOWED_HOSTS = hosts(RENWANG_PUBLIC_URL, words("RENWANG_HOSTS", ""))
CSRF_TRUSTED_ORIGINS = words("RENWANG_TRUSTED_ORIGINS", "")

ROOT_URLCONF = "renwang.conf.urls"
WSGI_APPLICATION = "renwang.conf.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "renwang.web.frame",  # before allauth: its pages are drawn with the templates of the frame
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "ninja",
    "renwang.base",
    "renwang.chain",
    "renwang.outreach",
    "renwang.registers.duties",
    "renwang.registers.procedures",
    "renwang.registers.risks",
    "renwang.registers.facilities",
    "renwang.registers.care",
    "renwang.registers.readiness",
    "renwang.registers.claims",
    "renwang.signals",
    "renwang.alerts",
    "renwang.bulletins",
    "renwang.cases",
    "renwang.cases.mediation",
    "renwang.cases.linked",
    "renwang.cases.sharing",
    "renwang.response",
    "renwang.response.briefs",
    "renwang.response.fieldwork",
    "renwang.web.desk",
    "renwang.web.field",
    "renwang.web.public",
    "renwang.web.api",
    "renwang.ops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "renwang.web.frame.middleware.NullMiddleware",
    "renwang.web.frame.bodies.BodyMiddleware",  # before whatever reads a form
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "renwang.web.frame.middleware.ViewerMiddleware",
    "renwang.web.field.phones.PhoneMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "renwang.web.frame.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "renwang.web.frame.templatetags.frame"],
        },
    }
]

# --- storage ---------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        text("RENWANG_DATABASE_URL", f"sqlite:///{HOME / 'renwang.sqlite3'}"), conn_max_age=None
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction that reads and then writes would otherwise end in "database is
    # locked". FULL: an acknowledged report has to survive a power cut. The system caches the file:
    # a second copy of it in every process is no faster.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command=(
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-4096;"
            "PRAGMA temp_store=MEMORY;PRAGMA wal_autocheckpoint=4000;"
        ),
    )
else:
    # Every statement here is short. Compiling one takes PostgreSQL longer than answering it as soon
    # as it guesses too many rows; a URL with `options` of its own is left as it is.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = HOME / "media"
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # where more is taken says `web.frame.bodies.takes`

# --- who -------------------------------------------------------------------

AUTH_USER_MODEL = "chain.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "renwang.web.frame.signin.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "renwang.web.frame.signin.ProviderAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # django-axes counts failures in the database, for all processes alike
ACCOUNT_SESSION_REMEMBER = None
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Renwang 韧网"
SOCIALACCOUNT_PROVIDERS: dict = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []}}
if text("RENWANG_OIDC_URL", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "oidc",
            "name": text("RENWANG_OIDC_NAME", "OpenID Connect"),
            "client_id": text("RENWANG_OIDC_CLIENT_ID", ""),
            "secret": text("RENWANG_OIDC_SECRET", ""),
            "settings": {"server_url": text("RENWANG_OIDC_URL", "")},
        }
    )
USERSESSIONS_TRACK_ACTIVITY = False  # it would write at every page view
AXES_FAILURE_LIMIT = number("RENWANG_SIGNIN_FAILURES", 6)
AXES_COOLOFF_TIME = number("RENWANG_SIGNIN_COOLOFF_MINUTES", 15) / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "code"]
SILENCED_SYSTEM_CHECKS: list[str] = []

SESSION_COOKIE_AGE = number("RENWANG_SESSION_HOURS", 24 * 14) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("RENWANG_HTTPS", False)
SESSION_COOKIE_NAME = "renwang_session"
CSRF_COOKIE_NAME = "renwang_csrf"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if flag("RENWANG_HTTPS", False) else None
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}

# --- words, time, place ----------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "renwang_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = text("RENWANG_TIME_ZONE", "Asia/Shanghai")
FORMAT_MODULE_PATH = ["renwang.conf.formats"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

# --- the node --------------------------------------------------------------

RENWANG_NODE_PREFIX = text("RENWANG_NODE_PREFIX", "RW")
RENWANG_INPUT_DATUM = text("RENWANG_INPUT_DATUM", "wgs84")
RENWANG_GRID_CODES = text("RENWANG_GRID_CODES", "community_serial")
RENWANG_WORKER_TICK_MS = number("RENWANG_WORKER_TICK_MS", 250)
RENWANG_CHANNELS = text("RENWANG_CHANNELS", "")
RENWANG_QUIET_HOURS = text("RENWANG_QUIET_HOURS", "")
RENWANG_READINESS_AT = text("RENWANG_READINESS_AT", "02:30")
RENWANG_CONTACT_FRESH_DAYS = number("RENWANG_CONTACT_FRESH_DAYS", 90)
RENWANG_PRIVATE_ADDRESSES = flag("RENWANG_PRIVATE_ADDRESSES", False)
RENWANG_READINGS_KEPT_DAYS = number("RENWANG_READINGS_KEPT_DAYS", 400)
RENWANG_MQTT = text("RENWANG_MQTT", "")
RENWANG_CARE_KEYS = text("RENWANG_CARE_KEYS", "")
RENWANG_CARE_NEEDS = text("RENWANG_CARE_NEEDS", "")
RENWANG_FACILITIES = text("RENWANG_FACILITIES", "")
RENWANG_MEDIATION_NEAR_LEVELS = number("RENWANG_MEDIATION_NEAR_LEVELS", 0)
RENWANG_ASKED_WORDS_KEPT_DAYS = number("RENWANG_ASKED_WORDS_KEPT_DAYS", 180)
RENWANG_DEEDS_KEPT_DAYS = number("RENWANG_DEEDS_KEPT_DAYS", 90)
RENWANG_FORGOTTEN_FILE = text("RENWANG_FORGOTTEN_FILE", str(HOME / "forgotten.jsonl"))

EMAIL_HOST = text("RENWANG_EMAIL_HOST", "")
EMAIL_PORT = number("RENWANG_EMAIL_PORT", 25)
EMAIL_HOST_USER = text("RENWANG_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = text("RENWANG_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("RENWANG_EMAIL_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = text("RENWANG_EMAIL_FROM", "renwang@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "renwang.ops.logs.JsonFormatter",
            "quote": DEBUG,
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "where"},
        }
    },
    "filters": {"leave_out_request": {"()": "renwang.ops.logs.LeaveOutRequest"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["leave_out_request"],
        }
    },
    "root": {"handlers": ["stderr"], "level": text("RENWANG_LOG_LEVEL", "WARNING")},
    "loggers": {
        "renwang": {"level": text("RENWANG_LOG_LEVEL", "INFO"), "propagate": True},
        # A failed sign-in's name and address are nobody's business in a log file.
        "axes": {"level": "ERROR"},
    },
}
