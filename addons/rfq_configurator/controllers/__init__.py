from . import configurator
from . import portal_request
