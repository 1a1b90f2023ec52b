"""The small pipeline, made once a session."""

from __future__ import annotations

import pytest

from tests.methods.small import Pipeline


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Data, encoder, teachers of two seeds, historical models."""
    return Pipeline(tmp_path_factory.mktemp("pipeline")).make()
