"""House rules that ruff, mypy and import-linter cannot see; `make check` runs them all.

Each rule is a function from the root of the repository to problems, written as `file:line: what is wrong`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

MODULE_LINES = 400
FUNCTION_LINES = 60
VAGUE_NAMES = frozenset({"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"})

Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[Path], Iterator[str]]


def modules(root: Path) -> Iterator[tuple[Path, str]]:
    """Every module of the package, with its text."""
    for path in sorted((root / "src").rglob("*.py")):
        yield path, path.read_text(encoding="utf-8")


def module_length(root: Path) -> Iterator[str]:
    """A module fits in one head: 300 lines at most, 400 fail."""
    for path, text in modules(root):
        count = len(text.splitlines())
        if count > MODULE_LINES:
            yield f"{place(root, path)}: {count} lines; divide the module (at most {MODULE_LINES})"


def function_length(root: Path) -> Iterator[str]:
    """A function fits on one screen: 40 lines at most, 60 fail."""
    for path, text in modules(root):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Function):
                count = (node.end_lineno or node.lineno) - node.lineno + 1
                if count > FUNCTION_LINES:
                    yield f"{place(root, path, node)}: {node.name} has {count} lines (at most {FUNCTION_LINES})"


def vague_names(root: Path) -> Iterator[str]:
    """A module is named for what it holds."""
    for path, _ in modules(root):
        parts = set(path.relative_to(root).with_suffix("").parts)
        if parts & VAGUE_NAMES:
            yield f"{place(root, path)}: name the module for what it holds"


def package_doors(root: Path) -> Iterator[str]:
    """An `__init__.py` holds a docstring and imports, no code; only the package's own is free."""
    for path, text in modules(root):
        if path.name != "__init__.py" or path.parent == root / "src" / "worthbook":
            continue
        for node in ast.parse(text).body:
            if not is_door(node):
                yield f"{place(root, path, node)}: move the code into a module; this file is only a door"
                break


def is_door(node: ast.stmt) -> bool:
    """Whether a statement is a docstring, an import or `__all__`."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__all__"]
    return isinstance(node, ast.Import | ast.ImportFrom)


def kernel_imports(root: Path) -> Iterator[str]:
    """The kernel stands on the standard library alone."""
    for path in sorted((root / "src" / "worthbook" / "kernel").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in imported(node):
                if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("worthbook.kernel"):
                    yield f"{place(root, path, node)}: kernel may not import {name}"


def front_door(root: Path) -> Iterator[str]:
    """No floor comes in through the front door: `worthbook` itself is for users of the package."""
    for path, text in modules(root):
        if path.parent == root / "src" / "worthbook":
            continue
        packages = {each.stem if each.is_file() else each.name for each in (root / "src" / "worthbook").iterdir()}
        for node in ast.walk(ast.parse(text)):
            bare_import = isinstance(node, ast.Import) and "worthbook" in {alias.name for alias in node.names}
            from_door = (
                isinstance(node, ast.ImportFrom)
                and node.module == "worthbook"
                and not {alias.name for alias in node.names} <= packages
            )
            if bare_import or from_door:
                yield f"{place(root, path, node)}: import the module that you need, not the front door"


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


# Where packages come from is the user's setting. These patterns are spelled so that they do not find themselves.
_REGISTRY = re.compile(
    r"(?:extra-)?index[-_]url|find[-_]links|(?:files\.)?pythonhosted\.or[g]|pypi\.or[g]|/simple/[a-z]"
)


def no_registry(root: Path) -> Iterator[str]:
    """No tracked file says from which registry packages are fetched."""
    for path, number, line in tracked_lines(root):
        found = _REGISTRY.search(line)
        if found and path != Path("tools/checks.py"):
            yield f"{path}:{number}: '{found[0]}': a registry's address does not belong in the project"


def locked_by_hash(root: Path) -> Iterator[str]:
    """Every locked requirement has a version and hashes, and no address."""
    for path in sorted(root.glob("requirements*.txt")):
        text = path.read_text(encoding="utf-8")
        if "://" in text:
            yield f"{path.name}: holds an address"
        for requirement in text.replace("\\\n", " ").splitlines():
            words = requirement.split("#")[0].split()
            if words and ("==" not in words[0] or "--hash=sha256:" not in requirement):
                yield f"{path.name}: {words[0]} is not locked by version and hash"


_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)[^)]*\)")
_VERB = re.compile(r"\bmake (?P<verb>[a-z][a-z-]*)(?=`|$)", re.MULTILINE)


def documents(root: Path) -> Iterator[str]:
    """Every link between pages leads somewhere, and every `make` verb that a page names exists."""
    verbs = set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for path in sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for link in _LINK.finditer(line):
                if not (path.parent / link["target"]).exists():
                    yield f"{place(root, path)}:{number}: there is no {link['target']}"
            for verb in _VERB.finditer(line):
                if verb["verb"] not in verbs:
                    yield f"{place(root, path)}:{number}: there is no `make {verb['verb']}`"


def tracked_lines(root: Path) -> Iterator[tuple[Path, int, str]]:
    """Every line of every text file that git keeps, or would keep."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in sorted(set(filter(None, listing.stdout.split("\0")))):
        path = root / name
        if not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            yield Path(name), number, line


def place(root: Path, path: Path, node: ast.AST | None = None) -> str:
    """`file:line`, as editors and terminals understand it."""
    relative = path.relative_to(root).as_posix()
    line = getattr(node, "lineno", None)
    return relative if line is None else f"{relative}:{line}"


RULES: tuple[Rule, ...] = (
    module_length,
    function_length,
    vague_names,
    package_doors,
    kernel_imports,
    front_door,
    no_registry,
    locked_by_hash,
    documents,
)


def main() -> int:
    """Run all rules; 1 where one is broken."""
    problems = [problem for rule in RULES for problem in rule(ROOT)]
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{len(RULES)} house rules, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
