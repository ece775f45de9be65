import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import tiendo.ApiClient;
import tiendo.ApiException;
import tiendo.ApiResponse;
import tiendo.api.PullApi;
import tiendo.api.PushApi;
import tiendo.api.ReferenceApi;
import tiendo.api.StartHereApi;
import tiendo.model.Assessment;
import tiendo.model.CalendarPeriod;
import tiendo.model.ObservationCreate;
import tiendo.model.ObservationPush;
import tiendo.model.ObservationStatus;
import tiendo.model.Outcome;
import tiendo.model.Problem;
import tiendo.model.Progress;
import tiendo.model.ProgressUpdate;
import tiendo.model.ProgressUpdateCreate;
import tiendo.model.Task;
import tiendo.model.TaskPatch;
import tiendo.model.TaskState;
import tiendo.model.TaskUpdate;
import tiendo.model.TokenAnswer;
import tiendo.model.TransitionCreate;
import tiendo.model.Verdict;

/** The journey of tests/clients/README.md with the client that openapi-generator makes for Java. */
public final class Journey {
    private static final String BASE = System.getenv("TESTS_BASE");

    private Journey() {}

    private static void check(boolean holds, Object... seen) {
        if (!holds) {
            throw new AssertionError(List.of(seen));
        }
    }

    /** A client that carries the token of one of the three callers. */
    private static ApiClient authorized(String name) throws ApiException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(BASE);
        TokenAnswer token = new StartHereApi(client).issueToken("client_credentials", null,
                System.getenv(name + "_ID"), System.getenv(name + "_SECRET"), null, null);
        check("Bearer".equals(token.getTokenType()), token);
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token.getAccessToken()));
        return client;
    }

    private static String monthOfToday(ApiClient office) throws ApiException {
        return new ReferenceApi(office).listCalendarPeriods("ND09", null).getItems().stream()
                .map(CalendarPeriod::getPeriod).filter(period -> period.contains("-M")).findFirst().orElseThrow();
    }

    private static Task pushTask(ApiClient platform) throws ApiException {
        PushApi push = new PushApi(platform);
        TaskUpdate update = new TaskUpdate().title("Rà soát quy trình nội bộ").lead("LC-TTR-VP")
                .coordinators(List.of("LC-TTR-NV")).dueOn(LocalDate.of(2099, 12, 10));
        ApiResponse<Task> created = push.putTaskByKeyWithHttpInfo("qlvb", "2026/0115", update, null);
        ApiResponse<Task> repeated = push.putTaskByKeyWithHttpInfo("qlvb", "2026/0115", update, null);
        Task first = created.getData();
        check(created.getStatusCode() == 201 && repeated.getStatusCode() == 200, created.getStatusCode(), repeated.getStatusCode());
        check(first.equals(repeated.getData()), first, repeated.getData());
        check(first.getState() == TaskState.ASSIGNED && "2026/0115".equals(first.getSourceKey()), first);

        // A change of the title alone: what the patch does not name must stay.
        TaskPatch patch = new TaskPatch().title("Rà soát, điều chỉnh quy trình nội bộ");
        String version = repeated.getHeaders().get("etag").get(0);
        Task changed = push.updateTask(first.getId(), version, patch);
        check(changed.getTitle().equals(patch.getTitle()) && changed.getCoordinators().equals(update.getCoordinators())
                && Objects.equals(changed.getDueOn(), update.getDueOn()), changed);
        System.out.println("task " + changed.getId() + " version " + changed.getVersion());
        return changed;
    }

    private static void workOn(ApiClient office, Task task) throws ApiException {
        PushApi push = new PushApi(office);
        for (TaskState to : List.of(TaskState.ACCEPTED, TaskState.IN_PROGRESS)) {
            check(push.createTaskTransition(task.getId(), new TransitionCreate().to(to), null).getState() == to, to);
        }
        ProgressUpdateCreate progress = new ProgressUpdateCreate().asOf(LocalDate.now(ZoneOffset.UTC)).percent("60")
                .results("Đã rà soát 12 trên 20 quy trình").spentVnd(15_000_000L);
        ProgressUpdate sent = push.createProgressUpdate(task.getId(), progress, null);
        Task now = new PullApi(office).getTask(task.getId(), null);
        check(sent.getTask().equals(task.getId()) && "60".equals(now.getPercent())
                && Objects.equals(now.getSpentVnd(), 15_000_000L) && now.getVersion() == 5, sent, now);
        System.out.println("progress " + now.getPercent() + " % spent " + now.getSpentVnd() + " VND");
    }

    private static ObservationCreate figure(String indicator, String month, String numerator, String denominator) {
        return new ObservationCreate().indicator(indicator).organization("LC-TTR").period(month)
                .numerator(numerator).denominator(denominator).status(ObservationStatus.FINAL);
    }

    private static void pushFigures(ApiClient office, String month) throws ApiException {
        PushApi push = new PushApi(office);
        List<ObservationCreate> rows = List.of(figure("CT01", month, "118", "120"), figure("CT06", month, "90", "100"));
        ObservationPush first = push.createObservations(rows, null, null);
        ObservationPush again = push.createObservations(rows, null, null);
        check(first.getRows().size() == 2 && again.getRows().size() == 2, first, again);
        for (int i = 0; i < 2; i++) {
            check(first.getRows().get(i).getOutcome() == Outcome.CREATED, first);
            check(again.getRows().get(i).getOutcome() == Outcome.UNCHANGED, again);
            check(first.getRows().get(i).getId() != null
                    && first.getRows().get(i).getId().equals(again.getRows().get(i).getId()), first, again);
        }
        System.out.println("figures " + first.getCounts().getCreated() + " created, then "
                + again.getCounts().getUnchanged() + " unchanged");
    }

    private static void pullReport(ApiClient department, String month) throws ApiException {
        Progress figures = new PullApi(department).getPeriodicReport(month, "LC-TTR", null, null, null).getFigures();
        check(figures.getTasks().getTotal() == 44 && figures.getTasks().getByState().getInProgress() == 1, figures.getTasks());
        check(Objects.equals(figures.getMoney().getSpentVnd(), 15_000_000L), figures.getMoney());
        check(figures.getCoverage().getExpected() == 7 && figures.getCoverage().getReceived() == 2, figures.getCoverage());
        Map<String, Assessment> found = new HashMap<>();
        figures.getIndicators().forEach(item -> found.put(item.getIndicator(), item));
        // 90 of 100 against "trên 90 %" is not met.
        check("98.3333".equals(found.get("CT01").getValue()) && found.get("CT01").getVerdict() == Verdict.NOT_MET, found);
        check("90".equals(found.get("CT06").getValue()) && found.get("CT06").getVerdict() == Verdict.NOT_MET, found);
        check(found.get("CT07").getValue() == null && found.get("CT07").getVerdict() == Verdict.NO_DATA, found);
        System.out.println("report " + month + " CT01 = " + found.get("CT01").getValue());
    }

    /** Who only reads may not push, and is told so in a form that a program can read. */
    private static void refused(ApiClient department, Task task) throws Exception {
        try {
            new PushApi(department).createTaskTransition(task.getId(), new TransitionCreate().to(TaskState.SUSPENDED), null);
        } catch (ApiException refusal) {
            Problem problem = department.getObjectMapper().readValue(refusal.getResponseBody(), Problem.class);
            check(refusal.getCode() == 403 && problem.getType().endsWith("/problems/scope-missing"), refusal, problem);
            System.out.println("refused " + problem.getType());
            return;
        }
        throw new AssertionError("a push without its scope went through");
    }

    public static void main(String[] arguments) throws Exception {
        ApiClient platform = authorized("PLATFORM");
        ApiClient office = authorized("OFFICE");
        ApiClient department = authorized("DEPARTMENT");
        String month = monthOfToday(office);
        Task task = pushTask(platform);
        workOn(office, task);
        pushFigures(office, month);
        pullReport(department, month);
        refused(department, task);
    }
}
