from . import sale_order_cost_refresh
from . import sale_order_target
