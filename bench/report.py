#!/usr/bin/env python3
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""Turns the JSON of one run of the benchmarks into a page of tables, and into plots where matplotlib is there.

usage: report.py bench.json OUTDIR
A benchmark is named subject/way/who; those that share subject and way are rivals of each other, and a new one needs no line
here. Figures are medians of the repetitions. A verdict compares the medians, and is `unclear` where they differ by more than
5 % but the middle halves of the repetitions overlap. Exits with 1 if a benchmark reported an error.
"""

import json
import os
import statistics
import sys

NEAR = 0.05  # medians this close are the same
NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
COUNTERS = {
    "peak/data": "most memory held / data",
    "of_free": "largest vector / free memory",
    "p50_us": "step, median (us)",
    "p99_us": "step, 99 % (us)",
    "max_us": "step, longest (us)",
    "first_us": "first tenth (us)",
    "last_us": "last tenth (us)",
    "bytes_each": "device bytes each",
    "pinned_MiB": "pinned (MiB)",
    "times_ours": "time / ours on the same memory",
}


class Row:
    def __init__(self):
        self.times, self.counters, self.error = [], {}, None

    def median(self):
        return statistics.median(self.times)

    def middle_half(self):
        t = sorted(self.times)
        return t[len(t) // 4], t[(3 * len(t) - 1) // 4]


def read(path):
    """subject/way -> who -> Row, in the order of the file."""
    with open(path, encoding="utf-8") as f:
        data = json.load(f)
    groups = {}
    for b in data["benchmarks"]:
        if b.get("run_type") != "iteration":
            continue
        name = b["run_name"]
        for suffix in ("/iterations:", "/min_time:"):
            name = name.split(suffix)[0]
        name = name.removesuffix("/manual_time").removesuffix("/real_time")
        subject, who = name.rsplit("/", 1)
        row = groups.setdefault(subject, {}).setdefault(who, Row())
        if b.get("error_occurred"):
            row.error = b.get("error_message", "error")
            continue
        row.times.append(b["real_time"] * NANOSECONDS[b["time_unit"]])
        for counter in COUNTERS:
            if counter in b:
                row.counters.setdefault(counter, []).append(b[counter])
    return data["context"], groups


def is_ours(who):
    return who.startswith("vmm::") or who == "grown step by step"


def verdict(ours, rival):
    """How ours does against the rival."""
    ratio = rival.median() / ours.median()
    if abs(ratio - 1) <= NEAR:
        return "same"
    (low_a, high_a), (low_b, high_b) = ours.middle_half(), rival.middle_half()
    if low_a <= high_b and low_b <= high_a:
        return "unclear"
    return "faster" if ratio > 1 else "slower"


def human(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def table(rows):
    ours = {who: row for who, row in rows.items() if is_ours(who) and row.times}
    counters = [c for c in COUNTERS if any(c in row.counters for row in rows.values())]
    head = ["", "time", "middle half"] + [f"against {who}" for who in ours] + [COUNTERS[c] for c in counters]
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for who, row in sorted(rows.items(), key=lambda item: (not is_ours(item[0]), item[0])):
        if row.error or not row.times:
            yield f"| {who} | failed: {row.error} |" + " |" * (len(head) - 2)
            continue
        cells = [who, human(row.median()), " to ".join(human(t) for t in row.middle_half())]
        for mine, own in ours.items():
            cells.append("" if is_ours(who) else f"{row.median() / own.median():.2f} x: {mine.split('::')[-1]} is "
                         f"{verdict(own, row)}")
        for c in counters:
            cells.append(f"{statistics.median(row.counters[c]):.4g}" if c in row.counters else "")
        yield "| " + " | ".join(cells) + " |"


def plots(groups, folder):
    try:
        import matplotlib
    except ImportError:
        print("report: no matplotlib: no plots")
        return []
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    drawn = []
    wanted = [("grow by steps/fresh", None, "ms", "time to grow by steps"),
              ("grow by steps/fresh", "peak/data", "", "most memory held / data"),
              ("push_back/from nothing", None, "ns", "one push_back")]
    for subject, counter, unit, title in wanted:
        rows = {w: r for w, r in groups.get(subject, {}).items() if r.times and (counter is None or counter in r.counters)}
        if not rows:
            continue
        value = {w: statistics.median(r.counters[counter]) if counter else r.median() / NANOSECONDS[unit]
                 for w, r in rows.items()}
        names = sorted(value, key=lambda w: value[w], reverse=True)
        figure, axis = plt.subplots(figsize=(8, 0.45 * len(names) + 1.2))
        bars = axis.barh(names, [value[w] for w in names], color=["#2a7f9e" if is_ours(w) else "#b8b8b8" for w in names])
        axis.bar_label(bars, fmt=lambda v: f" {v:.3g} {unit}")
        axis.set_title(title)
        axis.margins(x=0.25)
        if counter is None:
            axis.set_xscale("log")
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
        name = title.replace(" / ", " to ").replace(" ", "_") + ".svg"
        figure.tight_layout()
        figure.savefig(os.path.join(folder, name), metadata={"Date": None})
        plt.close(figure)
        drawn.append((title, name))
    return drawn


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    path, out = sys.argv[1:]
    context, groups = read(path)
    os.makedirs(out, exist_ok=True)
    lines = ["# Benchmarks", "", "| | |", "|---|---|"]
    for key in ("device", "toolkit", "commit"):
        lines.append(f"| {key} | {context.get(key, 'unknown')} |")
    lines += [f"| date | {context['date'][:10]} |", "",
              "One run, all rivals side by side in random order; `bench/rivals.hpp` says how each was run, `bench/axes.hpp` with which",
              "sizes. Medians of the repetitions; `unclear` where they differ but the middle halves overlap.", ""]
    for title, name in plots(groups, out):
        lines += [f"![{title}]({name})", ""]
    for subject in sorted(groups):
        lines += [f"## {subject}", "", *table(groups[subject]), ""]
    with open(os.path.join(out, "benchmarks.md"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines))
    failed = [f"{s}/{w}: {r.error}" for s, rows in groups.items() for w, r in rows.items() if r.error or not r.times]
    print("\n".join(failed) if failed else f"report: {sum(len(r) for r in groups.values())} rows")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
