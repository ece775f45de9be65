"""The workloads: what is asked of the service, and what bounds it."""

import datetime
import json
import random
import time

import ceilings

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"
STATES = ["assigned", "accepted", "returned", "in_progress", "suspended", "awaiting_confirmation", "completed", "cancelled"]
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date().isoformat()
MONTH = "2026-M09"
#: Figures of another run over the same data must not be known already.
RUN = int(time.time())


def task_id(number):
    return f"019b7c02-0000-7000-8000-{number:012x}"


def task_expression(variable):
    return f"('019b7c02-0000-7000-8000-' || lpad(to_hex(:{variable}::bigint), 12, '0'))::uuid"


class Workload:
    """One line of the table."""

    name = floor = None
    connections = 32
    rows = 1
    unit = "requests/s"
    #: What `sqlite_ceiling` calls it.
    sqlite = None
    #: The workload of the service that bounds it, where that is not the database.
    plain = None

    def requests(self, turn):
        """`(method, path, accept, body)` of each request to send, in order; `turn` counts the rounds."""
        raise NotImplementedError

    def ceiling(self, bench):
        """Prepares; answers a function of seconds that measures what the database alone does, in the same unit."""
        raise NotImplementedError

    def ready(self, bench):
        """Brings about what the requests need."""

    def captured(self, bench):
        """What the service asks PostgreSQL for the first request, once it is warm."""
        first = self.requests(0)[0]
        bench.service.call(*first)
        return bench.postgres.statements_of(lambda: bench.service.call(*first))


class Point(Workload):
    name, floor = "one task by id", 0.75
    sqlite = "point"

    def requests(self, turn):
        numbers = list(range(1, 20001))
        random.Random(turn).shuffle(numbers)
        return [("GET", f"/v1/tasks/{task_id(number)}", JSON, "") for number in numbers]

    def ceiling(self, bench):
        path = self.requests(0)[0][1]
        replaced = {path.rpartition("/")[2]: task_expression("n")}
        script, variables = ceilings.as_script(self.captured(bench), replaced, bench.folder, "point")
        script.write_text("\\set n random(1, 20000)\n" + script.read_text())
        return lambda seconds: ceilings.pgbench(bench.postgres, [script], variables, self.connections, seconds)


class Page(Workload):
    name, floor = "page of 50 tasks by lead and state", 0.65
    sqlite = "page"

    def requests(self, turn):
        pairs = [(f"D{lead:02}", state) for lead in range(1, 21) for state in STATES]
        random.Random(turn).shuffle(pairs)
        return [("GET", f"/v1/tasks?lead={lead}&state={state}&limit=50", JSON, "") for lead, state in pairs]

    def ceiling(self, bench):
        first = self.requests(0)[0][1]
        lead, state = first.split("lead=")[1][:3], first.split("state=")[1].split("&")[0]
        states = "(ARRAY[" + ", ".join(f"'{state}'" for state in STATES) + "])[:s]"
        replaced = {lead: "('D' || lpad(:d::text, 2, '0'))", state: states}
        script, variables = ceilings.as_script(self.captured(bench), replaced, bench.folder, "page")
        script.write_text("\\set d random(1, 20)\n\\set s random(1, 8)\n" + script.read_text())
        return lambda seconds: ceilings.pgbench(bench.postgres, [script], variables, self.connections, seconds)


def pushed(indicator, month, first, salt):
    """A push of 1,000 figures of one indicator and month."""
    rows = []
    for unit in range(first, first + 1000):
        row = {"indicator": f"I{indicator:02}", "organization": f"U{unit:04}", "period": month, "status": "final",
               "source": "đo tốc độ"}
        number = (unit * 7919 + salt) % 1000
        row |= {"numerator": str(number), "denominator": "1000"} if indicator % 2 else {"value": str(number)}
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


#: The last four are left as they are by everything but `PushAgain`'s first time.
MONTHS = ["2025-M11", "2025-M12"] + [f"2026-M{month:02}" for month in range(1, 10)]
PUSHED = [(indicator, month) for indicator in range(1, 51) for month in MONTHS[:7]]


class Compressed(Workload):
    """The same answer on the same kept connections, smaller: whoever asks for that must not wait for it."""

    name, floor, sqlite = "the same, compressed", 0.5, "compressed"

    def __init__(self, plain):
        self.plain = plain

    def requests(self, turn):
        return [(method, path, f"{accept} gzip", body) for method, path, accept, body in self.plain.requests(turn)]


class Push(Workload):
    name, floor = "push of 1,000 figures, all changed", 0.35
    sqlite = "push"
    connections, rows, unit = 8, 1000, "rows/s"

    def requests(self, turn):
        pick = random.Random(turn)
        return [("POST", "/v1/observations", JSON, pushed(indicator, month, pick.randint(1, 660), RUN + 31 * turn))
                for indicator, month in pick.sample(PUSHED, len(PUSHED))]

    def ceiling(self, bench):
        scripts, pick = [], random.Random(0)
        # As many as pgbench takes, about the same figures as the requests.
        for at, (indicator, month) in enumerate(pick.sample(PUSHED, 128)):
            scripts.append(bench.folder / f"push{at}.pgbench")
            scripts[-1].write_text(bare_upsert(indicator, month, pick.randint(1, 660)))
        return lambda seconds: 1000 * ceilings.pgbench(bench.postgres, scripts, {}, self.connections, seconds)


def bare_upsert(indicator, month, first):
    """`INSERT … SELECT FROM unnest … ON CONFLICT` of 1,000 rows, without a look at what was there."""
    units = range(first, first + 1000)
    text = lambda values: "'{" + ",".join(values) + "}'"
    numbers = text(str(unit * 7919 % 1000 * 10000) for unit in units)
    none = text("NULL" for _ in units)
    same = lambda value: text(value for _ in units)
    numerator, denominator, value = (numbers, same("10000000"), none) if indicator % 2 else (none, none, numbers)
    columns = [
        (text(f"019b7cff-0000-7000-8000-{indicator:04x}{unit:08x}" for unit in units), "uuid[]"),
        (same(f"I{indicator:02}"), "text[]"), (text(f"U{unit:04}" for unit in units), "text[]"),
        (same(month), "text[]"), (same('""'), "text[]"), (numerator, "bigint[]"), (denominator, "bigint[]"),
        (value, "bigint[]"), (none, "text[]"), (same("final"), "text[]"), (same("bench"), "text[]"), (none, "text[]"),
        (same("[]"), "text[]"), (same("1"), "integer[]"), (same("2026-11-01"), "timestamptz[]"),
        (same("2026-11-01"), "timestamptz[]"),
    ]
    changed = ["numerator", "denominator", "value", "missing", "status", "source", "note", "evidence", "definition",
               "updated_at"]
    return (
        "INSERT INTO observations (id, indicator, organization, period, breakdown, numerator, denominator, value, missing, "
        "status, source, note, evidence, definition, created_at, updated_at, version) SELECT *, 1 FROM unnest("
        + ", ".join(f"{array}::{kind}" for array, kind in columns)
        + ") ON CONFLICT (indicator, organization, period, breakdown) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in changed)
        + ", version = observations.version + 1;\n"
    )


class PushAgain(Push):
    name, floor = "the same, nothing changed", 0.8

    def requests(self, turn):
        return [("POST", "/v1/observations", JSON, pushed(indicator, month, 1 + indicator * 13, 7))
                for indicator in range(1, 51) for month in MONTHS[7:]]

    def ready(self, bench):
        for request in self.requests(0):
            bench.service.call(*request)


class ProgressUpdate(Workload):
    name, floor = "one progress update", 0.6
    sqlite = "update"

    def requests(self, turn):
        numbers = [n for n in range(1, 20001) if STATES[n % 8] not in ("completed", "cancelled")]
        random.Random(turn).shuffle(numbers)
        body = json.dumps({"as_of": TODAY, "percent": "60", "results": "Đã hoàn thành 60% khối lượng", "people": 3,
                           "spent_vnd": 30000000}, ensure_ascii=False)
        return [("POST", f"/v1/tasks/{task_id(number)}/progress-updates", JSON, body) for number in numbers]

    def ceiling(self, bench):
        script = bench.here / "progress_update.pgbench"
        return lambda seconds: ceilings.pgbench(bench.postgres, [script], {}, self.connections, seconds)


class Progress(Workload):
    floor = 0.75

    def __init__(self, name, under, connections, sqlite):
        self.name, self.under, self.connections, self.sqlite = name, under, connections, sqlite

    def requests(self, turn):
        return [("GET", f"/v1/progress?under={self.under}&period={MONTH}", JSON, "")]

    def ceiling(self, bench):
        script, variables = ceilings.as_script(self.captured(bench), {}, bench.folder, f"progress-{self.under}")
        return lambda seconds: ceilings.pgbench(bench.postgres, [script], variables, self.connections, seconds)


class Export(Workload):
    floor, connections, rows, unit, sqlite = 0.3, 8, 20000, "rows/s", "export"

    def __init__(self, name, accept, shape):
        self.name, self.accept, self.shape = name, accept, shape

    def requests(self, turn):
        return [("GET", f"/v1/observations?indicator=I{indicator:02}", self.accept, "") for indicator in range(1, 51)]

    def ceiling(self, bench):
        longest = max(self.captured(bench), key=lambda statement: len(statement[0]))
        query = ceilings.filled_in(longest).partition(" CURSOR FOR ")[2]
        return lambda seconds: self.rows * ceilings.copies(bench.postgres, query, self.shape, self.connections, seconds,
                                                           bench.folder)


class Nothing(Workload):
    """What HTTP costs: the most that any workload could reach."""

    name, sqlite = "an answer that asks nothing of the database", "nothing"

    def requests(self, turn):
        return [("GET", "/health/live", JSON, "")]


NOTHING = Nothing()
POINT, PAGE, TREE = Point(), Page(), Progress("live progress of the whole tree", "X", 4, "tree")
ALL = [
    POINT, PAGE, Compressed(PAGE), Push(), PushAgain(), ProgressUpdate(),
    Progress("live progress of a department", "D07", 8, "department"), TREE,
    Export("export of 20,000 figures, NDJSON", NDJSON, ""), Export("export of 20,000 figures, CSV", CSV, " WITH (FORMAT csv)"),
]
