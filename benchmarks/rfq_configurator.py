"""What the server does for a configuration: evaluating, publishing a definition,
building models, taking a request.

Times are of the processor. The largest definition has 60 parameters with 100 options
each and 200 rules.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import gc
import json
import time
import timeit
import uuid

from harness import Report

from odoo.addons.rfq_configurator.definition import Definition, compile_definition
from odoo.addons.rfq_configurator.recipe import build_files

PARAMETERS, OPTIONS, RULES = 60, 100, 200
MOST_EVALUATE_MS, MOST_MODEL_MS = 50, 100
DESIGNS = ("table", "memorial", "bracket")

report = Report(env, "rfq_configurator")


def milliseconds(function, number=5, repeat=7):
    """The least processor time of one call."""
    function()
    gc.collect()
    timer = time.thread_time
    runs = timeit.repeat(function, number=number, repeat=repeat, timer=timer)
    return min(runs) / number * 1e3


def large_definition():
    """The largest definition that the limits are about."""
    options = [{"code": f"o{number}"} for number in range(OPTIONS)]
    parameters = [
        {
            "code": f"p{number}",
            "type": "selection",
            "options": options,
            "default": "o0",
        }
        for number in range(PARAMETERS)
    ]
    rules = [
        {
            "kind": "require",
            "expression": f"p{number % PARAMETERS} != 'o{number % OPTIONS + 1}' or "
            f"p{(number * 7 + 1) % PARAMETERS} == 'o0'",
        }
        for number in range(RULES)
    ]
    return {"parameters": parameters, "rules": rules}


def measure(name, function, how, limit=None):
    report.add(name, milliseconds(function), "ms CPU", how, limit)


engine = Definition(compile_definition(large_definition()))
measure(
    "evaluate the largest definition",
    lambda: engine.evaluate({"p1": "o3"}),
    f"{PARAMETERS} parameters × {OPTIONS} options × {RULES} rules, all that is blocked",
    MOST_EVALUATE_MS,
)
product = env["product.template"].create({"name": "Benchmark"})
for name in DESIGNS:
    design = env["rfq.design"]._create_from_file(
        name,
        code=f"benchmark_{name}",
        product_tmpl_id=product.id,
        access_mode="public",
    )
    design.action_publish()
    version = design.current_version_id
    result = version._evaluate({})
    plan = version._get_plan(result["values"])
    measure(f"{name}: evaluate", lambda d=design: d._evaluate({}), "with messages")
    measure(
        f"{name}: definition for browsers",
        lambda d=design: json.dumps(d._get_definition()),
        f"{len(json.dumps(design._get_definition()))} bytes",
    )
    measure(
        f"{name}: recipe to GLB and STL",
        lambda v=version, values=result["values"]: build_files(v._get_plan(values)),
        f"{len(build_files(plan)['glb'])} bytes of GLB",
        MOST_MODEL_MS,
    )
    measure(
        f"{name}: take a request",
        lambda d=design: env["rfq.request"]._submit(
            d.sudo(),
            d.access_ids,
            version_sha=d.current_version_id.sha256,
            inputs={},
            quantity=d.min_qty,
            contact={"name": "Benchmark", "email": "benchmark@example.com"},
            message="",
            requested_date="",
            target_price="",
            uploads=[],
            idempotency_key=str(uuid.uuid4()),
        ),
        "without routes and files",
    )
report.write()
