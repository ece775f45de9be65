//! The plan of the Lai Châu Inspectorate carried out for a month: every operation, called by those who would call it.

use serde_json::{Value, json};

use super::recorder::{Call, Recorder};
use crate::harness::{Api, Client, Reply};

const FORM: &[(&str, &str)] = &[("Content-Type", "application/x-www-form-urlencoded")];
const KEY: [&str; 2] = ["qlvb", "2026-0115"];

/// Somebody who calls, with its `client_id` and secret.
struct Caller {
    client: Client,
    credentials: [String; 2],
}

/// Those who call.
struct Cast {
    admin: Caller,
    /// The document-management platform.
    platform: Caller,
    /// The office of the Inspectorate.
    office: Caller,
    /// The Department of Science and Technology.
    department: Caller,
}

impl Cast {
    /// The day goes on; the tokens of before have run out.
    fn at(mut self, api: &Api, time: &str) -> Self {
        api.set_time(time);
        for caller in [&mut self.admin, &mut self.platform, &mut self.office, &mut self.department] {
            let [id, secret] = &caller.credentials;
            caller.client.token = api.token(id, secret);
        }
        self
    }
}

/// Calls every operation.
pub fn tell(recorder: &mut Recorder) {
    load_plan(recorder);
    let cast = meet(recorder);
    let plan = organizations_and_documents(recorder, &cast);
    let task = assign(recorder, &cast, &plan);
    let cast = cast.at(recorder.api, "2026-11-05T03:30:00Z");
    carry_out(recorder, &cast, &task);
    inspect(recorder, &cast, &task);
    define(recorder, &cast);
    let cast = cast.at(recorder.api, "2026-11-16T02:00:00Z");
    measure(recorder, &cast);
    let cast = cast.at(recorder.api, "2026-11-18T02:00:00Z");
    pull(recorder, &cast, &plan);
    operate(recorder, &cast);
}

/// When it begins; it ends in the past, so that whoever tries the examples out is not told that they lie in the future.
pub const BEGINS: &str = "2026-10-12T02:00:00Z";

fn load_plan(recorder: &Recorder) {
    let plan: tiendo::exchange::plans::model::Plan = serde_json::from_str(tiendo::exchange::plans::LAI_CHAU).unwrap();
    let caller = crate::harness::operator_at(BEGINS, Some(plan.source.clone()));
    recorder.api.write(async move |db| tiendo::exchange::plans::load(db, &caller, plan).await).unwrap();
}

fn id(reply: &Reply) -> String {
    reply.body["id"].as_str().unwrap().to_owned()
}

fn body(body: Value) -> Call<'static> {
    Call { body: Some(body), ..Call::default() }
}

fn at<'a>(path: &'a [&'a str]) -> Call<'a> {
    Call { path, ..Call::default() }
}

fn asking<'a>(query: &'a [(&'a str, &'a str)]) -> Call<'a> {
    Call { query, ..Call::default() }
}

/// Gets a client its first token.
fn enter(recorder: &mut Recorder, credentials: [String; 2]) -> Caller {
    let [id, secret] = &credentials;
    let form = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
    let call = Call { headers: FORM, body: Some(form), ..Call::default() };
    let stranger = recorder.api.stranger();
    let token = recorder.call("issue_token", &stranger, 200, &call).body["access_token"].clone();
    Caller { client: Client { token: token.as_str().unwrap().to_owned(), ..stranger }, credentials }
}

fn scopes(profile: &str) -> Value {
    let scopes = tiendo::base::auth::Scopes::of_profile(profile).unwrap();
    scopes.iter().map(tiendo::base::auth::ScopeName::as_str).collect()
}

fn meet(recorder: &mut Recorder) -> Cast {
    // A client that owns the records of a source system is the operator's to add.
    let by_operator = |name: &str, profile: &str, source: Option<&str>| -> [String; 2] {
        recorder.api.credentials_named(name, "LC", profile, source).into()
    };
    let admin = by_operator("Quản trị", "administrator", None);
    let platform = by_operator("Nền tảng quản lý văn bản", "document-platform", Some("qlvb"));
    let [platform, admin] = [platform, admin].map(|credentials| enter(recorder, credentials));
    let mut by_admin = |name: &str, organization: &str, profile: &str| {
        let client = json!({ "name": name, "organization": organization, "scopes": scopes(profile) });
        let made = recorder.call("create_client", &admin.client, 201, &body(client)).body;
        let credentials = [&made["client"]["id"], &made["secret"]].map(|text| text.as_str().unwrap().to_owned());
        enter(recorder, credentials)
    };
    let office = by_admin("Văn phòng Thanh tra tỉnh", "LC-TTR", "executing-agency");
    let department = by_admin("Sở Khoa học và Công nghệ", "LC", "science-department");
    recorder.call("get_me", &platform.client, 200, &Call::default());
    recorder.call("list_clients", &admin.client, 200, &asking(&[("under", "LC-TTR")]));
    recorder.call("get_client", &admin.client, 200, &at(&[&department.credentials[0]]));
    Cast { admin, platform, office, department }
}

/// Answers the plan's id.
fn organizations_and_documents(recorder: &mut Recorder, cast: &Cast) -> String {
    let (admin, department) = (&cast.admin.client, &cast.department.client);
    recorder.call("list_organizations", department, 200, &asking(&[("under", "LC-TTR"), ("limit", "3")]));
    let new = json!({ "code": "LC-TTR-BBT", "name": "Ban Biên tập Trang thông tin điện tử", "kind": "office", "parent": "LC-TTR" });
    recorder.call("create_organization", admin, 201, &body(new));
    recorder.call("get_organization", department, 200, &at(&["LC-TTR"]));
    let headers = [("If-Match", "\"1\"")];
    let change = json!({ "name": "Ban Biên tập Trang thông tin điện tử Thanh tra tỉnh" });
    let call = Call { path: &["LC-TTR-BBT"], headers: &headers, body: Some(change), ..Call::default() };
    recorder.call("update_organization", admin, 200, &call);
    recorder.call("list_organization_history", department, 200, &at(&["LC-TTR-BBT"]));

    recorder.call("list_documents", department, 200, &asking(&[("kind", "resolution"), ("limit", "2")]));
    let plan = id(&recorder.call("get_document_by_key", department, 200, &at(&["kh-ttr-2025", "KH-TTR"])));
    let new = json!({
        "source": "qlvb", "source_key": "van-ban-4711", "kind": "decision", "title": "Phân công thực hiện Kế hoạch",
        "issuer": "Thanh tra tỉnh", "relations": [{ "type": "implements", "document": plan }],
    });
    let decision = recorder.call("create_document", &cast.platform.client, 201, &body(new));
    let decision_id = id(&decision);
    let put = json!({
        "kind": "decision", "title": "Phân công thực hiện Kế hoạch", "issuer": "Thanh tra tỉnh", "issued_on": "2026-10-12",
        "relations": [{ "type": "implements", "document": plan }],
    });
    for (key, expected) in [("van-ban-4712", 201), ("van-ban-4711", 200)] {
        let call = Call { path: &["qlvb", key], body: Some(put.clone()), ..Call::default() };
        recorder.call("put_document_by_key", &cast.platform.client, expected, &call);
    }
    let read = recorder.call("get_document", department, 200, &at(&[&decision_id]));
    let headers = [("If-Match", read.etag())];
    let call = Call {
        path: &[&decision_id],
        headers: &headers,
        body: Some(json!({ "status": "in_force" })),
        ..Call::default()
    };
    recorder.call("update_document", &cast.platform.client, 200, &call);
    recorder.call("list_document_history", department, 200, &at(&[&decision_id]));
    plan
}

/// Answers the task's id.
fn assign(recorder: &mut Recorder, cast: &Cast, plan: &str) -> String {
    let new = json!({
        "source": "qlvb", "source_key": "2026-0114", "title": "Số hóa quy trình nghiệp vụ, hồ sơ, tài liệu", "document": plan,
        "clause": "III.4", "lead": "LC-TTR-NV", "due_on": "2026-12-20", "priority": "high",
    });
    recorder.call("create_task", &cast.platform.client, 201, &body(new));
    let put = json!({
        "title": "Rà soát, điều chỉnh quy trình nội bộ phù hợp xử lý trên môi trường điện tử", "document": plan, "clause": "III.4",
        "lead": "LC-TTR-VP", "coordinators": ["LC-TTR-NV"], "assigned_on": "2026-10-12", "due_on": "2026-11-20",
        "planned_vnd": 40_000_000, "indicators": ["CT02"],
    });
    let mut first = None;
    for expected in [201, 200] {
        let call = Call { path: &KEY, body: Some(put.clone()), ..Call::default() };
        let answer = recorder.call("put_task_by_key", &cast.platform.client, expected, &call);
        first.get_or_insert(answer);
    }
    let task = id(&first.unwrap());
    recorder.call("get_task_by_key", &cast.platform.client, 200, &at(&KEY));
    let read = recorder.call("get_task", &cast.office.client, 200, &at(&[&task]));
    let headers = [("If-Match", read.etag())];
    let change = json!({ "leader": { "name": "Nguyễn Văn A", "position": "Chánh Văn phòng" }, "priority": "high" });
    let call = Call { path: &[&task], headers: &headers, body: Some(change), ..Call::default() };
    recorder.call("update_task", &cast.platform.client, 200, &call);
    task
}

fn carry_out(recorder: &mut Recorder, cast: &Cast, task: &str) {
    recorder.call("list_task_transitions", &cast.office.client, 200, &at(&[task]));
    for to in ["accepted", "in_progress"] {
        let call = Call { path: &[task], body: Some(json!({ "to": to })), ..Call::default() };
        recorder.call("create_task_transition", &cast.office.client, 200, &call);
    }
    let update = json!({
        "as_of": "2026-11-05", "percent": "60", "results": "Đã rà soát 12 trên 20 quy trình", "spent_vnd": 15_000_000,
        "people": 3, "obstacles": "Một số quy trình còn yêu cầu bản giấy",
        "proposals": "Cho phép dùng bản ký số thay bản giấy",
        "evidence": [{ "title": "Danh mục quy trình đã rà soát", "url": "https://example.org/quy-trinh.pdf" }],
    });
    let call = Call { path: &[task], body: Some(update), ..Call::default() };
    recorder.call("create_progress_update", &cast.office.client, 201, &call);
    recorder.call("list_progress_updates", &cast.department.client, 200, &at(&[task]));
    let change =
        json!({ "new_due_on": "2026-12-10", "reason": "Chờ hướng dẫn ký số", "approved_by": "Chánh Thanh tra" });
    let call = Call { path: &[task], body: Some(change), ..Call::default() };
    recorder.call("create_deadline_change", &cast.platform.client, 201, &call);
    recorder.call("list_deadline_changes", &cast.department.client, 200, &at(&[task]));
    recorder.call("list_task_history", &cast.department.client, 200, &at(&[task]));
    recorder.call(
        "list_tasks",
        &cast.department.client,
        200,
        &asking(&[("lead", "LC-TTR-VP"), ("state", "in_progress")]),
    );
    for accept in ["text/csv", "application/x-ndjson"] {
        let headers = [("Accept", accept)];
        let query = [("lead", "LC-TTR-VP"), ("state", "in_progress")];
        recorder.call(
            "list_tasks",
            &cast.department.client,
            200,
            &Call { query: &query, headers: &headers, ..Call::default() },
        );
    }
    recorder.call("get_task_summary", &cast.department.client, 200, &asking(&[("by", "state"), ("under", "LC-TTR")]));
}

fn inspect(recorder: &mut Recorder, cast: &Cast, task: &str) {
    let finding = json!({ "text": "8 quy trình chưa rà soát", "due_on": "2026-11-20" });
    let new = json!({ "kind": "periodic", "held_on": "2026-11-04", "tasks": [task], "findings": [finding] });
    let inspection = recorder.call("create_inspection", &cast.platform.client, 201, &body(new));
    let id = id(&inspection);
    recorder.call("list_inspections", &cast.department.client, 200, &asking(&[("held_from", "2026-11-01")]));
    let read = recorder.call("get_inspection", &cast.department.client, 200, &at(&[&id]));
    let headers = [("If-Match", read.etag())];
    let conclusion = json!({ "conclusion": "Đề nghị hoàn thành rà soát trước ngày 20/11/2026" });
    let call = Call { path: &[&id], headers: &headers, body: Some(conclusion), ..Call::default() };
    recorder.call("update_inspection", &cast.platform.client, 200, &call);
    recorder.call("list_inspection_history", &cast.department.client, 200, &at(&[&id]));
}

/// Indicators, their targets, and the calendars of their periods.
fn define(recorder: &mut Recorder, cast: &Cast) {
    let (admin, department) = (&cast.admin.client, &cast.department.client);
    let new = json!({
        "code": "LC-TTR-HS", "organization": "LC-TTR", "name": "Số hồ sơ đã số hóa", "unit": "hồ sơ", "kind": "count",
        "flow": true, "frequency": "month",
    });
    recorder.call("create_indicator", admin, 201, &body(new));
    recorder.call("list_indicators", department, 200, &asking(&[("limit", "2")]));
    recorder.call("get_indicator", department, 200, &at(&["CT06"]));
    let headers = [("If-Match", "\"1\"")];
    let change = json!({ "method": "Đếm hồ sơ có bản điện tử đã ký số" });
    let call = Call { path: &["LC-TTR-HS"], headers: &headers, body: Some(change), ..Call::default() };
    recorder.call("update_indicator", admin, 200, &call);
    recorder.call("list_indicator_history", department, 200, &at(&["LC-TTR-HS"]));
    let targets = json!([{ "organization": "LC-TTR", "year": 2026, "op": ">=", "value": "1200" }]);
    let call = Call { path: &["LC-TTR-HS"], body: Some(targets), ..Call::default() };
    recorder.call("replace_indicator_targets", admin, 200, &call);
    recorder.call("get_indicator_targets", department, 200, &at(&["CT06"]));

    recorder.call("list_calendars", department, 200, &Call::default());
    recorder.call("get_calendar", department, 200, &at(&["ND09"]));
    let call = Call { path: &["ND09"], query: &[("date", "2026-11-05")], ..Call::default() };
    recorder.call("list_calendar_periods", department, 200, &call);
    recorder.call("get_calendar_period", department, 200, &at(&["ND09", "2026-M11"]));
}

fn measure(recorder: &mut Recorder, cast: &Cast) {
    let (office, department) = (&cast.office.client, &cast.department.client);
    let row = |indicator: &str, numerator: &str, denominator: &str| {
        json!({
            "indicator": indicator, "organization": "LC-TTR", "period": "2026-M11", "numerator": numerator,
            "denominator": denominator, "status": "final",
        })
    };
    let rows = json!([row("CT01", "118", "120"), row("CT06", "90", "100")]);
    let pushed = recorder.call("create_observations", office, 200, &body(rows));
    let mixed = json!([row("CT01", "118", "120"), row("CT99", "1", "2")]);
    let call = Call { query: &[("on_error", "continue")], body: Some(mixed), ..Call::default() };
    recorder.call("create_observations", office, 207, &call);
    let figure = pushed.body["rows"][0]["id"].as_str().unwrap();
    let query = [("under", "LC-TTR"), ("period", "2026-M11")];
    recorder.call("list_observations", department, 200, &asking(&query));
    for accept in ["text/csv", "application/x-ndjson"] {
        let headers = [("Accept", accept)];
        recorder.call(
            "list_observations",
            department,
            200,
            &Call { query: &query, headers: &headers, ..Call::default() },
        );
    }
    recorder.call("get_observation", department, 200, &at(&[figure]));
    recorder.call("list_observation_history", department, 200, &at(&[figure]));
}

fn pull(recorder: &mut Recorder, cast: &Cast, plan: &str) {
    let department = &cast.department.client;
    let query = [("under", "LC-TTR"), ("period", "2026-M11")];
    recorder.call("list_assessments", department, 200, &asking(&query));
    recorder.call("get_progress", department, 200, &asking(&query));
    recorder.call("get_document_rollup", department, 200, &at(&[plan]));
    for accept in ["application/json", "text/csv"] {
        let (headers, query) = ([("Accept", accept)], [("under", "LC-TTR")]);
        let call = Call { path: &["2026-M11"], query: &query, headers: &headers, ..Call::default() };
        recorder.call("get_periodic_report", department, 200, &call);
    }
}

/// What those who run the service do.
fn operate(recorder: &mut Recorder, cast: &Cast) {
    let stranger = recorder.api.stranger();
    let [platform, secret] = &cast.platform.credentials;
    for operation in ["get_jwks", "get_metadata", "list_problems", "get_health_live", "get_health_ready", "get_metrics"]
    {
        recorder.call(operation, &stranger, 200, &Call::default());
    }
    recorder.call("get_problem", &stranger, 200, &at(&["version-stale"]));
    let form = json!({ "token": cast.platform.client.token, "client_id": platform, "client_secret": secret });
    recorder.call("revoke_token", &stranger, 200, &Call { headers: FORM, body: Some(form), ..Call::default() });
    recorder.call("create_client_secret", &cast.admin.client, 201, &at(&[platform]));
    let change = json!({ "status": "suspended" });
    let call = Call { path: &[platform], headers: &[("If-Match", "*")], body: Some(change), ..Call::default() };
    recorder.call("update_client", &cast.admin.client, 200, &call);
}
