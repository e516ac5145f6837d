from . import queue_job
from . import lead_market_invoice_run
from . import lead_market_workshop
from . import lead_market_take
from . import lead_market_order
from . import lead_market_request
