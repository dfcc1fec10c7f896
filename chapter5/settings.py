"""All settings, read once from the environment by strict readers: a value that cannot be read stops the start."""

import contextlib
import os
import re
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from chapter5 import pyodide

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The variable's text without outer blanks; an empty variable counts as absent."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool = False) -> bool:
    value = env(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 1, 0, true or false, not {value!r}.")
    return value in {"1", "true"}


def env_int(name: str, default: int) -> int:
    value = env(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def env_seconds(name: str, default: float) -> float:
    value = env(name, str(default))
    try:
        seconds = float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number of seconds, not {value!r}.") from None
    if not 0 < seconds < 86_400:
        raise ImproperlyConfigured(f"{name} must be more than 0 and less than a day, not {value!r}.")
    return seconds


def env_choice(name: str, default: str, choices: set[str]) -> str:
    value = env(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(sorted(choices))}, not {value!r}.")
    return value


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def secret_key(data_dir: Path) -> str:
    """The key kept in the data folder, made at the first start and readable by its owner alone."""
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with (
            contextlib.suppress(FileExistsError),
            open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file,
        ):
            file.write(secrets.token_urlsafe(50))
        key = path.read_text()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"The secret key cannot be kept in {data_dir} ({error}): mend that folder, or set DATA_DIR to another."
        ) from None
    if not key:
        raise ImproperlyConfigured(f"{path} is empty: remove it, and a new key is made.")
    return key


def database(data_dir: Path) -> dict[str, Any]:
    """Django's settings for the database at DATABASE_URL, or for a file in the data folder."""
    with contextlib.suppress(ValueError):  # its message would repeat the password
        found = dj_database_url.parse(env("DATABASE_URL", f"sqlite:///{data_dir / 'chapter5.sqlite3'}"))
        if found["ENGINE"].endswith(("sqlite3", "postgresql")):
            return {**found}
    raise ImproperlyConfigured(
        "DATABASE_URL must be like postgres://user:password@host:5432/name; a / in the password is written %2F."
    )


def redis_url() -> str:
    url = env("REDIS_URL")
    with contextlib.suppress(ValueError):
        if not url or (urlsplit(url).scheme in {"redis", "rediss"} and urlsplit(url).port != 0):
            return url
    raise ImproperlyConfigured("REDIS_URL must be like redis://host:6379/0.")


def site_url(is_production: bool) -> str:
    """Where the site is reached, for mails that no request asks for: https://host, or "" where that is not set."""
    url = env("SITE_URL").rstrip("/")
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        schemes = {"https"} if is_production else {"https", "http"}
        is_place = re.fullmatch(r"[a-z0-9.-]+|\[[0-9a-f:]+\]", parts.netloc.removesuffix(f":{parts.port}"))
        if not url or (parts.scheme in schemes and is_place and url == f"{parts.scheme}://{parts.netloc}"):
            return url
    raise ImproperlyConfigured("SITE_URL must be like https://cards.example.org, without a path.")


PRODUCTION = env_bool("PRODUCTION")
DEBUG = env_bool("DEBUG")
LOG_FORMAT = env_choice("LOG_FORMAT", "json" if PRODUCTION else "line", {"json", "line"})
DATA_DIR = Path(env("DATA_DIR", str(BASE_DIR / "var"))).resolve()
TESTING = "pytest" in sys.modules

# An instant (ISO 8601) or a file that holds one: what cards.clock.now() says. Refused in production by cards.checks.
TEST_CLOCK = env("TEST_CLOCK")

SECRET_KEY = env("SECRET_KEY") or secret_key(DATA_DIR)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = site_url(PRODUCTION)
ROOT_URLCONF = "chapter5.urls"
WSGI_APPLICATION = "chapter5.wsgi.application"

INSTALLED_APPS = [
    "cards",  # first, so that its templates and static files win over the admin's
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "cards.http.LogMiddleware",  # first, so that it sees every answer
    "django.middleware.security.SecurityMiddleware",
    "chapter5.static.StaticFilesMiddleware",
    # Pages at half their size. Lengths tell nothing of what is secret in them (BREACH): Django masks the CSRF token
    # anew in each page that another site can ask for, and pads what it compresses by chance.
    "django.middleware.gzip.GZipMiddleware",
    "cards.http.PolicyMiddleware",  # django-csp's
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "cards.http.LearnerMiddleware",  # Django's AuthenticationMiddleware, and more
    "cards.http.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
                "cards.templatetags.card_text",
                "cards.templatetags.words",
            ],
        },
    }
]

# --- data -----------------------------------------------------------------------------------------------------------

DATABASES = {"default": database(DATA_DIR)}
DATABASES["default"]["CONN_MAX_AGE"] = None  # to connect anew takes longer than most queries
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A write transaction takes its lock at once: two of them queue, none fails half-way with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: a review that got its answer survives a power cut as well.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
    }
    # A file, as in use: what several threads and processes do to one database can be tested.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = (
        True  # after a restart of the database nobody gets a dead connection
    )
    options = DATABASES["default"].setdefault("OPTIONS", {})
    # PostgreSQL's compiling of a search takes a hundred times as long as the search. To plan a grade's next card takes
    # longer than to find it: what is prepared, by cards/models/built.py alone, is planned once.
    options.setdefault("options", "-c jit=off -c plan_cache_mode=force_generic_plan")
    if pool_size := env_int("DATABASE_POOL", 0):  # set for the web alone, to the number of its threads
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
        DATABASES["default"]["CONN_MAX_AGE"] = 0  # goes back to the pool
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = redis_url()
# Somebody waits for a page, and a thread with them: who says nothing is away. A worker's BRPOP is answered within 1 s.
_REDIS_TIMEOUTS = {"socket_connect_timeout": 1, "socket_timeout": 2}
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "chapter5",
            "OPTIONS": _REDIS_TIMEOUTS,
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    )
}

MEDIA_ROOT = DATA_DIR / "media"
STATIC_ROOT = DATA_DIR / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
PYODIDE_DIR = pyodide.FOLDER  # what the Python console of a card runs; installed by chapter5.pyodide
WHITENOISE_MAX_AGE = 31_536_000 if not DEBUG else 0

# --- accounts -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "cards.Learner"
AUTHENTICATION_BACKENDS = ["cards.accounts.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "cards.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    name: f"cards.forms.accounts.{form}"
    for name, form in {
        "add_email": "AddEmailForm",
        "change_password": "ChangePasswordForm",
        "login": "LoginForm",
        "reauthenticate": "ReauthenticateForm",
        "reset_password": "ResetPasswordForm",
        "reset_password_from_key": "ResetPasswordKeyForm",
        "set_password": "SetPasswordForm",
        "signup": "SignupForm",
    }.items()
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# How many proxies of ours stand before the server: the limits count by the address that the outermost of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "signup": "20/h/ip"}

SESSION_ENGINE = "cards.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 365  # a guest's log hangs on this cookie
SESSION_COOKIE_SAMESITE = "Lax"

# --- mail: the console unless EMAIL_HOST says otherwise ---------------------------------------------------------------

EMAIL_HOST = env("EMAIL_HOST")
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL")  # TLS from the first byte
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)  # STARTTLS
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured("EMAIL_USE_SSL and EMAIL_USE_TLS exclude each other: set one of them to 0.")
EMAIL_PORT = env_int("EMAIL_PORT", 465 if EMAIL_USE_SSL else 587)
EMAIL_TIMEOUT = 10  # somebody waits for the page, and a thread with them
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DIGEST_SECONDS = env_seconds("DIGEST_SECONDS", 60)  # how often those are looked for whose morning has come
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "chapter5 <noreply@localhost>")

# --- work -----------------------------------------------------------------------------------------------------------

DEMO_WORKERS = env_bool("DEMO_WORKERS", default=True)  # whether `make run` starts some
DEMO_PHOTOS = DATA_DIR / "photos"  # where fetch_pets puts what some demos load
DEMO_HEARTBEAT_SECONDS = env_seconds(
    "DEMO_HEARTBEAT_SECONDS", 0.5
)  # how often a running demo's row is written
DEMO_STALE_SECONDS = env_seconds(
    "DEMO_STALE_SECONDS", 15
)  # without a heartbeat for so long, its worker is lost
DEMO_CARE_SECONDS = env_seconds("DEMO_CARE_SECONDS", 5)  # how often lost runs are looked for
DEMO_GRACE_SECONDS = env_seconds(
    "DEMO_GRACE_SECONDS", 5
)  # from a limit to the kill, for whoever can still stop
DEMO_MOST_SECONDS = env_int("DEMO_MOST_SECONDS", 0)  # lower limits than the demos' own; 0: theirs hold
DEMO_MOST_MEGABYTES = env_int("DEMO_MOST_MEGABYTES", 0)
DEMO_RESULT_BYTES = env_int("DEMO_RESULT_BYTES", 2_000_000)
DEMO_UNFINISHED = env_int("DEMO_UNFINISHED", 3)  # a learner's waiting and running demos
DEMO_PER_HOUR = env_int("DEMO_PER_HOUR", 120)  # a learner's
DEMO_PER_HOUR_AND_ADDRESS = env_int("DEMO_PER_HOUR_AND_ADDRESS", 240)  # all guests' of one address together
COMMENTS_PER_HOUR = env_int("COMMENTS_PER_HOUR", 30)  # a learner's, wherever they are said; as many reports

CELERY_BROKER_URL = REDIS_URL or "files://localhost"
CELERY_TASK_IGNORE_RESULT = True  # a demo run's row is the truth: there is no result backend
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "light"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a message that waits behind a long run could be another worker's
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60  # seconds that a child may take to begin: it starts CUDA
# Seconds in which a result of a child that died is waited for: it went into the row.
CELERY_WORKER_LOST_WAIT = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # nobody asks, and a file broker would keep the questions
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker, however long
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BEAT_SCHEDULE = {
    "care": {"task": "cards.tasks.care", "schedule": DEMO_CARE_SECONDS},
    "clean": {"task": "cards.tasks.clean", "schedule": 6 * 60 * 60},
    "digests": {"task": "cards.tasks.digests", "schedule": DIGEST_SECONDS},
}
# Whoever sends a message gives up at once when the broker is away: the run's row waits, and is sent again by `care`.
_GIVE_UP_SOON = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = (
    # A message that was not acknowledged comes again: later than any demo may take.
    _GIVE_UP_SOON | _REDIS_TIMEOUTS | {"visibility_timeout": 900}
    if REDIS_URL
    else _GIVE_UP_SOON
    | {
        "folder": str(DATA_DIR / "queue"),
        "polling_interval": 0.1,
    }
)

# --- words, numbers, time -------------------------------------------------------------------------------------------

# The words that there are: each language but English has a whole catalog in LOCALE_PATHS, which a test holds them to.
# Dates and numbers are another matter: they follow the reader's region (cards/regions.py).
LANGUAGES = [("en", "English")]
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "cards" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "chapter5.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# --- safety ---------------------------------------------------------------------------------------------------------

# Nothing of ours is inline, so no nonce is needed: a script or a style that stands in a page cannot run at all.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "cards.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a questionnaire has one for each of its paragraphs

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, without the proxy
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- the log: each process's stderr -----------------------------------------------------------------------------------

# What a machine reads has each request and each demo run in it; for people at home, what went wrong is enough.
_OURS = {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"}
LOGGING_CONFIG = "chapter5.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"()": "chapter5.logs.handler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "cards": _OURS,
        "chapter5": _OURS,
        # A run that waits for a GPU is no news each time it is given back.
        "celery.app.trace": {"level": "ERROR"},
        "django": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},  # tracebacks; that somebody met a 404 stands in chapter5.access
    },
}
