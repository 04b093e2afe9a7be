# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""The shape of the library, checked on its files, its archive and its compiler's answers.

usage: structure.py CHECK --root DIR --library libvmm.a --compiler g++ --thrust DIR --cuda DIR --build DIR
Exits with 0 (holds), 1 (does not; says where) or 77 (cannot be checked here; says why).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

parser = argparse.ArgumentParser()
parser.add_argument("check")
for option in ("root", "library", "compiler", "thrust", "cuda", "build", "sanitize"):
    parser.add_argument("--" + option, default="")
args = parser.parse_args()
include = os.path.join(args.root, "include")
faults = []


def files_under(*folders, ends=(".hpp", ".cuh", ".cpp", ".cu", ".h")):
    for folder in folders:
        for path, _, names in os.walk(os.path.join(args.root, folder)):
            for name in sorted(names):
                if name.endswith(ends):
                    yield os.path.relpath(os.path.join(path, name), args.root)


def text_of(path):
    with open(os.path.join(args.root, path), encoding="utf-8") as f:
        return f.read()


def code_of(path):
    return re.sub(r"//[^\n]*|/\*.*?\*/|\"(\\.|[^\"\\\n])*\"", "", text_of(path), flags=re.S)


def public_headers():
    return [h for h in files_under("include", ends=(".hpp", ".cuh"))]


def needs_thrust(header):
    """Whether what the header includes, directly or not, is Thrust's."""
    seen, todo = set(), [header]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        if re.search(r"#\s*include\s*<thrust/", text_of(current)):
            return True
        todo += ["include/" + i for i in re.findall(r"#\s*include\s*<(vmm/[^>]+)>", text_of(current))]
    return False


def compile_text(text, *flags, system="CPP", timeout=300, compiler=None, syntax_only=True):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "source.cpp")
        with open(source, "w", encoding="utf-8") as f:
            f.write(text)
        command = [compiler or args.compiler, "-std=c++17", *(["-fsyntax-only"] if syntax_only else []), "-I" + include, *flags, source]
        if system:
            command.insert(1, f"-DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_{system}")
        for folder_ in (args.thrust, *args.cuda.split(";")):
            if folder_:
                command += ["-isystem", folder_]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout)


# -- the layers ------------------------------------------------------------------------------------------------------
# A file may include files of its own layer or of a lower one. The vocabulary stands below everything.
LAYERS = [
    (0, r"include/vmm/(config|capabilities|device_list|error|fwd|stream|options|view|no_init|statistics|version)\.hpp|"
        r"include/vmm/detail/(element_types|stream_order)\.hpp|src/common/.*"),
    (1, r"src/driver/.*|kernels/.*"),
    (2, r"src/memory/.*"),
    (3, r"src/transfer/.*"),
    (4, r"src/backend/.*|include/vmm/memory\.hpp|include/vmm/detail/backend\.hpp"),
    (5, r"src/vector/(buffer\w*|held_memory|tail|vector_\w+|raw_vector\w*|contents|modifiers)\..pp|include/vmm/detail/(raw_vector|vector_memory)\.hpp"),
    (7, r"include/vmm/(algorithm|execution_policy)\.hpp|include/vmm/detail/(algorithm_dispatch|thrust_algorithms)\.hpp|src/algorithm/.*"),
    (6, r"include/vmm/(device_u?vector|back_inserter|as_thrust)\.hpp|include/vmm/as_thrust/.*|include/vmm/detail/.*|"
        r"src/vector/device_uvector_\w+\.cpp"),
]
UNTYPED = range(0, 6)  # the layers that know neither an element type nor Thrust


def resolved(path, quote, target):
    """The included file: of the installed ones, beside the one that includes it, or below src."""
    if quote == "<":
        return "include/" + target
    for folder in (os.path.dirname(path), "src", "."):
        found = os.path.normpath(os.path.join(folder, target))
        if os.path.exists(os.path.join(args.root, found)):
            return found
    faults.append(f"{path}: there is no {target}")
    return target


def layer_of(path):
    for layer, pattern in LAYERS:
        if re.fullmatch(pattern, path):
            return layer
    faults.append(f"{path}: in no layer; give it one in test/structure/structure.py")
    return None


def check_layers():
    for path in files_under("include", "src", "kernels"):
        layer = layer_of(path)
        for quote, target in re.findall(r"#\s*include\s*([<\"])([^>\"]+)", text_of(path)):
            if quote == "<" and not target.startswith("vmm/"):
                if layer in UNTYPED and layer > 1 and re.match(r"thrust/|cub/|cuda", target):
                    faults.append(f"{path}: includes {target}; only the driver knows CUDA here, and nothing Thrust")
                continue
            target = resolved(path, quote, target)
            above = layer_of(target)
            if layer is not None and above is not None and above > layer:
                faults.append(f"{path} (layer {layer}) includes {target} (layer {above})")
        if layer is not None and layer != 1:
            spelled = re.search(r"\b(cu[A-Z]\w+|cuda[A-Z]\w+|mmap|munmap|memfd_create|fallocate)\s*\(", code_of(path))
            if spelled:
                faults.append(f"{path}: spells {spelled.group(1)}; only the driver layer does")
        if layer in UNTYPED and layer > 1 and re.search(r"template\s*<[^>]*\b(class|typename)\s+T\b", code_of(path)):
            faults.append(f"{path}: knows an element type; the layers up to the raw vector do not")



def includes_of(path):
    for quote, target in re.findall(r"#\s*include\s*([<\"])([^>\"]+)", text_of(path)):
        if quote == '"' or target.startswith("vmm/"):
            yield resolved(path, quote, target)


# What the standard and Thrust say of a vector, and the contract of a backend, are classes of that length by themselves.
LONG_CLASSES = {"device_uvector", "mapped_vector", "cuda_driver", "host_driver"}


def bodies_of_classes(code):
    """The name of each class, and what stands in it with the bodies of its functions left out."""
    code = re.sub(r"__attribute__\(\(.*?\)\)", "", code).replace("VMM_DETAIL_DEVICE_VECTOR :", "class device_vector :")
    for found in re.finditer(r"\b(?:class|struct)\s+(\w+)(?:\s+final)?\s*(?::[^;{]*)?\{", code):
        depth, at, body = 1, found.end(), []
        while depth and at < len(code):
            c = code[at]
            depth += (c == "{") - (c == "}")
            body.append("{}" if c == "{" and depth == 2 else c if c not in "{}" and depth == 1 else "")
            at += 1
        yield found.group(1), "".join(body)


def functions_in(body):
    count = 0
    for part in re.split(r";|\{\}", re.sub(r"^\s*#.*$", "", body, flags=re.M)):
        part = re.sub(r"^\s*(public|private|protected)\s*:|template\s*<[^()]*?>", "", part.strip()).strip()
        if re.match(r"(using|friend|static_assert|typedef|enum|class|struct|:|,|\))", part):
            continue
        count += bool(re.search(r"[\w~\]=+\-*<>!]+\s*\(", part)) and not re.match(r"[\w:<>, *&]+\w+\s*=", part)
    return count


def check_class_length():
    seen = {}
    for path in files_under("include", "src", "kernels"):
        for name, body in bodies_of_classes(code_of(path)):
            seen[name] = max(functions_in(body), seen.get(name, 0))
            if seen[name] > 30 and name not in LONG_CLASSES:
                faults.append(f"{path}: {name} has {seen[name]} functions")
    if not LONG_CLASSES <= seen.keys() or seen["device_uvector"] < 50:
        faults.append("the long classes were not found: nothing was checked")


def check_rings():
    """A source and the header of its name that it includes are one; none may reach itself by way of another. Tarjan's components."""
    def stem(path):
        return os.path.splitext(os.path.basename(path))[0]

    def pair_of(path):
        own = [t for t in includes_of(path) if stem(t) == stem(path)] if path.endswith((".cpp", ".cu")) else []
        return os.path.splitext(own[0] if own else path)[0]

    edges = {}
    for path in files_under("include", "src", "kernels"):
        edges.setdefault(pair_of(path), set()).update(pair_of(t) for t in includes_of(path))
    if len(edges) < 50:
        faults.append(f"only {len(edges)} files")
    index, low, stack, on_stack = {}, {}, [], set()

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for target in sorted(edges.get(node, ())):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in on_stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            ring = [stack.pop()]
            while ring[-1] != node:
                ring.append(stack.pop())
            on_stack.difference_update(ring)
            if len(ring) > 1:
                faults.append("a ring: " + ", ".join(sorted(ring)))

    for node in sorted(edges):
        if node not in index:
            visit(node)


def check_specialisations():
    """A template of the library is specialised where it is declared, so that no order of headers changes what it answers."""
    kinds = r"^(?:struct|class|inline constexpr \w+(?:::\w+)*) "
    seen = 0
    for path in files_under("include"):
        code = re.sub(r"\b((?:constexpr|struct|class) \w*)\n\s+", r"\1 ", code_of(path))  # as if no line were broken
        for name in re.findall(kinds + r"((?:\w+::)*\w+)<", code, flags=re.M):
            seen += 1
            if not name.startswith("std::") and not re.search(kinds + re.escape(name) + r"\b(?!<)", code, flags=re.M):
                faults.append(f"{path}: specialises {name}, which another header declares")
    if seen < 20:
        faults.append(f"only {seen} specialisations: the pattern finds none")


# -- the words -------------------------------------------------------------------------------------------------------
# A private language that was given up; docs/glossary.md has the words that took its place.
GIVEN_UP = {
    "machine": "backend", "queue": "stream_order, order", "audience": "access_set", "guests": "peer_devices", "let_in": "grant_access",
    "lease": "pinned_buffer", "lend": "acquire", "lent": "in use", "take_back": "release", "scratch": "workspace, temporary memory",
    "typed": "detail", "retired": "deferred_release", "with_room": "retry_after_trim", "room": "capacity", "warm": "cached", "passing": "temporary",
    "aside": "temporary copy", "plain memory": "direct allocation", "wish": "target", "in_doubt": "completion::unknown",
    "shown": "exposed", "even_if_shown": "force", "forget_shown": "hide", "settle": "synchronize_if_blocking", "push_slowly": "push_back_slow",
    "hold_back": "stream_wait", "drain": "device_synchronize", "await": "synchronize", "hopeless": "smallest_failed", "granule": "granularity",
    "side_by_side": "is_contiguous", "side by side": "contiguous", "by_thrust": "thrust_fallback", "widen": "minmax_op", "extremes": "minmax_result",
    "human": "format_bytes", "raise": "throw_error", "facts": "properties", "floor": "layer", "floors": "layers", "house": "layers",
    "nobody waits": "nothing waits", "whatever is refused": "whatever fails",
}


def check_words():
    """Identifiers, comments and messages; a word counts as a whole, so that part of a longer name is free."""
    words = "|".join(re.escape(w).replace("\\ ", r"\s+(?://+\s*)?") for w in sorted(GIVEN_UP, key=len, reverse=True))
    word = re.compile(r"(?<!std::)(?<![A-Za-z0-9_])(" + words + r")s?_?(?![A-Za-z0-9_])", flags=re.I)
    for path in files_under("include", "src", "kernels"):
        text = text_of(path)
        for found in word.finditer(text):
            name = re.sub(r"\W+", " ", found.group(1).lower())
            faults.append(f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {found.group(1)}; the word is {GIVEN_UP[name]}")


def check_scripts():
    """Cases that scripts leave out are there under that name."""
    cases = "\n".join(re.findall(r'TEST_CASE\([^"]*"([^"]*)"', "".join(text_of(p) for p in files_under("test"))))
    left_out = re.findall(r'"~([a-z][^"*\[\]]*)\*"', "".join(text_of(f"test/{s}.sh") for s in ("valgrind", "gpu", "coverage")))
    if not left_out:
        faults.append("no script leaves out a case by its name: nothing was checked")
    faults.extend(f"no case is called {name}" for name in left_out if "\n" + name not in cases)


# -- the headers -----------------------------------------------------------------------------------------------------
# Names that system headers of one platform or another define as macros.
HOSTILE = ["min(a, b)", "max(a, b)", "small", "near", "far", "interface", "I", "B0", "check", "major", "minor", "ERROR", "IN", "OUT",
           "OPTIONAL", "STRICT", "DELETE", "Status", "None", "Bool", "True", "False", "Success", "V", "K", "N", "S"]


def check_headers():
    for header in public_headers():
        name = header[len("include/"):]
        thrust = needs_thrust(header)
        first_of_all = name == "vmm/as_thrust.hpp"
        if thrust and not args.thrust:
            continue
        hostile = "".join(f"#define {m} vmm_hostile_macro!\n" for m in HOSTILE)
        first = "#include <atomic>\n#include <algorithm>\n#include <chrono>\n#include <map>\n#include <memory>\n#include <mutex>\n" \
                "#include <stdexcept>\n#include <string>\n#include <vector>\n#include <functional>\n#include <limits>\n" \
                "#include <iosfwd>\n#include <iterator>\n"
        for case, text in (("alone", f"#include <{name}>\n#include <{name}>\n"),
                           ("with hostile macros", f"{first}{hostile}#include <{name}>\n"))[:1 if first_of_all else 2]:
            if case != "alone" and thrust:
                text = f"#include <thrust/device_vector.h>\n#include <thrust/host_vector.h>\n{THRUST_REST}{text}"
            run = compile_text(text, "-Wall", "-Wextra", "-Werror", "-Wno-unused-function")
            if run.returncode != 0:
                faults.append(f"{name} {case}:\n{run.stderr[:1500]}")


THRUST_REST = "".join(f"#include <thrust/{h}.h>\n" for h in (
    "device_allocator", "device_malloc_allocator", "device_ptr", "equal", "execution_policy", "for_each",
    "iterator/constant_iterator", "iterator/counting_iterator", "iterator/iterator_traits", "iterator/reverse_iterator",
    "iterator/zip_iterator", "memory",
    "mismatch", "type_traits/is_contiguous_iterator", "type_traits/is_trivially_relocatable", "uninitialized_copy",
    "uninitialized_fill"))


# -- what must not compile -------------------------------------------------------------------------------------------
UVECTOR = "#include <vmm/device_uvector.hpp>\n#include <string>\n"
FILL = "#include <vmm/algorithm.hpp>\n#include <vmm/device_uvector.hpp>\n"
FILL_VECTOR = "#include <vmm/algorithm.hpp>\n#include <vmm/execution_policy.hpp>\n#include <vmm/device_vector.hpp>\n"
VECTOR = "#include <vmm/device_vector.hpp>\n#include <memory>\n"
OF_THRUST = "#include <vmm/algorithm.hpp>\n" + "".join(f"#include <thrust/{h}.h>\n" for h in ("device_vector", "execution_policy", "functional"))
PART, NO_PART = "#include <vmm/execution_policy.hpp>\n", "include <vmm/execution_policy.hpp> where"
REFUSED = [
    # what, the program, what the compiler must say, what makes it compile
    ("device_uvector of a type that is not trivially copyable", UVECTOR + "vmm::device_uvector<{}> v;", "std::string",
     "must be trivially copyable", "int"),
    ("device_uvector of a const type", UVECTOR + "vmm::device_uvector<{}> v;", "const int", "must not be const", "int"),
    ("device_uvector from a number without saying so", UVECTOR + "void f() {{ vmm::device_uvector<int> v{}; }}", " = 5",
     "conversion", "(5)"),
    ("device_vector of a const type", VECTOR + "vmm::device_vector<{}> v;", "const int", "", "int"),
    ("a copy for a parameter of Thrust's own vector", VECTOR + "int f(const thrust::device_vector<int>& v);\n"
     "int g(vmm::device_vector<int>& v) {{ return f({}); }}", "v", "", "thrust::device_vector<int>(v)"),
    ("a copy for a parameter from Thrust's own vector", VECTOR + "int f(const vmm::device_vector<int>& v);\n"
     "int g(thrust::device_vector<int>& v) {{ return f({}); }}", "v", "", "vmm::device_vector<int>(v)"),
    ("device_vector from a number without saying so", VECTOR + "void f() {{ vmm::device_vector<int> v{}; }}", " = 5",
     "conversion", "(5)"),
    ("a raw pointer from data()", VECTOR + "void f(vmm::device_vector<int>& v) {{ int* p = v.data(){}; (void)p; }}", "",
     "cannot convert", ".get()"),
    ("no_init of a type with a constructor", VECTOR + "struct s {{ {}int i; }};\n"
     "void f(vmm::device_vector<s>& v) {{ v.resize(3, vmm::no_init); }}", "s() : i(1) {}  ", "trivially default constructible", ""),
    ("uvector() of elements that are more than bytes", VECTOR + "struct s {{ {} int i; }};\n"
     "void f(vmm::device_vector<s>& v) {{ v.uvector(); }}", "s(const s&) {} s() {}", "", ""),
    ("copying a device_vector of a move-only type", VECTOR + "void f(vmm::device_vector<{}>& v) {{ auto w = v; (void)w; }}",
     "std::unique_ptr<int>", "", "int"),
    ("fill of a view of const elements", FILL + "void f(vmm::view<{} int> v) {{ vmm::fill(v, 1); }}", "const", "the range is const", ""),
    ("fill through pointers to const, on a stream", FILL + "void f({} int* p, vmm::stream_ref s) {{ vmm::fill(s, p, p + 1, 1); }}", "const",
     "the range is const", ""),
    ("fill of a const device_uvector", FILL + "void f({} vmm::device_uvector<int>& v) {{ vmm::fill(v.begin(), v.end(), 1); }}", "const",
     "the range is const", ""),
    ("fill through iterators of a const device_vector", FILL_VECTOR + "void f({} vmm::device_vector<int>& v) "
     "{{ vmm::fill(v.begin(), v.end(), 1); }}", "const", "the range is const", ""),
    ("fill through iterators of a const thrust::device_vector, by a policy", FILL_VECTOR + "void f({} thrust::device_vector<int>& v) "
     "{{ vmm::fill(vmm::par, v.begin(), v.end(), 1); }}", "const", "the range is const", ""),
    ("fill through device pointers to const", FILL_VECTOR + "void f(thrust::device_ptr<{} int> p) {{ vmm::fill(p, p + 1, 1); }}", "const",
     "the range is const", ""),
    ("reduce into a place that is const", FILL + "void f(vmm::view<const int> v, {} int* to) {{ vmm::reduce_into(v, to); }}", "const",
     "the result is const", ""),
    ("Thrust's iterators without its part", OF_THRUST + "{}void f(thrust::device_vector<int>& v) "
     "{{ vmm::fill(v.begin(), v.end(), 1); }}", "", NO_PART, PART),
    ("Thrust's iterators, whose part comes first", "{}" + OF_THRUST + "bool f(const int* p, thrust::device_vector<int>& v) "
     "{{ return vmm::equal(p, p + 1, v.begin()); }}", "", NO_PART, PART),
    ("a policy of Thrust's without its part", OF_THRUST + "{}int f(int* p) {{ return vmm::reduce(thrust::device, p, p + 1); }}", "", NO_PART,
     PART),
    ("a functor of Thrust's without its part", OF_THRUST + "{}int f(int* p) {{ return vmm::reduce(p, p + 1, 0, thrust::plus<int>()); }}", "",
     NO_PART, PART),
    ("device_uvector elements appended from a vector of another type", UVECTOR + "void f(vmm::device_uvector<int>& v) "
     "{{ v.append(std::vector<{}>(3)); }}", "short", "no matching function", "int"),
    ("a const device_uvector as a view of elements to write", UVECTOR + "vmm::view<int> f({} vmm::device_uvector<int>& v) "
     "{{ return v.view(); }}", "const", "", ""),
    ("a view of const elements made writable", "#include <vmm/view.hpp>\n"
     "vmm::view<int> f(vmm::view<{}> v) {{ return v; }}", "const int", "", "int"),
]


def check_must_not_compile():
    for what, program, refused, words, accepted in REFUSED:
        if any(h in program for h in ("device_vector.hpp", "execution_policy.hpp", "<thrust/")) and not args.thrust:
            continue
        good = compile_text(program.format(accepted), "-w")
        bad = compile_text(program.format(refused), "-w")
        if good.returncode != 0:
            faults.append(f"{what}: the accepted form does not compile either:\n{good.stderr[:800]}")
        if bad.returncode == 0:
            faults.append(f"{what}: compiles")
        elif words not in bad.stderr:
            faults.append(f"{what}: refused without the words '{words}':\n{bad.stderr[:800]}")


# -- what must compile -------------------------------------------------------------------------------------------------
def check_must_compile():
    """Programs that are only compiled: in two standards, for each device system; with CUDA's headers where they are used."""
    has_tbb = compile_text("#include <tbb/tbb.h>\n", system="").returncode == 0
    for path in files_under("test/structure/accepted"):
        text = text_of(path)
        if re.search(r"#include <cuda", text) and not (args.thrust and args.cuda):
            continue
        for system in ("CUDA", "CPP", "OMP") + (("TBB",) if has_tbb else ()):
            for standard in ("17", "20"):
                run = compile_text(text, "-std=c++" + standard, "-Wall", "-Wextra", "-Wno-unused-function", "-Wno-unused-variable", "-Werror",
                                   system=system)
                if run.returncode != 0:
                    faults.append(f"{path} as C++{standard} for {system}:\n{run.stderr[:1500]}")


# -- thrust::device_vector replaced ------------------------------------------------------------------------------------
FRONT = ["-I" + os.path.join(include, "vmm/as_thrust"), "-include", "vmm/as_thrust.hpp"]
ASKS = "#include <thrust/device_vector.h>\n"
CHANGES = ASKS + "int f(thrust::device_vector<int>& v) { v.push_back(1); return int(v.size()); }\n"
TOO_LATE = [
    # what a source does, what the compiler must say
    ("#undef THRUST_DEVICE_SYSTEM\n#define THRUST_DEVICE_SYSTEM THRUST_DEVICE_SYSTEM_OMP\n", "THRUST_DEVICE_SYSTEM is defined after"),
    ("#undef THRUST_HOST_SYSTEM\n#define THRUST_HOST_SYSTEM THRUST_HOST_SYSTEM_OMP\n", "THRUST_HOST_SYSTEM is defined after"),
    ("#define THRUST_WRAPPED_NAMESPACE own\n", "THRUST_WRAPPED_NAMESPACE is defined after"),
    ("#define THRUST_CUB_WRAPPED_NAMESPACE own\n", "CUB_WRAPPED_NAMESPACE is defined after"),
    ("#define CUB_WRAPPED_NAMESPACE own\n", "CUB_WRAPPED_NAMESPACE is defined after"),
]
FORWARD = "#include <thrust/version.h>\nTHRUST_NAMESPACE_BEGIN\ntemplate <class T, class A>\nclass device_vector;\nTHRUST_NAMESPACE_END\n"


def check_as_thrust():
    """In each standard, by each compiler that is here; what cannot work says so; objects built without it do not link."""
    if not args.thrust:
        sys.exit(77)
    compilers = [args.compiler] + [c for c in ("clang++",) if shutil.which(c)]
    for compiler in compilers:
        for standard in ("17", "20", "23" if compiler == args.compiler else "2b"):
            for what, text in (("a program", CHANGES), ("after other headers", "#include <thrust/sort.h>\n" + CHANGES),
                               ("a forward declaration", FORWARD + CHANGES + FORWARD),
                               ("the library's own name", "#include <vmm/device_vector.hpp>\n" + CHANGES)):
                run = compile_text(text, "-std=c++" + standard, *FRONT, "-Wall", "-Wextra", "-Werror", compiler=compiler)
                if run.returncode != 0:
                    faults.append(f"{what}, {compiler}, C++{standard}:\n{run.stderr[:1500]}")
    refused = [(FRONT, text + ASKS, words) for text, words in TOO_LATE]
    refused.append(([], "#include <thrust/host_vector.h>\n#include <vmm/as_thrust.hpp>\n", "comes after a header of Thrust"))
    refused.append((FRONT[:1], ASKS, "without '-include vmm/as_thrust.hpp'"))
    for flags, text, words in refused:
        run = compile_text(text, *flags, "-w")
        if run.returncode == 0 or words not in run.stderr:
            faults.append(f"not refused with '{words}':\n{text}{run.stderr[:800]}")
    for what, text in (("thrust::device_vector", CHANGES), ("vmm::device_vector",
                       "#include <vmm/device_vector.hpp>\n" + CHANGES.replace("thrust::device_vector<", "vmm::device_vector<"))):
        names = [symbols_of(text, flags, " f(") for flags in ([], FRONT)]
        print(what, *names)
        if not all(len(n) == 1 for n in names) or names[0] == names[1]:
            faults.append(f"{what} links with objects built without vmm::as_thrust: {names}")


def symbols_of(text, flags, part):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.o")
        run = compile_text(text, *flags, "-w", "-c", "-o", out, syntax_only=False)
        if run.returncode != 0:
            return {run.stderr[:800]}
        names = subprocess.run(["nm", "-C", out], capture_output=True, text=True, check=True).stdout.splitlines()
        return {n.split(" ", 2)[-1] for n in names if part in n}


# -- the archive -----------------------------------------------------------------------------------------------------
def check_symbols():
    names = subprocess.run(["nm", "-C", args.library], capture_output=True, text=True, check=True).stdout.splitlines()
    if not any("vmm::engine::raw_vector::" in n for n in names):
        faults.append("nm shows no symbol of the library: nothing was checked")
    for n in names:
        own = re.sub(r"\bvmm_kernels::(thrust|cub)::", "", n)  # the library's own copy, see kernels/cuda/reduce.cuh
        if re.search(r"\bthrust::|\bcub::", own) or (re.search(r"\bvmm::(?!kernels|functors)", own) and "cuda::std::" in own):
            faults.append(f"names Thrust: {n}")
        if re.search(r"\bU cu[A-Z]\w+$", n):
            faults.append(f"links the driver: {n}")
    check_containers()


CONTAINER = r"std::(?:\w+::)?(?:vector|list|forward_list|deque|map|set|multimap|multiset|unordered_\w+)<"


def check_containers():
    """What programs call takes and returns no standard container: these are laid out differently with -D_GLIBCXX_DEBUG."""
    seen, todo = set(), [h for h in public_headers() if h.count("/") == 2]
    while todo:
        header = todo.pop()
        if header not in seen:
            seen.add(header)
            todo += ["include/" + i for i in re.findall(r"#\s*include\s*<(vmm/[^>]+)>", text_of(header))]
    code = "\n".join(code_of(h) for h in seen)
    classes = set(re.findall(r"\b(?:class|struct)\s+(\w+)\b[^;(){}<>]*\{", code))
    functions = set(re.findall(r"\b(\w+)\s*\(", code))
    returning = set(re.findall(CONTAINER + r"[^;{}()]*>[\s&*]+(\w+)\s*\(", code))
    if not {"raw_vector", "device_uvector", "options"} <= classes or not {"trim", "grow"} <= functions:
        faults.append("the names that programs can use were not found: nothing was checked")
    symbols = subprocess.run(["nm", "-C", "-g", "--defined-only", args.library], capture_output=True, text=True, check=True).stdout
    for n in re.findall(r"^[0-9a-f]+ [A-Za-z] ((?:non-virtual thunk to )?vmm::.*)$", symbols, flags=re.M):
        name = n.split("(")[0]
        while re.search(r"<[^<>]*>", name):
            name = re.sub(r"<[^<>]*>", "", name)
        parts = name.split("::")
        usable = all(p in classes for p in parts[1:-1] if p in classes or not re.fullmatch(r"engine|detail|functors|algorithms|kernels|on_\w+", p))
        usable = usable and (parts[-1] in functions or parts[-1] in classes)
        if usable and (re.search(CONTAINER, n) or parts[-1] in returning):
            faults.append(f"a standard container crosses the border: {n}")
    for name in classes & {"raw_vector", "vector_handle", "vector_fields", "deferred_release", "options", "device_list", "stream_order", "capabilities", "temporary_memory"}:
        for body in re.findall(r"\b(?:class|struct)\s+" + name + r"\b[^;(){}]*\{(.*?)\n\};", code, flags=re.S):
            if re.search(CONTAINER, body):
                faults.append(f"a standard container in {name}")


def run_program(text, *flags, link=True):
    """Its output, or None after a fault."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "source.cpp"), os.path.join(folder, "program")
        with open(source, "w", encoding="utf-8") as f:
            f.write(text)
        command = [args.compiler, "-std=c++17", "-g1", "-DTHRUST_DEVICE_SYSTEM=4", "-I" + include, *flags, source, "-o", program]
        if link:
            command += [args.library, "-lpthread", "-ldl", "-lrt"]
            if args.sanitize:
                command += ["-fsanitize=" + args.sanitize, "-fno-sanitize-recover=all"]
        built = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if built.returncode != 0:
            return faults.append(f"does not build with {' '.join(flags)}:\n{built.stderr[:1500]}")
        run = subprocess.run([program], capture_output=True, text=True, timeout=300)
        if run.returncode != 0:
            return faults.append(f"ends with {run.returncode} with {' '.join(flags)}:\n{(run.stdout + run.stderr)[-1500:]}")
        return run.stdout


LAYOUT = """#include <cstdio>
#include <vmm/device_uvector.hpp>
#include <vmm/memory.hpp>
#define SHOW(...) std::printf("%s: %zu bytes, aligned to %zu\\n", #__VA_ARGS__, sizeof(__VA_ARGS__), alignof(__VA_ARGS__))
int main() {
  SHOW(vmm::engine::raw_vector);
  SHOW(vmm::engine::deferred_release);
  SHOW(vmm::engine::temporary_memory);
  SHOW(vmm::engine::capabilities);
  SHOW(vmm::engine::stream_order);
  SHOW(vmm::options);
  SHOW(vmm::device_list);
  SHOW(vmm::statistics);
  SHOW(vmm::error);
  SHOW(vmm::out_of_memory);
  SHOW(vmm::device_uvector<int>);
}
"""

DEBUG_MODE = """#include <cstdio>
#include <list>
#include <vector>
#include <vmm/device_uvector.hpp>
#include <vmm/memory.hpp>
#define REQUIRE(x) if (!(x)) return std::printf("line %d: %s\\n", __LINE__, #x), 1
int main() {
  vmm::options o;
  o.devices = {0};
  o.devices = std::vector<int>{0};
  o.devices.push_back(0);
  for (const vmm::options& how : {vmm::options(), o}) {
    vmm::device_uvector<int> v(how);
    const std::vector<int> some(1000, 7);
    const std::list<int> others(50, 8);
    v.append(some);
    v.append(others.begin(), others.end());
    for (int i = 0; i < 1000000; ++i) v.push_back(i);
    vmm::device_uvector<int> w(v), x(std::move(v));
    swap(w, x);
    REQUIRE(w == x);
    w.resize(1000);
    w.shrink_to_fit();
    std::vector<int> seen(w.size());
    w.copy_to(seen.data());
    w.wait();
    REQUIRE(seen == some);
    w.assign(others.begin(), others.end());
    REQUIRE(w.size() == 50 && w.element(49) == 8);
    try {
      w.reserve(std::size_t{1} << 60);
      return 1;
    } catch (const vmm::out_of_memory& e) {
      REQUIRE(e.requested() != 0);
    }
    REQUIRE(vmm::query_statistics().live == 2);
  }
  vmm::trim();
}
"""


def check_layout():
    """What programs hold by value is the same with and without the checks of the standard library, and such a program works."""
    plain = run_program(LAYOUT, link=False)
    debug = run_program(LAYOUT, "-D_GLIBCXX_DEBUG", "-D_GLIBCXX_DEBUG_PEDANTIC", link=False)
    if plain != debug:
        faults.append(f"laid out differently with -D_GLIBCXX_DEBUG:\n{plain}---\n{debug}")
    print(plain)
    for flags in ((), ("-D_GLIBCXX_DEBUG", "-D_GLIBCXX_DEBUG_PEDANTIC"), ("-D_GLIBCXX_ASSERTIONS", "-O2")):
        run_program(DEBUG_MODE, *flags)


# -- cost and length -------------------------------------------------------------------------------------------------
def preprocessed_lines(text):
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as f:
        f.write(text)
        f.flush()
        command = [args.compiler, "-std=c++17", "-E", "-P", "-DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP", "-I" + include, f.name]
        for folder in (args.thrust, *args.cuda.split(";")):
            if folder:
                command += ["-isystem", folder]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.count("\n")


def check_include_cost():
    """In lines after preprocessing, which do not depend on the load of the computer."""
    names, version = preprocessed_lines("#include <vmm/fwd.hpp>\n"), preprocessed_lines("#if __has_include(<thrust/version.h>)\n"
                                                                                        "#include <thrust/version.h>\n#endif\n")
    print(f"fwd.hpp {names} lines, of which Thrust's version {version}")
    if names > version + 40:
        faults.append(f"fwd.hpp costs {names} lines")
    small = preprocessed_lines("#include <vmm/device_uvector.hpp>\n")
    standard = preprocessed_lines("#include <algorithm>\n#include <atomic>\n#include <chrono>\n#include <memory>\n#include <stdexcept>\n"
                                  "#include <string>\n#include <vector>\n")
    print(f"device_uvector.hpp {small} lines, of which the standard library {standard}")
    if small > standard * 1.15 + 1500:
        faults.append(f"device_uvector.hpp costs {small} lines, the standard headers it needs {standard}")
    if not args.thrust:
        return
    large = preprocessed_lines("#include <vmm/device_vector.hpp>\n")
    thrust = preprocessed_lines("#include <thrust/device_vector.h>\n#include <thrust/host_vector.h>\n")
    print(f"device_vector.hpp {large} lines, Thrust's own device_vector and host_vector {thrust}")
    if large > thrust * 1.1:
        faults.append(f"device_vector.hpp costs {large} lines, more than 1.1 times Thrust's {thrust}")


def lines_of(path):
    """Lines with code, and lines with nothing but a comment; licence lines are neither."""
    text, code, comment = text_of(path), 0, 0
    token = r"R\"\(.*?\)\"|\"(?:\\.|[^\"\\\n])*\"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'|(//[^\n]*|/\*.*?\*/)"
    marked = re.sub(token, lambda m: re.sub(r"[^\n]+", "\0" if m.group(1) else "x", m.group()), text, flags=re.S)
    for line, original in zip(marked.split("\n"), text.split("\n")):
        if line.replace("\0", "").strip():
            code += 1
        elif "\0" in line and "SPDX-" not in original:
            comment += 1
    return code, comment


def check_file_length():
    """In lines of code: comments may grow."""
    for path in files_under("include", "src", "kernels"):
        code, _ = lines_of(path)
        if code > 350:
            faults.append(f"{path}: {code} lines of code")


# -- documentation ---------------------------------------------------------------------------------------------------
def check_guarantees():
    """Every operation in docs/guarantees.md names tests as `file: name`, and those are there: a row of a table or a test case."""
    page, rows = "docs/guarantees.md", 0
    for number, line in enumerate(text_of(page).split("\n"), 1):
        cells = [c.strip() for c in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 5 or cells[0] == "operation" or set(cells[0]) == {"-"}:
            continue
        rows += 1
        named = re.findall(r"`([^`:]+): ([^`]+)`", cells[4])
        if not named:
            faults.append(f"{page}:{number}: names no test")
        for file, name in named:
            path = "test/" + file
            if not os.path.exists(os.path.join(args.root, path)):
                faults.append(f"{page}:{number}: there is no {path}")
            elif not re.search(r"(\{|TEST_CASE\()\"" + re.escape(name) + '"', text_of(path)):
                faults.append(f"{page}:{number}: {path} has no \"{name}\"")
    if rows < 20:
        faults.append(f"{page}: only {rows} operations")


def check_reference():
    """docs/Doxyfile finds a comment for every public member, and the public headers have one line of comment for three to four of code."""
    headers = [h for h in public_headers() if h.count("/") == 2]
    code, comment = (sum(counts) for counts in zip(*(lines_of(h) for h in headers)))
    print(f"public headers: {comment} lines of comment to {code} of code, {comment / code:.2f}")
    if comment < 0.3 * code:
        faults.append(f"include/vmm: {comment} lines of comment to {code} of code; at least 0.3 are asked for")
    for header in [*headers, "include/vmm/detail/mapped_vector.hpp"]:  # what follows a name that opens no group would share one comment
        text = text_of(header)
        if not len(re.findall(r"/// @name .*\n\s*/// @\{\n", text)) == text.count("@name") == text.count("@{") == text.count("@}"):
            faults.append(f"{header}: each @name has @{{ in the next line, and @}}")
    doxygen = shutil.which("doxygen")
    if not doxygen:
        if not faults:
            print("needs doxygen")
            sys.exit(77)
        return
    with tempfile.TemporaryDirectory() as folder:
        configuration = text_of("docs/Doxyfile") + f"\nOUTPUT_DIRECTORY = {folder}\nGENERATE_XML = YES\n"
        run = subprocess.run([doxygen, "-"], input=configuration, capture_output=True, text=True, cwd=args.root or ".")
        written = set(os.listdir(os.path.join(folder, "html"))) if os.path.isdir(os.path.join(folder, "html")) else set()
        members = {}
        for file in sorted(f for f in written and os.listdir(os.path.join(folder, "xml")) if f.endswith(".xml")):
            for member in ElementTree.parse(os.path.join(folder, "xml", file)).iter():
                friend_class = re.match("friend (class|struct) ", member.findtext("definition") or "")
                if member.tag in ("memberdef", "enumvalue") and member.get("prot") == "public" and not friend_class:
                    members[member.get("id")] = member
    faults.extend(re.findall(r"^.*(?:warning|error): .*$", run.stderr, flags=re.M))
    if run.returncode != 0 and not faults:
        faults.append(run.stderr[:1500])
    print(f"{len(members)} public members")
    for member in members.values():  # friends and enumerators, of which doxygen does not warn
        if not any("".join(d.itertext()).strip() for k in ("brief", "detailed") for d in member.findall(k + "description")):
            faults.append(f"{member.findtext('name')} ({member.get('id')}) is not documented")
    for name in ("device__uvector", "device__vector", "members_1_1mapped__vector", "stream__ref", "view"):
        if f"classvmm_1_1{name}.html" not in written:
            faults.append(f"the reference has no page for {name}: nothing was checked")


# -- static analysis -------------------------------------------------------------------------------------------------
def check_format():
    """clang-format by .clang-format; of the major version that the tree was formatted with, since others differ."""
    tool = shutil.which("clang-format")
    version = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout if tool else "none"
    if not re.search(r"version 14\.", version):
        print(f"needs clang-format 14; found {version.strip()}")
        sys.exit(77)
    sources = [os.path.join(args.root, s) for s in files_under("include", "src", "kernels", "test", "bench", "docs")]
    if len(sources) < 150:
        faults.append(f"only {len(sources)} sources")
    run = subprocess.run([tool, "--dry-run", "-Werror", *sources], capture_output=True, text=True)
    faults.extend(sorted(set(re.findall(r"^(.*?:\d+):\d+: error", run.stderr, flags=re.M))))
    if run.returncode != 0 and not faults:
        faults.append(run.stderr[:1500])


def check_analysis():
    """clang-tidy by .clang-tidy, which says why a check is off; cppcheck, whose accessMoved misreads move-and-swap."""
    tidy, cppcheck = shutil.which("clang-tidy"), shutil.which("cppcheck")
    commands = os.path.join(args.build, "compile_commands.json")
    if not (tidy and cppcheck and os.path.exists(commands)):
        print("needs clang-tidy, cppcheck and compile_commands.json")
        sys.exit(77)
    sources = {os.path.join(args.root, s) for s in files_under("src", "kernels/host", ends=(".cpp",))}
    # Once each: suites of CI compile the library again, with other options.
    entries = {}
    for entry in json.loads(text_of(commands)):
        if entry["file"] in sources:
            entries.setdefault(entry["file"], entry)
    if len(entries) < 10:
        faults.append(f"only {len(entries)} sources are in {commands}")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as f:
            json.dump(list(entries.values()), f)
        run = subprocess.run([tidy, "-p", folder, "--quiet", *sorted(entries)], capture_output=True, text=True, cwd=args.root)
    faults.extend(sorted(set(re.findall(r"^.*(?:warning|error): .*$", run.stdout, flags=re.M))))
    if run.returncode != 0 and not faults:
        faults.append(run.stderr[:1500])
    run = subprocess.run([cppcheck, "-j", "2", "--enable=warning,performance,portability", "--suppress=accessMoved", "--std=c++17",
                          "--language=c++", "-I", "include", "-I", "src", "-I", ".", "--quiet", "--error-exitcode=1", "src", "kernels/host"],
                         capture_output=True, text=True, cwd=args.root)
    if run.returncode != 0:
        faults.append(run.stderr[:1500])


checks = {name[len("check_"):]: f for name, f in globals().copy().items() if name.startswith("check_")}
if args.check not in checks:
    sys.exit(f"no check of that name; there are {', '.join(checks)}")
checks[args.check]()
for fault in faults:
    print(fault)
print(f"{args.check}: {len(faults)} faults")
sys.exit(1 if faults else 0)
