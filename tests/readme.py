"""The README's text, and the commands that it gives."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]
ELSEWHERE = {
    "make test": "is what runs this test",
    "python -m pytest": "is what runs this test",
    "dvc exp run -S temperature=4": "test_pipeline runs it and looks at what it reruns",
    "python3 requirements/install.py test": "how this environment was made; the clone has it as its .venv",
}
"""Commands that are not run one after the other in the clone, and why."""
