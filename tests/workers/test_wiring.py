"""How Celery is set up: what beat asks for exists, and a message comes again only when no demo can still be at it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from cards.demos import demos
from cards.tasks import care, clean, digests, run_demo
from chapter5.celery import app

ROOT = Path(__file__).resolve().parents[2]


def test_beat_cares_cleans_and_sends_mails() -> None:
    due = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert due == {
        care.name: settings.DEMO_CARE_SECONDS,
        clean.name: 6 * 60 * 60,
        digests.name: settings.DIGEST_SECONDS,
    }


def test_a_message_is_acknowledged_late_and_comes_again_after_any_demos_time() -> None:
    show = "import json; from django.conf import settings; print(json.dumps(settings.CELERY_BROKER_TRANSPORT_OPTIONS))"
    environment = os.environ | {
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "chapter5.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", show], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    longest = max(demo.seconds for demo in demos()) + 2 * settings.DEMO_GRACE_SECONDS
    assert json.loads(done.stdout)["visibility_timeout"] > 2 * longest
    assert app.conf.task_acks_late
    assert app.conf.worker_prefetch_multiplier == 1


def test_no_result_is_kept_but_the_row() -> None:
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None
    assert run_demo.ignore_result
