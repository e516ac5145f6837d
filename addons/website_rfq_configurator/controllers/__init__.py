from . import design
