"""What a configuration costs: evaluating, publishing a definition, building models,
taking a request; and how soon a model follows a hand in a browser.

Times are of the processor, but for the browser's. The largest definition has 60
parameters with 100 options each and 200 rules.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import gc
import json
import resource
import statistics
import subprocess
import time
import timeit
import uuid

from chromium import chromium
from harness import Action, Browser, Report, compare, create_portal_user
from harness.server import serve
from rfq_designs import MOVES, DesignPage

from odoo import http
from odoo.tools.misc import file_path

from odoo.addons.rfq_configurator.definition import Definition, compile_definition
from odoo.addons.rfq_configurator.filled_form import FilledForm
from odoo.addons.rfq_configurator.recipe import build_files

PARAMETERS, OPTIONS, RULES = 60, 100, 200
MOST_EVALUATE_MS, MOST_MODEL_MS = 50, 100
DESIGNS = ("table", "memorial", "bracket")
ROUNDS, MOST_ROUTE = 60, 1.1
REBUILDS = 500
SLIDES, MOST_SLIDE_MS = 20, 300

# Node and Chromium reserve more addresses than Odoo allows itself.
most_memory = resource.getrlimit(resource.RLIMIT_AS)[1]
resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))

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
            FilledForm(
                design=d.sudo(),
                access=d.access_ids,
                version_sha=d.current_version_id.sha256,
                inputs={},
                quantity=d.min_qty,
                idempotency_key=str(uuid.uuid4()),
            ),
            {"name": "Benchmark", "email": "benchmark@example.com"},
        ),
        "without routes and files",
    )

# The route that browsers get a definition from, beside one of Odoo's that does nothing
# but send as much.
env["rfq.design"].search([("code", "=like", "benchmark_%")]).write(
    {"access_mode": "public"}
)
create_portal_user(env, "benchmark_visitor")
env.cr.commit()
table = env["rfq.design"].search([("code", "=", "benchmark_table")])
as_much = table._get_definition()


class Empty(http.Controller):
    """A route that does nothing."""

    # Odoo looks for routes of addons that are installed.
    __module__ = "odoo.addons.rfq_configurator.benchmark"

    @http.route(
        "/benchmark/empty", type="jsonrpc", auth="public", website=True, readonly=True
    )
    def empty(self, **_params):
        return as_much


env.registry.clear_cache("routing")
visitor = Browser("benchmark_visitor")
routes = ("/rfq/d/benchmark_table/definition", "/benchmark/empty")
if len({json.dumps(visitor.rpc(route, {})) for route in routes}) != 1:
    raise RuntimeError("the empty route sends something else")
asking = [Action(lambda route=route: visitor.rpc(route, {})) for route in routes]
cpu, _wall = compare(*asking, ROUNDS)
report.add(
    "table: route of the definition, CPU",
    cpu.median,
    "x an empty route with as many bytes",
    str(cpu),
    MOST_ROUTE,
)
# Where customers are invited, who asks is looked up as well.
user = env["res.users"].search([("login", "=", "benchmark_visitor")])
invitation = {"design_id": table.id, "partner_id": user.partner_id.id}
env["rfq.design.access"].create(invitation)
table.access_mode = "private"
env.cr.commit()
cpu, _wall = compare(*asking, ROUNDS)
report.add(
    "table: the same for an invited customer, CPU",
    cpu.median,
    "x an empty route with as many bytes",
    str(cpu),
)
table.access_mode = "public"
env.cr.commit()

# The same module as in browsers, run by Node.
plan = table.current_version_id._get_plan(table._evaluate({})["values"])
job = {"kind": "growth", "cases": [[plan, REBUILDS, None]]}
answer = subprocess.run(
    ["node", file_path("rfq_configurator/tests/node/check.mjs")],
    input=json.dumps(job),
    capture_output=True,
    check=True,
    text=True,
)
((_index, growth),) = json.loads(answer.stdout)
report.add(
    "table: memory of WebAssembly taken meanwhile",
    growth,
    "bytes",
    f"{REBUILDS} models more than the first one",
    0,
)

with serve(env.cr.dbname, 2) as server, chromium() as browser:
    page = browser.new_page(base_url=server.url, locale="en-US")
    page.goto("/rfq/d/benchmark_table")
    design = DesignPage(page).wait()
    waits = []
    # There, where it is not yet, and back again; the first ones warm up.
    for turn in range(SLIDES + 2):
        start, last = (2400, 1600) if turn % 2 else (1600, 2400)
        waited, _shown = design.slide_quickly(
            "width", start, last, f"{last:,} × 800 × 740 mm"
        )
        waits.append(waited)
waits = sorted(waits[2:])
report.add(
    f"table: right model after {MOVES} moves of a slider",
    statistics.median(waits),
    "ms wall after the last move",
    f"from {waits[0]:.0f} to {waits[-1]:.0f}, {SLIDES} times",
    MOST_SLIDE_MS,
)
report.write()
