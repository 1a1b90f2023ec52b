"""The commands of the command line, one a stage of the pipeline and some for its user."""

from __future__ import annotations

from replication.commands import data, measuring, profiles, results, training
from replication.commands.application import app

__all__ = ["app", "data", "measuring", "profiles", "results", "training"]
