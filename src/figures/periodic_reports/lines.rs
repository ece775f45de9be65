//! A report as one flat table: a line for each figure, for spreadsheets and simple importers.

use super::model::{Line, PeriodicReport};
use crate::{
    base::i18n::Language,
    figures::{
        assessments::model::Assessment,
        progress::model::{Coverage, Money, Progress, Remark, Tasks},
    },
};

/// Collects lines with labels in one language.
struct Sheet {
    language: Language,
    lines: Vec<Line>,
}

impl Sheet {
    fn say(&self, vi: &str, en: &str) -> String {
        match self.language {
            Language::Vi => vi.to_owned(),
            Language::En => en.to_owned(),
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "a count or a text that is written on the spot")]
    fn put(&mut self, section: &'static str, key: impl Into<String>, label: impl Into<String>, value: impl ToString) {
        let (key, label, value) = (key.into(), label.into(), Some(value.to_string()).filter(|value| !value.is_empty()));
        self.lines.push(Line { section, key, label, value, unit: None, note: None });
    }

    fn unit(&mut self, unit: impl Into<String>) -> &mut Self {
        if let Some(line) = self.lines.last_mut() {
            line.unit = Some(unit.into());
        }
        self
    }

    fn note(&mut self, note: impl Into<String>) -> &mut Self {
        if let Some(line) = self.lines.last_mut() {
            line.note = Some(note.into());
        }
        self
    }
}

/// The report's lines, in the order of the report.
#[must_use]
pub fn lines(report: &PeriodicReport, language: Language) -> Vec<Line> {
    let mut sheet = Sheet { language, lines: Vec::new() };
    sheet.report(report);
    sheet.tasks(&report.figures.tasks);
    for assessment in &report.figures.indicators {
        sheet.indicator(assessment);
    }
    sheet.money(&report.figures.money);
    sheet.remarks("obstacles", &report.figures.obstacles);
    sheet.remarks("proposals", &report.figures.proposals);
    sheet.coverage(&report.figures.coverage);
    sheet.lines
}

impl Sheet {
    fn report(&mut self, report: &PeriodicReport) {
        let (period, figures): (_, &Progress) = (&report.period, &report.figures);
        let scope = if figures.includes_below { "under" } else { "organization" };
        self.put("report", "period", self.say("Kỳ báo cáo", "Period"), period.period);
        self.put("report", scope, self.say("Cơ quan", "Organization"), &figures.under);
        self.put("report", "calendar", self.say("Lịch báo cáo", "Calendar"), &period.calendar);
        self.put("report", "from", self.say("Từ ngày", "From"), period.window.from);
        self.put("report", "to", self.say("Đến ngày", "To"), period.window.to);
        self.put("report", "cutoff_at", self.say("Thời điểm chốt số liệu", "Cut-off"), period.cutoff_at);
        self.put("report", "due_at", self.say("Hạn gửi báo cáo", "Due"), period.due_at);
        self.note(period.basis.clone());
        self.put("report", "as_of", self.say("Số liệu đến hết ngày", "As of"), figures.as_of);
        self.put("report", "is_cut_off", self.say("Đã qua thời điểm chốt", "Cut off"), report.is_cut_off);
    }

    fn tasks(&mut self, tasks: &Tasks) {
        let (states, times) = (&tasks.by_state, &tasks.by_timeliness);
        let counts = [
            ("total", "Tổng số nhiệm vụ", "Tasks", tasks.total),
            ("state.assigned", "Đã giao", "Assigned", states.assigned),
            ("state.accepted", "Đã nhận", "Accepted", states.accepted),
            ("state.in_progress", "Đang thực hiện", "In progress", states.in_progress),
            ("state.awaiting_confirmation", "Chờ xác nhận", "Awaiting confirmation", states.awaiting_confirmation),
            ("state.completed", "Hoàn thành", "Completed", states.completed),
            ("state.suspended", "Tạm dừng", "Suspended", states.suspended),
            ("state.returned", "Trả lại", "Returned", states.returned),
            ("state.cancelled", "Hủy", "Cancelled", states.cancelled),
            ("timeliness.no_deadline", "Không thời hạn", "No deadline", times.no_deadline),
            ("timeliness.on_time", "Trong hạn", "On time", times.on_time),
            ("timeliness.due_soon", "Sắp đến hạn", "Due soon", times.due_soon),
            ("timeliness.overdue", "Quá hạn", "Overdue", times.overdue),
            ("timeliness.done_on_time", "Hoàn thành đúng hạn", "Done on time", times.done_on_time),
            ("timeliness.done_late", "Hoàn thành quá hạn", "Done late", times.done_late),
        ];
        for (key, vi, en, count) in counts {
            self.put("tasks", key, self.say(vi, en), count);
        }
        for group in &tasks.by_group {
            let key = group.group.clone().unwrap_or_default();
            let name = group.group.clone().unwrap_or_else(|| self.say("Không thuộc nhóm nào", "In no group"));
            let counts = [group.total, group.completed, group.overdue];
            self.part("tasks_by_group", &key, &name, counts, group.percent.map(|percent| percent.to_string()));
        }
        for lead in &tasks.by_lead {
            let (code, name) = (lead.organization.as_str(), lead.name.as_ref().map_or("", |name| name.as_str()));
            let counts = [lead.total, lead.completed, lead.overdue];
            self.part("tasks_by_lead", code, name, counts, lead.percent.map(|percent| percent.to_string()));
        }
    }

    fn part(&mut self, section: &'static str, key: &str, name: &str, counts: [i64; 3], percent: Option<String>) {
        let words = [
            ("total", "tổng số", "total"),
            ("completed", "hoàn thành", "completed"),
            ("overdue", "quá hạn", "overdue"),
        ];
        for ((word, vi, en), count) in words.into_iter().zip(counts) {
            self.put(section, format!("{key}.{word}"), format!("{name}: {}", self.say(vi, en)), count);
        }
        let label = format!("{name}: {}", self.say("tiến độ bình quân", "mean progress"));
        self.put(section, format!("{key}.percent"), label, percent.unwrap_or_default());
        self.unit("%");
    }

    fn indicator(&mut self, assessment: &Assessment) {
        let (code, name) = (&assessment.indicator, &assessment.name);
        let text = |number: Option<crate::figures::assessments::model::Exact>| {
            number.map_or_else(String::new, |n| n.to_string())
        };
        let rule = assessment.computed.rule.as_str();
        self.put("indicators", format!("{code}.value"), name.as_str(), text(assessment.value));
        self.unit(assessment.unit.as_str()).note(format!("{}; {rule}", assessment.verdict));
        let label = format!("{name}: {}", self.say("tử số", "numerator"));
        self.put("indicators", format!("{code}.numerator"), label, text(assessment.numerator));
        let label = format!("{name}: {}", self.say("mẫu số", "denominator"));
        self.put("indicators", format!("{code}.denominator"), label, text(assessment.denominator));
        let label = format!("{name}: {}", self.say("mục tiêu", "target"));
        let target = assessment.target.as_ref();
        self.put(
            "indicators",
            format!("{code}.target"),
            label,
            target.map_or_else(String::new, |t| t.value.to_string()),
        );
        self.unit(assessment.unit.as_str()).note(target.map_or("", |target| target.op.as_str()));
        let label = format!("{name}: {}", self.say("đánh giá", "verdict"));
        self.put("indicators", format!("{code}.verdict"), label, assessment.verdict);
    }

    fn money(&mut self, money: &Money) {
        let text = |dong: Option<i64>| dong.map_or_else(String::new, |dong| dong.to_string());
        self.put("money", "planned_vnd", self.say("Kinh phí bố trí", "Planned"), text(money.planned_vnd));
        self.unit("VND");
        self.put("money", "spent_vnd", self.say("Kinh phí đã sử dụng", "Spent"), text(money.spent_vnd));
        self.unit("VND");
    }

    fn remarks(&mut self, section: &'static str, remarks: &[Remark]) {
        for remark in remarks {
            let key = remark.code.clone().unwrap_or_else(|| remark.task.to_string());
            self.put(section, key, remark.title.as_str(), remark.text.as_str());
            self.note(remark.as_of.to_string());
        }
    }

    fn coverage(&mut self, coverage: &Coverage) {
        self.put("coverage", "expected", self.say("Số liệu phải có", "Figures expected"), coverage.expected);
        self.put("coverage", "received", self.say("Số liệu đã có", "Figures received"), coverage.received);
        let label = self.say("Số liệu còn thiếu", "Figure missing");
        for missing in &coverage.missing {
            let key = format!("missing.{}.{}.{}", missing.indicator, missing.organization, missing.period);
            self.put("coverage", key, label.clone(), "");
            self.note(missing.reason.as_str());
        }
    }
}
