"""Every setting of Mail Monitor, read once from the environment. `.env.example` describes each."""

from datetime import time, timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from mailmonitor.database import configured
from mailmonitor.secrets import generated, secret
from mailmonitor.unfold import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
if not secret(env, "SECRET_KEY") and (VAR_DIR / "embedded.env").exists():
    # `make run` works over this folder: commands typed in another terminal mean its installation
    environ.Env.read_env(VAR_DIR / "embedded.env")

EMBEDDED = env.bool("EMBEDDED", default=False)
DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = secret(env, "SECRET_KEY") or generated(VAR_DIR / "secret_key", allowed=EMBEDDED)
FIELD_KEYS = (secret(env, "FIELD_KEYS") or generated(VAR_DIR / "field_keys", allowed=EMBEDDED)).split(",")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
COMMIT = env.str("COMMIT", default="")
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Outside doors
REDIS_URL = secret(env, "REDIS_URL") or "redis://127.0.0.1:6379/0"
MAILBOX_URL = secret(env, "MAILBOX_URL")
MAILBOX_POLL = timedelta(seconds=env.int("MAILBOX_POLL_SECONDS", default=2 if EMBEDDED else 60))
OAUTH = {
    "way": env.str("OAUTH_KIND", default=""),
    "tenant": env.str("OAUTH_TENANT", default=""),
    "client_id": env.str("OAUTH_CLIENT_ID", default=""),
    "client_secret": secret(env, "OAUTH_CLIENT_SECRET"),
    "key": secret(env, "OAUTH_KEY"),
    "refresh_token": secret(env, "OAUTH_REFRESH_TOKEN"),
    "username": env.str("OAUTH_USERNAME", default=""),
    "login_url": env.str("OAUTH_LOGIN_URL", default=""),
    "scopes": env.str("OAUTH_SCOPES", default=""),
}
EMAIL_URL = secret(env, "EMAIL_URL")
EMAIL_OAUTH = env.bool("EMAIL_OAUTH", default=False)
EMAIL_PER_MINUTE = env.int("EMAIL_PER_MINUTE", default=0)
RECEIPTS_AN_HOUR = env.int("RECEIPTS_AN_HOUR", default=600)
RECEIPTS_TO_ONE_DOMAIN = env.int("RECEIPTS_TO_ONE_DOMAIN", default=200)
NOTIFICATION_FROM = env.str("NOTIFICATION_FROM", default="")
DKIM_KEY = secret(env, "DKIM_KEY")
DKIM_SELECTOR = env.str("DKIM_SELECTOR", default="mailmonitor")
DKIM_DOMAIN = env.str("DKIM_DOMAIN", default="")
DELAYED_AFTER = timedelta(minutes=env.int("DELAYED_AFTER_MINUTES", default=60))
SMTP_PORT = env.int("SMTP_PORT", default=2525)
SANDBOX_ADDRESS = env.str("SANDBOX_ADDRESS", default="sandbox@localhost")
OPERATORS = env.list("OPERATORS", default=[])
REPORTER_DOMAINS = env.list("REPORTER_DOMAINS", default=[]) or (["*"] if EMBEDDED else [])
TRUSTED_AUTHSERV_ID = env.str("TRUSTED_AUTHSERV_ID", default="")
INSECURE_HOSTS = env.list("INSECURE_HOSTS", default=[])
CA_FILE = env.str("CA_FILE", default="")

SANDBOX = env.str("SANDBOX", default="static")
RETENTION_DAYS = env.int("RETENTION_DAYS", default=0)
SANDBOX_TIMEOUT_HOURS = env.int("SANDBOX_TIMEOUT_HOURS", default=24)
SANDBOX_PROXY = secret(env, "SANDBOX_PROXY")
SANDBOX_PER_MINUTE = env.int("SANDBOX_PER_MINUTE", default=0)
REUSE_FILES = timedelta(days=env.float("REUSE_FILES_DAYS", default=7))
REUSE_URLS = timedelta(days=env.float("REUSE_URLS_DAYS", default=1))
JOESANDBOX_API_URL = env.str("JOESANDBOX_API_URL", default="https://jbxcloud.joesecurity.org/api")
JOESANDBOX_API_KEY = secret(env, "JOESANDBOX_API_KEY")
JOESANDBOX_ACCEPT_TAC = env.bool("JOESANDBOX_ACCEPT_TAC", default=False)
JOESANDBOX_WEB_URL = env.str("JOESANDBOX_WEB_URL", default="")
JOESANDBOX_SYSTEMS = env.list("JOESANDBOX_SYSTEMS", default=[])
CAPE_URL = env.str("CAPE_URL", default="")
CAPE_TOKEN = secret(env, "CAPE_TOKEN")
VIRUSTOTAL_API_KEY = secret(env, "VIRUSTOTAL_API_KEY")
VIRUSTOTAL_UPLOAD = env.bool("VIRUSTOTAL_UPLOAD", default=False)
ASSEMBLYLINE_URL = env.str("ASSEMBLYLINE_URL", default="")
ASSEMBLYLINE_USER = env.str("ASSEMBLYLINE_USER", default="")
ASSEMBLYLINE_API_KEY = secret(env, "ASSEMBLYLINE_API_KEY")
YARA_DIR = env.str("YARA_DIR", default="")
OWN_DOMAINS = env.list("OWN_DOMAINS", default=[])
VERDICT_TARGET_MINUTES = env.int("VERDICT_TARGET_MINUTES", default=10)
DASHBOARD_REPORTERS = env.bool("DASHBOARD_REPORTERS", default=True)
BRANDS = env.list("BRANDS", default=[])

MAIL_LANGUAGE = env.str("MAIL_LANGUAGE", default="en")
MAIL_LANGUAGES = env.dict("MAIL_LANGUAGES", default={})
ORGANISATION = env.str("ORGANISATION", default="Your security team")
CONTACT = env.str("CONTACT", default="your security team")
CONTACT_PHONE = env.str("CONTACT_PHONE", default="")

# Work: how long a step may hold its row, when an unknown outcome is looked up, how long a poll waits
LEASE = timedelta(seconds=env.int("LEASE_SECONDS", default=180))
FETCH_LEASE = timedelta(seconds=env.int("FETCH_LEASE_SECONDS", default=360))
SMTP_LEASE = timedelta(seconds=env.int("SMTP_LEASE_SECONDS", default=900))
SEARCH_AFTER = [timedelta(seconds=int(text)) for text in env.list("SEARCH_AFTER_SECONDS", default=["60", "300", "900"])]
RESEND_AFTER = timedelta(seconds=env.int("RESEND_AFTER_SECONDS", default=900))
POLL_FIRST = timedelta(seconds=env.int("POLL_FIRST_SECONDS", default=60))
POLL_LONGEST = timedelta(seconds=env.int("POLL_LONGEST_SECONDS", default=360))
HINT_AGAIN = timedelta(seconds=env.int("HINT_AGAIN_SECONDS", default=30))
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=15)
NIGHTLY_AT = time(3, 40)  # UTC
MAIL_MEBIBYTES = env.int("MAIL_MEBIBYTES", default=50)

# Storage
STORAGE_URL = secret(env, "STORAGE_URL") or f"file://{VAR_DIR / 'blobs'}"
STORAGE_MIN_FREE_MEBIBYTES = env.int("STORAGE_MIN_FREE_MEBIBYTES", default=1024)
DATABASE_URL = secret(env, "DATABASE_URL") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
DATABASES = {"default": configured(DATABASE_URL, LEASE, FETCH_LEASE, SMTP_LEASE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "mailmonitor.apps.MailMonitorConfig",
    "submissions.apps.SubmissionsConfig",
    "notifications.apps.NotificationsConfig",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "mailmonitor.unfold.relax_admin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "mailmonitor.urls"
WSGI_APPLICATION = "mailmonitor.wsgi.application"
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
                "mailmonitor.context.page",
            ],
            "builtins": ["django.templatetags.i18n"],
        },
    }
]

# Safety of the pages
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "submissions:list"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 8 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes browsers send forms with "Origin: null"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default="") or VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = EMBEDDED

# Celery carries hints; the rows are the jobs (docs/decisions/0001)
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Redis serves low numbers first: what takes mails in, answers them and looks after the rest does not queue behind these
LATER = ("submit", "poll", "reconcile", "conclude", "decide")
CELERY_TASK_ROUTES = {f"submissions.{name}": {"priority": 6} for name in LATER}
CELERY_TASK_TIME_LIMIT = 900
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 5000
CELERY_DB_REUSE_MAX = 10**9  # CONN_MAX_AGE says how long a connection lasts
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1200,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "health_check_interval": 25,
    "global_keyprefix": "mailmonitor:",
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_WORKER_REDIRECT_STDOUTS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "mailmonitor.logs.JsonLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": env.str("LOG_FORMAT", default="text")}},
    "loggers": {"libarchive": {"level": "WARNING"}, "mail.log": {"level": "WARNING"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
