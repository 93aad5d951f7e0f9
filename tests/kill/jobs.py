"""What a worker and the scheduler are given besides the portal: the points at which the tests may hold them."""

from celery.signals import beat_init, worker_init, worker_ready

from tests.kill import points


@worker_init.connect
def hold_here(**_worker: object) -> None:
    """Before the worker's processes are made, which have the points too."""
    points.install(worker=True)


@worker_ready.connect
def worker_says_so(**_worker: object) -> None:
    """The worker listens from now on."""
    points.mark("worker")


@beat_init.connect
def beat_says_so(**_beat: object) -> None:
    """The scheduler runs from now on."""
    points.mark("beat")
