"""Formulas as small trees, and the two writers that turn them into Python source.

A formula is written once in month.py. For Numba it becomes an expression on one path's numbers; for
NumPy a sequence of calls that write into buffers made beforehand, as one would write by hand where
speed counts.
"""


class Node:
    """A value: `kind` is "col" (one number a path), "uni" (same on all paths) or "mask"."""

    def __init__(self, kind, op, *args):
        self.kind, self.op, self.args = kind, op, args

    def __add__(self, other):
        return binary("add", self, other)

    def __radd__(self, other):
        return binary("add", other, self)

    def __sub__(self, other):
        return binary("sub", self, other)

    def __rsub__(self, other):
        return binary("sub", other, self)

    def __mul__(self, other):
        return binary("mul", self, other)

    def __rmul__(self, other):
        return binary("mul", other, self)

    def __truediv__(self, other):
        return binary("div", self, other)

    def __rtruediv__(self, other):
        return binary("div", other, self)

    def __lt__(self, other):
        return compare("lt", self, other)

    def __gt__(self, other):
        return compare("lt", other, self)

    def __le__(self, other):
        return compare("le", self, other)

    def __ge__(self, other):
        return compare("le", other, self)

    def __or__(self, other):
        return Node("mask", "or", self, other)

    def __and__(self, other):
        return Node("mask", "and", self, other)


def node(value):
    return value if isinstance(value, Node) else Node("uni", "leaf", repr(float(value)))


def is_number(value, what):
    return value.kind == "uni" and value.op == "leaf" and value.args[0] == repr(float(what))


def binary(op, a, b):
    a, b = node(a), node(b)
    if op == "add" and is_number(a, 0.0):
        return b
    if op in ("add", "sub") and is_number(b, 0.0):
        return a
    if op == "mul" and is_number(a, 1.0):
        return b
    if op in ("mul", "div") and is_number(b, 1.0):
        return a
    return Node("uni" if a.kind == b.kind == "uni" else "col", op, a, b)


def compare(op, a, b):
    return Node("mask", op, node(a), node(b))


def largest(a, b):
    return binary("max", a, b)


def least(a, b):
    return binary("min", a, b)


def exponential(a):
    return Node(a.kind, "exp", a)


def gate(mask, value):
    """value where the mask holds, else 0."""
    return Node("col", "gate", mask, node(value))


def choose(mask, a, b):
    return Node("col", "choose", mask, node(a), node(b))


def unary(op, a):
    return Node(a.kind, op, a)


class Writer:
    """What both writers share: lines of source, tables by month, columns of the state."""

    def __init__(self, plan):
        self.plan, self.lines, self.depth, self.names = plan, [], 1, {}

    def put(self, line):
        self.lines.append("    " * self.depth + line)

    def block(self, head):
        return Block(self, head)

    def table(self, name, values):
        """A list with one value a month; True or False at once where all are alike."""
        self.names[name] = list(values)
        return name

    def by_month(self, name, values):
        values = [float(v) for v in values]
        if len(set(values)) == 1:
            return node(values[0])
        return Node("uni", "leaf", f"{self.table(name, values)}[m]")

    def when(self, name, flags):
        """A block that runs in months whose flag is set."""
        flags = [bool(f) for f in flags]
        if all(flags):
            return Block(self, None)
        return Block(self, f"if {self.table(name, flags)}[m]:")

    def source(self):
        return "\n".join(self.lines) + "\n"


class Block:
    def __init__(self, writer, head):
        self.writer, self.head = writer, head

    def __enter__(self):
        if self.head:
            self.writer.put(self.head)
            self.writer.depth += 1
            self.writer.put("pass")

    def __exit__(self, *_):
        if self.head:
            self.writer.depth -= 1


SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "lt": "<", "le": "<="}
PYTHON = {"max": "max", "min": "min", "exp": "exp", "abs": "abs"}


def scalar_text(value, leaf=lambda text: text):
    """The value as one expression on plain numbers."""
    if value.op == "leaf":
        return leaf(value.args[0])
    args = [scalar_text(a, leaf) for a in value.args]
    if value.op in SIGNS:
        return f"({args[0]} {SIGNS[value.op]} {args[1]})"
    if value.op in ("and", "or"):
        return f"({args[0]} {value.op} {args[1]})"
    if value.op == "gate":
        return f"({args[1]} if {args[0]} else 0.0)"
    if value.op == "choose":
        return f"({args[1]} if {args[0]} else {args[2]})"
    if value.op == "neg":
        return f"(-{args[0]})"
    return f"{PYTHON[value.op]}({', '.join(args)})"


class ScalarWriter(Writer):
    """Source for Numba: one path, its state in the array S."""

    vectorised = False

    def __init__(self, plan):
        super().__init__(plan)
        self.lets = 0

    def col(self, field, row):
        return Node("col", "leaf", f"S[{self.plan.at[field] + row}]")

    def set(self, target, value):
        self.put(f"{target.args[0]} = {scalar_text(node(value))}")

    def let(self, value):
        self.lets += 1
        name = f"x{self.lets}"
        value = node(value)
        self.put(f"{name} = {scalar_text(value)}")
        return Node("mask" if value.kind == "mask" else "col", "leaf", name)

    def set_where(self, target, mask, value):
        with self.any(mask):
            self.set(target, value)

    def any(self, mask):
        return Block(self, f"if {scalar_text(mask)}:")

    def only_alive(self, firm):
        """Scalar code passes over firms that have failed."""
        return Block(self, f"if S[{self.plan.at['alive'] + firm}] != 0.0:")


UFUNCS = {"add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "max": "maximum",
    "min": "minimum", "exp": "exp", "abs": "abs", "neg": "negative", "lt": "less",
    "le": "less_equal", "or": "bitwise_or", "and": "bitwise_and"}


class ColumnWriter(Writer):
    """Source for NumPy: a chunk of paths, every column a row of the array S."""

    vectorised = True

    def __init__(self, plan):
        super().__init__(plan)
        self.bound, self.free, self.made, self.lets = {}, {"col": [], "mask": []}, [], []

    def col(self, field, row):
        name = f"{field}_{row}"
        self.bound[name] = self.plan.at[field] + row
        return Node("col", "leaf", name)

    def take(self, kind):
        if self.free[kind]:
            return self.free[kind].pop()
        name = f"{'t' if kind == 'col' else 'b'}{len(self.made)}"
        self.made.append((name, kind))
        return name

    def give(self, text):
        for name, kind in self.made:
            if name == text and text not in self.free[kind]:
                self.free[kind].append(text)

    def value(self, value, out=None):
        """Writes what computes the value; returns the name that holds it."""
        if value.kind == "uni":
            return scalar_text(value)
        if value.op == "leaf":
            return value.args[0]
        args = [self.value(a) for a in value.args]
        for arg in args:
            self.give(arg)
        if value.op == "choose":
            target = out or self.take("col")
            self.put(f"np.copyto({target}, np.where({', '.join(args)}))")
            return target
        kind = "mask" if value.kind == "mask" else "col"
        target = out or self.take(kind)
        if value.op == "gate":
            args.reverse()
        ufunc = "multiply" if value.op == "gate" else UFUNCS[value.op]
        self.put(f"np.{ufunc}({', '.join(args)}, {target})")
        return target

    def set(self, target, value):
        value, name = node(value), target.args[0]
        if value.kind == "uni":
            self.put(f"{name}.fill({scalar_text(value)})")
        elif value.op == "leaf":
            self.put(f"np.copyto({name}, {value.args[0]})")
        else:
            self.value(value, name)

    def let(self, value):
        value = node(value)
        kind = "mask" if value.kind == "mask" else "col"
        target = Node(kind, "leaf", f"x{len(self.lets)}")
        self.lets.append((target.args[0], kind))
        if kind == "mask":
            self.value(value, target.args[0])
        else:
            self.set(target, value)
        return target

    def set_where(self, target, mask, value):
        text = self.value(mask)
        with Block(self, f"if {text}.any():"):
            self.put(f"np.copyto({target.args[0]}, {self.value(node(value))}, where={text})")
        self.give(text)

    def any(self, mask):
        text = self.value(mask)
        self.give(text)
        return Block(self, f"if {text}.any():")

    def only_alive(self, firm):
        return Block(self, None)
