"""The folder of pinned public files; tests of the real files run where it is set, and say so where it is not.

Continuous integration, where nothing is skipped, reads them from their public addresses.
"""

from __future__ import annotations

import os

import pytest

needs_mirror = pytest.mark.skipif(
    not os.environ.get("REPLICATION_MIRROR") and os.environ.get("CI") != "true",
    reason="the real files are not here: REPLICATION_MIRROR is not set (parsing is tested on made files all the same)",
)
