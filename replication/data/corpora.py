"""Public repositories that several datasets read from, each at one commit."""

from __future__ import annotations

from functools import partial

from replication.data.public_files import PublicFile

sophon = partial(PublicFile, "SophonPlus", "ChineseNlpCorpus", "a0b781d72158bde242c0626c9e354d2b328865ff")
"""A file of ChineseNlpCorpus by path and sha256."""
SOPHON_LICENCE = "none stated by the repository SophonPlus/ChineseNlpCorpus, which collects corpora for research"
thucnews = partial(
    PublicFile, "649453932", "Bert-Chinese-Text-Classification-Pytorch", "050a7b0dc75d8a2d7fd526002c4642d5329a0c27"
)
"""A file of the titles drawn from THUCNews by path and sha256."""
