"""The application: configuration, extensions, rooms floor by floor, commands. A table of contents, no I/O."""

import os

from flask import Flask

from core import config as configuration
from core import database, error_pages, limits, logs, web
from core.commands import stratum


def create_app(config: configuration.Config | None = None) -> Flask:
    """Make the app from `config`, or from the environment (then logs are structured too)."""
    if config is None:
        config = configuration.load(os.environ)
        logs.configure()
    app = web.App(__name__)
    app.config["STRATUM"] = config
    logs.init_app(app)
    database.init_app(app, config)
    web.init_app(app, config)
    limits.init_app(app, config)
    error_pages.init_app(app)
    app.cli.add_command(stratum)
    return app
