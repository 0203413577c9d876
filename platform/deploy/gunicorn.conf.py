"""How gunicorn serves the site. Its own lines in the log have the site's form."""

import os

from assay.operations.logs import logging_of

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
worker_tmp_dir = "/dev/shm"  # noqa: S108  a file that each worker touches: on a disk, a slow one would kill it
keepalive = 65  # longer than the proxy's
graceful_timeout = 30
max_requests, max_requests_jitter = 20_000, 2_000  # whatever leaks, leaks for so long
pythonpath = "platform"
logconfig_dict = logging_of(os.environ.get("LOG_FORMAT", "json"), "INFO")
logconfig_dict["loggers"]["gunicorn.error"] = {"level": "INFO", "handlers": [], "propagate": True}
