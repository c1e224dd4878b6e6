"""What a start loads: each of its three processes pays for every import, on every start."""

import subprocess
import sys

# Each takes longer to load than the rooms that use it; they load it when it is asked for.
LARGE = ("scipy", "openpyxl", "pandas", "sklearn")
PROGRAM = f"""
import sys, django
django.setup()
import cadans.config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
from procrastinate.contrib.django import app
app.tasks
loaded = sorted({{name.split(".")[0] for name in sys.modules}} & set({LARGE}))
print(" ".join(loaded))
"""


def test_a_start_loads_no_large_library() -> None:
    """Pages and jobs are all there, and none of the libraries that only a few of them need."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == []
