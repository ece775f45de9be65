"""The journey of tests/clients/README.md with the client that openapi-generator makes for Python."""

import os
from datetime import datetime, timezone

from tiendo_client import ApiClient, ApiException, Configuration
from tiendo_client.api.pull_api import PullApi
from tiendo_client.api.push_api import PushApi
from tiendo_client.api.reference_api import ReferenceApi
from tiendo_client.api.start_here_api import StartHereApi
from tiendo_client.models.observation_create import ObservationCreate
from tiendo_client.models.observation_status import ObservationStatus
from tiendo_client.models.outcome import Outcome
from tiendo_client.models.problem import Problem
from tiendo_client.models.progress_update_create import ProgressUpdateCreate
from tiendo_client.models.task import Task
from tiendo_client.models.task_patch import TaskPatch
from tiendo_client.models.task_state import TaskState
from tiendo_client.models.task_update import TaskUpdate
from tiendo_client.models.transition_create import TransitionCreate
from tiendo_client.models.verdict import Verdict

BASE = os.environ["TESTS_BASE"]


def authorized(name: str) -> ApiClient:
    """A client that carries the token of one of the three callers."""
    with ApiClient(Configuration(host=BASE)) as stranger:
        token = StartHereApi(stranger).issue_token(
            grant_type="client_credentials",
            client_id=os.environ[f"{name}_ID"],
            client_secret=os.environ[f"{name}_SECRET"],
        )
    assert token.token_type == "Bearer", token
    return ApiClient(Configuration(host=BASE, access_token=token.access_token))


def month_of_today(office: ApiClient) -> str:
    periods = ReferenceApi(office).list_calendar_periods("ND09")
    return next(item.period for item in periods.items if "-M" in item.period)


def push_task(platform: ApiClient) -> Task:
    update = TaskUpdate(
        title="Rà soát quy trình nội bộ", lead="LC-TTR-VP", coordinators=["LC-TTR-NV"], due_on=datetime(2099, 12, 10).date()
    )
    first = PushApi(platform).put_task_by_key_with_http_info("qlvb", "2026/0115", update)
    again = PushApi(platform).put_task_by_key_with_http_info("qlvb", "2026/0115", update)
    assert (first.status_code, again.status_code) == (201, 200), (first.status_code, again.status_code)
    assert again.data == first.data, (first.data, again.data)
    assert first.data.state == TaskState.ASSIGNED and first.data.source_key == "2026/0115", first.data
    # A change of the title alone: what the patch does not name must stay.
    assert again.headers is not None
    patch = TaskPatch(title="Rà soát, điều chỉnh quy trình nội bộ")
    changed = PushApi(platform).update_task(first.data.id, again.headers["etag"], patch)
    assert (changed.title, changed.coordinators, changed.due_on) == (patch.title, update.coordinators, update.due_on), changed
    print("task", changed.id, "version", changed.version)
    return changed


def work_on(office: ApiClient, task: Task) -> None:
    for to in (TaskState.ACCEPTED, TaskState.IN_PROGRESS):
        assert PushApi(office).create_task_transition(task.id, TransitionCreate(to=to)).state == to
    progress = ProgressUpdateCreate(
        as_of=datetime.now(timezone.utc).date(), percent="60", results="Đã rà soát 12 trên 20 quy trình", spent_vnd=15_000_000
    )
    sent = PushApi(office).create_progress_update(task.id, progress)
    now = PullApi(office).get_task(task.id)
    assert (sent.task, now.percent, now.spent_vnd, now.version) == (task.id, "60", 15_000_000, 5), now
    print("progress", now.percent, "% spent", now.spent_vnd, "VND")


def push_figures(office: ApiClient, month: str) -> None:
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
    first = PushApi(office).create_observations(rows)
    again = PushApi(office).create_observations(rows)
    assert [row.outcome for row in first.rows] == [Outcome.CREATED] * 2, first
    assert [row.outcome for row in again.rows] == [Outcome.UNCHANGED] * 2, again
    assert [row.id for row in again.rows] == [row.id for row in first.rows], (first, again)
    print("figures", first.counts.created, "created, then", again.counts.unchanged, "unchanged")


def pull_report(department: ApiClient, month: str) -> None:
    figures = PullApi(department).get_periodic_report(month, under="LC-TTR").figures
    assert (figures.tasks.total, figures.tasks.by_state.in_progress) == (44, 1), figures.tasks
    assert figures.money.spent_vnd == 15_000_000, figures.money
    assert (figures.coverage.expected, figures.coverage.received) == (7, 2), figures.coverage
    found = {item.indicator: (item.value, item.verdict) for item in figures.indicators}
    # 90 of 100 against "trên 90 %" is not met.
    assert found["CT01"] == ("98.3333", Verdict.NOT_MET), found
    assert found["CT06"] == ("90", Verdict.NOT_MET), found
    assert found["CT07"] == (None, Verdict.NO_DATA), found
    print("report", month, "CT01 =", found["CT01"][0])


def refused(department: ApiClient, task: Task) -> None:
    """Who only reads may not push, and is told so in a form that a program can read."""
    try:
        PushApi(department).create_task_transition(task.id, TransitionCreate(to=TaskState.SUSPENDED))
    except ApiException as error:
        assert error.status == 403 and error.body is not None, error
        problem = Problem.from_json(error.body)
        assert problem is not None and problem.type.endswith("/problems/scope-missing"), problem
        print("refused", problem.type)
    else:
        raise AssertionError("a push without its scope went through")


def main() -> None:
    platform, office, department = (authorized(name) for name in ("PLATFORM", "OFFICE", "DEPARTMENT"))
    month = month_of_today(office)
    task = push_task(platform)
    work_on(office, task)
    push_figures(office, month)
    pull_report(department, month)
    refused(department, task)


main()
