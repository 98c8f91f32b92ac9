from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hotspots.core import folders
from hotspots.core.errors import OutputError
from hotspots.core.folders import MANIFEST, atomic_folder, check_target


@pytest.fixture(params=["exchange", "two renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param != "exchange":
        monkeypatch.setattr(folders, "_exchange", lambda _made, _out: False)
    return str(request.param)


def write(out: Path, text: str, *, names: tuple[str, ...] = ("a.txt",)) -> None:
    with atomic_folder(out, kept=("comment.toml",)) as made:
        for name in names:
            (made / name).write_text(text)
        (made / "tables").mkdir()


def there(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


@pytest.mark.usefixtures("way")
def test_a_folder_is_made_and_replaced(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    write(out, "1", names=("a.txt", "old.csv"))
    write(out, "2")
    assert (out / "a.txt").read_text() == "2"
    assert there(out) == {"a.txt", "tables", MANIFEST}
    assert there(out.parent) == {"out", *(f"out/{name}" for name in there(out))}


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_after_a_stop_the_earlier_folder_is_as_it_was(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    out = tmp_path / "out"
    write(out, "1")

    def fail() -> None:
        with atomic_folder(out) as made:
            (made / "a.txt").write_text("half")
            raise stop

    with pytest.raises(stop):
        fail()
    assert (out / "a.txt").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_stop_between_the_two_renames_puts_the_earlier_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, "1")
    rename = Path.rename

    def stop(self: Path, target: Path) -> Path:
        if Path(target) == out and not self.name.endswith("-old"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(folders, "_exchange", lambda _made, _out: False)
    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(KeyboardInterrupt):
        write(out, "2")
    assert (out / "a.txt").read_text() == "1"


KILLED = """
import os, signal, sys
from pathlib import Path
from hotspots.core import folders
if sys.argv[2] == "renames":
    folders._exchange = lambda made, out: False
rename, n = Path.rename, [0]
def killed(self, target):
    n[0] += 1
    if n[0] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
def before(*_):
    os.kill(os.getpid(), signal.SIGKILL)
Path.rename = killed
if sys.argv[2] == "writing":
    folders._finish = before
if sys.argv[2] == "exchange":
    folders._return = before
with folders.atomic_folder(Path(sys.argv[1]), kept=("comment.toml",)) as made:
    (made / "a.txt").write_text("new")
    (made / "comment.toml").write_text("new")
"""


@pytest.mark.parametrize("moment", ["writing", "renames", "exchange"])
def test_after_a_kill_the_next_run_puts_all_right(tmp_path: Path, moment: str) -> None:
    out = tmp_path / "out"
    write(out, "1", names=("a.txt", "comment.toml"))
    (out / "comment.toml").write_text("what the analyst said")
    done = subprocess.run([sys.executable, "-c", KILLED, str(out), moment], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".out-*"))) == 1 + (moment == "renames")
    with atomic_folder(out, kept=("comment.toml",)) as made:
        held = (out / "comment.toml").read_text()
        (made / "comment.toml").write_text(held)
    assert held == "what the analyst said"
    assert {p.name for p in out.iterdir()} == {"comment.toml", MANIFEST}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_run_that_goes_on_is_not_tidied_away(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with atomic_folder(out) as first:
        (first / "a.txt").write_text("first")
        write(out, "second")
        assert (first / "a.txt").is_file()
    assert (out / "a.txt").read_text() == "first"


@pytest.mark.parametrize("name", ["thesis.doc", "tables/mine.csv", "photos/"])
def test_what_is_not_ours_is_left_alone(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    write(out, "1")
    if name.endswith("/"):
        (out / name).mkdir()
    else:
        (out / name).write_text("mine")
    with pytest.raises(OutputError, match=f"holds '{name.rstrip('/')}' too"):
        write(out, "2")
    assert (out / name).exists()
    assert (out / "a.txt").read_text() == "1"


def test_a_file_of_a_run_that_somebody_changed_is_theirs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "1")
    (out / "a.txt").write_text("corrected by hand")
    with pytest.raises(OutputError, match="somebody changed since"):
        write(out, "2")
    assert (out / "a.txt").read_text() == "corrected by hand"


def test_a_folder_without_our_list_is_nobody_s_to_replace(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "summary.json").write_text("{}")
    for text in ("", "[]", '{"files": 3}', "[" * 100_000):
        (tmp_path / "out" / MANIFEST).write_text(text)
        with pytest.raises(OutputError, match=r"summary\.json"):
            write(tmp_path / "out", "1")


@pytest.mark.usefixtures("way")
def test_what_is_saved_in_the_last_moment_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, "1", names=("a.txt", "comment.toml"))
    real = folders._put_in_place

    def later(*given: object) -> None:
        (out / "minutes.docx").write_text("mine")
        (out / "photos").mkdir()
        (out / "a.txt").write_text("by hand")
        (out / "comment.toml").write_text("said")
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(folders, "_put_in_place", later)
    write(out, "2", names=("a.txt", "comment.toml"))
    assert (out / "minutes.docx").read_text() == "mine"
    assert (out / "photos").is_dir()
    assert (out / "a.txt").read_text() == "2"
    assert (out / "a-yours.txt").read_text() == "by hand"
    assert (out / "comment.toml").read_text() == "said"


def test_the_output_may_not_hold_what_is_read(tmp_path: Path) -> None:
    read = tmp_path / "read"
    read.mkdir()
    (read / "a.csv").write_text("")
    with pytest.raises(OutputError, match="must hold nothing that is read"):
        check_target(tmp_path, inputs=[read / "a.csv"])
    check_target(read / "out", inputs=[read])  # readers leave such a folder out
    (tmp_path / "link").symlink_to(read)
    with pytest.raises(OutputError, match="must hold nothing"):
        check_target(read, inputs=[tmp_path / "link" / "a.csv"])
    check_target(tmp_path / "beside", inputs=[read, read / "a.csv"])


def test_a_device_is_no_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="is a device"):
        check_target(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_links_are_followed_and_one_to_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    write(tmp_path / "out", "1")
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "real" / "a.txt").read_text() == "1"
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="a link to nothing"):
        write(tmp_path / "dangling", "1")


def test_where_one_is_cannot_be_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="the one you are in"):
        write(Path(), "1")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("way")
def test_what_is_marked_is_its_owners_alone(tmp_path: Path) -> None:
    write(tmp_path / "out", "1", names=("a.txt", "official-sensitive_annex.pdf"))
    assert mode(tmp_path / "out") == 0o700
    assert mode(tmp_path / "out" / "official-sensitive_annex.pdf") == 0o600
    write(tmp_path / "open", "1")
    assert mode(tmp_path / "open") == 0o777 & ~folders._umask()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("own", [0o700, 0o750])
def test_a_stricter_folder_is_never_loosened(tmp_path: Path, own: int) -> None:
    (tmp_path / "out").mkdir(mode=own)
    write(tmp_path / "out", "1")
    assert mode(tmp_path / "out") == own
    write(tmp_path / "out", "2")
    assert mode(tmp_path / "out") == own


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="one that can be written"):
        write(tmp_path / "file" / "out", "1")
    with pytest.raises(OutputError, match="must be a folder"):
        write(tmp_path / "file", "1")


LIMITED = """
import resource, sys
from pathlib import Path
from hotspots.core.errors import OutputError
from hotspots.core.folders import atomic_folder
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with atomic_folder(Path(sys.argv[1])) as made:
        (made / "a.txt").write_bytes(b"x" * 10_000)
except OutputError as error:
    sys.exit(f"refused: {error}")
"""


@pytest.mark.parametrize("n_bytes", [10, 5_000, 10_000])
def test_a_file_that_may_not_grow_leaves_nothing(tmp_path: Path, n_bytes: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "out"), str(n_bytes)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == (n_bytes == 10_000), done.stderr
    assert done.returncode == 0 or done.stderr.startswith("refused: ")
    assert [p.name for p in tmp_path.iterdir()] == ["out"] * (n_bytes == 10_000)


def test_fifty_kills_leave_the_folder_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from hotspots.core.folders import atomic_folder\n"
        "n = 0\nprint('go', flush=True)\n"
        "while True:\n"
        "    n += 1\n"
        "    with atomic_folder(Path(sys.argv[1])) as made:\n"
        "        for k in range(8):\n"
        "            (made / f'{k}.txt').write_text(str(n))\n"
    )
    for number in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(out)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.003 * number)
            process.kill()
        if out.exists():
            texts = {p.read_text() for p in out.glob("*.txt")}
            assert len(texts) == 1
            assert len(list(out.glob("*.txt"))) == 8
    write(out, "last")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
