"""The gateway speaks to the sandbox for the shop's orders."""

from tests.shop.conftest import _doorbell, _sandbox, config, sandbox, shop

__all__ = ["_doorbell", "_sandbox", "config", "sandbox", "shop"]
