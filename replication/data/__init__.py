"""From pinned public files to prepared splits: fetch, normalise, drop duplicates, split."""
