from . import crm_followup_step
