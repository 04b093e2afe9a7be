# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""ingest.py PROGRAM: counts equal those of wc and of Python; every bad input gets one line and its exit code."""

import collections
import os
import pty
import random
import re
import subprocess
import sys
import tempfile

program = sys.argv[1]


def ingest(*arguments, **options):
    return subprocess.run([program, *arguments], capture_output=True, **options)


def check_text(path, data, piped=False):
    run = ingest(stdin=open(path, "rb")) if piped else ingest(path)
    out = run.stdout.decode("latin-1")
    if run.returncode == 1 and re.search(rb"no driver|no device", run.stderr):
        print("skipped:", run.stderr.decode().strip())
        sys.exit(77)
    assert run.returncode == 0, run.stderr
    wc = subprocess.run(["wc", "-l", "-w", "-c"], stdin=open(path, "rb"), capture_output=True, check=True,
                        env={"LC_ALL": "C"}).stdout.split()
    found = [re.search(rf"^{what} +(\d+)$", out, re.M).group(1) for what in ("lines", "words", "bytes")]
    assert found == [w.decode() for w in wc], (found, wc)

    bytes_table, words_table = (re.search(rf"most frequent {what}\n((?:  .*\n)*)", out).group(1) for what in ("bytes", "words"))
    counts = collections.Counter(data)
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10]
    shown = [f"{n:>14}  " + (f"'{chr(b)}'" if 32 < b < 127 else f"0x{b:02x}") for b, n in top]
    assert bytes_table.splitlines() == shown, (bytes_table, shown)
    words = collections.Counter(data.split())
    top = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:10]
    shown = [f"{n:>14}  {w.decode()[:60]}{'...' if len(w) > 60 else ''}" for w, n in top]
    assert words_table.splitlines() == shown, (words_table, shown)

    start, end = re.search(r"address +(\S+) at the start, (\S+) at the end", out).groups()
    peak, ratio = re.search(r"peak mapped +(\d+) bytes, ([\d.]+) of the data", out).groups()
    assert int(re.search(r"steps +(\d+) in", out).group(1)) > 0
    assert int(peak) >= len(data) and int(peak) <= 2 * len(data) * 1.125 + (32 << 20)
    if len(data) > 8 << 20:
        assert start == end, (start, end)
        assert int(peak) <= len(data) * 1.125 + (34 << 20), (peak, len(data))
    print(f"{len(data)} bytes, piped {piped}: as wc; peak {ratio} of the data")


def check_progress(path):
    """A progress line where a person watches, and none in a file."""
    watcher, terminal = pty.openpty()
    run = subprocess.run([program, path], stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    shown = os.read(watcher, 65536).decode()
    os.close(watcher)
    assert run.returncode == 0 and re.search(r"\r.*MiB read, .* MiB mapped", shown), shown
    assert ingest(path).stderr == b""
    print("progress:", shown.split("\r")[-2].strip())


def check_refusal(code, words, *arguments, **options):
    run = ingest(*arguments, **options)
    lines = (run.stdout + run.stderr).decode().splitlines()
    assert run.returncode == code, (run.returncode, lines)
    assert len(lines) == 1 and words in lines[0], lines
    print(f"exit {code}: {lines[0]}")


with tempfile.TemporaryDirectory() as folder:
    random.seed(7)
    vocabulary = [bytes(random.choice(b"abcdefgXYZ.,;-") for _ in range(random.randint(1, 9))) for _ in range(400)]
    vocabulary.append(b"long" * 40)
    gaps = [b" ", b" ", b" ", b"\n", b"\n\n", b"\t", b" \r\n", b"\v\f "]
    for size, ending in ((1, b""), (1000, b"\n"), (100_000, b"  "), (1_400_000, b"")):
        data = b"".join(random.choice(vocabulary) + random.choice(gaps) for _ in range(size)) + b"end" + ending
        path = os.path.join(folder, f"text{size}")
        with open(path, "wb") as f:
            f.write(data)
        check_text(path, data)
        check_text(path, data, piped=True)

    check_progress(path)

    empty = os.path.join(folder, "empty")
    open(empty, "wb").close()
    check_refusal(0, "is empty", empty)
    check_refusal(66, "cannot be opened: No such file", os.path.join(folder, "missing"))
    check_refusal(66, "is a directory", folder)
    check_refusal(2, "usage", "a", "b")
    check_refusal(74, "cannot be read", "/proc/self/mem")
    if os.geteuid() != 0:  # root may read everything
        os.chmod(empty, 0)
        check_refusal(66, "cannot be opened: Permission denied", empty)
