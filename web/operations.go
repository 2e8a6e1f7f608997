package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/silence"
)

// Canary is how the check of a department stands on this node.
type Canary struct {
	Department string
	// State is "passed", "missed", "alarm" or "no_screen"; Words say it to the department, Where to the engineer.
	State, Words, Where string
	// Every is the time between two checks; Age how long ago this node read that one came through.
	Every, Age time.Duration
	// Displayed is when a screen of the department last showed one, on any node; zero if none has.
	Displayed time.Time
}

// Depth is how much waits at one place of this node.
type Depth struct {
	Name string `json:"name" enum:"writes,journal,screens,connections,requests" doc:"writes: transactions that wait or are under way; journal: entries that this node has not read yet; screens: changes that the slowest screen was not sent yet; connections: of hospitals, open now; requests: over HTTP, under way or waiting"`
	Now  int    `json:"now"`
	// Minutes are the most in each of the last minutes.
	Minutes []int `json:"minutes" nullable:"false" doc:"The most in each minute of the last hour, the oldest first; fewer if the node started since. The last minute is under way"`
}

// ratesFor is how long the rates of feeds are shown.
const ratesFor = time.Hour

// addOperations adds the address of all that whoever runs the service watches. Nothing there is about a patient.
func (s *server) addOperations(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadFeeds, huma.Operation{
		Method: "GET", Path: "/api/operations/now", OperationID: "operations-now", Summary: "How the service stands now: feeds with their rates, what waits, boards, checks, the last proof",
		Description: "Made to be asked every few seconds; the reading is not journalled, because nothing in it is about a patient. Feeds, departments and messages are those of the hospitals that the caller may ask about; the checks and what waits are those of the node that answers.", Errors: []int{401, 403, 503},
	}, s.operationsNow)
}

type operations struct {
	Time        time.Time        `json:"time" doc:"By the service's clock, in UTC"`
	Version     string           `json:"version" doc:"Of the service"`
	Checks      []Check          `json:"checks" nullable:"false" doc:"As in /readyz"`
	Feeds       []liveFeed       `json:"feeds" nullable:"false"`
	Waiting     waitingMessages  `json:"waiting" doc:"Messages of hospitals that were not understood"`
	Departments []liveDepartment `json:"departments" nullable:"false"`
	Depths      []Depth          `json:"depths" nullable:"false"`
	Proof       *lastProof       `json:"proof,omitempty" doc:"The newest report of the proof of no miss; absent while there is none"`
}

type liveFeed struct {
	Feed             string     `json:"feed" doc:"As in /api/operations/feeds"`
	Organisation     string     `json:"organisation" doc:"ODS code"`
	OrganisationName string     `json:"organisation_name"`
	Application      string     `json:"application" doc:"MSH-3, or the account that tells over FHIR"`
	TimeZone         string     `json:"time_zone" doc:"Of the hospital's clocks: IANA name"`
	State            string     `json:"state" enum:"heard,silent,learning,rare,muted"`
	Words            string     `json:"words" doc:"How it stands, for people"`
	Last             *time.Time `json:"last,omitempty" doc:"When the newest message came"`
	Since            *time.Time `json:"since,omitempty" doc:"The last message before the silence; only while silent"`
	MutedUntil       *time.Time `json:"muted_until,omitempty"`
	MutedBy          string     `json:"muted_by,omitempty"`
	MutedFor         string     `json:"muted_for,omitempty" doc:"The reason"`
	From             time.Time  `json:"from" doc:"When the first of the minutes begins"`
	Minutes          []int      `json:"minutes" nullable:"false" doc:"Messages in each minute of the last hour, on all nodes; the last is under way, and up to 15 s are not counted yet"`
	Bands            []rateBand `json:"bands" nullable:"false" doc:"What is usual, from the first minute on"`
	Parts            []feedPart `json:"parts" nullable:"false" doc:"Its event groups and sites"`
}

// rateBand is what is usual from an instant until the next band: messages a minute.
type rateBand struct {
	From  time.Time `json:"from"`
	Low   float64   `json:"low" doc:"Nineteen minutes of twenty lie between low and high"`
	Usual float64   `json:"usual"`
	High  float64   `json:"high"`
}

type feedPart struct {
	Feed  string     `json:"feed"`
	Event string     `json:"event,omitempty" doc:"The group of events"`
	Site  string     `json:"site,omitempty" doc:"The name of the site"`
	State string     `json:"state" enum:"heard,silent,learning,rare,muted"`
	Words string     `json:"words"`
	Last  *time.Time `json:"last,omitempty"`
}

type waitingMessages struct {
	Messages int        `json:"messages"`
	Newest   *time.Time `json:"newest,omitempty" doc:"When the newest of them came last"`
}

type liveDepartment struct {
	DepartmentScreens
	Name             string      `json:"department_name"`
	OrganisationName string      `json:"organisation_name"`
	Canary           *liveCanary `json:"canary,omitempty" doc:"Absent before the first look, and where the check is off"`
}

type liveCanary struct {
	State     string     `json:"state" enum:"passed,missed,alarm,no_screen"`
	Words     string     `json:"words,omitempty" doc:"For the department"`
	Where     string     `json:"where,omitempty" doc:"Where it stopped"`
	Every     float64    `json:"every_seconds" doc:"Time between two checks"`
	Age       float64    `json:"age_seconds" doc:"How long ago this node read that one came through"`
	Displayed *time.Time `json:"displayed,omitempty" doc:"When a screen of the department last showed one"`
}

type lastProof struct {
	Ended       time.Time `json:"ended"`
	Differences int       `json:"differences"`
	Mended      bool      `json:"mended" doc:"Every difference was put right"`
}

// operationsNow gathers what whoever runs the service watches.
func (s *server) operationsNow(ctx context.Context, _ *none) (*body[operations], error) {
	now, caller := s.Now().UTC(), visitOf(ctx).account
	if err := s.authorise(ctx, ofTheirs(ctx), "operations"); err != nil {
		return nil, err
	}
	out := operations{Time: now, Version: s.Version, Checks: s.Ready(ctx), Depths: s.Depths()}
	var err error
	if out.Feeds, err = s.liveFeeds(ctx, caller, now); err != nil {
		return nil, err
	}
	if out.Waiting, err = s.waitingFor(ctx); err != nil {
		return nil, err
	}
	newest, err := s.Proofs.Proofs(ctx, 1)
	if err != nil {
		return nil, err
	}
	if len(newest) > 0 {
		out.Proof = &lastProof{newest[0].Ended.UTC(), len(newest[0].Findings), newest[0].Mended()}
	}
	out.Departments = s.liveDepartments(caller)
	return &body[operations]{out}, nil
}

// liveFeeds are the feeds of hospitals that an account may see, each with its rate in the last hour.
func (s *server) liveFeeds(ctx context.Context, caller access.Account, now time.Time) ([]liveFeed, error) {
	from := now.Truncate(time.Minute).Add(time.Minute - ratesFor)
	heard, err := s.HeardFeeds.HeardSince(ctx, from)
	if err != nil {
		return nil, err
	}
	counts := map[silence.Feed][]int{}
	for _, h := range heard {
		of := counts[h.Feed]
		if of == nil {
			of = make([]int, ratesFor/time.Minute)
			counts[h.Feed] = of
		}
		if i := int(h.At.Sub(from) / time.Minute); i >= 0 && i < len(of) {
			of[i] += h.Fresh + h.Stale
		}
	}
	dir, feeds, at := s.Directory(), []liveFeed{}, map[silence.Feed]int{}
	for _, of := range s.HeardFeeds.Standing() { // a whole feed stands before its parts
		if access.May(caller, access.ReadFeeds, s.ofHospital(ctx, of.Feed.Organisation)) != nil {
			continue
		}
		shown := showFeed(of, now)
		if i, ok := at[of.Feed.Whole()]; ok && of.Feed.IsPart() {
			feeds[i].Parts = append(feeds[i].Parts, feedPart{shown.Feed, shown.Event, siteName(dir, of.Feed.Site), shown.State, shown.Words, shown.Last})
			continue
		}
		minutes := counts[of.Feed]
		if minutes == nil {
			minutes = make([]int, ratesFor/time.Minute)
		}
		at[of.Feed] = len(feeds)
		feeds = append(feeds, liveFeed{
			Feed: shown.Feed, Organisation: shown.Organisation, OrganisationName: nameOf(dir, shown.Organisation), Application: shown.Application, TimeZone: of.Rules.Zone.String(),
			State: shown.State, Words: shown.Words, Last: shown.Last, Since: shown.Since, MutedUntil: shown.MutedUntil, MutedBy: shown.MutedBy, MutedFor: shown.MutedFor,
			From: from, Minutes: minutes, Bands: bandsOf(of, from, now), Parts: []feedPart{},
		})
	}
	return feeds, nil
}

// bandsOf is what is usual of a feed between two instants: a band for each hour of the week that was learnt.
func bandsOf(of silence.Standing, from, until time.Time) []rateBand {
	bands := []rateBand{}
	for at := from; !at.After(until); at = at.Truncate(time.Hour).Add(time.Hour) {
		if low, usual, high, ok := of.Model.Band(of.Rules, at); ok {
			bands = append(bands, rateBand{at, low, usual, high})
		}
	}
	return bands
}

func siteName(dir *directory.Directory, id string) string {
	if site, ok := dir.Site(id); ok {
		return site.Name
	}
	return id
}

// waitingFor counts the messages that the caller may have taken again.
func (s *server) waitingFor(ctx context.Context) (waitingMessages, error) {
	by, err := s.Quarantine.QuarantineWaiting(ctx)
	if err != nil {
		return waitingMessages{}, err
	}
	var out waitingMessages
	for _, of := range by {
		if access.May(visitOf(ctx).account, access.ListQuarantine, s.whose(ctx, of.Organisation, of.Sender)) != nil {
			continue
		}
		out.Messages += of.Messages
		if newest := of.Newest.UTC(); out.Newest == nil || newest.After(*out.Newest) {
			out.Newest = &newest
		}
	}
	return out, nil
}

// liveDepartments are the departments that an account may ask about, each with its screens and how its check stands.
func (s *server) liveDepartments(caller access.Account) []liveDepartment {
	canaries := map[string]Canary{}
	for _, c := range s.Canaries() {
		canaries[c.Department] = c
	}
	dir, out := s.Directory(), []liveDepartment{}
	for _, d := range s.screensFor(caller) {
		live := liveDepartment{DepartmentScreens: d, Name: d.Department}
		if dep, ok := dir.Department(d.Department); ok {
			live.Name = dep.Name
		}
		if org, ok := dir.OrganisationOf(d.Department); ok {
			live.OrganisationName = org.Name
		}
		if c, ok := canaries[d.Department]; ok {
			live.Canary = &liveCanary{State: c.State, Words: c.Words, Where: c.Where, Every: c.Every.Seconds(), Age: c.Age.Seconds()}
			if !c.Displayed.IsZero() {
				shown := c.Displayed.UTC()
				live.Canary.Displayed = &shown
			}
		}
		out = append(out, live)
	}
	return out
}
