"""What the passing of time does by itself."""

from sandbox import renewals, sessions
from sandbox.account import Account


def catch_up(account: Account) -> None:
    """Let everything happen that is due: sessions expire, subscriptions go on and end."""
    with account.store.acting():
        sessions.expire_due(account)
        renewals.run_due(account)
