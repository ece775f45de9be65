using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;

using Newtonsoft.Json;

using Tiendo;

using Async = System.Threading.Tasks;

/// <summary>The journey of tests/clients/README.md with the client that NSwag makes for C#.</summary>
public static class Journey
{
    private static readonly string Base = Environment.GetEnvironmentVariable("TESTS_BASE");

    private static void Check(bool holds, object seen)
    {
        if (!holds)
        {
            throw new InvalidOperationException(JsonConvert.SerializeObject(seen));
        }
    }

    /// <summary>What carries the token of one of the three callers.</summary>
    private static async Async.Task<HttpClient> Authorized(string name)
    {
        var http = new HttpClient();
        var request = new TokenRequest
        {
            Grant_type = "client_credentials",
            Client_id = Environment.GetEnvironmentVariable(name + "_ID"),
            Client_secret = Environment.GetEnvironmentVariable(name + "_SECRET"),
        };
        var token = (await new Start_hereClient(http) { BaseUrl = Base }.Issue_tokenAsync(request)).Result;
        Check(token.Token_type == "Bearer", token);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Access_token);
        return http;
    }

    private static PushClient Push(HttpClient caller) => new PushClient(caller) { BaseUrl = Base };

    private static PullClient Pull(HttpClient caller) => new PullClient(caller) { BaseUrl = Base };

    private static async Async.Task<string> MonthOfToday(HttpClient office)
    {
        var reference = new ReferenceClient(office) { BaseUrl = Base };
        var periods = (await reference.List_calendar_periodsAsync("ND09", null)).Result;
        return periods.Items.Select(item => item.Period).First(period => period.Contains("-M"));
    }

    private static async Async.Task<Task> PushTask(HttpClient platform)
    {
        var due = new DateTimeOffset(2099, 12, 10, 0, 0, 0, TimeSpan.Zero);
        var update = new TaskUpdate
        {
            Title = "Rà soát quy trình nội bộ",
            Lead = "LC-TTR-VP",
            Coordinators = new List<string> { "LC-TTR-NV" },
            Due_on = due,
        };
        var created = await Push(platform).Put_task_by_keyAsync("qlvb", "2026/0115", null, update);
        var repeated = await Push(platform).Put_task_by_keyAsync("qlvb", "2026/0115", null, update);
        Check(created.StatusCode == 201 && repeated.StatusCode == 200, new[] { created.StatusCode, repeated.StatusCode });
        var first = created.Result;
        Check(JsonConvert.SerializeObject(first) == JsonConvert.SerializeObject(repeated.Result), new[] { first, repeated.Result });
        Check(first.State == TaskState.Assigned && first.Source_key == "2026/0115", first);

        // A change of the title alone: what the patch does not name must stay.
        var patch = new TaskPatch { Title = "Rà soát, điều chỉnh quy trình nội bộ" };
        var changed = (await Push(platform).Update_taskAsync(first.Id, repeated.Headers["ETag"].Single(), patch)).Result;
        Check(changed.Title == patch.Title && changed.Coordinators.SequenceEqual(update.Coordinators), changed);
        Check(changed.Due_on.HasValue && changed.Due_on.Value.Date == due.Date, changed);
        Console.WriteLine("task {0} version {1}", changed.Id, changed.Version);
        return changed;
    }

    private static async Async.Task WorkOn(HttpClient office, Task task)
    {
        foreach (var to in new[] { TaskState.Accepted, TaskState.In_progress })
        {
            var moved = (await Push(office).Create_task_transitionAsync(task.Id, null, new TransitionCreate { To = to })).Result;
            Check(moved.State == to, moved);
        }
        var progress = new ProgressUpdateCreate
        {
            As_of = DateTimeOffset.UtcNow.Date,
            Percent = "60",
            Results = "Đã rà soát 12 trên 20 quy trình",
            Spent_vnd = 15000000,
        };
        var sent = (await Push(office).Create_progress_updateAsync(task.Id, null, progress)).Result;
        var now = (await Pull(office).Get_taskAsync(task.Id, null)).Result;
        Check(sent.Task == task.Id && now.Percent == "60" && now.Spent_vnd == 15000000 && now.Version == 5, now);
        Console.WriteLine("progress {0} % spent {1} VND", now.Percent, now.Spent_vnd);
    }

    private static ObservationCreate Figure(string indicator, string month, string numerator, string denominator)
    {
        return new ObservationCreate
        {
            Indicator = indicator,
            Organization = "LC-TTR",
            Period = month,
            Numerator = numerator,
            Denominator = denominator,
            Status = ObservationStatus.Final,
        };
    }

    private static async Async.Task PushFigures(HttpClient office, string month)
    {
        var rows = new[] { Figure("CT01", month, "118", "120"), Figure("CT06", month, "90", "100") };
        var first = (await Push(office).Create_observationsAsync(null, null, rows)).Result;
        var again = (await Push(office).Create_observationsAsync(null, null, rows)).Result;
        Check(first.Rows.Count == 2 && first.Rows.All(row => row.Outcome == Outcome.Created && row.Id.HasValue), first);
        Check(again.Rows.Count == 2 && again.Rows.All(row => row.Outcome == Outcome.Unchanged), again);
        Check(again.Rows.Select(row => row.Id).SequenceEqual(first.Rows.Select(row => row.Id)), again);
        Console.WriteLine("figures {0} created, then {1} unchanged", first.Counts.Created, again.Counts.Unchanged);
    }

    private static async Async.Task PullReport(HttpClient department, string month)
    {
        var report = (await Pull(department).Get_periodic_reportAsync(month, "LC-TTR", null, null, null)).Result;
        var figures = report.Figures;
        Check(figures.Tasks.Total == 44 && figures.Tasks.By_state.In_progress == 1, figures.Tasks);
        Check(figures.Money.Spent_vnd == 15000000, figures.Money);
        Check(figures.Coverage.Expected == 7 && figures.Coverage.Received == 2, figures.Coverage);
        var found = figures.Indicators.ToDictionary(item => item.Indicator);
        // 90 of 100 against "trên 90 %" is not met.
        Check(found["CT01"].Value == "98.3333" && found["CT01"].Verdict == Verdict.Not_met, found);
        Check(found["CT06"].Value == "90" && found["CT06"].Verdict == Verdict.Not_met, found);
        Check(found["CT07"].Value == null && found["CT07"].Verdict == Verdict.No_data, found);
        Console.WriteLine("report {0} CT01 = {1}", month, found["CT01"].Value);
    }

    /// <summary>Who only reads may not push, and is told so in a form that a program can read.</summary>
    private static async Async.Task Refused(HttpClient department, Task task)
    {
        try
        {
            await Push(department).Create_task_transitionAsync(task.Id, null, new TransitionCreate { To = TaskState.Suspended });
        }
        catch (ApiException<Problem> refusal)
        {
            Check(refusal.StatusCode == 403 && refusal.Result.Type.EndsWith("/problems/scope-missing"), refusal.Result);
            Console.WriteLine("refused {0}", refusal.Result.Type);
            return;
        }
        throw new InvalidOperationException("a push without its scope went through");
    }

    private static async Async.Task Make()
    {
        var platform = await Authorized("PLATFORM");
        var office = await Authorized("OFFICE");
        var department = await Authorized("DEPARTMENT");
        var month = await MonthOfToday(office);
        var task = await PushTask(platform);
        await WorkOn(office, task);
        await PushFigures(office, month);
        await PullReport(department, month);
        await Refused(department, task);
    }

    public static void Main()
    {
        Make().GetAwaiter().GetResult();
    }
}
