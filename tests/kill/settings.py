"""The portal's own settings, with a scheduler that looks round every other second, and a broker that soon delivers
again what nobody has said is done: what takes minutes else. No rule of the portal is another one.
"""

from datetime import timedelta

from reform.settings import *  # noqa: F403
from reform.settings import CELERY_BEAT_SCHEDULE, CELERY_BROKER_TRANSPORT_OPTIONS

for _name in ("mails that could not be sent", "jobs whose worker died"):
    CELERY_BEAT_SCHEDULE[_name]["schedule"] = timedelta(seconds=2)
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] = 30
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_IMPORTS = ["tests.kill.jobs"]
