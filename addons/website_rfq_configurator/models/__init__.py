from . import rfq_design
