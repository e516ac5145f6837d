from . import crm_lead
from . import crm_offer
from . import crm_offer_event
from . import sale_order
