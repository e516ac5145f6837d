"""The database of a benchmark behind a real server: several workers, sockets."""

import os
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

from _foundation.network import free_port
from _foundation.odoo_process import Odoo
from _foundation.server import Server

from odoo.sql_db import db_connect


@contextmanager
def serve(dbname, workers, options=(), **environ):
    """Serve a database for a while. No scheduled action runs, so no mail is sent.

    :param str dbname: database; what was not committed the server does not see
    :param int workers: processes that answer
    :param tuple options: more for the command line of Odoo
    :param environ: more for its environment
    :return: `Server`
    """
    with closing(db_connect(dbname).cursor()) as cr:
        cr.execute("UPDATE ir_cron SET active = FALSE WHERE active")
        cr.commit()
    with tempfile.TemporaryDirectory() as folder:
        odoo = Odoo({**os.environ, **environ}, None)
        log = Path(folder, "odoo.log")
        server = Server(odoo, dbname, log, free_port(), workers, options)
        try:
            server.start()
            yield server
        finally:
            server.stop()
