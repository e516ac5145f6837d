/* eslint-env worker */
/**
 * Builds models beside the page, so that a slow one never holds up what somebody types.
 *
 * First message: the addresses {manifold, wasm}; the answer is {isReady} or {error}.
 * Every other one is {serial, recipe, values}; the answer has the same `serial`, and
 * either `meshes` and `labels` or an `error`.
 */

import {buildMeshes, planRecipe} from "../engine/recipe.js";

let kernel = null;

async function start({manifold, wasm}) {
    const {default: startManifold} = await import(manifold);
    kernel = await startManifold({locateFile: () => wasm});
    kernel.setup();
    return [{isReady: true}];
}

function build({serial, recipe, values}) {
    const plan = planRecipe(recipe, values);
    const meshes = buildMeshes(kernel, plan);
    const arrays = meshes.flatMap(({positions, normals, triangles}) => [
        positions.buffer,
        normals.buffer,
        triangles.buffer,
    ]);
    return [{serial, meshes, labels: plan.labels}, arrays];
}

self.addEventListener("message", async ({data}) => {
    try {
        const answer = "recipe" in data ? build(data) : await start(data);
        self.postMessage(...answer);
    } catch ({code = "crash", path = "", message}) {
        self.postMessage({serial: data.serial, error: {code, path, message}});
    }
});
