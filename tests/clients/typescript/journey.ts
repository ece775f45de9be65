// The journey of tests/clients/README.md with the types that openapi-typescript makes, and openapi-fetch.
import { deepStrictEqual, ok, strictEqual } from "node:assert";

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./tiendo.js";

type Schemas = components["schemas"];
/** What is read here: a report could come as CSV as well. */
type Read = "application/json" | "application/problem+json";
type Caller = Client<paths, Read>;

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};
const baseUrl = env("TESTS_BASE");

/** What a call answered; a refusal ends the journey. */
const must = <T>(answer: { data?: T; error?: unknown; response: Response }): T => {
  if (answer.data === undefined) throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
};

/** A client that carries the token of one of the three callers. */
const authorized = async (name: string): Promise<Caller> => {
  const token = must(
    await createClient<paths, Read>({ baseUrl }).POST("/oauth2/token", {
      body: { grant_type: "client_credentials", client_id: env(`${name}_ID`), client_secret: env(`${name}_SECRET`) },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    }),
  );
  strictEqual(token.token_type, "Bearer");
  return createClient<paths, Read>({ baseUrl, headers: { Authorization: `Bearer ${token.access_token}` } });
};

const monthOfToday = async (office: Caller): Promise<string> => {
  const periods = must(await office.GET("/v1/calendars/{code}/periods", { params: { path: { code: "ND09" } } }));
  const month = periods.items.find((item) => item.period.includes("-M"));
  ok(month);
  return month.period;
};

const pushTask = async (platform: Caller): Promise<Schemas["Task"]> => {
  const update: Schemas["TaskUpdate"] = {
    title: "Rà soát quy trình nội bộ",
    lead: "LC-TTR-VP",
    coordinators: ["LC-TTR-NV"],
    due_on: "2099-12-10",
  };
  const put = () =>
    platform.PUT("/v1/tasks/by-key/{source}/{source_key}", {
      params: { path: { source: "qlvb", source_key: "2026/0115" } },
      body: update,
    });
  const [created, repeated] = [await put(), await put()];
  deepStrictEqual([created.response.status, repeated.response.status], [201, 200]);
  const [first, again] = [must(created), must(repeated)];
  deepStrictEqual(again, first);
  deepStrictEqual([first.state, first.source_key], ["assigned", "2026/0115"]);

  // A change of the title alone: what the patch does not name must stay.
  const patch: Schemas["TaskPatch"] = { title: "Rà soát, điều chỉnh quy trình nội bộ" };
  const version = repeated.response.headers.get("etag");
  ok(version);
  const changed = must(
    await platform.PATCH("/v1/tasks/{id}", { params: { path: { id: first.id }, header: { "If-Match": version } }, body: patch }),
  );
  deepStrictEqual([changed.title, changed.coordinators, changed.due_on], [patch.title, update.coordinators, update.due_on]);
  console.log("task", changed.id, "version", changed.version);
  return changed;
};

const workOn = async (office: Caller, task: Schemas["Task"]): Promise<void> => {
  const params = { path: { id: task.id } };
  for (const to of ["accepted", "in_progress"] as const) {
    strictEqual(must(await office.POST("/v1/tasks/{id}/transitions", { params, body: { to } })).state, to);
  }
  const sent = must(
    await office.POST("/v1/tasks/{id}/progress-updates", {
      params,
      body: {
        as_of: new Date().toISOString().slice(0, 10),
        percent: "60",
        results: "Đã rà soát 12 trên 20 quy trình",
        spent_vnd: 15_000_000,
      },
    }),
  );
  const now = must(await office.GET("/v1/tasks/{id}", { params }));
  deepStrictEqual([sent.task, now.percent, now.spent_vnd, now.version], [task.id, "60", 15_000_000, 5]);
  console.log("progress", now.percent, "% spent", now.spent_vnd, "VND");
};

const pushFigures = async (office: Caller, month: string): Promise<void> => {
  const figure = (indicator: string, numerator: string, denominator: string): Schemas["ObservationCreate"] => {
    return { indicator, organization: "LC-TTR", period: month, numerator, denominator, status: "final" };
  };
  const body = [figure("CT01", "118", "120"), figure("CT06", "90", "100")];
  const first = must(await office.POST("/v1/observations", { body }));
  const again = must(await office.POST("/v1/observations", { body }));
  deepStrictEqual(first.rows.map((row) => row.outcome), ["created", "created"]);
  deepStrictEqual(again.rows.map((row) => row.outcome), ["unchanged", "unchanged"]);
  deepStrictEqual(again.rows.map((row) => row.id), first.rows.map((row) => row.id));
  console.log("figures", first.counts.created, "created, then", again.counts.unchanged, "unchanged");
};

const pullReport = async (department: Caller, month: string): Promise<void> => {
  const params = { path: { period: month }, query: { under: "LC-TTR" } };
  const { figures } = must(await department.GET("/v1/periodic-reports/{period}", { params }));
  deepStrictEqual([figures.tasks.total, figures.tasks.by_state.in_progress], [44, 1]);
  strictEqual(figures.money.spent_vnd, 15_000_000);
  deepStrictEqual([figures.coverage.expected, figures.coverage.received], [7, 2]);
  const found = new Map(figures.indicators.map((item) => [item.indicator, [item.value ?? null, item.verdict]]));
  // 90 of 100 against "trên 90 %" is not met.
  deepStrictEqual(found.get("CT01"), ["98.3333", "not_met"]);
  deepStrictEqual(found.get("CT06"), ["90", "not_met"]);
  deepStrictEqual(found.get("CT07"), [null, "no_data"]);
  console.log("report", month, "CT01 =", found.get("CT01")?.[0]);
};

/** Who only reads may not push, and is told so in a form that a program can read. */
const refused = async (department: Caller, task: Schemas["Task"]): Promise<void> => {
  const answer = await department.POST("/v1/tasks/{id}/transitions", {
    params: { path: { id: task.id } },
    body: { to: "suspended" },
  });
  strictEqual(answer.response.status, 403);
  const problem = answer.error;
  ok(problem);
  ok(problem.type.endsWith("/problems/scope-missing"), problem.type);
  console.log("refused", problem.type);
};

const [platform, office, department] = [await authorized("PLATFORM"), await authorized("OFFICE"), await authorized("DEPARTMENT")];
const month = await monthOfToday(office);
const task = await pushTask(platform);
await workOn(office, task);
await pushFigures(office, month);
await pullReport(department, month);
await refused(department, task);
