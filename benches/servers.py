"""The processes that are measured: a private PostgreSQL and the service, both on loopback only."""

import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_of(pid):
    """Seconds of processor time that a process and its ended children have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / TICKS


def busy():
    """Seconds of processor time that the whole machine has used."""
    user, nice, system, _, _, irq, softirq, *_ = (int(field) for field in Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq) / TICKS


def resident(pid, peak=False):
    """Resident memory in MiB: now, or the most since `forget_peak`."""
    found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024


def forget_peak(pid):
    Path(f"/proc/{pid}/clear_refs").write_text("5")


class Supervised:
    """Everything that is measured in one control group, as a supervisor or a container would have it.

    Outside of any, Linux gives every session the same share of the processors (autogroup), and each connection of
    PostgreSQL is a session: four reports would then get four times what the whole service gets. That is meant for
    desktops, and no server runs so.
    """

    def __init__(self):
        self.folder = None
        try:
            is_on = Path("/proc/sys/kernel/sched_autogroup_enabled").read_text().strip() == "1"
            groups = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
            in_root = any(path == "/" for _, names, path in groups if "cpu" in names.split(",") or not names)
            if is_on and in_root:
                root = Path("/sys/fs/cgroup/cpu" if Path("/sys/fs/cgroup/cpu").is_dir() else "/sys/fs/cgroup")
                self.folder = root / f"tiendo-bench-{os.getpid()}"
                self.folder.mkdir()
                (self.folder / "cgroup.procs").write_text(str(os.getpid()))
        except OSError as error:
            print(f"benches: no control group ({error}): what is read beside reports is delayed by autogroup", file=sys.stderr)

    def end(self):
        if self.folder and self.folder.is_dir():
            try:
                (self.folder.parent / "cgroup.procs").write_text(str(os.getpid()))
                self.folder.rmdir()
            except OSError:
                pass


class Postgres:
    """PostgreSQL with a server's usual settings: what is committed is on disk."""

    def __init__(self, folder):
        self.folder, self.bin = folder, self.find()
        self.port, self.name = free_port(), "tiendo_bench"
        self.user = "nobody" if os.geteuid() == 0 else None
        if self.user and any(entry.pw_name == "postgres" for entry in pwd.getpwall()):
            self.user = "postgres"
        self.password_file = folder / "password"
        self.is_new = not (folder / "data" / "PG_VERSION").exists()
        if self.is_new:
            self.create()
        self.password = self.password_file.read_text().strip()
        self.start()

    @staticmethod
    def find():
        for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
            if all((folder / name).exists() for name in ("initdb", "pg_ctl", "pgbench", "psql")):
                return folder
        found = shutil.which("pg_ctl")
        if not (found and shutil.which("pgbench")):
            raise SystemExit("benches: PostgreSQL's server and pgbench are needed (Debian: postgresql, postgresql-contrib)")
        return Path(found).resolve().parent

    def run_as_server(self, *command):
        if self.user:
            command = ("setpriv", f"--reuid={self.user}", f"--regid={pwd.getpwnam(self.user).pw_gid}",
                       "--clear-groups", "--", *command)
        return subprocess.run(command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def create(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.password_file.write_text(secrets.token_hex(16))
        self.password_file.chmod(0o600)
        if self.user:
            shutil.chown(self.folder, self.user)
            shutil.chown(self.password_file, self.user)
        self.run_as_server(self.bin / "initdb", f"--pgdata={self.folder}/data", "--username=bench",
                           f"--pwfile={self.password_file}", "--auth=scram-sha-256", "--encoding=UTF8",
                           "--locale=C.UTF-8")
        with open(self.folder / "data" / "postgresql.conf", "a") as settings:
            settings.write("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 150\n"
                           "shared_buffers = '512MB'\nmax_wal_size = '4GB'\ncheckpoint_timeout = '30min'\n"
                           "logging_collector = on\nlog_destination = 'jsonlog'\nlog_filename = 'server.log'\n"
                           "log_rotation_age = 0\nlog_rotation_size = 0\ntimezone = 'UTC'\n")

    def start(self):
        self.run_as_server(self.bin / "pg_ctl", "start", f"--pgdata={self.folder}/data", "--wait", "--silent",
                           f"--options=-p {self.port}", f"--log={self.folder}/start.log")
        self.pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        self.environment = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "bench",
                            "PGPASSWORD": self.password, "PGDATABASE": self.name, "PGOPTIONS": ""}
        self.url = f"postgres://bench:{self.password}@127.0.0.1:{self.port}/{self.name}"

    def stop(self):
        self.run_as_server(self.bin / "pg_ctl", "stop", f"--pgdata={self.folder}/data", "--mode=fast", "--wait", "--silent")

    def psql(self, *arguments, database=None):
        environment = {**self.environment, "PGDATABASE": database or self.name}
        command = [self.bin / "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", *arguments]
        return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout

    def cpu(self):
        """Processor seconds of the server: the postmaster, its children, and those that have ended."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        total = cpu_of(self.pid)
        for child in children:
            try:
                total += cpu_of(child)
            except (FileNotFoundError, ProcessLookupError):
                pass
        return total

    def statements_of(self, action):
        """What the server was asked while `action` ran: texts with their parameters, in order."""
        log = self.folder / "data" / "log" / "server.json"
        self.psql("-c", "ALTER SYSTEM SET log_min_duration_statement = 0", "-c", "SELECT pg_reload_conf()")
        time.sleep(0.5)
        begin = log.stat().st_size
        action()
        time.sleep(0.3)
        with open(log, "rb") as file:
            file.seek(begin)
            lines = [json.loads(line) for line in file.read().splitlines()]
        self.psql("-c", "ALTER SYSTEM RESET log_min_duration_statement", "-c", "SELECT pg_reload_conf()")
        found = []
        for line in lines:
            told = re.match(r"duration: [\d.]+ ms  (?:execute [^:]*|statement): (.*)", line.get("message", ""), re.S)
            if told and line.get("application_name") == "tiendo":
                found.append((told[1], parameters(line.get("detail", ""))))
        return found


class Sqlite:
    """A file with the same rows; its processor time is the service's."""

    TABLES = ["organizations", "indicators", "indicator_targets", "observations", "tasks", "progress_updates", "changes"]

    def __init__(self, path):
        self.path, self.url = path, f"sqlite:{path}"

    def copy_from(self, postgres):
        """Takes over the rows of PostgreSQL, table by table, into the schema that is there."""
        file = sqlite3.connect(self.path, isolation_level=None)
        for statement in ("PRAGMA synchronous = OFF", "PRAGMA foreign_keys = OFF", "BEGIN"):
            file.execute(statement)
        for table in self.TABLES:
            # What a migration has put there is among the rows that come.
            file.execute(f"DELETE FROM {table}")
            columns = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
            kinds = dict(line.split("|") for line in postgres.psql("-c", (
                "SELECT column_name, data_type FROM information_schema.columns "
                f"WHERE table_name = '{table}' AND table_schema = 'public'")).splitlines())
            shown = {"uuid": "'\\x' || encode(uuid_send({0}), 'hex')", "boolean": "{0}::integer",
                     "timestamp with time zone": "(extract(epoch FROM {0}) * 1000000)::bigint"}
            selected = ", ".join(shown.get(kinds[name], "{0}").format(f'"{name}"') for name in columns)
            command = [postgres.bin / "psql", "-X", "-q", "-c", f"COPY (SELECT {selected} FROM {table}) TO STDOUT"]
            with subprocess.Popen(command, env=postgres.environment, stdout=subprocess.PIPE, text=True) as rows:
                places = ", ".join("?" * len(columns))
                file.executemany(f"INSERT INTO {table} VALUES ({places})", (tuple(self.values(row)) for row in rows.stdout))
        for statement in ("COMMIT", "PRAGMA wal_checkpoint(TRUNCATE)"):
            file.execute(statement)
        file.close()

    @staticmethod
    def values(row):
        for value in row.rstrip("\n").split("\t"):
            if value == "\\N":
                yield None
            elif value.startswith("\\\\x"):
                yield bytes.fromhex(value[3:])
            else:
                yield value.replace("\\\\", "\\") if "\\" in value else value

    def cpu(self):
        return 0.0

    def stop(self):
        pass


def parameters(detail):
    """`parameters: $1 = 'a', $2 = NULL` as a list."""
    values = re.findall(r"\$\d+ = (NULL|'(?:[^']|'')*')", detail)
    return [None if value == "NULL" else value[1:-1].replace("''", "'") for value in values]


class Service:
    """The service with authentication on, and a token of a client that sees the whole tree."""

    def __init__(self, binary, url, folder, credentials=None, log="info"):
        self.binary, self.url, self.folder, self.log = binary, url, folder, log
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.credentials = credentials
        self.environment = {
            **os.environ, "DATABASE_URL": url, "TIENDO_LISTEN": f"127.0.0.1:{self.port}", "TIENDO_LOG": log,
            "TIENDO_REQUESTS_PER_MINUTE": "0", "TIENDO_TOKEN_SECONDS": "7200",
            # As the container has it, and as docs/operate.md says.
            "MALLOC_ARENA_MAX": "2",
        }

    def verb(self, *arguments):
        return subprocess.run([self.binary, *arguments], check=True, env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True).stdout

    def add_client(self):
        added = self.verb("client", "add", "--name", "bench", "--organization", "X", "--profile", "administrator")
        self.credentials = dict(line.split("=", 1) for line in added.split() if "=" in line)
        return self.credentials

    def start(self):
        """Starts it; answers the milliseconds until its first answer."""
        began = time.perf_counter()
        self.process = subprocess.Popen([self.binary, "serve"], env=self.environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=open(self.folder / "service.log", "w"))
        self.pid = self.process.pid
        while True:
            try:
                urllib.request.urlopen(f"{self.base}/health/live", timeout=5).read()
                break
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("benches: the service did not start: "
                                     + (self.folder / "service.log").read_text()[-2000:])
                time.sleep(0.001)
        took = (time.perf_counter() - began) * 1000
        self.token = self.ask_token()
        return took

    def ask_token(self):
        form = "grant_type=client_credentials&client_id={client_id}&client_secret={client_secret}"
        request = urllib.request.Request(f"{self.base}/oauth2/token", form.format(**self.credentials).encode())
        return json.load(urllib.request.urlopen(request))["access_token"]

    def call(self, method, path, accept="application/json", body=""):
        request = urllib.request.Request(self.base + path, body.encode() if body else None, method=method, headers={
            "Authorization": f"Bearer {self.token}", "Accept": accept, "Content-Type": "application/json"})
        return urllib.request.urlopen(request).read()

    def cpu(self):
        return cpu_of(self.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
