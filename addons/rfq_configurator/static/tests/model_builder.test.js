import {describe, expect, test} from "@odoo/hoot";
import {ModelBuilder} from "@rfq_configurator/viewer/model_builder";
import {advanceTime, mockWorker, tick} from "@odoo/hoot-mock";
import {assets} from "@web/core/assets";
import {patchWithCleanup} from "@web/../tests/web_test_helpers";

describe.current.tags("headless");

const RECIPE = {parts: [], labels: []};

/** Workers that answer when they are told to; `answer` gets a question and its port. */
function useWorkers(answer) {
    const workers = [];
    patchWithCleanup(assets, {
        getBundle: async () => ({
            cssLibs: [],
            jsLibs: ["https://cdn.example/worker.js"],
        }),
    });
    mockWorker((worker) => {
        workers.push(worker);
        const {port2} = worker._messageChannel;
        port2.addEventListener("message", ({data}) => {
            if ("recipe" in data) {
                expect.step(`build ${data.values.width}`);
                answer(data, port2);
            } else {
                port2.postMessage({isReady: true});
            }
        });
    });
    return workers;
}

function model({serial, values}) {
    return {serial, meshes: [values.width], labels: []};
}

test("of what waits only the newest is built", async () => {
    const jobs = [];
    const workers = useWorkers((job, port) =>
        jobs.push(() => port.postMessage(model(job)))
    );
    const builder = new ModelBuilder();
    const results = [1, 2, 3].map((width) => builder.build("current", RECIPE, {width}));
    await tick();
    await tick();
    await tick();
    expect(workers.map(({url}) => url)).toEqual(["/worker.js"]);
    expect.verifySteps(["build 1"]);
    jobs.shift()();
    await tick();
    await tick();
    expect.verifySteps(["build 3"]);
    jobs.shift()();
    const [first, second, third] = await Promise.all(results);
    expect([first, second]).toEqual([null, null]);
    expect(third.meshes).toEqual([3]);
    builder.destroy();
});

test("what is compared does not wait for ever", async () => {
    useWorkers((job, port) => port.postMessage(model(job)));
    const builder = new ModelBuilder();
    const [original, current] = await Promise.all([
        builder.build("original", RECIPE, {width: 1}),
        builder.build("current", RECIPE, {width: 2}),
    ]);
    expect.verifySteps(["build 1", "build 2"]);
    expect([original.meshes, current.meshes]).toEqual([[1], [2]]);
    builder.destroy();
});

test("a model that takes too long is given up, the next has a new Worker", async () => {
    const workers = useWorkers((job, port) => {
        if (job.values.width < 9) {
            port.postMessage(model(job));
        }
    });
    const builder = new ModelBuilder();
    const stuck = builder.build("current", RECIPE, {width: 9});
    await tick();
    await tick();
    await tick();
    expect.verifySteps(["build 9"]);
    const failed = expect(stuck).rejects.toThrow(/timeout/);
    await advanceTime(5000);
    await failed;
    const next = await builder.build("current", RECIPE, {width: 1});
    expect(next.meshes).toEqual([1]);
    expect(workers).toHaveLength(2);
    expect.verifySteps(["build 1"]);
    builder.destroy();
});

test("what is wrong with a recipe is told", async () => {
    useWorkers(({serial}, port) =>
        port.postMessage({
            serial,
            error: {code: "positive", path: "parts/0/shape/size/1"},
        })
    );
    const builder = new ModelBuilder();
    await expect(builder.build("current", RECIPE, {width: 0})).rejects.toThrow(
        /parts\/0\/shape\/size\/1: positive/
    );
    expect.verifySteps(["build 0"]);
    builder.destroy();
});
