"""Much data in little time: rows copied by SQL from one that Odoo made."""

from contextlib import contextmanager

from odoo.fields import Command
from odoo.tools import SQL


def copy_rows(env, record, number, columns):
    """Copy the row of `record` by SQL, with the rows of its many2many fields.

    Everything stored is copied as Odoo computed it for the one record. Nothing else
    follows: no message, no line, no update of what depends on the new rows.

    :param record: one saved record
    :param int number: how many rows to add
    :param dict columns: name of a column that differs → SQL expression, in which
        `n` counts from 1
    :return: the new records
    """
    env.flush_all()
    table = SQL.identifier(record._table)
    env.cr.execute(
        SQL(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = %s "
            "AND column_name != 'id' ORDER BY ordinal_position",
            record._table,
        )
    )
    names = [name for (name,) in env.cr.fetchall()]
    values = [
        columns[name] if name in columns else SQL.identifier("model", name)
        for name in names
    ]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS model "
            "CROSS JOIN generate_series(1, %s) AS n WHERE model.id = %s "
            "ORDER BY n RETURNING id",
            table,
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values),
            table,
            number,
            record.id,
        )
    )
    ids = [row_id for (row_id,) in env.cr.fetchall()]
    for field in record._fields.values():
        if field.type == "many2many" and field.store:
            env.cr.execute(
                SQL(
                    "INSERT INTO %(table)s (%(own)s, %(other)s) "
                    "SELECT copy, %(other)s FROM %(table)s "
                    "CROSS JOIN unnest(%(ids)s::int[]) AS copy "
                    "WHERE %(own)s = %(record)s",
                    table=SQL.identifier(field.relation),
                    own=SQL.identifier(field.column1),
                    other=SQL.identifier(field.column2),
                    ids=ids,
                    record=record.id,
                )
            )
    env.invalidate_all()
    return record.browse(ids)


@contextmanager
def without_guards(env, table):
    """Drop the indexes and foreign keys of a table, and make them anew afterwards.

    With them a row takes several times as long; made anew, they are checked as well.
    """
    env.cr.execute(
        """
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = %s::regclass AND contype = 'f'
        """,
        [table],
    )
    keys = env.cr.fetchall()
    env.cr.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = %s::regclass
            AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
        """,
        [table],
    )
    indexes = env.cr.fetchall()
    name_of = SQL.identifier
    for name, _definition in keys:
        env.cr.execute(
            SQL("ALTER TABLE %s DROP CONSTRAINT %s", name_of(table), name_of(name))
        )
    for name, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", name_of(name.strip('"'))))
    yield
    for _name, definition in indexes:
        env.cr.execute(SQL(definition))
    for name, definition in keys:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD CONSTRAINT %s %s",
                name_of(table),
                name_of(name),
                SQL(definition),
            )
        )


def analyze(env, *tables):
    """Commit what was filled in, and tell PostgreSQL how much of it there is."""
    env.cr.commit()
    for table in tables:
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.cr.commit()


def create_user(env, login, *groups):
    """Return a new user, whose password is the login.

    :param groups: external ids of groups
    """
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": login,
                "login": login,
                "password": login,
                "email": f"{login}@user.example",
                "group_ids": [Command.set([env.ref(group).id for group in groups])],
            }
        )
    )


def create_portal_user(env, login):
    """Return a new user of the portal, whose password is the login."""
    return create_user(env, login, "base.group_portal")
