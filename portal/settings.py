"""Settings of the portal. Everything a server may change is read from the environment in the block below."""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


# --- environment: names are documented in .env.example -------------------------------------------------------------
DEBUG = _flag("DJANGO_DEBUG", False)
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "development-only-not-a-secret" if DEBUG else "")
SECRET_KEY_FALLBACKS = _list("DJANGO_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = _list("DJANGO_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _list("DJANGO_CSRF_TRUSTED_ORIGINS")
HTTPS = _flag("DJANGO_HTTPS", not DEBUG)
VAR_DIR = Path(os.environ.get("PORTAL_VAR_DIR", BASE_DIR / "var"))
STATIC_ROOT = Path(os.environ.get("PORTAL_STATIC_DIR", VAR_DIR / "static"))
DATABASE_URL = os.environ.get("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
REPLICA_URLS = _list("DATABASE_REPLICA_URLS")
MEDIA_S3_BUCKET = os.environ.get("MEDIA_S3_BUCKET", "")
MEDIA_S3_ENDPOINT = os.environ.get("MEDIA_S3_ENDPOINT", "")
MEDIA_S3_REGION = os.environ.get("MEDIA_S3_REGION", "")
MEDIA_S3_ACCESS_KEY = os.environ.get("MEDIA_S3_ACCESS_KEY", "")
MEDIA_S3_SECRET_KEY = os.environ.get("MEDIA_S3_SECRET_KEY", "")
REDIS_URL = os.environ.get("REDIS_URL", "")
# Pages kept for readers (portal/warm), and the seconds that caches in front may show one without asking.
PAGE_CACHE = _flag("PORTAL_PAGE_CACHE", True)
SHARED_SECONDS = int(os.environ.get("PORTAL_SHARED_SECONDS", "0"))
LOG_LEVEL = os.environ.get("DJANGO_LOG_LEVEL", "INFO")
LOG_FORMAT = os.environ.get("PORTAL_LOG_FORMAT", "text")
SLOW_QUERY_MS = int(os.environ.get("PORTAL_SLOW_QUERY_MS", "0"))
PAGE_RATE = os.environ.get("PORTAL_PAGE_RATE", "240/min")
SECOND_FACTOR = _flag("PORTAL_SECOND_FACTOR", False)
METRICS_TOKEN = os.environ.get("PORTAL_METRICS_TOKEN", "")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS", False)
EMAIL_NOTICES = _flag("PORTAL_EMAIL_NOTICES", False)
FOUR_EYES = _flag("PORTAL_FOUR_EYES", False)
# The terms on which texts may be used again; empty: the site asks for the source to be named, and no more.
LICENCE_NAME = os.environ.get("PORTAL_LICENCE_NAME", "")
LICENCE_URL = os.environ.get("PORTAL_LICENCE_URL", "")
PORTAL_SOFFICE = os.environ.get("PORTAL_SOFFICE", "soffice")
API_RATE = os.environ.get("PORTAL_API_RATE", "600/min")
TAKEAWAY_MAKER = os.environ.get("PORTAL_TAKEAWAY", "thread")
SITE_URL = os.environ.get("PORTAL_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "portal@example.invalid")
# -------------------------------------------------------------------------------------------------------------------

if not SECRET_KEY:
    raise ImproperlyConfigured("DJANGO_SECRET_KEY must be set when DJANGO_DEBUG is off (see .env.example).")

VAR_DIR.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "cases.apps.StaffDeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
    "portal.apps.PortalConfig",
    "cases",
]

MIDDLEWARE = [
    "portal.observing.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.replicas.ReplicaMiddleware",  # outside of what keeps pages
    "portal.middleware.RequestShapeMiddleware",
    "portal.middleware.ApiMiddleware",
    "portal.warm.middleware.PageCacheMiddleware",  # what stands below is not asked for a kept page
    "portal.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LanguageMiddleware",  # inside of what keeps pages
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.limits.RateMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.sessions.StaffSessionMiddleware",
    "portal.middleware.MalformedKeyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.security.SecurityLogMiddleware",
    "axes.middleware.AxesMiddleware",
]

if METRICS_TOKEN:
    INSTALLED_APPS.append("django_prometheus")
    MIDDLEWARE.insert(0, "django_prometheus.middleware.PrometheusBeforeMiddleware")
    MIDDLEWARE.append("django_prometheus.middleware.PrometheusAfterMiddleware")

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "django.template.context_processors.i18n",
            ],
            "builtins": ["django.templatetags.i18n", "cases.public.languages"],
            "libraries": {"figures": "cases.figures.tags"},
        },
    },
]

DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers wait for each other instead of failing, and readers never wait (write-ahead log).
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A server that is gone, or a query gone wrong, must not hold a thread for good.
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 3,
        "tcp_user_timeout": 5000,
    }
    if "PORTAL_SERVES" in os.environ:  # set by portal/wsgi.py: commands may take longer
        limits = {"statement_timeout": "30s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"}
        told = " ".join(f"-c {name}={value}" for name, value in limits.items())
        DATABASES["default"]["OPTIONS"].setdefault("options", told)
for number, url in enumerate(REPLICA_URLS):
    # A copy that is gone must not be waited for: the primary answers.
    DATABASES[f"replica_{number}"] = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True) | {
        "OPTIONS": {**DATABASES["default"].get("OPTIONS", {}), "connect_timeout": 2},
        "TEST": {"MIRROR": "default"},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    REDIS = {"BACKEND": "portal.caches.ForgivingRedisCache", "LOCATION": REDIS_URL}
    CACHES = {"default": REDIS, "pages": {**REDIS, "KEY_PREFIX": "pages"}, "pieces": {**REDIS, "KEY_PREFIX": "pieces"}}
else:
    LOCAL = "django.core.cache.backends.locmem.LocMemCache"
    CACHES = {
        "default": {"BACKEND": LOCAL, "OPTIONS": {"MAX_ENTRIES": 5000}},
        # Of each process; some 12 KB a page.
        "pages": {"BACKEND": LOCAL, "LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 1000, "CULL_FREQUENCY": 10}},
        # Articles (8 KB) and cards (2 KB) they are made of.
        "pieces": {"BACKEND": LOCAL, "LOCATION": "pieces", "OPTIONS": {"MAX_ENTRIES": 2000, "CULL_FREQUENCY": 10}},
    }

# Wrong passwords are counted by account and by address (portal/security.py); `manage.py axes_reset_username NAME` lets one in again.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 10
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # nobody is locked out for as long as another goes on
AXES_CLIENT_IP_CALLABLE = "portal.security.address_of"
AXES_LOCKOUT_CALLABLE = "portal.security.locked"
AXES_DISABLE_ACCESS_LOG = True
OTP_TOTP_ISSUER = OTP_WEBAUTHN_RP_NAME = "普惠金融案例库"
# Passkeys belong to the name in the address, and are the second step after the password, never instead of it (portal/passkeys.py).
OTP_WEBAUTHN_RP_ID_CALLABLE = "portal.passkeys.host_of"
OTP_WEBAUTHN_HELPER_CLASS = "portal.passkeys.Helper"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
SILENCED_SYSTEM_CHECKS = ["otp_webauthn.E030"]  # a list of origins: the helper knows the one of the request
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.passwords.GuessableValidator"},
]
# Staff: a second step after the password, where they have set one up; everyone must, where the setting says so.
SESSION_COOKIE_AGE = 12 * 3600
IDLE_SECONDS = 3600  # after which who did nothing logs in again

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]  # the first without a prefix in its addresses
LOCALE_PATHS = [BASE_DIR / "locale"]  # what Django leaves in English
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

FIXTURE_DIRS = [BASE_DIR / "fixtures"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
TAKEAWAY_DIR = VAR_DIR / "takeaway"  # books made for readers; may be emptied at any time
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "portal.storage.ModuleStaticFilesStorage"
    },
}

if MEDIA_S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "portal.s3.MediaOnS3",
        "OPTIONS": {
            "bucket_name": MEDIA_S3_BUCKET,
            "endpoint_url": MEDIA_S3_ENDPOINT or None,
            "region_name": MEDIA_S3_REGION or None,
            "access_key": MEDIA_S3_ACCESS_KEY or None,
            "secret_key": MEDIA_S3_SECRET_KEY or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    }

# Large uploads while they come in; what a killed process leaves here goes with clean_media.
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "cases.public.api.problems.handle",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": API_RATE},
    "NUM_PROXIES": 1 if _flag("DJANGO_BEHIND_PROXY", False) else 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "普惠金融案例库 API",
    "DESCRIPTION": "公开案例的只读接口：案例、章节、机构、案例集、关键数据、标签。",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cases.public.api.schema.add_problems",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "FacetEnum": "cases.models.facets.FACET_CHOICES",
        "FigureKindEnum": "cases.models.FigureKind.choices",
        "AdviceKindEnum": "cases.models.AdviceKind.choices",
        "NoteKindEnum": "cases.models.NoteKind.choices",
        "CollectionKindEnum": "cases.models.CollectionKind.choices",
    },
}

SESSION_COOKIE_HTTPONLY = True
if HTTPS:  # browsers take cookies of such names from this very host alone, over HTTPS, for all of its paths
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez|readyz)$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("DJANGO_BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "portal.observing.RequestIdFilter"}},
    "formatters": {
        "text": {"format": "%(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {  # one object a line, with whatever a call gives as ``extra``
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(levelname)s %(name)s %(request_id)s %(message)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": "time",
            "json_ensure_ascii": False,
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_FORMAT == "json" else "text",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "axes": {"level": "ERROR"},  # portal.security says it in one line
        "portal.security": {"level": "INFO"},
    },
}
