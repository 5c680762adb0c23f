"""What the worker does for zips that wait: it forgets those that nobody took over."""

from datetime import timedelta

from core import jobs
from core.database import transaction
from studio.transfer import services


def register() -> None:
    """Let the worker look each hour."""
    jobs.periodic("brought-zips", timedelta(hours=1), purge)


def purge() -> None:
    """Forget what is past its end."""
    with transaction():
        services.put_away_old()
