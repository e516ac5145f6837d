"""What the database holds, in a form that can be compared."""

from odoo.tools import SQL

# Tables of the framework's own bookkeeping are large and not what visitors reach.
FRAMEWORK = ("ir_", "res_lang", "res_country", "res_users_log", "res_device")
ATTACHMENT_COLUMNS = "(t.id, t.name, t.res_model, t.res_id, t.mimetype, t.store_fname)"


class Fingerprint:
    """Tells which tables of some addons changed since an earlier moment.

    Contents are compared, not `write_date`: in a test all requests share one
    transaction, in which the time stands still.
    """

    def __init__(self, env, modules, ignored=()):
        """
        :param env: environment of the test
        :param modules: names of the addons whose tables count
        :param ignored: tables that may change, such as counters of attempts
        """
        self.env = env
        tables = self._get_tables(set(modules))
        self.tables = sorted(
            name
            for name in tables - set(ignored)
            if name == "ir_attachment" or not name.startswith(FRAMEWORK)
        )
        self.query = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, count(*) || ':' || coalesce(sum(hashtextextended("
                "%s::text, 0)), 0) FROM %s t",
                table,
                SQL(ATTACHMENT_COLUMNS if table == "ir_attachment" else "t"),
                SQL.identifier(table),
            )
            for table in self.tables
        )
        # How often a row was written in this transaction, undone writes included.
        self.count_query = SQL(
            """
            SELECT sum(pg_stat_get_xact_tuples_inserted(oid)
                       + pg_stat_get_xact_tuples_updated(oid)
                       + pg_stat_get_xact_tuples_deleted(oid))
            FROM pg_class WHERE relkind = 'r' AND relname IN %s
            """,
            tuple(self.tables),
        )

    def _get_tables(self, modules):
        tables = {"ir_attachment"}
        for model in self.env.registry.values():
            if model._abstract or not model._auto or model._transient:
                continue
            if model._original_module in modules:
                tables.add(model._table)
            tables.update(
                field.relation
                for field in model._fields.values()
                if field.type == "many2many" and field.store and field.relation
                if field._module in modules
            )
        self.env.cr.execute(
            SQL(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname IN %s",
                tuple(tables),
            )
        )
        return {name for (name,) in self.env.cr.fetchall()}

    def writes(self):
        """Return how often a row was written so far; unchanged means nothing was.

        :rtype: int
        """
        self.env.cr.execute(self.count_query)
        return self.env.cr.fetchone()[0]

    def take(self):
        """Return the present state, to be compared later.

        :return: table → state
        :rtype: dict
        """
        self.env.flush_all()
        self.env.cr.execute(self.query)
        return dict(self.env.cr.fetchall())

    def changed(self, before):
        """Return the tables that differ from an earlier state.

        :param dict before: what `take` returned
        :rtype: list
        """
        return [table for table, state in self.take().items() if before[table] != state]
