"""The private PostgreSQL cluster: a Unix socket only, one operating system account,
nothing shared with any other cluster of the machine."""

import hashlib
import os
import pwd
import re
import shlex
import shutil
import socket
import stat
import subprocess
import tempfile
from glob import glob
from pathlib import Path

from .leftovers import end_server_in
from .locks import SharedLock, exclusive
from .output import Failure, run, step
from .paths import ROOT, STATE

USER = "odoo"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
# sockaddr_un holds 108 bytes, the last of them NUL.
LONGEST_SOCKET_PATH = 107
LINK = STATE / "pg"
SETTINGS = """\
# Written by bin/_foundation/cluster.py when the cluster was made.
listen_addresses = ''
unix_socket_permissions = 0700
port = 5432
max_connections = 300
shared_buffers = 512MB
work_mem = 32MB
random_page_cost = 1.1
# bin/bench counts blocks and statements with it.
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = top
"""


def _id_of_clone() -> str:
    """Names this clone among others of the machine."""
    return hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]


def binaries() -> Path:
    """The folder of the PostgreSQL programs: those that made the cluster, if any."""
    folders = {Path(p).parent for p in glob("/usr/lib/postgresql/*/bin/postgres")}
    if (version := LINK / "PG_VERSION").is_file():
        made_by = version.read_text().strip()
        fitting = {folder for folder in folders if folder.parent.name == made_by}
        if folders and not fitting:
            raise Failure(
                f"The cluster {LINK} was made by PostgreSQL {made_by}, which is not "
                f"installed any more. Install it, or start over: rm -r {LINK}"
            )
        folders = fitting
    if not folders and (server := shutil.which("postgres")):
        folders = {Path(server).resolve().parent}
    if not folders:
        raise Failure("PostgreSQL is missing. As root: apt-get install postgresql")
    return max(folders, key=_version)


def _version(folder: Path) -> int:
    """The number in /usr/lib/postgresql/15/bin."""
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def program(name: str) -> Path:
    """A PostgreSQL program."""
    return binaries() / name


def _server_account() -> pwd.struct_passwd:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Failure("PostgreSQL refuses to run as root, and there is no other account")


class Cluster:
    """One data folder and the server on it. `release()` ends the use of it."""

    def __init__(self) -> None:
        self.account = _server_account()
        self._as_account = {"cwd": "/"}
        if os.geteuid() == 0:
            uid, gid = self.account.pw_uid, self.account.pw_gid
            self._as_account |= {"user": uid, "group": gid, "extra_groups": []}
        self.programs = binaries()
        self.sockets = self._socket_folder()
        self.started_here = False
        self._users = SharedLock(STATE / "cluster-users.lock")

    def _may_enter(self, folder: Path) -> bool:
        """Whether the account of the server gets to `folder`."""
        return os.geteuid() != 0 or (
            subprocess.run(["test", "-x", folder], **self._as_account).returncode == 0
        )

    def _socket_folder(self) -> Path:
        """A folder for the socket, with a path that is short and plain enough."""
        folder = STATE / "run"
        longest = os.fsencode(folder / SOCKET_NAME)
        plain = re.fullmatch(r"[\w./+@:=-]+", str(folder), re.ASCII)
        if len(longest) <= LONGEST_SOCKET_PATH and plain and self._may_enter(STATE):
            return folder
        name = f"offerdesk-{os.geteuid()}-{_id_of_clone()}"
        return Path(tempfile.gettempdir()) / name

    def ensure_running(self) -> "Cluster":
        """Make the cluster if there is none, and start its server if it is down."""
        with exclusive(STATE / "cluster.lock", "starting PostgreSQL"):
            self._ensure_folder(self.sockets)
            self._ensure_data()
            if not self._answers():
                self._start()
                self.started_here = True
        return self

    def _ensure_folder(self, folder: Path) -> None:
        """A folder that only the server's account (and root) may enter."""
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        except FileExistsError:
            # In the temp folder somebody else could have made it before us.
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.pw_uid:
                raise Failure(f"{folder} belongs to somebody else") from None
            folder.chmod(0o700)

    def _ensure_data(self) -> None:
        """Make the cluster, behind a name that shows only once it is whole."""
        if (LINK / "PG_VERSION").is_file():
            return
        step("Making a private PostgreSQL cluster")
        home = STATE
        if not self._may_enter(STATE):
            # A clone below a closed folder such as /root: the server can't get there.
            home = Path("/var/lib/offerdesk") / _id_of_clone()
            home.mkdir(parents=True, exist_ok=True)
            for folder in (home.parent, home):
                folder.chmod(0o711)
        data, draft = home / "pg", home / "pg.tmp"
        self._end_what_is_left(data)
        for leftover in (draft, data):
            shutil.rmtree(leftover, ignore_errors=True)
        self._ensure_folder(draft)
        run(
            [self.programs / "initdb", "--pgdata", draft, "--username", USER]
            + ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"],
            "The PostgreSQL cluster could not be made.",
            stdout=subprocess.DEVNULL,
            **self._as_account,
        )
        with (draft / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        draft.rename(data)
        if data != LINK:
            LINK.unlink(missing_ok=True)
            LINK.symlink_to(data)

    def _answers(self) -> bool:
        """Whether a server listens at our socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.sockets / SOCKET_NAME))
            except OSError:
                return False
        return True

    def _control(self, action: str, *more: str | Path) -> list[str | Path]:
        data = LINK.resolve()
        return [self.programs / "pg_ctl", action, "-D", data, "-w", "-t", "120", *more]

    def _start(self) -> None:
        data = LINK.resolve()
        self._end_what_is_left(data)
        log = data / "server.log"
        sockets = shlex.quote(str(self.sockets))
        run(
            self._control("start", "-l", log, "-o", f"-k {sockets}"),
            f"The PostgreSQL server does not start, see {log}",
            stdout=subprocess.DEVNULL,
            **self._as_account,
        )

    def _end_what_is_left(self, data: Path) -> None:
        """End a server that runs and can't be reached (its socket was removed), what
        is left of one that was killed, and its marks. PostgreSQL believes them even
        when the number in them is by now that of another process or a dead one."""
        end_server_in(data)
        socket_file = self.sockets / SOCKET_NAME
        for mark in (data / "postmaster.pid", socket_file, f"{socket_file}.lock"):
            Path(mark).unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """What makes libpq and Odoo find the server."""
        return {"PGHOST": str(self.sockets), "PGPORT": str(PORT), "PGUSER": USER}

    def release(self) -> None:
        """Stop the server if this process started it and nobody else is using it."""
        if self.started_here and self._users.become_only_holder():
            self.stop()
        self._users.release()

    def stop(self) -> None:
        """Stop the server."""
        run(
            self._control("stop", "-m", "fast"),
            "The PostgreSQL server does not stop.",
            stdout=subprocess.DEVNULL,
            **self._as_account,
        )
