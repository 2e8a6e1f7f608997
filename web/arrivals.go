package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/subscribers"
)

// The lists of a department's page of what was lately: arrivals on a page, and alerts of how many days, at most so many.
const (
	arrivalsOnPage = 50
	recentDays     = 7
	mostRecent     = 200
)

var (
	errDay    = refusal{http.StatusBadRequest, fhir.Value, "The day is written YYYY-MM-DD."}
	errBefore = refusal{http.StatusBadRequest, fhir.Value, "This is not where a page ends: ask with the next of the page before, or begin again without before."}
)

// addArrivals adds the addresses of who arrived and what was found.
func (s *server) addArrivals(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadArrivals, huma.Operation{
		Method: "GET", Path: "/api/departments/{department}/arrivals", OperationID: "arrivals", Summary: "Everybody who arrived on a day and was looked at for plans, the last first",
		Description: "Whoever has no alert is here too, with when it was looked for and the newest plan of that moment. The reading is journalled.", Errors: []int{400, 401, 403, 404, 503},
	}, s.arrivals)
	addAPI(s, api, signedIn, access.ReadArrivals, huma.Operation{
		Method: "GET", Path: "/api/departments/{department}/recent", OperationID: "recent", Summary: "The alerts of the last days, each with all that happened to it",
		Description: "Nothing of the plans' texts. The reading is journalled.", Errors: []int{401, 403, 404, 503},
	}, s.recent)
	addAPI(s, api, signedIn, access.WatchBoard, huma.Operation{
		Method: "GET", Path: "/api/departments/{department}/checked", OperationID: "checked", Summary: "How many arrived today and were looked at for plans",
		Description: "Counts and times, nothing about anybody.", Errors: []int{401, 403, 404},
	}, s.checked)
}

type ofDepartment struct {
	Department string `path:"department" doc:"The department's id, such as RQW-AE"`
}

type arrivalList struct {
	Department string                    `json:"department"`
	Day        string                    `json:"day" doc:"In the department's time zone"`
	TimeZone   string                    `json:"time_zone" doc:"IANA name"`
	Arrivals   []subscribers.ArrivalView `json:"arrivals" nullable:"false"`
	Next       string                    `json:"next,omitempty" doc:"Where the next page begins: give it as before; absent on the last page"`
}

func (s *server) arrivals(ctx context.Context, in *struct {
	Department string `path:"department" doc:"The department's id, such as RQW-AE"`
	Day        string `query:"day" doc:"YYYY-MM-DD in the department's time zone; by default today"`
	Before     string `query:"before" doc:"The next of the page before"`
}) (*body[arrivalList], error) {
	if err := s.mayReadOf(ctx, in.Department); err != nil {
		return nil, err
	}
	now, zone := s.Now(), subscribers.Zone(in.Department, s.Directory())
	day := now
	if in.Day != "" {
		var err error
		if day, err = time.ParseInLocation(time.DateOnly, in.Day, zone); err != nil {
			return nil, errDay
		}
		day = day.Add(time.Hour) // midnight is an hour of that day everywhere
	}
	q := subscribers.ArrivalQuery{Department: in.Department, Limit: arrivalsOnPage + 1}
	q.From, q.Before = subscribers.Day(day, zone)
	out := arrivalList{Department: in.Department, Day: q.From.In(zone).Format(time.DateOnly), TimeZone: zone.String(), Arrivals: []subscribers.ArrivalView{}}
	if in.Before != "" {
		at, id, ok := parseArrivalPage(in.Before)
		if !ok || at.Before(q.From) || at.After(q.Before) {
			return nil, errBefore
		}
		q.Before, q.BeforeID = at, id
	}
	page, err := s.Arrivals.Arrivals(ctx, q)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.ArrivalsRead, privacy.ArrivalsOf(in.Department, out.Day), 0); err != nil {
		return nil, err
	}
	if len(page) > arrivalsOnPage {
		page = page[:arrivalsOnPage]
		last := page[len(page)-1]
		out.Next = strconv.FormatInt(last.Check.Arrived.UnixMicro(), 10) + "." + last.Attendance.ID
	}
	for _, a := range page {
		out.Arrivals = append(out.Arrivals, subscribers.DrawArrival(a, visitOf(ctx).account.Role.Viewer(), zone, now))
	}
	return &body[arrivalList]{out}, nil
}

// parseArrivalPage reads where a page ended: when the last of it arrived, and the id of the visit.
func parseArrivalPage(text string) (at time.Time, id string, ok bool) {
	micros, id, found := strings.Cut(text, ".")
	n, err := strconv.ParseInt(micros, 10, 64)
	return time.UnixMicro(n).UTC(), id, found && err == nil && isAlertID(id)
}

type recentList struct {
	Department string                   `json:"department"`
	Since      time.Time                `json:"since" doc:"The beginning of the first day that is listed"`
	TimeZone   string                   `json:"time_zone" doc:"IANA name"`
	Alerts     []subscribers.RecentView `json:"alerts" nullable:"false"`
	More       bool                     `json:"more" doc:"There were more than are listed"`
}

func (s *server) recent(ctx context.Context, in *ofDepartment) (*body[recentList], error) {
	if err := s.mayReadOf(ctx, in.Department); err != nil {
		return nil, err
	}
	dir, now := s.Directory(), s.Now()
	zone := subscribers.Zone(in.Department, dir)
	since, _ := subscribers.Day(now.AddDate(0, 0, 1-recentDays), zone)
	found, err := s.Arrivals.RecentAlerts(ctx, in.Department, since, mostRecent+1)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.AlertsRead, in.Department, 0); err != nil {
		return nil, err
	}
	out := recentList{Department: in.Department, Since: since, TimeZone: zone.String(), Alerts: []subscribers.RecentView{}, More: len(found) > mostRecent}
	for _, r := range found[:min(len(found), mostRecent)] {
		if view, ok := subscribers.DrawRecent(r, visitOf(ctx).account.Role.Viewer(), dir, zone, now); ok {
			out.Alerts = append(out.Alerts, view)
		}
	}
	return &body[recentList]{out}, nil
}

type checkedCount struct {
	Department string    `json:"department"`
	Day        string    `json:"day" doc:"In the department's time zone"`
	Arrivals   int       `json:"arrivals" doc:"Looked at for plans today; without those recorded in error"`
	WithPlan   int       `json:"with_plan" doc:"For whom a plan, or a possible one, was found"`
	TooLittle  int       `json:"too_little" doc:"Of whom not enough is known to look"`
	Checked    time.Time `json:"checked,omitzero" doc:"When the last of them was looked at"`
	PlansTo    time.Time `json:"plans_to,omitzero" doc:"When the newest plan of that moment was received"`
}

func (s *server) checked(ctx context.Context, in *ofDepartment) (*body[checkedCount], error) {
	if err := s.mayReadOf(ctx, in.Department); err != nil {
		return nil, err
	}
	zone := subscribers.Zone(in.Department, s.Directory())
	from, before := subscribers.Day(s.Now(), zone)
	count, err := s.Arrivals.CountArrivals(ctx, in.Department, from, before)
	if err != nil {
		return nil, err
	}
	return &body[checkedCount]{checkedCount{
		in.Department, from.In(zone).Format(time.DateOnly), count.Arrivals, count.WithPlan, count.TooLittle, count.Checked, count.PlansTo,
	}}, nil
}

// mayReadOf asks whether there is such a department today, and whether the caller may do the route's action there.
func (s *server) mayReadOf(ctx context.Context, department string) error {
	dir := s.Directory()
	if dep, ok := dir.Department(department); !ok || !dep.Covers(s.Now()) {
		return errNoDepartment
	}
	return s.authorise(ctx, place(dir, department), department)
}
