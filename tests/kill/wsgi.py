"""The portal as gunicorn serves it, with the points at which the tests may hold it."""

from reform.wsgi import application
from tests.kill import points

__all__ = ["application"]

points.install(worker=False)
