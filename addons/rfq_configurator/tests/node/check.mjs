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
import {buildMeshes, planRecipe} from "../../static/src/engine/recipe.js";

const SPECIAL = {infinite: Infinity, nan: NaN};

const definitions = [];
const MANIFOLD = "../../static/lib/manifold-3.5.4.mjs";
const WASM = new URL("../../static/lib/manifold-3.5.4.wasm", import.meta.url);

/** The module of manifold-3d and the memory that it has taken. */
async function loadKernel() {
    const {default: startManifold} = await import(MANIFOLD);
    const taken = {};
    const kernel = await startManifold({
        instantiateWasm(imports, done) {
            WebAssembly.instantiate(readFileSync(WASM), imports).then((source) => {
                taken.memory = Object.values(source.instance.exports).find(
                    (exported) => exported instanceof WebAssembly.Memory
                );
                done(source.instance, source.module);
            });
            return {};
        },
    });
    kernel.setup();
    return [kernel, () => taken.memory.buffer.byteLength];
}

/** What triangles enclose; wrong if any of them looks inside. */
function volume({positions, triangles}) {
    let total = 0;
    for (let index = 0; index < triangles.length; index += 3) {
        const [a, b, c, d, e, f, g, h, i] = [
            ...triangles.slice(index, index + 3),
        ].flatMap((vertex) => [...positions.subarray(3 * vertex, 3 * vertex + 3)]);
        total += a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    }
    return total / 6;
}

const job = JSON.parse(readFileSync(0, "utf8"));
const [kernel, memory] = ["model", "growth"].includes(job.kind)
    ? await loadKernel()
    : [];

const ANSWERS = {
    expression([tree]) {
        return expression.evaluate(tree, {...job.values, ...SPECIAL});
    },
    number([text, decimalPoint]) {
        return parseNumber(text, decimalPoint);
    },
    plan([index, values]) {
        return planRecipe(job.recipes[index], values);
    },
    model([plan]) {
        return buildMeshes(kernel, plan).map((mesh) => [
            mesh.name,
            mesh.triangles.length / 3,
            Number(volume(mesh).toPrecision(4)),
        ]);
    },
    growth([plan, times]) {
        buildMeshes(kernel, plan);
        const before = memory();
        for (let time = 0; time < times; time++) {
            buildMeshes(kernel, plan);
        }
        return memory() - before;
    },
    definition([index, inputs, decimalPoint]) {
        definitions[index] ||= new Definition(job.definitions[index]);
        return definitions[index].evaluate(inputs, decimalPoint);
    },
};

function failure({path, code}) {
    return path === undefined ? {error: code} : {error: code, path};
}

function answer(testCase) {
    try {
        return ANSWERS[job.kind](testCase);
    } catch (error) {
        return error.code ? failure(error) : {crash: `${error.stack}`};
    }
}

const different = [];
job.cases.forEach((testCase, index) => {
    const got = answer(testCase);
    if (!isDeepStrictEqual(got, testCase.at(-1))) {
        different.push([index, got]);
    }
});
process.stdout.write(JSON.stringify(different));
