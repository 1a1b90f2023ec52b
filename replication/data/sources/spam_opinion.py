"""Junk in public opinion, real: spam messages and abusive comments among ordinary ones; older spam as yesterday's.

Current: text messages (spam or ordinary) and COLD's comments (abusive or safe), half of either junk. Legacy: messages
that fake base stations sent (advertising, fraud, illegal trade; the political category is not read), and ordinary text
messages that are held out of the current part. Every source goes through `data/level.py`, which says how a post's
format is kept from telling its source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from replication.data.encodings import decoded_lines
from replication.data.level import Post, distinct, in_order, level, matched
from replication.data.public_files import PublicFile
from replication.data.source import RawItem, Source
from replication.data.tables import delimited
from replication.errors import UserError

JUNK, ORDINARY = "junk", "ordinary"
LABELS = {"0": ORDINARY, "1": JUNK}
MESSAGES = ("train.txt", "mudou_spam_test.txt")
COMMENTS = {
    "dev.csv": "28e67a26815aa1852449ba06919e51c07060d146e2bd23101cc0137a0ff94b7c",
    "test.csv": "b06d31481f0d558b6dc8140408938abe8dba8083cd9976b4ba8f5c837fbe78ed",
    "train.csv": "16ca7955bdcaf90f5d8ac39e51eb3eda15320caa1e730ed45cb5e8ca8cd0d5e8",
}
BASE_STATION = {
    "AD:Loan": "57bd31ca6579e55b0314062050a638fae1675d8eada0822b2c700ff3b3ed49e1",
    "AD:Network_service": "43ec55aacc2d3a6e8d19f33e684552fb28e1aa4877b3baafa2d94f4c51c137d3",
    "AD:Other": "66fa12817fbf430212fddf26cc888a062569e2fc1a3d18b69bd79265ea2e5df7",
    "AD:Real_estate": "fe19133e5cf3dd905498bfbf154e8b101f1f73a154357472b28528b58c0e1070",
    "AD:Retail": "23b883a0eb75b1169c418b0fb1634968398575e573127c53c9c651ceeeebc173",
    "FR:Financial": "b60abc4c3f32fc35ae429a137e7625b592b86c0ecc47fcfe6c70f32e19ad15fb",
    "FR:Other": "dbb99d5f560f86d7f496d76a18a96b6dad7edd235faa8f5608627a0ddf7bd451",
    "FR:Phishing(Bank)": "f7185a1aacd1f46761fc27e81f4996b5b94e55dcfc9f84c38c39b4d06b8e965e",
    "FR:Phishing(Other)": "a3e1114193c176f55be64b2c0290386375ca4de67fe4932fd34acfc622291ff8",
    "IL:Escort_service": "caffcbe973be80df1bb694cbc6a2ac49b51d4a48c9c678534d56c17b7a9b70cd",
    "IL:Fake_ID_and_invoice": "eb69d3ae095601891effb3fb59a79ce10842a060e3af331b7c13189a275fdf72",
    "IL:Gambling": "a8b93c9ad259d12ab5b8bff02a2a99da1fe26df683e0d1b247590510703406ac",
}
FAMILIES = {"AD": "advertising", "FR": "fraud", "IL": "illegal_trade"}
"""Of a base-station file, by the letters before the colon."""
SIMILARITY = 0.7
"""Jaccard similarity from which on two posts are near-duplicates: here, before the sources are made alike in size."""
LEGACY = 800
"""Legacy posts of each label."""
MARKED_READ, PLAIN_READ = 4000, 300
"""Comments and base-station messages of each label that are looked at, with a mark and without; there are many more."""


def read(folder: Path) -> Iterator[RawItem]:
    """Posts in a keyed order; extra: `source`, `family` and `period`."""
    comments = list(_comments(folder))
    kinds = [[post for post in comments if post.label == label] for label in LABELS.values()]
    looked_at = [post for some in (*kinds, _base_station(folder)) for post in _first(some)]
    posts = distinct([*_messages(folder), *looked_at], SIMILARITY)
    cells = {
        (source, label): [post for post in posts if (post.source, post.label) == (source, label)]
        for source in ("messages", "comments", "base_station")
        for label in LABELS.values()
    }
    legacy = matched(cells["messages", ORDINARY], LEGACY) + matched(cells["base_station", JUNK], LEGACY)
    used = set(legacy)
    cells["messages", ORDINARY] = [post for post in cells["messages", ORDINARY] if post not in used]
    current: list[Post] = []
    for source in ("messages", "comments"):
        halves = [matched(cells[source, label], len(posts)) for label in LABELS.values()]
        size = min(map(len, halves))
        current += [post for half in halves for post in matched(half, size)]
    for post in in_order([*legacy, *current]):
        period = "legacy" if post in used else "current"
        yield RawItem(post.text, post.label, {"source": post.source, "family": post.family, "period": period})


def records(folder: Path) -> dict[str, int]:
    """Posts in the files, by their source, before any is left out."""
    every = chain(_messages(folder), _comments(folder), _base_station(folder))
    return dict(Counter(post.source for post in every))


def _messages(folder: Path) -> Iterator[Post]:
    """One `label<TAB>text` a line, in some the segmented text after another tab; a line without a tab has no text."""
    for name in MESSAGES:
        for number, line in decoded_lines(folder / name, "utf-8"):
            label, *texts = line.rstrip("\r\n").split("\t")
            if label not in LABELS:
                raise UserError(
                    f"{folder / name}: line {number}: expected 0 or 1 before the text, found {label[:20]!r}"
                )
            family = "spam_message" if LABELS[label] == JUNK else "ordinary_message"
            if texts:
                yield Post(level(texts[0]), "messages", LABELS[label], family)


def _comments(folder: Path) -> Iterator[Post]:
    """COLD: CSV with `label` (1 is abusive) and `TEXT`."""
    for name in COMMENTS:
        for row in delimited(folder / name, ("TEXT", "label"), encoding="utf-8"):
            text, label = row.cells
            if label not in LABELS:
                raise UserError(f"{row.where}: label: expected 0 or 1, found {label!r}")
            family = "abuse" if LABELS[label] == JUNK else "ordinary_comment"
            yield Post(level(text), "comments", LABELS[label], family)


def _base_station(folder: Path) -> Iterator[Post]:
    """One segmented message a line, a file a category."""
    for name in BASE_STATION:
        for _, line in decoded_lines(folder / name, "utf-8"):
            yield Post(level(line), "base_station", JUNK, FAMILIES[name.partition(":")[0]])


def _first(posts: Iterable[Post]) -> list[Post]:
    """The first in keyed order, so many with a mark and so many without."""
    ordered = in_order(set(posts))
    marked = [post for post in ordered if post.marked]
    return marked[:MARKED_READ] + [post for post in ordered if not post.marked][:PLAIN_READ]


SOURCE = Source(
    title="Spam opinion",
    language="Chinese (simplified)",
    domain="text messages and comments, with spam, fraud, illegal trade and abuse among them",
    kind="real",
    licence=(
        "COLDataset: Apache-2.0; FBS_SMS_Dataset: to be cited with its address; the two collections of text messages "
        "state none"
    ),
    citation=(
        "x-hacker, SpamMessagesLR, and cctsao2000, Chinese-Spam-SMS-Classification (one collection of text messages); "
        "Deng, Zhou, Sun, Zheng, Mi, Meng, Huang: COLD, a benchmark for Chinese offensive language detection, EMNLP "
        "2022, github.com/thu-coai/COLDataset; Zhang et al.: Lies in the air, characterizing fake-base-station spam "
        "ecosystem in China, CCS 2020, github.com/Cypher-Z/FBS_SMS_Dataset"
    ),
    classes={ORDINARY: "ordinary message or comment", JUNK: "advertising, fraud, illegal trade or abuse"},
    files=(
        PublicFile(
            "x-hacker",
            "SpamMessagesLR",
            "766f7ee2c7996f1e817cfd253b6d250d55b359a7",
            "train.txt",
            "c33bde183e1a9d2aead90bac2f19524e128632c30b421cf8c3f2c655a26349b1",
        ),
        PublicFile(
            "cctsao2000",
            "Chinese-Spam-SMS-Classification",
            "bde80af2f479eb64f5d54b5a7931a52dba1c7d65",
            "mudou_spam_test.txt",
            "c38ce77511f793426a25e2c2755582afb7754f5f384e22ed9b541ac6e1b3ff41",
        ),
        *(
            PublicFile(
                "thu-coai", "COLDataset", "a0c55a945497ab58e94aef491180e1cf88ffb864", f"COLDataset/{name}", sha256
            )
            for name, sha256 in COMMENTS.items()
        ),
        *(
            PublicFile("Cypher-Z", "FBS_SMS_Dataset", "49173b12ab0a42eb9f6ce42e401e6acaef1fbdfd", name, sha256)
            for name, sha256 in BASE_STATION.items()
        ),
    ),
    read=read,
    records=records,
)
