"""Settings. What an operator may change comes from the environment; docs/operations.md lists it."""

from pathlib import Path

from celery.schedules import crontab

from assay.environment import Environment
from assay.operations.logs import logging_of

BASE_DIR = Path(__file__).resolve().parents[2]
env = Environment(BASE_DIR / ".env")

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY", required=not DEBUG) or "debug-only-" + "0" * 40
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or (["127.0.0.1", "localhost"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('*.')}" for host in ALLOWED_HOSTS if host != "*"]

# ── Where things are kept ─────────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'assay.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CHECKPOINT_ROOTS = [Path(root).resolve() for root in env.words("CHECKPOINT_ROOTS")]
CHECKPOINT_ROOTS = CHECKPOINT_ROOTS or [BASE_DIR / "var/checkpoints"]
CHECKPOINT_PLACES = env.places("CHECKPOINT_PLACES", {"gs", "s3", "hf", "memory"})
CHECKPOINT_MAX_BYTES = env.integer("CHECKPOINT_MAX_BYTES", 200 * 10**9, least=1)

# ── Background work: Celery where there is a broker, else the embedded ledger worker ─────────────────────────
REDIS_URL = env.url("REDIS_URL", {"redis", "rediss", "unix", "redis+socket"})
CELERY_BROKER_URL = REDIS_URL or None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_ROUTES = {"generation.tasks.*": {"queue": "generation"}}
CELERY_TASK_DEFAULT_QUEUE = "light"
CELERY_WORKER_HIJACK_ROOT_LOGGER = CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "assay.evaluations.tasks.sweep", "schedule": 15.0},
    # a look that had to wait is made up for by the next one
    "reports": {"task": "assay.evaluations.tasks.refresh_reports", "schedule": 2, "options": {"expires": 2}},
    "retention": {"task": "assay.operations.tasks.apply_retention", "schedule": crontab(minute=17, hour=3)},
}
CHUNK_PROMPTS = env.integer("CHUNK_PROMPTS", 64, least=1)
CHUNK_SECONDS = env.integer("CHUNK_SECONDS", 20, least=0)
CHUNK_LEASE_S = env.integer("CHUNK_LEASE_S", 60, least=1)
DESCRIBE_LEASE_S = env.integer("DESCRIBE_LEASE_S", 300, least=1)
CHUNK_ATTEMPTS = env.integer("CHUNK_ATTEMPTS", 5, least=1)
EXPORT_ROOT = Path(env.text("EXPORT_ROOT", str(BASE_DIR / "var/exports"))).resolve()
EXPORT_HOURS = env.integer("EXPORT_HOURS", 72, least=1)
EXPORT_LEASE_S = env.integer("EXPORT_LEASE_S", 300, least=1)
KEEP_CONTACTS_DAYS = env.integer("KEEP_CONTACTS_DAYS", 180, least=0)  # of persons, as the next three
KEEP_DRAFTS_DAYS = env.integer("KEEP_DRAFTS_DAYS", 30, least=0)
KEEP_AUDIT_ADDRESSES_DAYS = env.integer("KEEP_AUDIT_ADDRESSES_DAYS", 90, least=0)
KEEP_UPLOADS_DAYS = env.integer("KEEP_UPLOADS_DAYS", 1, least=0)
CARD_KEY = Path(env.text("CARD_KEY_FILE", str(BASE_DIR / "var/card-key.pem"))).resolve()
ENGINE_SLOTS = env.integer("ENGINE_SLOTS", 16, least=1)
ENGINE_MESH = env.form("ENGINE_MESH", r"[1-9]\d{0,3}x[1-9]\d{0,3}", "DATAxMODEL, such as 1x4")
ENGINE_CACHE = Path(env.text("ENGINE_CACHE", str(BASE_DIR / "var/compiled")))

# ── Checkpoints that answer over HTTP ─────────────────────────────────────────────────────────────────────────
ENDPOINT_HOSTS = env.hosts("ENDPOINT_HOSTS")
NOT_FOR_ENDPOINTS = {"SECRET_KEY", "METRICS_TOKEN"}  # a checkpoint names its own key
ENDPOINT_KEYS = env.keys(("_KEY", "_TOKEN"), without=NOT_FOR_ENDPOINTS)
ENDPOINT_TIMEOUT_S = env.integer("ENDPOINT_TIMEOUT_S", 300, least=1)
ENDPOINT_TRIES = env.integer("ENDPOINT_TRIES", 8, least=1)

# ── Standing evaluations ──────────────────────────────────────────────────────────────────────────────────────
WEBHOOK_HOSTS = env.hosts("WEBHOOK_HOSTS")
STEP_LEASE_S = env.integer("STEP_LEASE_S", 300, least=1)
STEP_ATTEMPTS = env.integer("STEP_ATTEMPTS", 4, least=1)
SITE_URL = env.url("SITE_URL", {"http", "https"}).rstrip("/")

# ── What machines ask ─────────────────────────────────────────────────────────────────────────────────────────
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_NETWORKS = env.networks("METRICS_NETWORKS")
POSTGRES_BIN = env.text("POSTGRES_BIN")
HEARTBEAT_FILE = Path(env.text("HEARTBEAT_FILE")) if env.text("HEARTBEAT_FILE") else None

# ── The log ───────────────────────────────────────────────────────────────────────────────────────────────────
LOG_FORMAT = env.choice("LOG_FORMAT", ("json", "text"), default="text" if DEBUG else "json")
LOG_LEVEL = env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "WARNING" if DEBUG else "INFO")
LOGGING = logging_of(LOG_FORMAT, LOG_LEVEL)

# ── The application ───────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "assay.accounts",
    "assay.reports",
    "assay.takeaway",
    "assay.evaluations",
    "assay.dashboards",
    "assay.api",
    "assay.operations",
    "raters",
    "generation",
    "promptsets",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "assay.headers.HeadersMiddleware",  # outermost: no answer leaves without them
    "assay.operations.probes.ProbesMiddleware",
    "assay.operations.tracing.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "assay.accounts.idle_sessions.IdleSessionsMiddleware",
    "assay.accounts.second_factor.SecondFactorMiddleware",
    "assay.api.middleware.ApiMiddleware",
]
ROOT_URLCONF = "assay.urls"
WSGI_APPLICATION = "assay.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "platform/assay/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "raters.desk.preferences.display",
            ]
        },
    }
]
CACHES = {
    # Limits on sign-in attempts must be shared by all web processes, so never the per-process memory cache.
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL.startswith(("redis:", "rediss:", "unix:"))
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

# ── People ────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["assay.accounts.signed_in.Backend"]
SESSION_ENGINE = "assay.accounts.signed_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "assay.accounts.adapter.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_FORMS = {"login": "assay.accounts.forms.SignInForm"}
ACCOUNT_SESSION_REMEMBER = True
SESSION_IDLE_MINUTES = env.integer("SESSION_IDLE_MINUTES", 60, least=1)  # of staff; raters' last two weeks
ACCOUNT_RATE_LIMITS = {"come_back": "20/5m/ip", "refused_link": "20/5m/ip", "policy_reports": "60/m/ip"}
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, least=0)  # whose word on X-Forwarded-For is taken
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# ── A second factor for those who see behind the blinding ─────────────────────────────────────────────────────
STAFF_MFA = env.boolean("STAFF_MFA", default=not DEBUG)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "assay.accounts.adapter.SecondFactors"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are given by administrators, who know the people
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_ISSUER = "Assay"
MFA_TOTP_TOLERANCE = 1  # a clock half a minute off
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds for which a password or code is believed

# ── The API ───────────────────────────────────────────────────────────────────────────────────────────────────
API_REQUESTS_A_MINUTE = env.integer("API_REQUESTS_A_MINUTE", 600, least=1)

# ── E-mail ────────────────────────────────────────────────────────────────────────────────────────────────────
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", default=True)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "assay@localhost")

# ── What a browser may do with our pages ──────────────────────────────────────────────────────────────────────
POLICY_REPORTS = "/policy-reports/"
NONE, SELF = "'none'", "'self'"
CONTENT_SECURITY_POLICY = {
    "default-src": NONE,
    "script-src": SELF,
    "style-src": SELF,
    "img-src": SELF,
    "font-src": SELF,
    "connect-src": SELF,
    "form-action": SELF,
    "frame-ancestors": NONE,
    "base-uri": NONE,
    "object-src": NONE,
    "report-uri": POLICY_REPORTS,
    "report-to": "policy",
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

# ── Language, time, files ─────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("ja", "日本語"), ("pt", "Português")]
LOCALE_PATHS = [BASE_DIR / "platform/assay/locale", BASE_DIR / "raters/locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var/static"
STATICFILES_DIRS = [BASE_DIR / "platform/assay/static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
