import {browser} from "@web/core/browser/browser";
import {getBundle} from "@web/core/assets";
import {KERNEL_URLS} from "./libraries";

const WORKER_BUNDLE = "rfq_configurator.assets_worker";
// Milliseconds that a model may take; there is no other way to stop WebAssembly.
const MOST_TIME = 5000;

/** A model can't be built; `code` says why: those of recipes, `timeout`, `crash`. */
export class ModelError extends Error {
    constructor({code, path = "", message = ""}) {
        super(`${path}: ${code} ${message}`);
        this.code = code;
        this.path = path;
    }
}

/** A Worker that has loaded the kernel. */
async function startWorker() {
    const {jsLibs} = await getBundle(WORKER_BUNDLE);
    // Of our own host, whatever host the other files come from: browsers insist.
    const worker = new Worker(new URL(jsLibs[0], browser.location.origin).pathname);
    await new Promise((resolve, reject) => {
        worker.onmessage = ({data}) =>
            data.isReady ? resolve() : reject(new ModelError(data.error));
        worker.onerror = () => reject(new ModelError({code: "crash"}));
        const absolute = (path) => new URL(path, browser.location.origin).href;
        worker.postMessage({
            manifold: absolute(KERNEL_URLS.manifold),
            wasm: absolute(KERNEL_URLS.wasm),
        });
    });
    return worker;
}

/**
 * Has models built in a Worker, one at a time. Of what is asked for while it is busy
 * only the newest of each slot is built, and a result that is outdated is dropped.
 */
export class ModelBuilder {
    constructor() {
        this.serial = 0;
        this.waiting = new Map();
        this.job = null;
        this.worker = null;
    }

    /**
     * The model of compiled recipe and values: a promise of {meshes, labels}, or of null
     * when a newer one was asked for in the same slot.
     *
     * @throws {ModelError}
     */
    build(slot, recipe, values) {
        return new Promise((resolve, reject) => {
            this.waiting.get(slot)?.resolve(null);
            const serial = ++this.serial;
            this.waiting.set(slot, {slot, serial, recipe, values, resolve, reject});
            this.next();
        });
    }

    /** Stop all work; what was asked for is never answered. */
    destroy() {
        this.waiting.clear();
        this.stop();
        this.job = null;
        this.isDestroyed = true;
    }

    stop() {
        browser.clearTimeout(this.timer);
        this.worker?.terminate();
        this.worker = null;
    }

    async next() {
        if (this.job || !this.waiting.size) {
            return;
        }
        const [slot, job] = this.waiting.entries().next().value;
        this.waiting.delete(slot);
        this.job = job;
        try {
            await this.prepare();
        } catch (error) {
            this.fail(error);
            return;
        }
        if (this.isDestroyed) {
            this.stop();
            return;
        }
        const {serial, recipe, values} = job;
        this.timer = browser.setTimeout(() => this.crash("timeout"), MOST_TIME);
        this.worker.postMessage({serial, recipe, values});
    }

    async prepare() {
        if (!this.worker) {
            this.worker = await startWorker();
            this.worker.onmessage = ({data}) => this.receive(data);
            this.worker.onerror = () => this.crash("crash");
        }
    }

    receive({serial, meshes, labels, error}) {
        if (serial !== this.job?.serial) {
            return;
        }
        browser.clearTimeout(this.timer);
        if (error?.code === "crash") {
            this.crash("crash");
        } else if (error) {
            this.fail(new ModelError(error));
        } else {
            this.finish((job) => job.resolve({meshes, labels}));
        }
    }

    /** The Worker is stuck or broken: the next model gets a new one. */
    crash(code) {
        this.stop();
        this.fail(new ModelError({code}));
    }

    fail(error) {
        this.finish((job) => job.reject(error));
    }

    finish(settle) {
        const {job} = this;
        this.job = null;
        if (job && this.waiting.has(job.slot)) {
            job.resolve(null);
        } else if (job) {
            settle(job);
        }
        this.next();
    }
}
