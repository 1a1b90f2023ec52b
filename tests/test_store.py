from __future__ import annotations

import threading
import time
from pathlib import Path

from replication.store import Store, copy_out


def finish(store: Store, identity: str, text: str) -> Path:
    outputs = store.work(identity) / "outputs"
    outputs.mkdir()
    (outputs / "run.json").write_text(text, encoding="utf-8")
    return store.finish(identity, outputs)


def test_a_run_is_finished_only_when_it_is_whole(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (store.work("a") / "phase-0.pt").write_bytes(b"half")
    assert store.finished("a") is None
    folder = finish(store, "a", "{}")
    assert store.finished("a") == folder == store.run("a")
    assert not store.partial("a").exists()


def test_copy_out_replaces_what_was_there(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    destination = tmp_path / "build/seed0"
    copy_out(finish(store, "a", "old"), destination)
    (destination / "leftover").touch()
    copy_out(finish(store, "b", "new"), destination)
    assert [path.name for path in destination.iterdir()] == ["run.json"]
    assert (destination / "run.json").read_text(encoding="utf-8") == "new"
    assert list(destination.parent.iterdir()) == [destination]


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    store, order = Store(tmp_path), []

    def second() -> None:
        with store.lock("a"):
            order.append("second")

    with store.lock("a"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
