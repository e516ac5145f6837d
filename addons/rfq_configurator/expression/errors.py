class ExpressionError(Exception):
    """An expression has no value, or a text is no expression.

    `code` is one of `type`, `unset`, `div0`, `range`, `name` and `syntax`; `detail`
    names what was met: a name, a piece of the language.
    """

    def __init__(self, code, detail=""):
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
