from . import crm_offer_report
from . import sale_report
