"""Looking at trees without evaluating them."""


def children(tree):
    """The trees right below `tree`."""
    kind = tree[0]
    if kind in ("lit", "var"):
        return []
    if kind in ("and", "or"):
        return tree[1]
    if kind in ("cmp", "call"):
        return tree[2]
    if kind == "in":
        return [tree[1], *tree[2]]
    return tree[1:]


def names_in(tree):
    """The names that a tree uses."""
    if tree[0] == "var":
        return {tree[1]}
    return set().union(*map(names_in, children(tree)))


def count_nodes(tree):
    """How many nodes a tree has: a measure of the time it takes."""
    return 1 + sum(map(count_nodes, children(tree)))
