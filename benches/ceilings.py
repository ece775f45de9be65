"""What PostgreSQL itself can do on this machine in the same minute: `pgbench -M prepared`, and `COPY` through psql."""

import re
import subprocess
import time

HERE = __import__("pathlib").Path(__file__).resolve().parent


def as_script(statements, replaced, folder, name):
    """The statements that the service itself sent, as a script of pgbench and its variables.

    `replaced` gives for a parameter's value the expression that varies it from one transaction to the next.
    """
    lines, variables = [], {}
    for at, (text, parameters) in enumerate(statements):
        text = " ".join(text.split()).rstrip(";")
        text = {"SELECT; COMMIT": "COMMIT"}.get(text, text)

        def parameter(found):
            value = parameters[int(found[1]) - 1]
            if not value:
                return "NULL" if value is None else "''"
            if value in replaced:
                return replaced[value]
            variable = f"s{at}p{found[1]}"
            variables[variable] = value
            return f":{variable}"

        lines.append(re.sub(r"\$(\d+)", parameter, text) + ";")
    path = folder / f"{name}.pgbench"
    path.write_text("\n".join(lines) + "\n")
    return path, variables


def pgbench(postgres, scripts, variables, clients, seconds):
    """Transactions a second."""
    command = [postgres.bin / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)]
    for script in scripts:
        command += ["-f", str(script)]
    for name, value in variables.items():
        command += ["-D", f"{name}={value}"]
    told = subprocess.run(command, env=postgres.environment, capture_output=True, text=True)
    if told.returncode:
        raise SystemExit(f"benches: pgbench: {told.stderr[-2000:]}")
    if (failed := re.search(r"number of failed transactions: (\d+)", told.stdout)) and int(failed[1]):
        raise SystemExit(f"benches: pgbench: {failed[0]}\n{told.stderr[-2000:]}")
    return float(re.search(r"tps = ([\d.]+)", told.stdout)[1])


def copies(postgres, query, shape, clients, seconds, folder):
    """`COPY (query) TO STDOUT` by several psql at once: copies a second."""
    script = folder / "copy.sql"

    def run(times):
        script.write_text(f"COPY ({query}) TO STDOUT{shape};\n" * times)
        began = time.perf_counter()
        command = [postgres.bin / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", script]
        running = [subprocess.Popen(command, env=postgres.environment, stdout=subprocess.DEVNULL) for _ in range(clients)]
        if any(process.wait() for process in running):
            raise SystemExit("benches: psql could not copy")
        return time.perf_counter() - began

    once = run(1)
    times = max(1, int(seconds / once))
    return clients * times / run(times)


def filled_in(statement):
    """A statement with its parameters written into it."""
    text, parameters = statement
    quote = lambda value: "NULL" if value is None else "'" + value.replace("'", "''") + "'"
    return re.sub(r"\$(\d+)", lambda found: quote(parameters[int(found[1]) - 1]), " ".join(text.split()).rstrip(";"))
