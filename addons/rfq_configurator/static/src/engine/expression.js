/**
 * The language of rules, derived values and recipes: what `expression/evaluate.py` is
 * on the server, with the same answers and the same error codes. Runs in pages, in
 * Workers and in Node.
 */

const MAX_DEPTH = 40;
const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];

/** An expression has no value. Codes: type, unset, div0, range, syntax. */
export class ExpressionError extends Error {
    constructor(code, detail = "") {
        super(`${code} ${detail}`);
        this.code = code;
        this.detail = detail;
    }
}

function fail(code, detail) {
    throw new ExpressionError(code, detail);
}

/** `value` if it is a number, finite and without a sign at zero. */
export function asNumber(value) {
    if (typeof value !== "number") {
        fail("type");
    }
    if (!Number.isFinite(value)) {
        fail("range");
    }
    return value + 0;
}

/** `value` if it is a boolean. */
export function asBoolean(value) {
    return typeof value === "boolean" ? value : fail("type");
}

/** `value` if it is a text. */
export function asText(value) {
    return typeof value === "string" ? value : fail("type");
}

/** `number` rounded to 0 to 6 decimals; a half goes away from zero. */
export function roundHalfAway(number, decimals = 0) {
    const power = POWERS_OF_TEN[decimals];
    const scaled = asNumber(Math.abs(number) * power);
    let whole = Math.floor(scaled);
    if (scaled - whole >= 0.5) {
        whole += 1;
    }
    return asNumber(number < 0 ? -whole / power : whole / power);
}

function isEqual(left, right) {
    if (typeof left === typeof right && typeof left !== "number") {
        return left === right;
    }
    return asNumber(left) === asNumber(right);
}

function divide(left, right) {
    return right === 0 ? fail("div0") : left / right;
}

function floorDivide(left, right) {
    return Math.floor(asNumber(divide(left, right)));
}

const ARITHMETIC = {
    "+": (left, right) => left + right,
    "-": (left, right) => left - right,
    "*": (left, right) => left * right,
    "/": divide,
    "//": floorDivide,
    "%": (left, right) => left - right * floorDivide(left, right),
};

const COMPARISONS = {
    "<": (left, right) => asNumber(left) < asNumber(right),
    "<=": (left, right) => asNumber(left) <= asNumber(right),
    ">": (left, right) => asNumber(left) > asNumber(right),
    ">=": (left, right) => asNumber(left) >= asNumber(right),
    "==": isEqual,
    "!=": (left, right) => !isEqual(left, right),
};

const CALLS = {
    min: Math.min,
    max: Math.max,
    abs: Math.abs,
    floor: Math.floor,
    ceil: Math.ceil,
    round: (number, decimals = 0) =>
        decimals in POWERS_OF_TEN ? roundHalfAway(number, decimals) : fail("range"),
    sqrt: (number) => (number < 0 ? fail("range") : Math.sqrt(number)),
};

const MAKERS = {
    lit: (compiled, value) => () => value,
    var: (compiled, name) => (values) => {
        const value = Object.hasOwn(values, name) ? values[name] : null;
        if (value === null || value === undefined) {
            fail("unset", name);
        }
        return typeof value === "boolean" || typeof value === "string"
            ? value
            : asNumber(value);
    },
    neg: (compiled, tree) => {
        const operand = compiled(tree);
        return (values) => 0 - asNumber(operand(values));
    },
    not: (compiled, tree) => {
        const operand = compiled(tree);
        return (values) => !asBoolean(operand(values));
    },
    and: (compiled, trees) => {
        const operands = trees.map(compiled);
        return (values) => operands.every((operand) => asBoolean(operand(values)));
    },
    or: (compiled, trees) => {
        const operands = trees.map(compiled);
        return (values) => operands.some((operand) => asBoolean(operand(values)));
    },
    if: (compiled, ...trees) => {
        const [condition, then, otherwise] = trees.map(compiled);
        return (values) =>
            asBoolean(condition(values)) ? then(values) : otherwise(values);
    },
    in: (compiled, tree, trees) => {
        const operand = compiled(tree);
        const choices = trees.map(compiled);
        return (values) => {
            const value = operand(values);
            return choices.some((choice) => isEqual(value, choice(values)));
        };
    },
    cmp: (compiled, operators, trees) => {
        const [first, ...others] = trees.map(compiled);
        const steps = operators.map((name, index) => [
            COMPARISONS[name],
            others[index],
        ]);
        return (values) => {
            let left = first(values);
            for (const [compare, other] of steps) {
                const right = other(values);
                if (!compare(left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        };
    },
    call: (compiled, name, trees) => {
        const call = CALLS[name];
        const operands = trees.map(compiled);
        return (values) =>
            asNumber(call(...operands.map((operand) => asNumber(operand(values)))));
    },
};
for (const [name, calculate] of Object.entries(ARITHMETIC)) {
    MAKERS[name] = (compiled, ...trees) => {
        const [left, right] = trees.map(compiled);
        return (values) =>
            asNumber(calculate(asNumber(left(values)), asNumber(right(values))));
    };
}

function compile(tree, depth) {
    if (!Array.isArray(tree) || depth > MAX_DEPTH || !Object.hasOwn(MAKERS, tree[0])) {
        fail("syntax");
    }
    const [kind, ...parts] = tree;
    return MAKERS[kind]((child) => compile(child, depth + 1), ...parts);
}

/**
 * A function that takes values by name and returns the value of a tree that the server
 * has made.
 */
export function compileTree(tree) {
    return compile(tree, 1);
}

/** The value of a tree, where names stand for what `values` has for them. */
export function evaluate(tree, values) {
    return compileTree(tree)(values);
}

/** The names that a tree uses, as a Set. */
export function namesIn(tree, names = new Set()) {
    if (tree[0] === "var") {
        names.add(tree[1]);
    } else if (tree[0] !== "lit") {
        for (const part of tree.slice(1)) {
            const below = Array.isArray(part?.[0]) ? part : [part];
            below.filter(Array.isArray).forEach((child) => namesIn(child, names));
        }
    }
    return names;
}
