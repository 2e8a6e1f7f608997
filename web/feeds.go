package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/silence"
)

// HeardFeeds are the feeds of hospitals that are listened to.
type HeardFeeds interface {
	// Standing is how every feed stood some seconds ago.
	Standing() []silence.Standing
	// HeardSince is what was heard of each feed as a whole in the minutes since an instant, on all nodes, in order of time.
	HeardSince(ctx context.Context, since time.Time) ([]silence.Heard, error)
	// MuteFeed keeps a feed from being told until an instant, and journals that. Error: silence.ErrNoFeed.
	MuteFeed(ctx context.Context, feed string, m silence.Mute, by journal.Actor) error
}

// longestMute is how long a feed may be muted at once.
const longestMute = 366 * 24 * time.Hour

// addFeeds adds the addresses of the feeds of hospitals. Nothing there is about a patient.
func (s *server) addFeeds(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadFeeds, huma.Operation{
		Method: "GET", Path: "/api/operations/feeds", OperationID: "feeds", Summary: "The feeds of hospitals: whether one has stopped, and what is usual",
		Description: "Of the caller's own trust, or of the hospitals of the caller's region. Each feed as a whole, then its event groups and sites. Rates are messages an hour for each of the 168 hours of the week, by the hospital's clocks, from Sunday midnight.", Errors: []int{401, 403},
	}, s.listFeeds)
	addAPI(s, api, signedIn, access.MuteFeed, huma.Operation{
		Method: "POST", Path: "/api/operations/feeds/mute", OperationID: "mute-feed", Summary: "Do not tell of a feed's silence for a while", DefaultStatus: http.StatusNoContent,
		Description: "For a planned downtime, or a feed that was taken out of use. It is journalled with the reason. An until that has passed ends it.", Errors: []int{401, 403, 404, 422, 503},
	}, s.muteFeed)
}

type heardFeed struct {
	Feed         string     `json:"feed" doc:"ORGANISATION|APPLICATION, and |event=GROUP or |site=ODS for a part"`
	Organisation string     `json:"organisation" doc:"ODS code"`
	Application  string     `json:"application" doc:"MSH-3, or the account that tells over FHIR"`
	Event        string     `json:"event,omitempty" doc:"The group of events that this part is"`
	Site         string     `json:"site,omitempty" doc:"The ODS site code that this part is"`
	State        string     `json:"state" enum:"heard,silent,learning,rare,muted"`
	Words        string     `json:"words" doc:"How it stands, for people"`
	Last         *time.Time `json:"last,omitempty" doc:"When the newest message came"`
	Since        *time.Time `json:"since,omitempty" doc:"The last message before the silence; only while silent"`
	Usual        float64    `json:"usual" doc:"How many messages are usual in the time since the last"`
	Rate         float64    `json:"rate" doc:"How many an hour are usual now"`
	Chance       float64    `json:"chance" doc:"How likely it is that none came by chance"`
	Told         float64    `json:"told" doc:"Below which chance the silence is told"`
	MutedUntil   *time.Time `json:"muted_until,omitempty"`
	MutedBy      string     `json:"muted_by,omitempty"`
	MutedFor     string     `json:"muted_for,omitempty" doc:"The reason"`
	Rates        []float64  `json:"rates" nullable:"false" doc:"Usual messages in each hour of the week"`
}

type feedList struct {
	Feeds []heardFeed `json:"feeds" nullable:"false"`
}

func (s *server) listFeeds(ctx context.Context, _ *none) (*body[feedList], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "feeds"); err != nil {
		return nil, err
	}
	list := feedList{Feeds: []heardFeed{}}
	for _, of := range s.HeardFeeds.Standing() {
		if access.May(visitOf(ctx).account, access.ReadFeeds, s.ofHospital(ctx, of.Feed.Organisation)) != nil {
			continue
		}
		list.Feeds = append(list.Feeds, showFeed(of, s.Now()))
	}
	return &body[feedList]{list}, nil
}

func showFeed(of silence.Standing, now time.Time) heardFeed {
	f, v, m := of.Feed, of.Verdict, of.Model
	show := heardFeed{
		Feed: f.String(), Organisation: f.Organisation, Application: f.Application, Event: f.Event, Site: f.Site, State: string(v.State), Words: v.Words,
		Usual: v.Usual, Rate: v.Rate, Chance: v.Chance, Told: v.Told, Rates: make([]float64, silence.Week),
	}
	utc := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC()
		return &t
	}
	show.Last = utc(v.Last)
	if m.Break != nil {
		show.Since = utc(m.Break.Since)
	}
	if m.Mute != nil && now.Before(m.Mute.Until) {
		show.MutedUntil, show.MutedBy, show.MutedFor = utc(m.Mute.Until), m.Mute.By, m.Mute.Reason
	}
	for i := range show.Rates {
		show.Rates[i] = m.Usual(i)
	}
	return show
}

type muting struct {
	Feed   string    `json:"feed" minLength:"1" doc:"As listed"`
	Until  time.Time `json:"until" doc:"At most a year ahead"`
	Reason string    `json:"reason" minLength:"1" maxLength:"200" doc:"Why, in words; not about a patient"`
}

func (s *server) muteFeed(ctx context.Context, in *struct{ Body *muting }) (*none, error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "feeds"); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errMute
	}
	organisation, _, _ := strings.Cut(in.Body.Feed, "|")
	if err := s.authorise(ctx, s.ofHospital(ctx, organisation), "feeds"); err != nil {
		return nil, err
	}
	now := s.Now()
	reason := strings.TrimSpace(in.Body.Reason)
	if reason == "" || in.Body.Until.Sub(now) > longestMute {
		return nil, errMute
	}
	by := visitOf(ctx).account.Actor()
	return nil, s.HeardFeeds.MuteFeed(ctx, in.Body.Feed, silence.Mute{From: now, Until: in.Body.Until, Reason: reason, By: by.Name}, by)
}

var (
	errNoFeed = refusal{http.StatusNotFound, fhir.NotFound, "No such feed was ever heard. Its name is the one in the list."}
	errMute   = refusal{http.StatusUnprocessableEntity, fhir.Required, "A feed is muted with a reason and for a year at most."}
)
