/**
 * From a customer's choices to values, visible parameters, issues and what is left to
 * choose from: what `definition/evaluate.py` is on the server, with the same results.
 */

import {
    ExpressionError,
    asBoolean,
    asNumber,
    compileTree,
    namesIn,
} from "./expression.js";
import {canonicalValue, normalise} from "./inputs.js";

const MAX_UNKNOWN = 20;

/** The value of `calculate()`, or what `failed` makes of an ExpressionError. */
function attempt(calculate, failed) {
    try {
        return calculate();
    } catch (error) {
        if (!(error instanceof ExpressionError)) {
            throw error;
        }
        return failed(error);
    }
}

function choicesOf(parameter) {
    if (parameter.type === "selection") {
        return parameter.options.map((option) => option.code);
    }
    return parameter.type === "boolean" ? [true, false] : [];
}

function byCodePoint(left, right) {
    const [one, two] = [[...left], [...right]];
    const at = one.findIndex((character, index) => character !== two[index]);
    if (at < 0 || at >= two.length) {
        return one.length - two.length;
    }
    return one[at].codePointAt(0) - two[at].codePointAt(0);
}

/** What one evaluation finds out. */
class Run {
    constructor(inputs, decimalPoint) {
        this.inputs = inputs;
        this.decimalPoint = decimalPoint;
        this.normalised = Object.create(null);
        this.values = {};
        this.hidden = [];
        this.modified = [];
        this.issues = [];
        this.limits = Object.create(null);
        this.faults = [];
    }

    addIssue(issue, severity, {parameter = null, rule = null, limit = null}) {
        this.issues.push({issue, severity, parameter, rule, limit});
    }

    addFault(path, code) {
        this.faults.push({path, code});
    }

    addLimit(parameter, bound, limit) {
        const [least, most] = this.limits[parameter.code] || [
            parameter.min,
            parameter.max,
        ];
        this.limits[parameter.code] =
            bound === "min"
                ? [Math.max(least, limit), most]
                : [least, Math.min(most, limit)];
    }
}

/**
 * A definition as the server publishes it, ready to be evaluated any number of times.
 *
 * Values are settled in an order in which everything a parameter depends on comes
 * before it. A parameter that is not shown has no value.
 */
export class Definition {
    constructor({parameters, rules}) {
        this.rules = rules;
        this.parameters = Object.fromEntries(
            parameters.map((item) => [item.code, item])
        );
        this.codes = parameters.map((item) => item.code);
        this.expressions = rules.map((rule) => compileTree(rule.expression));
        this.derived = Object.create(null);
        this.visible = Object.create(null);
        for (const parameter of parameters) {
            this.visible[parameter.code] = [];
            if (parameter.type === "derived") {
                this.derived[parameter.code] = compileTree(parameter.expression);
            }
        }
        this.suggested = Object.create(null);
        this.checks = [];
        this.tests = {};
        rules.forEach((rule, index) => {
            if (rule.kind === "visible") {
                this.visible[rule.target].push(index);
            } else if (rule.kind === "default") {
                this.suggested[rule.target] = index;
            } else {
                this.checks.push(index);
                this.tests[index] = this.makeTest(index);
            }
        });
        this.sort();
        this.findConsequences();
    }

    // How things depend on each other

    sort() {
        this.needs = Object.create(null);
        for (const code of this.codes) {
            this.needs[code] = new Set();
            if (code in this.derived) {
                namesIn(this.parameters[code].expression, this.needs[code]);
            }
        }
        for (const rule of this.rules) {
            if (rule.kind === "visible" || rule.kind === "default") {
                namesIn(rule.expression, this.needs[rule.target]);
            }
        }
        this.order = [];
        const settled = new Set();
        let waiting = this.codes;
        while (waiting.length) {
            const ready = waiting.filter((code) =>
                [...this.needs[code]].every((name) => settled.has(name))
            );
            if (!ready.length) {
                throw new Error(`In a circle: ${waiting}`);
            }
            this.order.push(...ready);
            ready.forEach((code) => settled.add(code));
            waiting = waiting.filter((code) => !settled.has(code));
        }
    }

    findConsequences() {
        this.consequences = [];
        for (const code of this.codes) {
            const choices = choicesOf(this.parameters[code]);
            if (!choices.length) {
                continue;
            }
            const changing = new Set([code]);
            for (const other of this.order) {
                if ([...this.needs[other]].some((name) => changing.has(name))) {
                    changing.add(other);
                }
            }
            const followers = this.order.filter(
                (other) => other !== code && changing.has(other)
            );
            const checks = this.checks.filter((index) => {
                const {expression, target, severity} = this.rules[index];
                const names = namesIn(expression).add(target);
                return severity === "error" && [...names].some((n) => changing.has(n));
            });
            if (checks.length) {
                this.consequences.push({code, choices, changing, followers, checks});
            }
        }
    }

    /** A function that tells whether values satisfy a check. */
    makeTest(index) {
        const {kind, target, option, bound} = this.rules[index];
        const expression = this.expressions[index];
        if (kind === "require") {
            return (values) => asBoolean(expression(values));
        }
        if (kind === "option") {
            return (values) =>
                values[target] !== option || asBoolean(expression(values));
        }
        const sign = bound === "max" ? 1 : -1;
        return (values) => {
            const value = values[target];
            return (
                value === null || sign * value <= sign * asNumber(expression(values))
            );
        };
    }

    // Evaluating

    /**
     * What follows from what a customer chose; `definition/evaluate.py` tells what the
     * result has.
     */
    evaluate(inputs, decimalPoint = null) {
        const run = new Run(inputs, decimalPoint);
        const unknown = Object.keys(inputs).filter(
            (code) => !Object.hasOwn(this.parameters, code) || code in this.derived
        );
        for (const code of unknown.sort(byCodePoint).slice(0, MAX_UNKNOWN)) {
            const parameter = [...code].slice(0, 40).join("");
            run.addIssue("unknown", "error", {parameter});
        }
        for (const code of this.order) {
            run.values[code] = this.settle(code, run, run);
        }
        this.checkRequired(run);
        this.checks.forEach((index) => this.report(index, run));
        return this.result(run);
    }

    /** The value of a parameter, when those it depends on have theirs. */
    settle(code, run, notes) {
        const note = (path) => (error) => {
            if (notes && error.code !== "unset") {
                notes.addFault(path, error.code);
            }
            return null;
        };
        if (code in this.derived) {
            return attempt(
                () => this.derived[code](run.values),
                note(`derived/${code}`)
            );
        }
        for (const index of this.visible[code]) {
            const show = () => asBoolean(this.expressions[index](run.values));
            if (!attempt(show, note(`rules/${index}`))) {
                notes?.hidden.push(code);
                return null;
            }
        }
        const parameter = this.parameters[code];
        const standard = this.defaultOf(code, run.values, notes, note);
        if (!Object.hasOwn(run.inputs, code)) {
            return standard;
        }
        run.normalised[code] ||= normalise(
            parameter,
            run.inputs[code],
            run.decimalPoint
        );
        const [value, issue] = run.normalised[code];
        if (notes && issue) {
            const limit = parameter[issue === "min" || issue === "max" ? issue : ""];
            notes.addIssue(issue, "error", {parameter: code, limit});
        } else if (notes && value !== standard) {
            notes.modified.push(code);
        }
        return value;
    }

    defaultOf(code, values, notes, note) {
        const parameter = this.parameters[code];
        const index = this.suggested[code];
        if (index === undefined) {
            return parameter.default;
        }
        const calculate = () => [this.expressions[index](values)];
        const suggested = attempt(calculate, note(`rules/${index}`));
        if (suggested === null) {
            return parameter.default;
        }
        const [value, issue] = normalise(parameter, suggested[0]);
        if (issue) {
            notes?.addFault(`rules/${index}`, issue);
            return parameter.default;
        }
        return value;
    }

    checkRequired(run) {
        const refused = new Set(run.issues.map((issue) => issue.parameter));
        for (const code of this.codes) {
            const isAsked =
                this.parameters[code].required && !run.hidden.includes(code);
            if (isAsked && !refused.has(code) && run.values[code] === null) {
                run.addIssue("required", "incomplete", {parameter: code});
            }
        }
    }

    report(index, run) {
        const {kind, target, bound, severity} = this.rules[index];
        if (run.hidden.includes(target)) {
            return;
        }
        const found = {parameter: target, rule: index};
        attempt(
            () => {
                if (kind === "limit") {
                    found.limit = asNumber(this.expressions[index](run.values));
                }
                if (!this.tests[index](run.values)) {
                    run.addIssue("rule", severity, found);
                }
            },
            (error) => {
                if (error.code !== "unset") {
                    run.addFault(`rules/${index}`, error.code);
                    run.addIssue("rule", severity, found);
                } else if (kind !== "limit" && severity === "error") {
                    run.addIssue("undecided", "incomplete", found);
                }
            }
        );
        if (found.limit !== undefined && severity === "error") {
            run.addLimit(this.parameters[target], bound, found.limit);
        }
    }

    result(run) {
        const canonical = {};
        for (const code of this.codes) {
            if (!(code in this.derived) && run.values[code] !== null) {
                canonical[code] = canonicalValue(
                    this.parameters[code],
                    run.values[code]
                );
            }
        }
        const {hidden, modified, issues, faults} = run;
        const limits = {...run.limits};
        const blocked = this.blocked(run);
        const valid =
            !faults.length && issues.every(({severity}) => severity === "warning");
        const {values} = run;
        return {
            ...{values, canonical, hidden, modified, issues},
            ...{blocked, limits, faults, valid},
        };
    }

    /** The choices that would break a rule, all other choices being as they are. */
    blocked(run) {
        const blocked = {};
        for (const {code, choices, changing, followers, checks} of this.consequences) {
            if (run.hidden.includes(code)) {
                continue;
            }
            const before = {...run.values};
            const tests = this.openTests(checks, changing, run.values);
            const broken = choices.filter((choice) => {
                run.values[code] = choice;
                for (const follower of followers) {
                    run.values[follower] = this.settle(follower, run, null);
                }
                return tests.some((test) =>
                    attempt(
                        () => !test(run.values),
                        (error) => error.code !== "unset"
                    )
                );
            });
            Object.assign(run.values, before);
            if (broken.length) {
                blocked[code] = broken;
            }
        }
        return blocked;
    }

    /**
     * The tests of those checks whose outcome depends on what is changing. One that is
     * satisfied without looking at any of it is left out; most are.
     */
    openTests(checks, changing, values) {
        changing.forEach((code) => {
            values[code] = null;
        });
        return checks
            .filter((index) => {
                if (changing.has(this.rules[index].target)) {
                    return true;
                }
                return attempt(
                    () => !this.tests[index](values),
                    (error) => error.code !== "unset" || changing.has(error.detail)
                );
            })
            .map((index) => this.tests[index]);
    }
}
