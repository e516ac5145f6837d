from . import queue_job
from . import lead_market_invoice_run
from . import lead_market_workshop
