"""The WSGI application that Granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadans.config.settings")

application = get_wsgi_application()

# What is loaded by now stays. Looking through all of it again and again took a quarter of the
# time of a page that shows many things.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
