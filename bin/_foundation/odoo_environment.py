"""The environment that `odoo` runs in: which settings, addons and database server.

Odoo 19 takes every setting from the environment as well, above its configuration
file and below its command line. So what is added here holds for each sub-command,
and whatever the user says on the command line wins by itself."""

import configparser
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from .paths import (
    ADDONS,
    ADDONS_OF_OTHERS,
    DATA,
    ROOT,
    SCHEMAS,
    STATE,
    addon_names,
)

OWN_FILE = ROOT / "odoo.conf"
SERVER_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE", "PGUSER")
SERVER_KEYS = ("db_host", "db_port", "db_user", "db_password")
SERVER_OPTIONS = ("--db_host", "--db_port", "--db_user", "-r")


def option(arguments: list[str], *names: str) -> str | None:
    """The value of the last of the options `names` on a command line."""
    value = None
    for position, argument in enumerate(arguments):
        for name in names:
            if argument == name and position + 1 < len(arguments):
                value = arguments[position + 1]
            elif name.startswith("--") and argument.startswith(f"{name}="):
                value = argument.split("=", 1)[1]
            elif len(name) == 2 and argument.startswith(name) and argument != name:
                value = argument[2:]
    return value


def settings_of(file: Path) -> dict[str, str]:
    """The settings of an Odoo configuration file, those that are set at all."""
    parser = configparser.RawConfigParser()
    parser.read(file)
    if not parser.has_section("options"):
        return {}
    return {
        key: value
        for key, value in parser.items("options")
        if value not in ("", "False", "false", "None")
    }


def configuration_file(arguments: list[str], environ: Mapping[str, str]) -> Path:
    """The user's own configuration file, or else the one of this repo."""
    named = option(arguments, "-c", "--config") or environ.get("ODOO_RC")
    return Path(named).expanduser().absolute() if named else OWN_FILE


def names_a_server(arguments: list[str], environ: Mapping[str, str]) -> bool:
    """Whether the user named a database server, so that ours stays out of it."""
    file_settings = settings_of(configuration_file(arguments, environ))
    return (
        any(environ.get(name) for name in SERVER_VARIABLES)
        or any(key in file_settings for key in SERVER_KEYS)
        or option(arguments, *SERVER_OPTIONS) is not None
    )


def _addon_folders(file: Path, settings: Mapping[str, str]) -> list[str]:
    """The folders of `addons_path` in the file, and ours: absolute, each once."""
    listed = settings.get("addons_path", "").split(",")
    folders = [
        file.parent / os.path.expandvars(Path(part.strip()).expanduser())
        for part in listed
        if part.strip()
    ]
    # Odoo warns about a folder that holds no addon.
    ours = [ADDONS] if addon_names() else []
    if ADDONS_OF_OTHERS.is_dir():
        ours.append(ADDONS_OF_OTHERS)
    known = [folder for folder in folders if folder not in ours]
    return [str(folder) for folder in dict.fromkeys([*known, *ours])]


def with_our_addons(arguments: Sequence[str], ours: str) -> list[str]:
    """The command line with our folders added to each `--addons-path` of the user."""
    if not ours:
        return list(arguments)
    result = []
    for position, argument in enumerate(arguments):
        follows = position and arguments[position - 1] == "--addons-path"
        if follows or argument.startswith("--addons-path="):
            argument = f"{argument},{ours}"
        result.append(argument)
    return result


def _portable_copy() -> Path:
    """Our configuration file without the folders, which Odoo would look for from the
    current folder; they are in the environment instead."""
    lines = OWN_FILE.read_text().splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("addons_path"))
    copy = STATE / "odoo.conf"
    if not copy.is_file() or copy.read_text() != text:
        draft = copy.with_suffix(f".{os.getpid()}")
        draft.write_text(text)
        draft.replace(copy)
    return copy


def _ensure_wkhtmltopdf_wrapper() -> Path:
    """A folder with a wkhtmltopdf that gives up. Odoo waits for it without limit, so
    one page that never loads would hold a worker for ever."""
    folder = STATE / "path"
    wrapper = folder / "wkhtmltopdf"
    others = os.pathsep.join(
        part for part in os.environ["PATH"].split(os.pathsep) if part != str(folder)
    )
    if real := shutil.which("wkhtmltopdf", path=others):
        text = f'#!/bin/sh\nexec timeout -k 5 60 "{real}" "$@"\n'
        if not wrapper.is_file() or wrapper.read_text() != text:
            folder.mkdir(exist_ok=True)
            wrapper.write_text(text)
            wrapper.chmod(0o755)
    return folder


def build(arguments: list[str], environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for `odoo ARGUMENTS`, but for the database server's part."""
    file = configuration_file(arguments, environ)
    settings = settings_of(file)
    result = {**environ, "OFFERDESK_SCHEMAS": str(SCHEMAS)}
    if file == OWN_FILE:
        result["ODOO_RC"] = str(_portable_copy())
    if folders := _addon_folders(file, settings):
        result["ODOO_ADDONS_PATH"] = ",".join(folders)
    if "data_dir" not in settings:
        result.setdefault("ODOO_DATA_DIR", str(DATA))
    path = [str(_ensure_wkhtmltopdf_wrapper()), environ.get("PATH", os.defpath)]
    result["PATH"] = os.pathsep.join(path)
    return result
