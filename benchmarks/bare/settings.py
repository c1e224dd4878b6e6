"""As little Django as there can be: one table, no middleware."""

from cadans.config.environment import data_dir, database_settings

SECRET_KEY = "bare"
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["benchmarks.bare"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.bare.urls"
DATABASES = database_settings(data_dir())
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
