from . import test_variant_answers
from . import test_variant_answers_backend
