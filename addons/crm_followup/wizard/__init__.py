from . import crm_followup_compose
from . import crm_followup_compose_line
