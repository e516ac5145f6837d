"""Packages of other Debian suites, fetched without touching the system's apt.

The mirror is the one that the machine's own apt uses; lists and packages go to the
cache of the user, so that a second clone fetches nothing."""

import hashlib
import json
import os
import re
from glob import glob
from pathlib import Path

from .output import Failure, read, run, step
from .paths import CACHE

DEBS = CACHE / "debs"
SUMS = DEBS / "sums.json"


def _mirror() -> str:
    """The address of the Debian mirror in the machine's apt configuration."""
    release = dict(
        line.split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    if release.get("ID", "").strip('"') != "debian":
        raise Failure("this machine's apt knows no Debian mirror")
    targets = read(
        ["apt-get", "indextargets", "--format", "$(RELEASE) $(SITE)"]
        + ["Created-By: Packages"]
    )
    sites = [line.split(" ", 1) for line in targets.splitlines()]
    codename = release.get("VERSION_CODENAME", "").strip('"')
    for suite, site in sites:
        if suite in (codename, "stable", "testing", "unstable", "sid"):
            return site
    raise Failure("this machine's apt knows no Debian mirror")


def _apt_options(suites: list[str]) -> list[str]:
    """Options that make apt-get use the mirror for `suites`, and folders of ours."""
    keyrings = glob("/usr/share/keyrings/debian-archive-keyring.*")
    if not keyrings:
        raise Failure("the keyring of Debian's archive is missing")
    apt = CACHE / "apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    sources = apt / "sources.list"
    site = _mirror()
    sources.write_text(
        "".join(f"deb [signed-by={keyrings[0]}] {site} {s} main\n" for s in suites)
    )
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "Acquire::Languages": "none",
        # Without it a mirror that does not answer counts as one that has nothing.
        "APT::Update::Error-Mode": "any",
        # As root apt would fetch as an account that may not enter our cache.
        "APT::Sandbox::User": "root",
    }
    return [
        part for key, value in settings.items() for part in ("-o", f"{key}={value}")
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _cached(packages: list[str]) -> list[Path] | None:
    """The package files of the cache, if all are there and whole."""
    try:
        sums = json.loads(SUMS.read_text())
    except (FileNotFoundError, ValueError):
        return None
    files = []
    for package in packages:
        name, digest = sums.get(package, ("", ""))
        if not name or not (DEBS / name).is_file() or _sha256(DEBS / name) != digest:
            return None
        files.append(DEBS / name)
    return files


def fetch(packages: list[str]) -> list[Path]:
    """Package files for `packages` ("name/suite"), from the cache or the mirror."""
    if files := _cached(packages):
        return files
    hint = "The packages could not be fetched from the Debian mirror of this machine."
    options = _apt_options(sorted({package.split("/")[1] for package in packages}))
    DEBS.mkdir(parents=True, exist_ok=True)
    step("Reading the package lists of Debian's archive")
    run(["apt-get", *options, "-q", "update"], hint)
    sums = {}
    for package in packages:
        # Not in DEBS: apt offers nothing that is in the current folder already.
        offer = read(
            ["apt-get", *options, "download", "--print-uris", package],
            cwd=CACHE / "apt",
        )
        found = re.search(r"(\S+\.deb) (\d+) SHA256:([0-9a-f]{64})", offer)
        if not found:
            raise Failure(f"{hint} It has no {package}.")
        name, size, digest = found.groups()
        if not (DEBS / name).is_file() or _sha256(DEBS / name) != digest:
            step(f"Fetching {name} ({int(size) / 1e6:.1f} MB)")
            (DEBS / name).unlink(missing_ok=True)
            run(["apt-get", *options, "download", package], hint, cwd=DEBS)
            if _sha256(DEBS / name) != digest:
                raise Failure(f"{hint} {name} arrived damaged.")
        sums[package] = (name, digest)
    draft = SUMS.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(sums, indent=1))
    draft.replace(SUMS)
    return [DEBS / name for name, _digest in sums.values()]
