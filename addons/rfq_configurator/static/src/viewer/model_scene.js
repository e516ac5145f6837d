/**
 * Draws models with three.js: one, or the same view of two side by side. Nothing of
 * Odoo in here. Lengths are metres, y points up.
 */

const METRES = {mm: 0.001, cm: 0.01, in: 0.0254};
// Degrees, and by how much the distance changes, at each press of a button.
const TURN = 15;
const ZOOM = 1.25;
// From where a model is seen first.
const FIRST_LOOK = [0.55, 0.38, 1];
// A model that fits the view by these shares of its radius is not moved away from.
const GROWN = 1.12;
const SHRUNK = 0.6;
// There is no room around the model that metal could mirror: it takes graphics cards
// that many don't have. So it looks a little less like metal instead of black.
const METAL = 0.35;
const TEXTURE_WIDTH = 1024;
const FONT = "'Georgia', 'Times New Roman', serif";
const LINE_HEIGHT = 1.25;

export class NoWebGLError extends Error {}

/** One model with its light and its shadow. */
class Stage {
    constructor(three) {
        this.three = three;
        this.scene = new three.Scene();
        this.scene.add(new three.HemisphereLight("#ffffff", "#a89f92", 1.6));
        this.sun = new three.DirectionalLight("#fff4e3", 2.2);
        this.sun.castShadow = true;
        this.sun.shadow.mapSize.set(1024, 1024);
        this.sun.shadow.radius = 6;
        this.sun.shadow.bias = -0.0002;
        this.sun.shadow.normalBias = 0.02;
        this.fill = new three.DirectionalLight("#dfe9ff", 0.9);
        this.fill.position.set(-1, 0.4, 0.6);
        this.ground = new three.Mesh(
            new three.PlaneGeometry(1, 1),
            new three.ShadowMaterial({opacity: 0.22})
        );
        this.ground.rotation.x = -Math.PI / 2;
        this.ground.receiveShadow = true;
        this.scene.add(this.sun, this.sun.target, this.fill, this.ground);
        this.model = null;
    }

    show(model) {
        this.clear();
        this.model = model;
        this.scene.add(model);
        this.box = new this.three.Box3().setFromObject(model);
        this.light();
    }

    light() {
        const {three, box, sun} = this;
        const center = box.getCenter(new three.Vector3());
        const radius = Math.max(box.getSize(new three.Vector3()).length() / 2, 1e-4);
        sun.target.position.copy(center);
        sun.position
            .set(0.7, 1.6, 0.9)
            .normalize()
            .multiplyScalar(3 * radius);
        sun.position.add(center);
        sun.shadow.normalBias = radius / 200;
        const {camera} = sun.shadow;
        Object.assign(camera, {
            left: -1.6 * radius,
            right: 1.6 * radius,
            top: 1.6 * radius,
            bottom: -1.6 * radius,
            near: radius / 10,
            far: 8 * radius,
        });
        camera.updateProjectionMatrix();
        this.ground.position.set(center.x, box.min.y - radius / 2000, center.z);
        this.ground.scale.setScalar(8 * radius);
    }

    clear() {
        if (this.model) {
            this.scene.remove(this.model);
            forget(this.model);
            this.model = null;
        }
    }
}

/** Free what a model takes on the graphics card. */
function forget(model) {
    model.traverse(({geometry, material}) => {
        geometry?.dispose();
        for (const one of [material].flat().filter(Boolean)) {
            one.map?.dispose();
            one.dispose();
        }
    });
}

export class ModelScene {
    /**
     * @param {Object} three the subset of three.js
     * @param {HTMLCanvasElement} canvas
     * @param {boolean} isCalm whether nothing may move by itself
     */
    constructor(three, canvas, isCalm) {
        this.three = three;
        this.canvas = canvas;
        const context = canvas.getContext("webgl2", {alpha: true, antialias: true});
        if (!context) {
            throw new NoWebGLError();
        }
        this.renderer = new three.WebGLRenderer({canvas, context});
        this.renderer.setPixelRatio(Math.min(globalThis.devicePixelRatio, 2));
        this.renderer.toneMapping = three.ACESFilmicToneMapping;
        this.renderer.toneMappingExposure = 1.2;
        this.renderer.shadowMap.enabled = true;
        this.renderer.setScissorTest(true);
        this.renderer.setClearColor(0, 0);
        this.camera = new three.PerspectiveCamera(35, 1, 0.01, 100);
        this.controls = new three.OrbitControls(this.camera, canvas);
        this.controls.enableDamping = !isCalm;
        this.controls.enablePan = false;
        // The wheel scrolls the page.
        this.controls.enableZoom = false;
        this.controls.maxPolarAngle = Math.PI * 0.52;
        this.controls.addEventListener("change", () => this.requestRender());
        this.stages = {current: new Stage(three)};
        this.observer = new ResizeObserver(() => this.resize());
        this.observer.observe(canvas.parentElement);
        this.resize();
    }

    destroy() {
        cancelAnimationFrame(this.frame);
        this.observer.disconnect();
        this.controls.dispose();
        Object.values(this.stages).forEach((stage) => stage.clear());
        this.renderer.dispose();
    }

    // What is shown

    /**
     * Show a model that a Worker has built.
     *
     * @param {String} slot `current` or `original`
     * @returns {Number[]} its size in x, y and z of the recipe, in its unit
     */
    showMeshes(slot, {meshes, labels}, unit) {
        const {three} = this;
        const group = new three.Group();
        meshes.forEach((mesh) => group.add(this.part(mesh)));
        const size = new three.Box3()
            .setFromObject(group)
            .getSize(new three.Vector3())
            .toArray();
        labels.forEach((label) => group.add(this.plate(label)));
        group.rotation.x = -Math.PI / 2;
        group.scale.setScalar(METRES[unit]);
        this.show(slot, group);
        return size;
    }

    /**
     * Show a file.
     *
     * @param {String} kind `glb` or `stl`
     * @param {ArrayBuffer} content
     * @returns {Promise<Number[]>} its size in x, y and z, in `unit`, z up
     */
    async showFile(slot, kind, content, unit) {
        const {three} = this;
        const model = new three.Group();
        if (kind === "glb") {
            const {scene} = await new three.GLTFLoader().parseAsync(content, "");
            model.add(scene);
        } else {
            const geometry = new three.STLLoader().parse(content);
            const material = new three.MeshStandardMaterial({
                color: "#b0b0b0",
                roughness: 0.6,
            });
            model.add(new three.Mesh(geometry, material));
            model.rotation.x = -Math.PI / 2;
            model.scale.setScalar(METRES[unit]);
        }
        model.traverse((node) => {
            node.castShadow = node.receiveShadow = Boolean(node.isMesh);
        });
        this.show(slot, model);
        const box = new three.Box3().setFromObject(model);
        const [x, y, z] = box.getSize(new three.Vector3()).toArray();
        return [x, z, y].map((metres) => metres / METRES[unit]);
    }

    hideOriginal() {
        if (this.stages.original) {
            this.stages.original.clear();
            delete this.stages.original;
            this.resize();
            this.fit(this.offset);
        }
    }

    part({positions, normals, triangles, ...looks}) {
        const {three} = this;
        const geometry = new three.BufferGeometry();
        geometry.setAttribute("position", new three.BufferAttribute(positions, 3));
        geometry.setAttribute("normal", new three.BufferAttribute(normals, 3));
        geometry.setIndex(new three.BufferAttribute(triangles, 1));
        const isClear = looks.opacity < 1;
        const material = new three.MeshStandardMaterial({
            color: looks.color,
            roughness: looks.roughness,
            metalness: looks.metalness * METAL,
            opacity: looks.opacity,
            transparent: isClear,
            depthWrite: !isClear,
        });
        const mesh = new three.Mesh(geometry, material);
        mesh.castShadow = true;
        mesh.receiveShadow = !isClear;
        return mesh;
    }

    /** A plate with a text, written by the browser: it knows every script. */
    plate({text, size, at, rotate, color, roughness}) {
        const {three} = this;
        const map = new three.CanvasTexture(writeText(text, size));
        map.colorSpace = three.SRGBColorSpace;
        map.anisotropy = 8;
        const material = new three.MeshStandardMaterial({
            ...{map, color, roughness},
            transparent: true,
            side: three.DoubleSide,
            depthWrite: false,
            polygonOffset: true,
            polygonOffsetFactor: -2,
            polygonOffsetUnits: -2,
        });
        const mesh = new three.Mesh(new three.PlaneGeometry(...size), material);
        mesh.position.set(...at);
        const radians = rotate.map((degrees) => (degrees * Math.PI) / 180);
        // Around x, then y, then z: as the recipe means it.
        mesh.rotation.set(...radians, "ZYX");
        return mesh;
    }

    show(slot, model) {
        const before = this.views.length;
        this.stages[slot] ||= new Stage(this.three);
        model.updateMatrixWorld(true);
        this.stages[slot].show(model);
        this.resize();
        if (this.views.length !== before) {
            this.fit(before ? this.offset : undefined);
        } else {
            this.followSize();
        }
    }

    // How it is looked at

    /** All that is shown, and from where the camera looks at the middle of it. */
    get sphere() {
        const {three} = this;
        const box = new three.Box3();
        this.views.forEach((stage) => box.union(stage.box));
        const center = box.getCenter(new three.Vector3());
        const radius = Math.max(box.getSize(new three.Vector3()).length() / 2, 1e-4);
        return {center, radius};
    }

    get offset() {
        return this.camera.position.clone().sub(this.controls.target);
    }

    /** Keep the view, but step back or nearer when the model has outgrown it. */
    followSize() {
        const {center, radius} = this.sphere;
        const {offset} = this;
        const ratio = radius / this.fitted;
        if (ratio > GROWN || ratio < SHRUNK) {
            this.fit(offset);
        } else {
            this.look(center, offset);
        }
    }

    /** Show the whole model, at first as most things are looked at. */
    fit(direction = new this.three.Vector3(...FIRST_LOOK)) {
        const {center, radius} = this.sphere;
        this.fitted = radius;
        const angle = (this.camera.fov / 2) * (Math.PI / 180);
        const narrow = Math.min(1, this.aspect);
        const half = Math.atan(Math.tan(angle) * narrow);
        this.look(center, direction.clone().setLength(radius / Math.sin(half)));
    }

    look(target, offset) {
        this.controls.target.copy(target);
        this.camera.position.copy(target).add(offset);
        this.setRange();
    }

    setRange() {
        const distance = this.camera.position.distanceTo(this.controls.target);
        this.camera.near = Math.max(distance - 6 * this.fitted, distance / 50);
        this.camera.far = distance + 10 * this.fitted;
        this.controls.minDistance = this.fitted * 0.7;
        this.controls.maxDistance = this.fitted * 8;
        this.camera.updateProjectionMatrix();
        this.controls.update();
        this.requestRender();
    }

    /** Turn by steps to the right and downwards. */
    turn(right, down) {
        const {three, controls, offset} = this;
        const length = offset.length();
        let around = Math.atan2(offset.x, offset.z);
        let height = Math.acos(offset.y / length);
        const step = (TURN * Math.PI) / 180;
        around += right * step;
        height = Math.min(Math.max(height + down * step, 0.05), controls.maxPolarAngle);
        const flat = Math.sin(height) * length;
        this.look(
            controls.target,
            new three.Vector3(Math.sin(around), 0, Math.cos(around))
                .multiplyScalar(flat)
                .setY(Math.cos(height) * length)
        );
    }

    /** Come nearer by steps; fewer than none lead away. */
    zoom(steps) {
        this.look(this.controls.target, this.offset.multiplyScalar(ZOOM ** -steps));
    }

    // Drawing

    get views() {
        const {current, original} = this.stages;
        return [original, current].filter((stage) => stage?.model);
    }

    get aspect() {
        const {clientWidth, clientHeight} = this.canvas.parentElement;
        return clientWidth / Math.max(this.views.length, 1) / Math.max(clientHeight, 1);
    }

    resize() {
        const {clientWidth, clientHeight} = this.canvas.parentElement;
        this.renderer.setSize(clientWidth, clientHeight, false);
        this.camera.aspect = this.aspect;
        this.camera.updateProjectionMatrix();
        // A resized canvas is empty: no frame without a model.
        this.render();
    }

    requestRender() {
        this.frame ||= requestAnimationFrame(() => {
            this.frame = 0;
            if (this.controls.update()) {
                this.requestRender();
            }
            this.render();
        });
    }

    render() {
        const {clientWidth, clientHeight} = this.canvas.parentElement;
        const width = clientWidth / Math.max(this.views.length, 1);
        this.views.forEach((stage, index) => {
            this.renderer.setViewport(index * width, 0, width, clientHeight);
            this.renderer.setScissor(index * width, 0, width, clientHeight);
            this.renderer.render(stage.scene, this.camera);
        });
    }
}

/** A canvas with a text as large as a plate lets it be, white on nothing. */
function writeText(text, [width, height]) {
    const canvas = document.createElement("canvas");
    canvas.width = TEXTURE_WIDTH;
    canvas.height = Math.min(
        Math.max(Math.round((TEXTURE_WIDTH * height) / width), 16),
        TEXTURE_WIDTH
    );
    const context = canvas.getContext("2d");
    const lines = text.split("\n");
    context.font = `100px ${FONT}`;
    const widest = Math.max(...lines.map((line) => context.measureText(line).width), 1);
    const tallest = canvas.height / (lines.length * LINE_HEIGHT);
    const size = Math.min(tallest, (100 * canvas.width * 0.98) / widest);
    context.font = `${size}px ${FONT}`;
    context.fillStyle = "#ffffff";
    context.textAlign = "center";
    context.textBaseline = "middle";
    lines.forEach((line, index) => {
        const y =
            canvas.height / 2 + (index - (lines.length - 1) / 2) * size * LINE_HEIGHT;
        context.fillText(line, canvas.width / 2, y);
    });
    return canvas;
}
