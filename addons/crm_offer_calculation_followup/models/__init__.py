from . import crm_followup_compose_line
from . import crm_followup_enrollment
from . import crm_followup_log
from . import crm_followup_step
from . import crm_lead
from . import crm_offer
from . import res_config_settings
from . import sale_order
