class RecipeError(Exception):
    """A recipe is wrong, or leads to no model for some values.

    `path` is where, for instance `parts/0/shape/shapes/1/size/0`; `code` is what and
    `detail` names what was met. Codes: those of expressions, and `json`, `type`,
    `missing`, `unknown`, `size`, `depth`, `index`, `positive`, `count`, `color`,
    `points`, `triangles`, `shape`, `empty`.
    """

    def __init__(self, path, code, detail=""):
        super().__init__(path, code, detail)
        self.path = path
        self.code = code
        self.detail = detail
