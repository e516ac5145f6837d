"""The database of a benchmark behind a real server: several workers, sockets, mails."""

import os
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

from _foundation.mail_sink import MailSink
from _foundation.network import free_port
from _foundation.odoo_process import Odoo
from _foundation.server import Server

from odoo.sql_db import db_connect


@contextmanager
def serve(dbname, workers, options=(), **environ):
    """Serve a database for a while. Its log is `log` of what this yields.

    :param str dbname: database; what was not committed the server does not see
    :param int workers: processes that answer
    :param tuple options: more for the command line of Odoo
    :param environ: more for its environment
    :return: `Server`
    """
    with closing(db_connect(dbname).cursor()) as cr:
        # What is not waited for need not run now.
        cr.execute("UPDATE ir_cron SET nextcall = now() + interval '1 day'")
        cr.commit()
    with tempfile.TemporaryDirectory() as folder:
        sink = MailSink(Path(folder, "mail"), free_port())
        odoo = Odoo({**os.environ, **environ}, None)
        log = Path(folder, "odoo.log")
        server = Server(odoo, dbname, log, sink.port, workers, options)
        sink.start()
        try:
            server.start()
            yield server
        finally:
            server.stop()
            sink.stop()
