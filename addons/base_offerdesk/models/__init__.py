from . import ir_actions_report
from . import ir_attachment
from . import mail_mail
from . import mail_template
from . import mail_thread
from . import offerdesk_document_mixin
from . import offerdesk_request_mixin
from . import portal_throttle
