"""Refuses Windows when it is installed there; all else about the build stands in pyproject.toml."""

import importlib
import sys

from setuptools import setup

sys.path.insert(0, ".")  # a build runs in the project's own folder
importlib.import_module("replication")

setup()
