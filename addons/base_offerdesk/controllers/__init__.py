from . import guard
from . import portal
