from . import crm_followup_step
from . import sale_order
