/**
 * Runs the JavaScript engines on cases from Python's tests.
 *
 * Standard input: {"kind": …, "cases": [[…, expected], …]}; standard output: the cases
 * with another answer, as [index, answer].
 */
import {readFileSync} from "node:fs";
import {isDeepStrictEqual} from "node:util";
import {Definition} from "../../static/src/engine/definition.js";
import * as expression from "../../static/src/engine/expression.js";
import {parseNumber} from "../../static/src/engine/inputs.js";
import {planRecipe} from "../../static/src/engine/recipe.js";

const SPECIAL = {infinite: Infinity, nan: NaN};

const definitions = [];

const ANSWERS = {
    expression(job, [tree]) {
        return expression.evaluate(tree, {...job.values, ...SPECIAL});
    },
    number(job, [text, decimalPoint]) {
        return parseNumber(text, decimalPoint);
    },
    plan(job, [index, values]) {
        return planRecipe(job.recipes[index], values);
    },
    definition(job, [index, inputs, decimalPoint]) {
        definitions[index] ||= new Definition(job.definitions[index]);
        return definitions[index].evaluate(inputs, decimalPoint);
    },
};

function failure({path, code}) {
    return path === undefined ? {error: code} : {error: code, path};
}

function answer(job, testCase) {
    try {
        return ANSWERS[job.kind](job, testCase);
    } catch (error) {
        return error.code ? failure(error) : {crash: `${error.stack}`};
    }
}

const job = JSON.parse(readFileSync(0, "utf8"));
const different = [];
job.cases.forEach((testCase, index) => {
    const got = answer(job, testCase);
    if (!isDeepStrictEqual(got, testCase.at(-1))) {
        different.push([index, got]);
    }
});
process.stdout.write(JSON.stringify(different));
