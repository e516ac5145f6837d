from . import test_automatic_mails
from . import test_document_access
from . import test_documents
from . import test_form_values
from . import test_mail_retry
from . import test_security_rules
from . import test_throttle
from . import test_uploads
