"""The product's settings, as tests need them: apart from the real data, and quick."""

import os
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / ".cadans-test"

# WhiteNoise warns when it is missing, and a warning fails a test.
(DATA / "static").mkdir(parents=True, exist_ok=True)

# Set before the product's settings read them. A DATABASE_URL stays: it names another server.
os.environ["CADANS_DATA_DIR"] = str(DATA)
os.environ["CADANS_SECRET_KEY"] = "only-for-tests"
os.environ["CADANS_BASE_URL"] = "http://testserver"
# Playwright runs an event loop beside the tests, which Django would take for an async view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from cadans.config.settings import *  # noqa: E402, F403
from cadans.config.settings import DATABASES, STORAGES  # noqa: E402

# A pool would keep connections to a test database that is about to be dropped.
for _database in DATABASES.values():
    _database["OPTIONS"].pop("pool", None)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Static files straight from the sources, without collecting them first.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]
