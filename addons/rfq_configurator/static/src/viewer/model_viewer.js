import {
    Component,
    markRaw,
    onMounted,
    onWillUnmount,
    toRaw,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {ModelBuilder, ModelError} from "./model_builder";
import {ModelScene, NoWebGLError} from "./model_scene";
import {THREE_URL} from "./libraries";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {formatFloat} from "@web/core/utils/numbers";
import {loadJS} from "@web/core/assets";
import {registry} from "@web/core/registry";

// Milliseconds without a change before a model is built.
const REST = 150;
const CALM = "(prefers-reduced-motion: reduce)";

function formatLength(length) {
    return formatFloat(length, {digits: [0, 1], trailingZeros: false});
}

/**
 * A model, live: what it shows follows `props.model`, a reactive object of
 *
 * - `unit`: mm, cm or in
 * - `recipe` and `values`: what it is built of, or
 * - `file`: {kind, url} of a model that is always the same
 * - `originalValues`: what it is compared with, if it is
 * - `name`: what it is, for those who can't see it
 *
 * Without WebGL, WebAssembly or Workers there is a sentence in its place.
 */
export class ModelViewer extends Component {
    static template = "rfq_configurator.ModelViewer";
    static props = {model: Object};

    setup() {
        this.model = useState(this.props.model);
        this.state = useState({
            status: "loading",
            problem: "",
            size: null,
            isBusy: true,
            isComparing: false,
        });
        this.canvas = useRef("canvas");
        this.builder = markRaw(new ModelBuilder());
        onMounted(() => this.start());
        onWillUnmount(() => {
            browser.clearTimeout(this.timer);
            this.isGone = true;
            this.builder.destroy();
            this.scene?.destroy();
        });
        useEffect(
            () => this.askForModel(),
            () => [this.model.values, this.model.recipe, this.model.file?.url]
        );
        useEffect(
            (original) => {
                this.compare(original);
            },
            () => [this.model.originalValues]
        );
    }

    get description() {
        const {size} = this.state;
        return size
            ? _t("%(name)s in 3D, %(size)s", {name: this.model.name, size})
            : _t("%(name)s in 3D", {name: this.model.name});
    }

    async start() {
        try {
            await loadJS(THREE_URL);
        } catch {
            this.giveUp(
                _t("The model could not be loaded. The form works without it.")
            );
            return;
        }
        if (this.isGone) {
            return;
        }
        try {
            const isCalm = browser.matchMedia(CALM).matches;
            const three = globalThis.offerdeskThree;
            this.scene = markRaw(new ModelScene(three, this.canvas.el, isCalm));
        } catch (error) {
            if (!(error instanceof NoWebGLError)) {
                throw error;
            }
            this.giveUp(
                _t("Your browser can't show models in 3D. The form works without it.")
            );
            return;
        }
        await this.showModel();
        this.compare(this.model.originalValues);
    }

    giveUp(problem) {
        Object.assign(this.state, {status: "none", isBusy: false, problem});
    }

    onContextLost(event) {
        // Allows the browser to give it back, and three.js to set all up again.
        event.preventDefault();
    }

    // The model

    askForModel() {
        browser.clearTimeout(this.timer);
        if (this.scene) {
            this.timer = browser.setTimeout(() => this.showModel(), REST);
        }
    }

    async showModel() {
        if (!this.model.recipe && !this.model.file) {
            return;
        }
        this.state.isBusy = true;
        try {
            const size = await this.draw("current", this.model.values);
            if (size) {
                this.state.size = this.formatSize(size);
                this.settle("ready");
            }
        } catch (error) {
            this.fail(error);
        }
    }

    async draw(slot, values) {
        const {recipe, unit, file} = this.model;
        if (file) {
            const response = await browser.fetch(file.url);
            if (!response.ok) {
                throw new ModelError({code: "file"});
            }
            const content = await response.arrayBuffer();
            return this.isGone
                ? null
                : this.scene.showFile(slot, file.kind, content, unit);
        }
        const model = await this.builder.build(slot, toRaw(recipe), toRaw(values));
        return model && !this.isGone ? this.scene.showMeshes(slot, model, unit) : null;
    }

    settle(status) {
        Object.assign(this.state, {status, isBusy: false, problem: ""});
    }

    fail(error) {
        if (this.isGone) {
            return;
        }
        this.state.isBusy = false;
        this.state.problem = this.explain(error);
        if (this.state.status === "loading") {
            this.state.status = "none";
        }
    }

    explain({code}) {
        if (code === "timeout") {
            return _t("This takes too long to be shown. You can send it all the same.");
        }
        if (code === "file" || code === "crash" || !code) {
            return _t("The model could not be loaded. The form works without it.");
        }
        return _t("There is no model of this configuration.");
    }

    formatSize(size) {
        return `${size.map(formatLength).join(" × ")} ${this.model.unit}`;
    }

    /** Show what the current model is compared with, or no longer. */
    async compare(values) {
        if (!this.scene) {
            return;
        }
        if (!values) {
            this.state.isComparing = false;
            this.scene.hideOriginal();
            return;
        }
        try {
            const size = await this.draw("original", values);
            this.state.isComparing = Boolean(size && this.model.originalValues);
            if (size && !this.state.isComparing) {
                this.scene.hideOriginal();
            }
        } catch (error) {
            this.fail(error);
        }
    }

    // The view

    turn(right, down) {
        this.scene.turn(right, down);
    }

    zoom(steps) {
        this.scene.zoom(steps);
    }

    fit() {
        this.scene.fit();
    }
}

registry.category("lazy_components").add("rfq_configurator.ModelViewer", ModelViewer);
