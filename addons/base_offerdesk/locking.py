"""Lets transactions that want the same rows go one after the other."""

from odoo.tools import SQL


def wait_for_rows(records):
    """Hold the rows of records until this transaction ends; wait while others do.

    For what people do, whom Odoo's `lock_for_update` refuses at once, with words about
    locks. Rows that were changed meanwhile are no part of this transaction's view:
    PostgreSQL refuses them, and Odoo plays the request again, with what the others
    left. New rows may refer to those held.

    :param records: recordset of one model, may be empty
    """
    if records:
        records.env.execute_query(
            SQL(
                "SELECT 1 FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                SQL.identifier(records._table),
                tuple(records.ids),
            )
        )
