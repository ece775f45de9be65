"""The journey of tests/clients/README.md with the client that openapi-python-client makes from the 3.0 document."""

import os
from datetime import date, datetime, timezone
from uuid import UUID

from tiendo_client import AuthenticatedClient, Client
from tiendo_client.api.pull import get_periodic_report, get_task
from tiendo_client.api.push import (
    create_observations,
    create_progress_update,
    create_task_transition,
    put_task_by_key,
    update_task,
)
from tiendo_client.api.reference import list_calendar_periods
from tiendo_client.api.start_here import issue_token
from tiendo_client.models.observation_create import ObservationCreate
from tiendo_client.models.observation_push import ObservationPush
from tiendo_client.models.observation_status import ObservationStatus
from tiendo_client.models.outcome import Outcome
from tiendo_client.models.periodic_report import PeriodicReport
from tiendo_client.models.periods_of_day import PeriodsOfDay
from tiendo_client.models.problem import Problem
from tiendo_client.models.progress_update import ProgressUpdate
from tiendo_client.models.progress_update_create import ProgressUpdateCreate
from tiendo_client.models.task import Task
from tiendo_client.models.task_patch import TaskPatch
from tiendo_client.models.task_state import TaskState
from tiendo_client.models.task_update import TaskUpdate
from tiendo_client.models.token_answer import TokenAnswer
from tiendo_client.models.token_request import TokenRequest
from tiendo_client.models.transition_create import TransitionCreate
from tiendo_client.models.verdict import Verdict

BASE = os.environ["TESTS_BASE"]


def authorized(name: str) -> AuthenticatedClient:
    """A client that carries the token of one of the three callers."""
    body = TokenRequest(
        grant_type="client_credentials",
        client_id=os.environ[f"{name}_ID"],
        client_secret=os.environ[f"{name}_SECRET"],
    )
    token = issue_token.sync(client=Client(BASE), body=body)
    assert isinstance(token, TokenAnswer) and token.token_type == "Bearer", token
    return AuthenticatedClient(BASE, token.access_token)


def month_of_today(office: AuthenticatedClient) -> str:
    periods = list_calendar_periods.sync("ND09", client=office)
    assert isinstance(periods, PeriodsOfDay), periods
    return next(item.period for item in periods.items if "-M" in item.period)


def push_task(platform: AuthenticatedClient) -> Task:
    update = TaskUpdate(
        title="Rà soát quy trình nội bộ", lead="LC-TTR-VP", coordinators=["LC-TTR-NV"], due_on=date(2099, 12, 10)
    )
    first = put_task_by_key.sync_detailed("qlvb", "2026/0115", client=platform, body=update)
    again = put_task_by_key.sync_detailed("qlvb", "2026/0115", client=platform, body=update)
    assert (first.status_code, again.status_code) == (201, 200), (first, again)
    task = first.parsed
    assert isinstance(task, Task) and again.parsed == task, (first, again)
    assert task.state == TaskState.ASSIGNED and task.source_key == "2026/0115", task

    # A change of the title alone: what the patch does not name must stay.
    patch = TaskPatch(title="Rà soát, điều chỉnh quy trình nội bộ")
    changed = update_task.sync(task.id, client=platform, body=patch, if_match=again.headers["ETag"])
    assert isinstance(changed, Task), changed
    assert (changed.title, changed.coordinators, changed.due_on) == (patch.title, update.coordinators, update.due_on), changed
    print("task", changed.id, "version", changed.version)
    return changed


def work_on(office: AuthenticatedClient, task: UUID) -> None:
    for to in (TaskState.ACCEPTED, TaskState.IN_PROGRESS):
        moved = create_task_transition.sync(task, client=office, body=TransitionCreate(to=to))
        assert isinstance(moved, Task) and moved.state == to, moved
    progress = ProgressUpdateCreate(
        as_of=datetime.now(timezone.utc).date(), percent="60", results="Đã rà soát 12 trên 20 quy trình", spent_vnd=15_000_000
    )
    sent = create_progress_update.sync(task, client=office, body=progress)
    now = get_task.sync(task, client=office)
    assert isinstance(sent, ProgressUpdate) and isinstance(now, Task), (sent, now)
    assert (sent.task, now.percent, now.spent_vnd, now.version) == (task, "60", 15_000_000, 5), now
    print("progress", now.percent, "% spent", now.spent_vnd, "VND")


def push_figures(office: AuthenticatedClient, month: str) -> None:
    rows = [
        ObservationCreate(
            indicator=indicator,
            organization="LC-TTR",
            period=month,
            numerator=numerator,
            denominator=denominator,
            status=ObservationStatus.FINAL,
        )
        for indicator, numerator, denominator in (("CT01", "118", "120"), ("CT06", "90", "100"))
    ]
    first = create_observations.sync(client=office, body=rows)
    again = create_observations.sync(client=office, body=rows)
    assert isinstance(first, ObservationPush) and isinstance(again, ObservationPush), (first, again)
    assert [row.outcome for row in first.rows] == [Outcome.CREATED] * 2, first
    assert [row.outcome for row in again.rows] == [Outcome.UNCHANGED] * 2, again
    assert [row.id for row in again.rows] == [row.id for row in first.rows], (first, again)
    print("figures", first.counts.created, "created, then", again.counts.unchanged, "unchanged")


def pull_report(department: AuthenticatedClient, month: str) -> None:
    report = get_periodic_report.sync(month, client=department, under="LC-TTR")
    assert isinstance(report, PeriodicReport), report
    figures = report.figures
    assert (figures.tasks.total, figures.tasks.by_state.in_progress) == (44, 1), figures.tasks
    assert figures.money.spent_vnd == 15_000_000, figures.money
    assert (figures.coverage.expected, figures.coverage.received) == (7, 2), figures.coverage
    found = {item.indicator: (item.value, item.verdict) for item in figures.indicators}
    # 90 of 100 against "trên 90 %" is not met.
    assert found["CT01"] == ("98.3333", Verdict.NOT_MET), found
    assert found["CT06"] == ("90", Verdict.NOT_MET), found
    assert not found["CT07"][0] and found["CT07"][1] == Verdict.NO_DATA, found
    print("report", month, "CT01 =", found["CT01"][0])


def refused(department: AuthenticatedClient, task: UUID) -> None:
    """Who only reads may not push, and is told so in a form that a program can read."""
    answer = create_task_transition.sync_detailed(task, client=department, body=TransitionCreate(to=TaskState.SUSPENDED))
    problem = answer.parsed
    assert answer.status_code == 403 and isinstance(problem, Problem), answer
    assert problem.type_.endswith("/problems/scope-missing"), problem
    print("refused", problem.type_)


def main() -> None:
    platform, office, department = (authorized(name) for name in ("PLATFORM", "OFFICE", "DEPARTMENT"))
    month = month_of_today(office)
    task = push_task(platform)
    work_on(office, task.id)
    push_figures(office, month)
    pull_report(department, month)
    refused(department, task.id)


main()
