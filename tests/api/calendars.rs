use crate::on_both;

on_both! {
    fn the_shipped_calendars_are_there(api: &Api) {
        let client = api.client("LC-TTR", "indicators:read");
        let list = client.get(200, "/v1/calendars?count=exact");
        let codes: Vec<_> = list.body["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect();
        assert_eq!((codes, &list.body["total"]), (vec!["GREGORIAN", "ND09"], &2.into()));
        let first = client.get(200, "/v1/calendars?limit=1");
        let cursor = first.body["next_cursor"].as_str().unwrap();
        assert_eq!(client.get(200, &format!("/v1/calendars?limit=1&cursor={cursor}")).body["items"][0]["code"], "ND09");
        let one = client.get(200, "/v1/calendars/ND09");
        assert_eq!(one.body["rule"]["first_day"], 15);
        assert_eq!(client.send(304, "GET", "/v1/calendars/ND09", &[("If-None-Match", one.etag())], None).text, "");
    }

    fn a_calendar_loaded_by_an_admin_is_not_shipped_over(api: &Api) {
        let again = api.write(async |db| tiendo::reference::calendars::ensure_shipped(db, &crate::harness::operator().author(), crate::harness::operator().now()).await);
        assert_eq!(again.unwrap(), 0);
    }

    fn a_period_has_its_window_cutoff_and_due_date(api: &Api) {
        let client = api.client("LC-TTR", "indicators:read");
        let path = "/v1/calendars/ND09/periods/2026-M11";
        let period = client.get(200, path);
        assert_eq!(period.body["window"], serde_json::json!({ "from": "2026-10-15", "to": "2026-11-14" }));
        assert_eq!(period.body["cutoff_at"], "2026-11-14T17:00:00Z");
        assert_eq!(period.body["due_at"], "2026-11-17T17:00:00Z");
        assert_eq!(period.body["state"], "past_due");
        api.set_time("2026-11-14T16:59:59Z");
        assert_eq!(client.get(200, path).body["state"], "open");
        api.set_time("2026-11-14T17:00:00Z");
        assert_eq!(client.get(200, path).body["state"], "cut_off");
        let gregorian = client.get(200, "/v1/calendars/GREGORIAN/periods/2026-Q4");
        assert_eq!(gregorian.body["window"]["to"], "2026-12-31");
    }

    fn the_basis_follows_the_language(api: &Api) {
        let client = api.client("LC-TTR", "indicators:read");
        let path = "/v1/calendars/ND09/periods/2026-M11";
        let (vi, en) = (client.get(200, path), client.send(200, "GET", path, &[("Accept-Language", "en")], None));
        assert!(vi.body["basis"].as_str().unwrap().contains("không phải quy định của pháp luật"));
        assert!(en.body["basis"].as_str().unwrap().contains("not law"));
        assert_eq!((vi.header("content-language"), en.header("content-language")), ("vi", "en"));
    }

    fn a_day_is_in_one_period_of_each_frequency(api: &Api) {
        let client = api.client("LC-TTR", "indicators:read");
        let names = |path: &str| -> String {
            let body = client.get(200, path).body;
            body["items"].as_array().unwrap().iter().map(|item| item["period"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names("/v1/calendars/ND09/periods"), "2026-M12 2026-Q4 2026-S2 2026-A1");
        assert_eq!(names("/v1/calendars/ND09/periods?date=2026-09-14"), "2026-M09 2026-Q3 2026-S2 2026-9M 2026-A1");
        assert_eq!(names("/v1/calendars/GREGORIAN/periods?date=2026-11-30"), "2026-M11 2026-Q4 2026-S2 2026-A1");
        // One second before midnight in Ho Chi Minh City, and midnight.
        api.set_time("2026-11-14T16:59:59Z");
        assert!(names("/v1/calendars/ND09/periods").starts_with("2026-M11 "));
        api.set_time("2026-11-14T17:00:00Z");
        assert!(names("/v1/calendars/ND09/periods").starts_with("2026-M12 "));
    }

    fn what_is_not_there_is_404_and_says_the_forms(api: &Api) {
        let client = api.client("LC-TTR", "indicators:read");
        client.get(404, "/v1/calendars/NOPE");
        client.get(404, "/v1/calendars/%00");
        client.get(404, "/v1/calendars/NOPE/periods/2026-M11");
        let malformed = client.get(404, "/v1/calendars/ND09/periods/2026-13");
        assert_eq!(malformed.problem(), "not-found");
        assert!(malformed.body["detail"].as_str().unwrap().contains("2026-M07, 2026-Q3, 2026-S1, 2026-9M hoặc 2026-A1"));
        assert!(client.get(404, "/v1/calendars/ND09/periods/2026-M13").body["detail"].as_str().unwrap().contains("M01 đến M12"));
        assert_eq!(client.get(400, "/v1/calendars/ND09/periods?date=14/11/2026").body["errors"][0]["parameter"], "date");
        assert_eq!(client.get(400, "/v1/calendars/ND09/periods?date=1999-01-01").codes(), ["out-of-range"]);
        assert_eq!(client.get(400, "/v1/calendars/ND09/periods?day=2026-11-14").codes(), ["unknown-parameter"]);
        api.client("LC-TTR", "tasks:read").get(200, "/v1/calendars");
        api.stranger().get(401, "/v1/calendars/ND09");
    }
}
