"""What a visitor's page has to tell apart."""


class StaleDesign(Exception):
    """The design was published anew while somebody had it open.

    `inputs` are those of the customer's choices that still fit.
    """

    def __init__(self, inputs):
        super().__init__(inputs)
        self.inputs = inputs


class Purged(Exception):
    """The files of a request were removed on `date`."""

    def __init__(self, date):
        super().__init__(date)
        self.date = date
