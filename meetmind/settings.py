"""All settings, read once from the environment. `python manage.py settings` prints what is in force.

Three profiles are legal: nothing set (one process on SQLite), DATABASE_URL alone (one process on
PostgreSQL), DATABASE_URL and REDIS_URL (many processes). Anything else stops the start.
"""

import os
import secrets
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from meetmind.environment import Environment
from meetmind.logging import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# Where things are kept --------------------------------------------------------------------------

DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "data")
MEDIA_ROOT = env.folder("MEDIA_ROOT", DATA_DIR / "media")


def _make_data_folder() -> None:
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ImproperlyConfigured(
            f"DATA_DIR is {DATA_DIR}, which cannot be made: {problem.strerror}."
        ) from problem


DEBUG = env.flag("DEBUG", default=False)
DATABASE_URL = env.text("DATABASE_URL", secret=True)
REDIS_URL = env.text("REDIS_URL", secret=True)

if REDIS_URL and not DATABASE_URL:
    raise ImproperlyConfigured(
        "REDIS_URL is set without DATABASE_URL: many processes cannot share one SQLite file. "
        "Set DATABASE_URL to a PostgreSQL server, or unset REDIS_URL to run in one process."
    )
MANY_PROCESSES = bool(REDIS_URL)


def _secret(name: str, file_name: str) -> str:
    """A secret from the environment, or in one process a random one kept in DATA_DIR.

    It is made once: a key that changed at each start would sign everybody out and kill invitations.
    """
    value = env.text(name, secret=True)
    if value:
        if len(value) < 32:
            raise ImproperlyConfigured(f"{name} is too short: give at least 32 random characters.")
        return value
    if MANY_PROCESSES:
        raise ImproperlyConfigured(
            f"{name} is not set: processes on several machines must share it. "
            'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    path = DATA_DIR / file_name
    _make_data_folder()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # kept from an earlier start
    return path.read_text(encoding="utf-8").strip()


SECRET_KEY = _secret("SECRET_KEY", "secret.key")
LINK_KEY = _secret("LINK_KEY", "link.key")  # its own: a new SECRET_KEY must not kill invitations

# The web ----------------------------------------------------------------------------------------

PORT = env.whole("PORT", 8000, least=1, most=65535)
PUBLIC_URL = env.web_address("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = list(
    dict.fromkeys(
        (*env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]")), str(_public.hostname))
    )
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
# A join link must not travel in a Referer, so only the origin does. "no-referrer" would go too far: browsers
# then post forms with "Origin: null", which the CSRF check refuses.
SECURE_REFERRER_POLICY = "strict-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_MAX_BYTES = 20 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [
            SELF,
            f"{'wss' if IS_HTTPS else 'ws'}://{_public.netloc}",  # older Safari: 'self' has no ws
        ],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

ROOT_URLCONF = "meetmind.urls"
ASGI_APPLICATION = "meetmind.asgi.application"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "django_htmx",
    "ninja",
    "meetmind.apps.MeetMindConfig",
    "interviews.apps.InterviewsConfig",
    "ai_engine.apps.AiEngineConfig",
    "notifications.apps.NotificationsConfig",
    "scheduler.apps.SchedulerConfig",
    "webapi.apps.WebApiConfig",
]
MIDDLEWARE = [
    "meetmind.health.answer_probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "webapi.middleware.plain_failures",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
                "meetmind.context.site",
                "interviews.navigation.navigation",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
with suppress(OSError):  # WhiteNoise complains of a folder that is not there
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# An image collects its static files under hashed names; a checkout serves them as they lie there.
_collected = "collectstatic" in sys.argv or (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not _collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = "UTC"
USE_TZ = True

# The database, the cache, the channel layer ------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _port_of(name: str, parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name} cannot be used: {problem}.") from problem


def _check_sqlite() -> None:
    """Raises ImproperlyConfigured. Python comes with whatever SQLite its builder had."""
    with closing(sqlite3.connect(":memory:")) as memory:
        options = {row[0] for row in memory.execute("pragma compile_options")}
    if sqlite3.sqlite_version_info < (3, 35) or "ENABLE_FTS5" not in options:
        raise ImproperlyConfigured(
            f"This Python's SQLite ({sqlite3.sqlite_version}) cannot be used: it takes 3.35 or later, with FTS5. "
            "Use a newer Python, or PostgreSQL with DATABASE_URL."
        )


def _database(url: str) -> dict[str, object]:
    if not url:
        _check_sqlite()
        _make_data_folder()
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "meetmind.sqlite3",
            "OPTIONS": {
                # IMMEDIATE: a transaction that begins with a read and then writes would otherwise
                # fail at once with "database is locked" instead of waiting its turn.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be used: give postgresql://user:password@host:5432/name. "
            "For SQLite leave it unset and choose the folder with DATA_DIR."
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(_port_of("DATABASE_URL", parts) or ""),
        "OPTIONS": {
            # Under ASGI each request has a thread of its own: a pool spares it a new connection.
            "pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10},
            "connect_timeout": 5,
            **query,
        },
    }


DATABASE_POOL = env.whole("DATABASE_POOL", 20, least=2, most=500)
DATABASES = {"default": _database(DATABASE_URL)}

# Rate limits live in the database: they must hold for all processes and survive a lost Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "webapi_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # the default of 300 would forget limits in a flood
    }
}

if MANY_PROCESSES:
    if urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured("REDIS_URL cannot be used: give redis://host:6379/0.")
    CHANNEL_LAYERS = {
        "default": {
            # RedisChannelLayer drops silently above 100 messages a process; PubSub does not.
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL}], "prefix": "meetmind"},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# A caller's requests to the API a minute, in each process. Sign-in and links have limits of their own.
API_REQUESTS_PER_MINUTE = env.whole("API_REQUESTS_PER_MINUTE", 1200, least=1, most=1_000_000)

# People -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "interviews.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "interviews.sign_in.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts come from an invitation that was sent to the address
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # the sender says MeetMind already
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody makes this server write to strangers
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an invitation was sent to it
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# Outside services -------------------------------------------------------------------------------

AI_PROVIDERS = env.words("AI_PROVIDERS", ("gemini", "openrouter", "groq"))
_unknown = sorted(set(AI_PROVIDERS) - {"gemini", "openrouter", "groq"})
if _unknown:
    raise ImproperlyConfigured(
        f"AI_PROVIDERS names {', '.join(_unknown)}: choose from gemini, openrouter, groq."
    )
_models = {
    "gemini": ("gemini-2.5-flash", "gemini-2.5-flash", ""),
    "openrouter": ("openai/gpt-4.1-mini", "", "https://openrouter.ai/api/v1"),
    "groq": ("llama-3.3-70b-versatile", "whisper-large-v3-turbo", "https://api.groq.com"),
}
AI_PROVIDER_SETTINGS = {
    name: {
        "api_key": env.key(f"{name.upper()}_API_KEY"),
        "base_url": env.web_address(f"{name.upper()}_BASE_URL", base_url),
        "model": env.text(f"{name.upper()}_MODEL", model),
        "stt_model": env.text(f"{name.upper()}_STT_MODEL", stt_model),
    }
    for name, (model, stt_model, base_url) in _models.items()
}
AI_CONTEXT_TOKENS = {name: env.whole(f"{name.upper()}_CONTEXT_TOKENS", 0) for name in _models}
AI_ATTEMPTS = env.whole("AI_ATTEMPTS", 2, least=1, most=10)
AI_LIVE_DEADLINE = env.number("AI_LIVE_DEADLINE", 8.0, least=1, most=120)
AI_JOB_DEADLINE = env.number("AI_JOB_DEADLINE", 120.0, least=5, most=3600)
SPEECH_INTERIM_SECONDS = env.number("SPEECH_INTERIM_SECONDS", 3.0, least=0, most=60)
AI_CHAOS = env.text("AI_CHAOS")
if AI_CHAOS and not DEBUG:
    raise ImproperlyConfigured("AI_CHAOS breaks AI calls on purpose: it needs DEBUG=true.")

DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", f"MeetMind <meetmind@{_public.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
EMAIL_ABSENT_SECONDS = env.number("EMAIL_ABSENT_SECONDS", 30.0, least=1, most=3600)
EMAIL_FAILURE_RATE = env.number("EMAIL_FAILURE_RATE", 0.0, least=0, most=1)
EMAIL_URL = env.text("EMAIL_URL", secret=True)
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    if _mail.scheme not in {"smtp", "smtps", "smtp+tls"} or not _mail.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be used: give smtp://, smtp+tls:// or smtps://user:password@host:587."
        )
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname
    EMAIL_PORT = (
        _port_of("EMAIL_URL", _mail) or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[_mail.scheme]
    )
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_USE_SSL = _mail.scheme == "smtps"
else:
    EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"  # kept and shown, sent nowhere

# Jobs -------------------------------------------------------------------------------------------

SCHEDULER_QUEUE = env.choice("SCHEDULER_QUEUE", "heap", ("heap", "wheel"))
SCHEDULER_BACKOFF = env.numbers("SCHEDULER_BACKOFF", (1.0, 5.0, 25.0))
# Seconds without a sign of life after which the jobs of a worker are given to others.
SCHEDULER_LEASE = env.number("SCHEDULER_LEASE", 12.0, least=2, most=60)
SCHEDULER_WAKEUP = "celery" if MANY_PROCESSES else "threads"
SCHEDULER_SLOTS = env.whole("SCHEDULER_SLOTS", 4, least=1, most=64)
CELERY_BROKER_URL = REDIS_URL or None

# What is kept for how long (days) ----------------------------------------------------------------

RETENTION_TRANSCRIPT_DAYS = env.whole("RETENTION_TRANSCRIPT_DAYS", 180, least=1, most=3650)
RETENTION_RECORDING_DAYS = env.whole("RETENTION_RECORDING_DAYS", 30, least=1, most=3650)
RETENTION_AUDIT_DAYS = env.whole("RETENTION_AUDIT_DAYS", 365, least=180, most=3650)

LOGGING = logging_config(debug=DEBUG, quiet=not MANY_PROCESSES and not DEBUG)
