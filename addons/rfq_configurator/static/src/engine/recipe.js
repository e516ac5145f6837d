/**
 * Models as data. `planRecipe` is what `recipe/plan.py` is on the server, with the same
 * plans; `buildMeshes` makes triangles of a plan, by the WebAssembly of manifold-3d.
 */

import {
    ExpressionError,
    asBoolean,
    asNumber,
    asText,
    compileTree,
} from "./expression.js";

const MAX_REPEAT = 200;
const MAX_SHAPES = 1000;
const MAX_TRIANGLES = 20000;
const MAX_BUILT_TRIANGLES = 100000;
const MAX_LENGTH = 1e6;
const SEGMENTS = 32;
const STANDARD_COLOR = ["lit", "#b0b0b0"];
const COLOR = /^#[0-9a-f]{6}$/;
// Edges that are bent less are drawn round.
const SHARP_DEGREES = 40;

/** A recipe leads to no model for some values; `path` is where, `code` is why. */
export class RecipeError extends Error {
    constructor(path, code, detail = "") {
        super(`${path}: ${code} ${detail}`);
        this.path = path;
        this.code = code;
        this.detail = detail;
    }
}

function unionOf(shapes) {
    const left = shapes.filter(Boolean);
    return left.length > 1 ? ["union", left] : left[0] || null;
}

class Planner {
    constructor(values) {
        this.values = {...values};
        // What is repeated evaluates the same trees again and again.
        this.functions = new Map();
        this.shapes = 0;
        this.triangles = 0;
    }

    plan(recipe) {
        const plan = {parts: [], labels: []};
        recipe.parts.forEach((part, index) => {
            const path = `parts/${index}`;
            const shape = this.shape(part.shape, `${path}/shape`);
            if (shape) {
                const opacity = this.fraction(part, "opacity", 1, path);
                const looks = this.looks(part, path);
                plan.parts.push({name: part.name, shape, opacity, ...looks});
            }
        });
        recipe.labels.forEach((label, index) => {
            const planned = this.label(label, `labels/${index}`);
            if (planned) {
                plan.labels.push(planned);
            }
        });
        return plan;
    }

    label(label, path) {
        let text = "";
        try {
            text = asText(this.evaluate(label.text));
        } catch (error) {
            if (error instanceof ExpressionError && error.code === "unset") {
                return null;
            }
            throw this.placed(error, `${path}/text`);
        }
        return {
            name: label.name,
            text,
            size: this.positives(label.size, `${path}/size`),
            at: this.numbers(label.at, `${path}/at`),
            rotate: this.numbers(label.rotate || [0, 0, 0], `${path}/rotate`),
            ...this.looks(label, path),
        };
    }

    looks(item, path) {
        const color = this.value(item.color ?? STANDARD_COLOR, `${path}/color`, asText);
        if (!COLOR.test(color)) {
            throw new RecipeError(`${path}/color`, "color", color);
        }
        return {
            color,
            roughness: this.fraction(item, "roughness", 0.7, path),
            metalness: this.fraction(item, "metalness", 0, path),
        };
    }

    // Numbers

    placed(error, path) {
        return error instanceof ExpressionError
            ? new RecipeError(path, error.code, error.detail)
            : error;
    }

    evaluate(tree) {
        if (!this.functions.has(tree)) {
            this.functions.set(tree, compileTree(tree));
        }
        return this.functions.get(tree)(this.values);
    }

    /** A number that stands in the recipe, or the value of an expression. */
    value(quantity, path, convert) {
        if (!Array.isArray(quantity)) {
            return asNumber(quantity);
        }
        try {
            return convert(this.evaluate(quantity));
        } catch (error) {
            throw this.placed(error, path);
        }
    }

    number(quantity, path) {
        const number = this.value(quantity, path, asNumber);
        if (Math.abs(number) > MAX_LENGTH) {
            throw new RecipeError(path, "range");
        }
        return number;
    }

    positive(quantity, path) {
        const number = this.number(quantity, path);
        if (number <= 0) {
            throw new RecipeError(path, "positive");
        }
        return number;
    }

    numbers(quantities, path) {
        return quantities.map((item, index) => this.number(item, `${path}/${index}`));
    }

    positives(quantities, path) {
        return quantities.map((item, index) => this.positive(item, `${path}/${index}`));
    }

    fraction(item, key, standard, path) {
        const number = this.number(item[key] ?? standard, `${path}/${key}`);
        return Math.min(Math.max(number, 0), 1);
    }

    // Shapes. Null is a shape of which nothing is left.

    shape(shape, path) {
        return SHAPES[shape.type](this, shape, path);
    }

    all(shapes, path) {
        return shapes.map((shape, index) => this.shape(shape, `${path}/${index}`));
    }

    spend(triangles, path) {
        this.shapes += 1;
        this.triangles += triangles;
        if (this.shapes > MAX_SHAPES) {
            throw new RecipeError(path, "size", `${MAX_SHAPES}`);
        }
        if (this.triangles > MAX_TRIANGLES) {
            throw new RecipeError(path, "triangles", `${MAX_TRIANGLES}`);
        }
    }

    /** The pair of a profile with its numbers and how many points it has. */
    profile(profile, path) {
        if (profile.type === "polygon") {
            const points = profile.points.map((point, index) =>
                this.numbers(point, `${path}/points/${index}`)
            );
            return [["polygon", points], points.length];
        }
        const segments = profile.segments ?? SEGMENTS;
        if (profile.type === "circle") {
            const radius = this.positive(profile.radius, `${path}/radius`);
            return [["circle", radius, segments], segments];
        }
        const size = this.positives(profile.size, `${path}/size`);
        const asked = this.number(profile.radius ?? 0, `${path}/radius`);
        const radius = Math.min(Math.max(asked, 0), size[0] / 2, size[1] / 2);
        if (radius === 0) {
            return [["rectangle", size, 0, 0], 4];
        }
        return [["rectangle", size, radius, segments], segments + 4];
    }
}

function transformed(planner, shape, path) {
    const by = planner.numbers(shape.by, `${path}/by`);
    if (shape.type === "scale" && by.includes(0)) {
        throw new RecipeError(`${path}/by`, "positive");
    }
    const inner = planner.shape(shape.shape, `${path}/shape`);
    return inner && [shape.type, by, inner];
}

const SHAPES = {
    box(planner, shape, path) {
        planner.spend(12, path);
        const size = planner.positives(shape.size, `${path}/size`);
        return ["box", size, shape.center ?? false];
    },
    cylinder(planner, shape, path) {
        const segments = shape.segments ?? SEGMENTS;
        planner.spend(4 * segments, path);
        const height = planner.positive(shape.height, `${path}/height`);
        const radius = planner.positive(shape.radius, `${path}/radius`);
        let top = radius;
        if ("radius_top" in shape) {
            top = planner.number(shape.radius_top, `${path}/radius_top`);
            if (top < 0) {
                throw new RecipeError(`${path}/radius_top`, "positive");
            }
        }
        return ["cylinder", height, radius, top, segments, shape.center ?? false];
    },
    sphere(planner, shape, path) {
        const segments = shape.segments ?? SEGMENTS;
        planner.spend(Math.floor((segments * segments) / 2) + 8, path);
        return ["sphere", planner.positive(shape.radius, `${path}/radius`), segments];
    },
    extrude(planner, shape, path) {
        const [profile, points] = planner.profile(shape.profile, `${path}/profile`);
        planner.spend(4 * points, path);
        return ["extrude", profile, planner.positive(shape.height, `${path}/height`)];
    },
    revolve(planner, shape, path) {
        const segments = shape.segments ?? SEGMENTS;
        const [profile, points] = planner.profile(shape.profile, `${path}/profile`);
        planner.spend(2 * points * segments, path);
        const angle = planner.positive(shape.angle ?? 360, `${path}/angle`);
        return ["revolve", profile, segments, Math.min(angle, 360)];
    },
    translate: transformed,
    rotate: transformed,
    scale: transformed,
    union(planner, shape, path) {
        return unionOf(planner.all(shape.shapes, `${path}/shapes`));
    },
    difference(planner, shape, path) {
        const [first, ...others] = planner.all(shape.shapes, `${path}/shapes`);
        const left = others.filter(Boolean);
        return first && left.length ? ["difference", [first, ...left]] : first;
    },
    intersection(planner, shape, path) {
        const shapes = planner.all(shape.shapes, `${path}/shapes`);
        if (!shapes.every(Boolean)) {
            return null;
        }
        return shapes.length > 1 ? ["intersection", shapes] : shapes[0];
    },
    repeat(planner, shape, path) {
        const count = planner.number(shape.count, `${path}/count`);
        if (count < 0 || count > MAX_REPEAT || count % 1) {
            throw new RecipeError(`${path}/count`, "count", `${MAX_REPEAT}`);
        }
        const shapes = [];
        for (let number = 0; number < count; number++) {
            planner.values[shape.index] = number;
            // Counted even if nothing comes of it: it takes its time as well.
            planner.spend(0, path);
            shapes.push(planner.shape(shape.shape, `${path}/shape`));
        }
        delete planner.values[shape.index];
        return unionOf(shapes);
    },
    choose(planner, shape, path) {
        if (planner.value(shape.if, `${path}/if`, asBoolean)) {
            return planner.shape(shape.then, `${path}/then`);
        }
        return shape.else ? planner.shape(shape.else, `${path}/else`) : null;
    },
};

/** The plan of a compiled recipe for the values of an evaluated definition. */
export function planRecipe(recipe, values) {
    return new Planner(values).plan(recipe);
}

function arc(x, y, radius, start, angle, count) {
    return Array.from({length: count + 1}, (_, step) => {
        const turn = start + (angle * step) / count;
        return [x + radius * Math.cos(turn), y + radius * Math.sin(turn)];
    });
}

/** The points of a profile. */
function outline([kind, ...numbers]) {
    if (kind === "polygon") {
        return numbers[0];
    }
    if (kind === "circle") {
        const [radius, segments] = numbers;
        return arc(0, 0, radius, 0, 2 * Math.PI, segments).slice(0, -1);
    }
    const [[width, height], radius, segments] = numbers;
    const [x, y] = [width / 2 - radius, height / 2 - radius];
    const corners = [
        [x, y],
        [-x, y],
        [-x, -y],
        [x, -y],
    ];
    if (radius === 0) {
        return corners;
    }
    const quarter = Math.max(1, Math.floor(segments / 4));
    return corners.flatMap(([atX, atY], number) =>
        arc(atX, atY, radius, (number * Math.PI) / 2, Math.PI / 2, quarter)
    );
}

/** Builds solids and forgets all of them at the end: WebAssembly has no collector. */
class Builder {
    constructor(kernel) {
        this.kernel = kernel;
        this.made = [];
    }

    keep(item) {
        this.made.push(item);
        return item;
    }

    release() {
        this.made.forEach((item) => item.delete());
    }

    section(profile) {
        const {CrossSection} = this.kernel;
        return this.keep(new CrossSection([outline(profile)], "NonZero"));
    }

    build([kind, ...rest]) {
        const {Manifold} = this.kernel;
        const makers = {
            box: (size, center) => Manifold.cube(size, center),
            cylinder: (...numbers) => Manifold.cylinder(...numbers),
            sphere: (...numbers) => Manifold.sphere(...numbers),
            extrude: (profile, height) =>
                Manifold.extrude(this.section(profile), height),
            revolve: (profile, segments, angle) =>
                Manifold.revolve(this.section(profile), segments, angle),
            translate: (by, shape) => this.build(shape).translate(by),
            rotate: (by, shape) => this.build(shape).rotate(by),
            scale: (by, shape) => this.build(shape).scale(by),
            union: (shapes) => Manifold.union(shapes.map((shape) => this.build(shape))),
            difference: (shapes) =>
                Manifold.difference(shapes.map((shape) => this.build(shape))),
            intersection: (shapes) =>
                Manifold.intersection(shapes.map((shape) => this.build(shape))),
        };
        return this.keep(makers[kind](...rest));
    }

    mesh(part) {
        const solid = this.build(part.shape);
        const status = solid.status();
        if (status !== "NoError") {
            throw new RecipeError(part.name, "shape", status);
        }
        if (solid.isEmpty()) {
            return null;
        }
        const round = this.keep(solid.calculateNormals(0, SHARP_DEGREES));
        const {numProp, vertProperties, triVerts} = round.getMesh();
        const count = vertProperties.length / numProp;
        const positions = new Float32Array(3 * count);
        const normals = new Float32Array(3 * count);
        for (let vertex = 0; vertex < count; vertex++) {
            const start = vertex * numProp;
            positions.set(vertProperties.subarray(start, start + 3), 3 * vertex);
            normals.set(vertProperties.subarray(start + 3, start + 6), 3 * vertex);
        }
        return {positions, normals, triangles: new Uint32Array(triVerts)};
    }
}

/**
 * The parts of a plan as objects of their looks, `positions`, `normals` and `triangles`:
 * arrays that may be transferred, in the units of the recipe, z up. `kernel` is the
 * module of manifold-3d after its `setup()`.
 */
export function buildMeshes(kernel, plan) {
    const builder = new Builder(kernel);
    const meshes = [];
    let count = 0;
    try {
        for (const {shape, ...looks} of plan.parts) {
            const mesh = builder.mesh({...looks, shape});
            if (mesh) {
                count += mesh.triangles.length / 3;
                meshes.push({...looks, ...mesh});
            }
            if (count > MAX_BUILT_TRIANGLES) {
                throw new RecipeError(
                    looks.name,
                    "triangles",
                    `${MAX_BUILT_TRIANGLES}`
                );
            }
        }
    } finally {
        builder.release();
    }
    if (!meshes.length) {
        throw new RecipeError("parts", "empty");
    }
    return meshes;
}
