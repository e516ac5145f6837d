"""The mistakes that are seeded now and then fit the code of today."""

from _foundation.paths import ADDONS
from seeded_defects import all_defects


def test_all_fit():
    misfits = [text for defect in all_defects() for text in defect.misfits(ADDONS)]
    assert misfits == []
