"""The job that sends follow-ups, with many that are due.

`FOLLOWUPS` sets how many. Mails are put in the queue; nothing is sent by SMTP.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import os
import resource
import time
from datetime import datetime, timedelta

from harness import Report, analyze, copy_rows, without_guards

from odoo.fields import Command
from odoo.tools import SQL

FOLLOWUPS = int(os.environ.get("FOLLOWUPS", 2_000))
SLEEPING = datetime.now() + timedelta(days=1000)
# Seconds for fifty; memory that the last nine tenths may take more than the first.
MOST_SECONDS, MOST_MB = 1, 30

report = Report(env, "followup_run")
seller = env.ref("base.user_admin")
seller.email = "admin@seller.example"
calendar = env["resource.calendar"].create(
    {
        "name": "Always",
        "tz": "UTC",
        "attendance_ids": [
            Command.clear(),
            *(
                Command.create(
                    {"name": day, "dayofweek": day, "hour_from": 0, "hour_to": 24}
                )
                for day in "0123456"
            ),
        ],
    }
)
template = env["mail.template"].create(
    {
        "name": "How is it going?",
        "subject": "How is it going, {{ object.name }}?",
        "model_id": env["ir.model"]._get_id("crm.lead"),
        "body_html": '<p>Hello <t t-out="object.contact_name"/>!</p>',
        "followup_approved": True,
    }
)
sequence = env["crm.followup.sequence"].create(
    {
        "name": "Benchmark",
        "calendar_id": calendar.id,
        "time_zone_of": "calendar",
        "window_from": 0,
        "window_to": 24,
        "step_ids": [
            Command.create(
                {"sequence": 1, "delay_days": 0, "template_id": template.id}
            ),
            Command.create(
                {"sequence": 2, "delay_days": 3, "template_id": template.id}
            ),
        ],
    }
)
lead = (
    env["crm.lead"]
    .with_context(mail_auto_subscribe_no_notify=True)
    .create(
        {
            "name": "Deal",
            "type": "opportunity",
            "contact_name": "Kari Kunde",
            "email_from": "kari@customer.example",
            "user_id": seller.id,
        }
    )
)
wizard = (
    env["crm.followup.compose"]
    .with_context(active_model="crm.lead", active_ids=lead.ids)
    .create({"mode": "sequence", "sequence_id": sequence.id})
)
wizard.action_send()
enrollment = env["crm.followup.enrollment"].search([("lead_id", "=", lead.id)])
address = SQL("'kari' || n || '@customer.example'")
with without_guards(env, "crm_lead"):
    leads = copy_rows(
        env,
        lead,
        FOLLOWUPS - 1,
        {
            "name": SQL("'Deal ' || n"),
            "email_from": address,
            "email_normalized": address,
        },
    )
copies = copy_rows(
    env,
    enrollment,
    FOLLOWUPS - 1,
    {"lead_id": SQL("%s + n", leads[0].id - 1)},
)
ids = (enrollment + copies).ids
env.cr.execute(
    "UPDATE crm_followup_enrollment SET next_date = %s WHERE id = ANY(%s)",
    [SLEEPING, ids],
)
analyze(env, "crm_lead", "crm_followup_enrollment", "crm_followup_log")


def run(due):
    """Let some be due and the job run; returns seconds of CPU and in all."""
    env.cr.execute(
        "UPDATE crm_followup_enrollment SET next_date = now() AT TIME ZONE 'UTC' "
        "- interval '1 minute' WHERE id = ANY(%s)",
        [due],
    )
    env.cr.commit()
    env.invalidate_all()
    started = time.process_time(), time.perf_counter()
    env["crm.followup.enrollment"]._cron_run()
    env.cr.commit()
    return time.process_time() - started[0], time.perf_counter() - started[1]


def memory():
    """Return the most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


tenth = len(ids) // 10
run(ids[:tenth])
before = memory()
cpu, wall = run(ids[tenth:])
done = len(ids) - tenth
sent = env["crm.followup.log"].search_count(
    [("enrollment_id", "in", ids), ("kind", "=", "mail")]
)
if sent != len(ids):
    raise RuntimeError(f"{sent} mails instead of {len(ids)}")
report.add(
    "run: wall for 50",
    50 * wall / done,
    "s",
    f"{done / wall:.0f} a second",
    MOST_SECONDS,
)
report.add("run: CPU for 50", 50 * cpu / done, "s", f"{done / cpu:.0f} a second")
report.add(
    "run: memory, at the end more than after a tenth",
    memory() - before,
    "MB",
    f"{before:.0f} MB after {tenth} of {len(ids)}",
    MOST_MB,
)
report.write()
