#!/usr/bin/env python3
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""Turns the JSON of the benchmarks into a page of tables and plots.

usage: report.py FOLDER OUTDIR
                          reads bench.json and, where they are there, again.json of a second run and include.json; writes
                          OUTDIR/benchmarks.md, OUTDIR/benchmarks/*.svg and the JSON, stripped to what the page needs
       report.py --readme writes the brief table of the README from docs/benchmarks/bench.json
       report.py --check  whether README and docs/benchmarks.md are what the JSON in docs/benchmarks says

A benchmark is named subject/way/who; those that share subject and way are rivals of each other, and a new one needs no line
here. Figures are medians of the repetitions of the first run. A verdict compares the medians, and is `unclear` where they
differ by more than 5 % but the middle halves of the repetitions overlap, and where two runs disagree by more than 5 % about a
ratio. Exits with 1 if a benchmark reported an error, and for the README also if one that it names is not there.
"""

import json
import math
import os
import statistics
import sys
import tempfile
from html import escape

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILES = ("bench.json", "again.json", "include.json")
CONTEXT = ("date", "device", "toolkit", "commit", "rmm", "grow_to", "grow_step", "small")
NEAR = 0.05  # medians this close are the same
NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
COUNTERS = {
    "peak/data": "most memory held / data",
    "calls/step": "calls of the driver each step",
    "of_free": "largest vector / free memory",
    "p50_us": "each, median (us)",
    "p99_us": "each, 99 % (us)",
    "max_us": "each, longest (us)",
    "first_us": "first tenth (us)",
    "last_us": "last tenth (us)",
    "bytes_each": "device bytes each",
    "pinned_MiB": "pinned (MiB)",
    "beyond_launch_ns": "beyond the launch alone (ns)",
    "times_settled": "time / all in device memory",
    "beyond_32MiB/data": "(most memory held - 32 MiB) / data",
    "host_MiB": "host memory at the most (MiB)",
    "times_ours": "time / ours on the same memory",
}
BAR = {"name", "ours", "over", "under", "by", "figure", "at most", "at least", "why"}
HOW = [
    ("driver calls", "the blocks that vmm maps for the same steps, created, mapped and granted by the bare calls; as a temporary also reserved, unmapped and released"),
    ("stream-ordered exact", "`cudaMallocAsync`, copy, `cudaFreeAsync` in each step, as `rmm::device_uvector` does; warm: with a pool that keeps "
     "what it has, after a first run"),
    ("stream-ordered doubling, warm pool", "as stream-ordered exact with a capacity that doubles"),
    ("rmm::device_uvector, warm pool", "the real one, as `pip install librmm-cu13` brings it, on its `cuda_async_memory_resource`"),
    ("cudaMallocAsync, warm pool", "`cudaMallocAsync` and `cudaFreeAsync` from a pool that keeps what it has"),
    ("thrust::cuda::par, warm pool", "Thrust's policy with an allocator on such a pool; beside it `vmm::par` has no limit to what it keeps either (`set_cache_limit`), elsewhere 256 MiB, beyond which it maps and unmaps: its own time in the table is that one"),
    ("thrust::device_vector", "as it comes; it initialises what it adds, and doubles, so that it grows in fewer steps"),
    ("large temporary", "each run is the mean of several in a row, after a first one that does not count. Cached: `set_cache_limit` is twice the vector; "
     "at its default, 256 MiB, a vector as large as this is as one without cache"),
    ("push_back", "100 million elements into an empty vector; Thrust, which takes a kernel and a wait for each, 20 000"),
    ("look", "an address of the vector is known while elements are pushed. Without tails: `set_tail_limit(0)`, as every build before tails; "
     "it and Thrust push 20 000 elements instead of a million, and 100 instead of 10 000 in turn. At commit d6753d3 these rows did not "
     "wait until the driver had cleared what rows before them had released: inserts and frames vary with that"),
    ("step factor", "`options::step_factor`, past each capacity by a byte"),
    ("grow by steps", "the driver clears what was released before it hands it out again. Fresh: it had time for that, whoever grows; "
     "after releases: nearly all of the memory was released just before, and how far the driver is with it decides over more than who grows"),
    ("memory", "it comes in several speeds by where the driver places it, both kinds alike: look at the middle half, not at the median alone"),
    ("include", "one file with that include alone; the time that the compiler spent, user and system"),
    ("most memory held", "by vmm: mapped at once; by Thrust: the old and the new memory; by pools: the most that they took from the device, which keeps "
     "what is between blocks. In `worst peak` over all sizes from the first step of growth on; in the other tables over the whole benchmark, at its end size"),
    ("calls of the driver", "what takes, maps, copies and gives back memory, growth alone; not questions, waits and kernels that initialise"),
    ("launches beside growth", "how long a small launch on another stream takes while a vector grows"),
]


class Row:
    def __init__(self):
        self.times, self.counters, self.moved, self.error = [], {}, 0, None
        self.again = None  # the same row of the second run

    def median(self):
        return statistics.median(self.times)

    def figure(self, name):
        return statistics.median(self.counters[name]) if name != "time" else self.median()

    def middle_half(self, name="time"):
        t = sorted(self.counters[name] if name != "time" else self.times)
        return t[len(t) // 4], t[(3 * len(t) - 1) // 4]


def repetitions(data):
    for b in data["benchmarks"]:
        if b.get("run_type") == "iteration":
            name = b["run_name"]
            for suffix in ("/iterations:", "/min_time:"):
                name = name.split(suffix)[0]
            yield name.removesuffix("/manual_time").removesuffix("/real_time"), b


def read(path):
    """The run, and subject/way -> who -> Row in the order of the file. A row that failed once has no figures."""
    with open(path, encoding="utf-8") as f:
        data = json.load(f)
    groups = {}
    for name, b in repetitions(data):
        subject, who = name.rsplit("/", 1)
        row = groups.setdefault(subject, {}).setdefault(who, Row())
        if b.get("error_occurred"):
            row.error = b.get("error_message", "error")
            continue
        row.times.append(b["real_time"] * NANOSECONDS[b["time_unit"]])
        row.moved = b.get("moved", 0)
        for counter in COUNTERS:
            if counter in b:
                row.counters.setdefault(counter, []).append(b[counter])
    for row in (row for rows in groups.values() for row in rows.values() if row.error):
        row.times, row.counters, row.moved = [], {}, 0
    return data, groups


def read_all(folder):
    """The first run, subject/way -> who -> Row, the names of the files that were there, and what failed or is in one of two runs alone."""
    failures, present = [], [name for name in FILES if os.path.exists(os.path.join(folder, name))]
    data, groups = read(os.path.join(folder, "bench.json"))
    if not groups:
        failures.append("bench.json: not one row")
    if "again.json" in present:
        second, again = read(os.path.join(folder, "again.json"))
        for key in CONTEXT:
            if key != "date" and second["context"].get(key) != data["context"].get(key):
                sys.exit(f"report: {folder}: bench.json and again.json differ in {key}")
        for subject in {*groups, *again}:
            rows, others = groups.get(subject, {}), again.get(subject, {})
            for who in {*rows, *others}:
                first, row = rows.get(who), others.get(who)
                if first and row and first.times and row.times:
                    first.again = row
                elif not first or not row:
                    failures.append(f"{subject}/{who}: in one of the two runs alone")
                elif first.times:
                    failures.append(f"{subject}/{who}: the second time: {row.error}")
    if "include.json" in present:
        compiled, rows = read(os.path.join(folder, "include.json"))
        if compiled["context"].get("commit") != data["context"].get("commit"):
            sys.exit(f"report: {folder}: bench.json and include.json differ in commit")
        data["context"]["compilers"] = f"{compiled['context']['toolkit']}, on {compiled['context']['device']}"
        groups.update(rows)
    failures += [f"{s}/{w}: {r.error or 'not one figure'}" for s, rows in groups.items() for w, r in rows.items() if not r.times]
    return data, groups, present, failures


def stripped(data):
    """What read() needs, in few digits."""
    def number(x):
        return float(f"{x:.5g}") if isinstance(x, float) else x
    kept = ("run_name", "run_type", "real_time", "time_unit", "moved", "error_occurred", "error_message", *COUNTERS)
    context = {k: data["context"][k] for k in CONTEXT if k in data["context"]}
    rows = [{k: number(b[k]) for k in kept if k in b} for b in data["benchmarks"] if b.get("run_type") == "iteration"]
    return '{"context": %s,\n"benchmarks": [\n%s\n]}\n' % (json.dumps(context), ",\n".join(json.dumps(r) for r in rows))


def is_ours(who):
    return who.startswith("vmm::") or who == "grown step by step"


def ratio(ours, rival):
    """What the rival takes over what ours takes; on the same memory where it was measured so."""
    return rival.figure("times_ours") if "times_ours" in rival.counters else rival.median() / ours.median()


def ratios(ours, rival):
    """In each run."""
    return [ratio(ours, rival)] + ([ratio(ours.again, rival.again)] if ours.again and rival.again else [])


def repeats(values):
    return max(values) <= min(values) * (1 + NEAR)


def word(ours, rival):
    """How ours does against the rival in one run. A single repetition says nothing."""
    r = ratio(ours, rival)
    if min(len(ours.times), len(rival.times)) < 2:
        return "unclear"
    if abs(r - 1) <= NEAR:
        return "same"
    if "times_ours" in rival.counters:
        low, high = rival.middle_half("times_ours")
        overlap = low <= 1 <= high
    else:
        (low_a, high_a), (low_b, high_b) = ours.middle_half(), rival.middle_half()
        overlap = low_a <= high_b and low_b <= high_a
    return "unclear" if overlap else "faster" if r > 1 else "slower"


def words(ours, rival):
    """In each run."""
    return [word(ours, rival)] + ([word(ours.again, rival.again)] if ours.again and rival.again else [])


def verdict(ours, rival):
    values, (first, *second) = ratios(ours, rival), words(ours, rival)
    if second and second != [first]:
        return "unclear"
    if repeats(values):
        return first
    return f"{first}, unclear by how much" if first in ("faster", "slower") else "unclear"


def factor(x):
    return f"{x:.0f}" if x >= 100 else f"{x:.2f}" if x >= 0.1 else f"{x:.2g}"


def both(values, text=factor):
    """One figure, or both where the runs disagree about it."""
    return text(values[0]) if repeats(values) else " and ".join(text(v) for v in values)


def human(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def copy_rate(groups):
    """Bytes read and written in a nanosecond by a copy inside memory allocated at once: what others are measured against."""
    row = groups.get("memory/copy inside", {}).get("allocated at once")
    return row.moved / row.median() if row and row.times and row.moved else 0


def table(rows, copying):
    ours = {who: row for who, row in rows.items() if is_ours(who) and row.times}
    counters = [c for c in COUNTERS if any(c in row.counters for row in rows.values())]
    rated = any(row.moved for row in rows.values())
    head = ["", "time", "middle half"] + [f"against {who}" for who in ours] + (["GB/s", "of the copy rate"] if rated else [])
    head += [COUNTERS[c] for c in counters]
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for who, row in sorted(rows.items(), key=lambda item: (not is_ours(item[0]), item[0])):
        if row.error or not row.times:
            yield f"| {who} | failed: {row.error} |" + " |" * (len(head) - 2)
            continue
        cells = [who, human(row.median()), " to ".join(human(t) for t in row.middle_half())]
        for mine, own in ours.items():
            cells.append("" if is_ours(who) else f"{both(ratios(own, row))} x: {mine.split('::')[-1]} is {verdict(own, row)}")
        if rated:
            rate = row.moved / row.median()
            cells += [f"{rate:.0f}" if rate else "", f"{rate / copying:.2f}" if rate and copying else ""]
        for c in counters:
            cells.append(f"{row.figure(c):.4g}" if c in row.counters else "")
        yield "| " + " | ".join(cells) + " |"


def bars(groups):
    """name, bound, of each run its value and whether that meets the bar, and what sets it: for each bar of bench/bars.json. No
    run where the rows are missing."""
    with open(os.path.join(ROOT, "bench", "bars.json"), encoding="utf-8") as f:
        wanted = json.load(f)["bars"]

    def row(name):
        subject, who = name.rsplit("/", 1)
        found = groups.get(subject, {}).get(who)
        return found if found and found.times else None

    for bar in wanted:
        if not bar.keys() <= BAR or ("at most" in bar) == ("at least" in bar) or len(bar.keys() & {"over", "under", "by"}) > 1:
            sys.exit(f"report: bench/bars.json: {bar['name']}: give at most or at least, and no more than one of over, under, by; of these keys: {sorted(BAR)}")
        ours, other = row(bar["ours"]), row(bar.get("over") or bar.get("under") or bar["ours"])
        figure = bar.get("figure", "time")
        bound = f"at most {bar['at most']:.4g}" if "at most" in bar else f"at least {bar['at least']:.4g}"
        runs = []
        for mine, theirs in [(ours, other)] + ([(ours.again, other.again)] if ours and other else []):
            if not mine or not theirs or (figure != "time" and figure not in mine.counters):
                continue
            value = mine.figure(figure)
            against = mine.figure(bar["by"]) if "by" in bar else theirs.figure(figure)
            if 0 in (value, against):  # memory that nobody counts, on the host backend
                continue
            if "over" in bar or "by" in bar:
                value /= against
            elif "under" in bar:
                value = against / value
            runs.append((value, value <= bar["at most"] if "at most" in bar else value >= bar["at least"]))
        yield bar["name"], bound, runs, bar.get("why", "")


def judgement(runs, why=""):
    """`why`: what sets the figure where it is missed."""
    missed = sum(not met for _, met in runs)
    if not runs:
        return "not in this run"
    if missed == 0:
        return "met"
    return ("**missed**" if missed == len(runs) else f"**missed** in {missed} of {len(runs)} runs") + (why and f": {why}")


def losses(groups):
    """Where the verdict of a run is that ours is slower, and where ours takes longer in both runs, by more than 5 %."""
    for subject in sorted(groups):
        rows = groups[subject]
        for mine in [w for w in rows if is_ours(w) and rows[w].times]:
            for who, rival in rows.items():
                if is_ours(who) or not rival.times:
                    continue
                values = ratios(rows[mine], rival)
                if "slower" in words(rows[mine], rival) or (len(values) == 2 and max(values) < 1 - NEAR):
                    yield f"{subject}: {mine} takes {both([1 / v for v in values])} times what {who} takes"


def plot(title, unit, values, logarithmic):
    """Horizontal bars with their figures beside them, ours in colour, on white so that any page shows it."""
    left, right, line, top = 270, 110, 26, 46
    width, height = 860, top + line * len(values) + 34
    most, least = max(v for _, v in values), min(v for _, v in values)
    low = math.floor(math.log10(least)) - 0.3 if logarithmic else 0

    def x(value):
        share = (math.log10(value) - low) / (math.log10(most) - low) if logarithmic else value / most
        return left + share * (width - left - right)

    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
           'font-family="Helvetica, Arial, sans-serif" font-size="13">')
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    yield f'<text x="16" y="26" font-size="16" font-weight="bold" fill="#222222">{escape(title)}</text>'
    if logarithmic:
        for power in range(math.ceil(low), math.floor(math.log10(most)) + 1):
            at = x(10.0 ** power)
            yield f'<line x1="{at:.1f}" y1="{top - 4}" x2="{at:.1f}" y2="{height - 30}" stroke="#e4e4e4"/>'
            yield f'<text x="{at:.1f}" y="{height - 14}" text-anchor="middle" fill="#777777">{10.0 ** power:g}</text>'
    for i, (who, value) in enumerate(values):
        y, ours = top + line * i, is_ours(who.rsplit(": ", 1)[-1])
        yield f'<text x="{left - 10}" y="{y + 15}" text-anchor="end" fill="#222222">{escape(who)}</text>'
        yield f'<rect x="{left}" y="{y + 2}" width="{max(x(value) - left, 1):.1f}" height="{line - 8}" fill="{"#1f7a8c" if ours else "#bfc4c9"}"/>'
        yield f'<text x="{x(value) + 6:.1f}" y="{y + 15}" fill="#222222">{f"{value:.0f}" if value >= 1000 else f"{value:.3g}"}</text>'
    axis = unit + (", logarithmic" if logarithmic else "")
    yield f'<text x="{width - 16}" y="26" text-anchor="end" fill="#777777">{escape(axis)}</text>'
    yield "</svg>\n"


def growth(context):
    """How far growth went, by which steps."""
    if "grow_to" not in context or "grow_step" not in context:
        sys.exit("report: bench.json does not say how far growth went")
    return context["grow_to"], context["grow_step"]


def plots(context, groups, folder):
    """name and title of each that was drawn."""
    end, step = growth(context)

    def times(subject, unit):
        return [(w, r.median() / NANOSECONDS[unit]) for w, r in groups.get(subject, {}).items() if r.times]

    def figures(subject, counter):
        return [(w, r.figure(counter)) for w, r in groups.get(subject, {}).items() if counter in r.counters]

    def rates():
        """Rivals relative to ours on the same memory, since one placement is faster than another."""
        for subject in ("fill/1 byte", "fill/4 bytes", "reduce/int8", "reduce/float"):
            rows = {w: r for w, r in groups.get(subject, {}).items() if "times_ours" in r.counters}
            own = [r.moved / r.median() for w, r in rows.items() if is_ours(w)]
            if not own:
                continue
            for who, row in sorted(rows.items(), key=lambda item: item[1].figure("times_ours")):
                yield f"{subject.replace('/', ' of ', 1)}: {who}", own[0] if is_ours(who) else own[0] / row.figure("times_ours")
    wanted = [("growth_time", f"Growing to {end} in steps of {step}, data kept", "milliseconds", times("grow by steps/fresh", "ms"), True),
              ("growth_memory", f"Most memory held while growing to {end}", "times the data", figures("grow by steps/fresh", "peak/data"), False),
              ("push_back", "One push_back, into an empty vector", "nanoseconds", times("push_back/from nothing", "ns"), True),
              ("beside", "A small launch on another stream while a vector grows, 99 %", "microseconds",
               times("launches beside growth/99 %", "us"), True),
              ("bandwidth", "Bandwidth on 8 GiB that grew step by step", "GB/s", list(rates()), False)]
    for name, title, unit, values, logarithmic in wanted:
        if values:
            with open(os.path.join(folder, name + ".svg"), "w", encoding="utf-8") as f:
                ordered = values if name == "bandwidth" else sorted(values, key=lambda v: -v[1])
                f.write("\n".join(plot(title, unit, ordered, logarithmic)))
            yield name, title


def agreement(groups):
    """How many ratios of ours to a rival there are in both runs, and how many of them agree."""
    pairs = [ratios(rows[mine], rival) for rows in groups.values() for mine in rows if is_ours(mine) and rows[mine].again
             for who, rival in rows.items() if not is_ours(who) and rival.again]
    return len(pairs), sum(repeats(p) for p in pairs)


def write_page(source, out):
    folder = os.path.join(out, "benchmarks")
    os.makedirs(folder, exist_ok=True)
    kept = {name: stripped(read(os.path.join(source, name))[0]) for name in read_all(source)[2]}
    for name in FILES:  # what lies there may be of another run
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    for name, text in kept.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    data, groups, present, failures = read_all(folder)
    context, second = data["context"], "again.json" in present
    lines = ["# Benchmarks", "", "| | |", "|---|---|"]
    lines += [f"| {key} | {context.get(key, 'unknown')} |" for key in ("device", "toolkit", "commit")]
    lines += [f"| librmm | {context['rmm']} |"] if "rmm" in context else []
    lines += [f"| compiled the includes | {context['compilers']} |"] if "compilers" in context else []
    lines += [f"| date | {context['date'][:10]} |", "",
              "Written by `bench/run.sh`: all rivals side by side in random order, under the same conditions; sizes are in `bench/axes.hpp`, rivals in "
              "`bench/rivals.hpp`.",
              "Times are medians of the repetitions, with their middle half. A ratio is a rival's time over ours: *same* within 5 %; beyond that "
              "*faster* or *slower*, or *unclear* where the middle halves overlap. Where a table has a column *time / ours on the same memory*, "
              "the ratio is that one: one place in the device's memory is up to a fifth faster than another, so these took turns on one "
              "array, which leaves placement out where memory limits both; our own figure there is how much two turns differ.", ""]
    if "small" in context:
        lines += ["**A small run: that each row works. Its figures mean nothing, and sizes in words are those of a full one.**", ""]
    if second:
        count, agree = agreement(groups)
        lines += [f"All of it{' but the includes' if 'include.json' in present else ''} was run twice: {agree} of {count} ratios agree within 5 %. Where one does not, both are given, and "
                  "the verdict is *unclear by how much*; where the runs say different things it is *unclear*. All other figures are of the "
                  "first run.", ""]
    for name, title in plots(context, groups, folder):
        lines += [f"![{title}](benchmarks/{name}.svg)", ""]
    shown = {*groups, *(who for rows in groups.values() for who in rows),
             *(COUNTERS[c] for rows in groups.values() for row in rows.values() for c in row.counters)}
    lines += ["## How the rivals were run", "",
              *(f"- **{who}**: {how}." for who, how in HOW if any(name.startswith(who) for name in shown)), ""]
    lines += ["## Where vmm loses", "", "Where one run says *slower*" + (", or both ratios are below 0.95 although the middle halves overlap" if second else "") + ".",
              "", *(f"- {x}." for x in list(losses(groups)) or ["nowhere in this run"]), ""]
    judged = list(bars(groups))
    lines += ["## Bars", "", f"{sum(judgement(runs) == 'met' for _, _, runs, _ in judged)} of {len(judged)} are met"
              + (" in both runs." if second else "."), "", "| | bar | measured | |", "|---|---|---|---|"]
    lines += [f"| {name} | {bound} | {', '.join(f'{value:.4g}' for value, _ in runs)} | {judgement(runs, why)} |"
              for name, bound, runs, why in judged] + [""]
    for subject in sorted(groups):
        lines += [f"## {subject}", "", *table(groups[subject], copy_rate(groups)), ""]
    with open(os.path.join(out, "benchmarks.md"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines))
    return groups, failures


BRIEF = [("grow to {} by {}", "grow by steps/fresh", "vmm::device_vector", ["thrust::device_vector", "rmm::device_uvector, warm pool", "stream-ordered doubling, warm pool", "driver calls"]),
         ("one `push_back`", "push_back/from nothing", "vmm::device_vector", ["thrust::device_vector", "std::vector on the host"]),
         ("8 GiB temporary in a loop, `set_cache_limit(16 GiB)`", "large temporary", "vmm::device_uvector, cached", ["driver calls", "cudaMallocAsync, warm pool", "rmm::device_uvector, warm pool"]),
         ("fill 8 GiB of `char`", "fill/1 byte", "vmm::fill", ["thrust::fill", "memset"]),
         ("fill 8 GiB of `int`", "fill/4 bytes", "vmm::fill", ["thrust::fill", "memset"]),
         ("sort 1 000 000 `int`", "sort/1000000 elements", "vmm::par", ["thrust::device", "thrust::cuda::par, warm pool"]),
         ("insert before 1 GiB", "insert/at the front", "vmm::device_vector", ["thrust::device_vector"])]


def brief():
    data, groups, present, failures = read_all(os.path.join(ROOT, "docs", "benchmarks"))
    if failures:
        sys.exit("\n".join(["report: no README is made of a run with failures:", *failures]))

    def time(row):
        return both([r.median() for r in (row, row.again) if r], human)

    def beside(ours, rival):
        """Its time; where both took turns on the same memory also how much longer it takes there."""
        if "times_ours" not in rival.counters:
            return time(rival)
        return f"{time(rival)} ({both(ratios(ours, rival))} x on the same memory)"

    def row(subject, who):
        found = groups.get(subject, {}).get(who)
        if found is None and ("rmm" in data["context"] or not who.startswith("rmm::")):
            sys.exit(f"report: the README names {subject}/{who}, which is not in this run")
        return found

    end, step = growth(data["context"])
    yield f"![Growing to {end}](docs/benchmarks/growth_time.svg)"
    yield ""
    yield "| | vmm | others |"
    yield "|---|---|---|"
    for what, subject, mine, others in BRIEF:
        ours, rivals = row(subject, mine), {w: row(subject, w) for w in others}
        yield f"| {what.format(end, step)} | {time(ours)} (`{mine.split(',')[0]}`) | " + ", ".join(f"{w} {beside(ours, r)}" for w, r in rivals.items() if r) + " |"
    peak = {w: row("worst peak", w).figure("peak/data") for w in ("vmm::device_uvector", "thrust::device_vector")}
    yield f"| most memory held at any moment of growth from {step} on / data | {peak['vmm::device_uvector']:.4g} (`vmm::device_uvector`) | thrust::device_vector {peak['thrust::device_vector']:.4g} |"
    yield ""
    twice = "; two figures where two runs differ by more than 5 %" if "again.json" in present else ""
    yield f"{data['context']['device']}, CUDA {data['context']['toolkit']}, {data['context']['date'][:10]}{twice}. All of it, with where vmm loses: [docs/benchmarks.md](docs/benchmarks.md)."


def readme(write):
    path = os.path.join(ROOT, "README.md")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    begin, end = "<!-- benchmarks:begin -->\n", "<!-- benchmarks:end -->"
    before, rest = text.split(begin)
    made = before + begin + "\n".join(brief()) + "\n" + end + rest.split(end)[1]
    if write:
        with open(path, "w", encoding="utf-8") as f:
            f.write(made)
    return made == text


def check():
    """The documents are what the committed figures say."""
    faults = [] if readme(False) else ["README.md: not what report.py --readme writes"]
    docs = os.path.join(ROOT, "docs")
    with tempfile.TemporaryDirectory() as folder:
        write_page(os.path.join(docs, "benchmarks"), folder)
        made = ["benchmarks.md"] + [os.path.join("benchmarks", n) for n in os.listdir(os.path.join(folder, "benchmarks"))]
        for name in made:
            with open(os.path.join(folder, name), encoding="utf-8") as a:
                if not os.path.exists(os.path.join(docs, name)) or a.read() != open(os.path.join(docs, name), encoding="utf-8").read():
                    faults.append(f"docs/{name}: not what report.py makes of the JSON in docs/benchmarks")
        faults += [f"docs/benchmarks/{name}: nothing that report.py makes" for name in os.listdir(os.path.join(docs, "benchmarks"))
                   if os.path.join("benchmarks", name) not in made]
    _, groups, present, _ = read_all(os.path.join(docs, "benchmarks"))
    faults += [f"bench/bars.json: {name}: not a figure of each run in docs/benchmarks" for name, _, runs, _ in bars(groups)
               if len(runs) != 1 + ("again.json" in present)]
    print("\n".join(faults) or "the documents agree with the figures")
    return 1 if faults else 0


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    if sys.argv[1:] == ["--readme"]:
        readme(True)
        return 0
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    groups, failures = write_page(*sys.argv[1:])
    print("\n".join(failures) or f"report: {sum(len(r) for r in groups.values())} rows")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
