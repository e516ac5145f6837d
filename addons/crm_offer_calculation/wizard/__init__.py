from . import crm_lead_lost
from . import crm_lead_suspend
from . import sale_order_cost_refresh
from . import sale_order_target
