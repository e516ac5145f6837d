from . import portal_service
from . import portal_request
