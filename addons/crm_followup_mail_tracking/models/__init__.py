from . import crm_followup_log
from . import mail_tracking_event
