// The journey of tests/clients/README.md with the client that openapi-generator makes for Go.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"

	"golang.org/x/oauth2"

	tiendo "github.com/tiendo/client"
)

func check(holds bool, seen ...any) {
	if !holds {
		log.Panicln(seen...)
	}
}

// must ends the journey at the first call that fails.
func must[T any](value T, response *http.Response, err error) T {
	var refused *tiendo.GenericOpenAPIError
	if errors.As(err, &refused) {
		log.Panicln(err, string(refused.Body()))
	}
	check(err == nil, err)
	return value
}

// caller is one of the three clients, with its token in the context.
type caller struct {
	*tiendo.APIClient
	ctx context.Context
}

func authorized(name string) caller {
	configuration := tiendo.NewConfiguration()
	configuration.Servers = tiendo.ServerConfigurations{{URL: os.Getenv("TESTS_BASE")}}
	client := tiendo.NewAPIClient(configuration)
	request := client.StartHereAPI.IssueToken(context.Background()).GrantType("client_credentials").
		ClientId(os.Getenv(name + "_ID")).ClientSecret(os.Getenv(name + "_SECRET"))
	token := must(request.Execute())
	check(token.TokenType == "Bearer", token)
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token.AccessToken})
	return caller{client, context.WithValue(context.Background(), tiendo.ContextOAuth2, source)}
}

func monthOfToday(office caller) string {
	periods := must(office.ReferenceAPI.ListCalendarPeriods(office.ctx, "ND09").Execute())
	for _, item := range periods.Items {
		if strings.Contains(item.Period, "-M") {
			return item.Period
		}
	}
	log.Panicln("no month", periods)
	return ""
}

func pushTask(platform caller) *tiendo.Task {
	update := tiendo.NewTaskUpdate("Rà soát quy trình nội bộ", "LC-TTR-VP")
	update.SetCoordinators([]string{"LC-TTR-NV"})
	update.SetDueOn("2099-12-10")
	put := platform.PushAPI.PutTaskByKey(platform.ctx, "qlvb", "2026/0115").TaskUpdate(*update)
	first, created, err := put.Execute()
	must(first, created, err)
	again, repeated, err := put.Execute()
	must(again, repeated, err)
	check(created.StatusCode == 201 && repeated.StatusCode == 200, created.Status, repeated.Status)
	check(reflect.DeepEqual(first, again), first, again)
	check(first.State == tiendo.TASKSTATE_ASSIGNED && first.GetSourceKey() == "2026/0115", first)

	// A change of the title alone: what the patch does not name must stay.
	patch := tiendo.NewTaskPatch()
	patch.SetTitle("Rà soát, điều chỉnh quy trình nội bộ")
	changed := must(platform.PushAPI.UpdateTask(platform.ctx, first.Id).IfMatch(repeated.Header.Get("ETag")).TaskPatch(*patch).Execute())
	check(changed.Title == patch.GetTitle() && reflect.DeepEqual(changed.Coordinators, update.Coordinators) && changed.GetDueOn() == "2099-12-10", changed)
	fmt.Println("task", changed.Id, "version", changed.Version)
	return changed
}

func workOn(office caller, task *tiendo.Task) {
	for _, to := range []tiendo.TaskState{tiendo.TASKSTATE_ACCEPTED, tiendo.TASKSTATE_IN_PROGRESS} {
		moved := must(office.PushAPI.CreateTaskTransition(office.ctx, task.Id).TransitionCreate(*tiendo.NewTransitionCreate(to)).Execute())
		check(moved.State == to, moved)
	}
	progress := tiendo.NewProgressUpdateCreate(time.Now().UTC().Format(time.DateOnly), "60")
	progress.SetResults("Đã rà soát 12 trên 20 quy trình")
	progress.SetSpentVnd(15_000_000)
	sent := must(office.PushAPI.CreateProgressUpdate(office.ctx, task.Id).ProgressUpdateCreate(*progress).Execute())
	now := must(office.PullAPI.GetTask(office.ctx, task.Id).Execute())
	check(sent.Task == task.Id && now.Percent == "60" && now.GetSpentVnd() == 15_000_000 && now.Version == 5, sent, now)
	fmt.Println("progress", now.Percent, "% spent", now.GetSpentVnd(), "VND")
}

func figure(indicator, period, numerator, denominator string) tiendo.ObservationCreate {
	row := tiendo.NewObservationCreate(indicator, "LC-TTR", period, tiendo.OBSERVATIONSTATUS_FINAL)
	row.SetNumerator(numerator)
	row.SetDenominator(denominator)
	return *row
}

func pushFigures(office caller, month string) {
	rows := []tiendo.ObservationCreate{figure("CT01", month, "118", "120"), figure("CT06", month, "90", "100")}
	push := office.PushAPI.CreateObservations(office.ctx).ObservationCreate(rows)
	first, again := must(push.Execute()), must(push.Execute())
	check(len(first.Rows) == 2 && len(again.Rows) == 2, first, again)
	for i := range rows {
		check(first.Rows[i].Outcome == tiendo.OUTCOME_CREATED, first.Rows[i])
		check(again.Rows[i].Outcome == tiendo.OUTCOME_UNCHANGED, again.Rows[i])
		check(first.Rows[i].GetId() != "" && first.Rows[i].GetId() == again.Rows[i].GetId(), first.Rows[i], again.Rows[i])
	}
	fmt.Println("figures", first.Counts.Created, "created, then", again.Counts.Unchanged, "unchanged")
}

func pullReport(department caller, month string) {
	figures := must(department.PullAPI.GetPeriodicReport(department.ctx, month).Under("LC-TTR").Execute()).Figures
	check(figures.Tasks.Total == 44 && figures.Tasks.ByState.InProgress == 1, figures.Tasks)
	check(figures.Money.GetSpentVnd() == 15_000_000, figures.Money)
	check(figures.Coverage.Expected == 7 && figures.Coverage.Received == 2, figures.Coverage)
	found := map[string]tiendo.Assessment{}
	for _, item := range figures.Indicators {
		found[item.Indicator] = item
	}
	// 90 of 100 against "trên 90 %" is not met.
	ratio, edge, none := found["CT01"], found["CT06"], found["CT07"]
	check(ratio.GetValue() == "98.3333" && ratio.Verdict == tiendo.VERDICT_NOT_MET, ratio)
	check(edge.GetValue() == "90" && edge.Verdict == tiendo.VERDICT_NOT_MET, edge)
	check(none.Value.Get() == nil && none.Verdict == tiendo.VERDICT_NO_DATA, none)
	fmt.Println("report", month, "CT01 =", ratio.GetValue())
}

// refused: who only reads may not push, and is told so in a form that a program can read.
func refused(department caller, task *tiendo.Task) {
	move := *tiendo.NewTransitionCreate(tiendo.TASKSTATE_SUSPENDED)
	_, response, err := department.PushAPI.CreateTaskTransition(department.ctx, task.Id).TransitionCreate(move).Execute()
	var refusal *tiendo.GenericOpenAPIError
	check(errors.As(err, &refusal) && response.StatusCode == 403, err)
	problem, is := refusal.Model().(tiendo.Problem)
	check(is && strings.HasSuffix(problem.Type, "/problems/scope-missing"), refusal.Model())
	fmt.Println("refused", problem.Type)
}

func main() {
	platform, office, department := authorized("PLATFORM"), authorized("OFFICE"), authorized("DEPARTMENT")
	month := monthOfToday(office)
	task := pushTask(platform)
	workOn(office, task)
	pushFigures(office, month)
	pullReport(department, month)
	refused(department, task)
}
