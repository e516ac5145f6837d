/**
 * Where the vendored libraries are. Browsers keep static files for a week, so names
 * change with what is in them; `vendor/build.mjs` makes them.
 */
const FOLDER = "/rfq_configurator/static/lib";

export const THREE_URL = `${FOLDER}/three-subset-0.187.0-e8753fc6.min.js`;
export const KERNEL_URLS = {
    manifold: `${FOLDER}/manifold-3.5.4.mjs`,
    wasm: `${FOLDER}/manifold-3.5.4.wasm`,
};
