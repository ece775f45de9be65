"""Parses every C# file below a folder: the exit code is 1 when one is not C#, or when there is none."""

import pathlib
import sys

import tree_sitter
import tree_sitter_c_sharp

parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c_sharp.language()))
files = sorted(pathlib.Path(sys.argv[1]).rglob("*.cs"))
wrong = 0


def places(node: tree_sitter.Node) -> list[int]:
    """The lines at which the parser stumbled."""
    if node.is_error or node.is_missing:
        return [node.start_point.row + 1]
    return [line for child in node.children if child.has_error for line in places(child)]


for path in files:
    tree = parser.parse(path.read_bytes())
    if tree.root_node.has_error:
        wrong += 1
        print(f"{path}: not C# at line {', '.join(map(str, places(tree.root_node)))}")
print(f"{len(files)} files parsed, {wrong} are not C#")
sys.exit(1 if wrong or not files else 0)
