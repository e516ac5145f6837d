/**
 * Makes static/lib out of the packages that package-lock.json pins. The same packages
 * give the same bytes; `--check` tells whether they are what is committed.
 *
 * Files carry their version in their names, because Odoo lets browsers keep static
 * files for a week. What is in the subset is up to us, so its name follows its content:
 * `static/src/viewer/libraries.js` has to follow.
 */
import {createHash} from "node:crypto";
import {mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {build} from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const LIB = join(HERE, "..", "static", "lib");

function file(...names) {
    return readFileSync(join(HERE, "node_modules", ...names));
}

function version(name) {
    return JSON.parse(file(name, "package.json")).version;
}

async function three() {
    const license = "three.js | MIT License | https://threejs.org/license";
    const result = await build({
        absWorkingDir: HERE,
        banner: {js: `/*! ${license} | ${version("three")} */`},
        bundle: true,
        entryPoints: ["three_subset.js"],
        format: "iife",
        globalName: "offerdeskThree",
        legalComments: "none",
        minify: true,
        target: "es2022",
        write: false,
    });
    return Buffer.from(result.outputFiles[0].contents);
}

async function contents() {
    const manifold = `manifold-${version("manifold-3d")}`;
    const subset = `three-subset-${version("three")}`;
    const code = await three();
    const mark = createHash("sha256").update(code).digest("hex").slice(0, 8);
    return {
        [`${manifold}.mjs`]: file("manifold-3d", "manifold.js"),
        [`${manifold}.wasm`]: file("manifold-3d", "manifold.wasm"),
        [`${manifold}.LICENSE.txt`]: file("manifold-3d", "LICENSE"),
        [`${subset}-${mark}.min.js`]: code,
        [`${subset}.LICENSE.txt`]: file("three", "LICENSE"),
    };
}

function isCommitted(files) {
    const names = readdirSync(LIB).sort().join();
    return (
        names === Object.keys(files).sort().join() &&
        Object.entries(files).every(([name, content]) =>
            content.equals(readFileSync(join(LIB, name)))
        )
    );
}

const files = await contents();
if (process.argv.includes("--check")) {
    if (!isCommitted(files)) {
        console.error("static/lib is not what build.mjs makes");
        process.exitCode = 1;
    }
} else {
    rmSync(LIB, {force: true, recursive: true});
    mkdirSync(LIB);
    for (const [name, content] of Object.entries(files)) {
        writeFileSync(join(LIB, name), content);
        console.log(`${name}: ${content.length} bytes`);
    }
}
