package web

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// addMine adds the addresses of one's own shifts and swaps.
func (s *server) addMine(api *apiTable) {
	addAPI(s, api, signedIn, access.SwapShift, huma.Operation{
		Method: "POST", Path: "/api/on-call/rotas/{rota}/swaps", OperationID: "ask-swap", Summary: "Ask somebody to take a shift of one's own", DefaultStatus: http.StatusOK,
		Description: "It changes nothing until they accept. Both must be on for the whole of what they give away. Journalled.", Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.askSwap)
	addAPI(s, api, signedIn, access.SwapShift, huma.Operation{
		Method: "POST", Path: "/api/on-call/swaps/{swap}/answer", OperationID: "answer-swap", Summary: "Accept a swap that one is asked for, or refuse it", DefaultStatus: http.StatusOK,
		Description: "Journalled.", Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.answerSwap)
	addAPI(s, api, signedIn, access.SwapShift, huma.Operation{
		Method: "DELETE", Path: "/api/on-call/swaps/{swap}", OperationID: "take-back-swap", Summary: "Take back a swap that one has asked for", Description: "Journalled.", Errors: []int{401, 403, 404, 409},
	}, s.takeBackSwap)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/mine", OperationID: "my-shifts", Summary: "The caller's own shifts, swaps and addresses for calendar programs", Errors: []int{401, 403},
	}, s.myShifts)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "POST", Path: "/api/on-call/mine/feeds", OperationID: "make-calendar", Summary: "Make an address for a calendar program, which needs no sign-in", DefaultStatus: http.StatusOK,
		Description: "It is shown this once, and ends the one that was made before for the same. Journalled.", Errors: []int{400, 401, 403, 404},
	}, s.makeCalendar)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "DELETE", Path: "/api/on-call/mine/feeds", OperationID: "end-calendar", Summary: "End an address for a calendar program", DefaultStatus: http.StatusNoContent,
		Description: "Journalled.", Errors: []int{401, 403, 404},
	}, s.endCalendar)
}

type swapView struct {
	Swap      string     `json:"swap"`
	Rota      string     `json:"rota"`
	RotaName  string     `json:"rota_name"`
	Asks      string     `json:"asks"`
	AsksName  string     `json:"asks_name"`
	Takes     string     `json:"takes"`
	TakesName string     `json:"takes_name"`
	Start     time.Time  `json:"start" doc:"What the one who asks gives away"`
	End       time.Time  `json:"end"`
	BackStart *time.Time `json:"back_start,omitempty" doc:"What they take in return"`
	BackEnd   *time.Time `json:"back_end,omitempty"`
	Asked     time.Time  `json:"asked"`
	State     string     `json:"state" enum:"asked,accepted,refused,too_late" doc:"refused: or taken back; too_late: a time of it began before anybody answered"`
	Settled   *time.Time `json:"settled,omitempty"`
	Mine      string     `json:"mine" enum:",answer,take_back" doc:"What the caller can do about it"`
}

func (s *server) drawSwap(ctx context.Context, b rotas.Book, of rotas.AskedSwap) swapView {
	v := swapView{
		Swap: of.ID, Rota: of.Rota, RotaName: of.RotaName, Asks: of.Asks, AsksName: b.Person(of.Asks).Name, Takes: of.Takes, TakesName: b.Person(of.Takes).Name,
		Start: of.Start.UTC(), End: of.End.UTC(), BackStart: moment(of.BackStart), BackEnd: moment(of.BackEnd), Asked: of.Asked.UTC().Truncate(time.Second),
		State: rotas.SwapState(of.Swap, b.Now), Settled: moment(of.Accepted),
	}
	if v.Settled == nil {
		v.Settled = moment(of.Closed)
	}
	if me := visitOf(ctx).account.Name; v.State == rotas.SwapAsked && me == of.Takes {
		v.Mine = "answer"
	} else if v.State == rotas.SwapAsked && me == of.Asks {
		v.Mine = "take_back"
	}
	return v
}

func (s *server) askSwap(ctx context.Context, in *struct {
	Rota string `path:"rota" maxLength:"100" doc:"The rota's id"`
	Body *struct {
		Takes     string    `json:"takes" maxLength:"100" doc:"Who is asked"`
		Start     time.Time `json:"start"`
		End       time.Time `json:"end"`
		BackStart time.Time `json:"back_start,omitempty" doc:"What the caller takes in return; left out: nothing"`
		BackEnd   time.Time `json:"back_end,omitempty"`
	}
}) (*body[swapView], error) {
	b, r, err := s.shownRota(ctx, in.Rota, s.Now())
	if err == nil && in.Body == nil {
		err = errNoForm
	}
	if err != nil {
		return nil, err
	}
	w := in.Body
	if !sensible(w.Start) || !sensible(w.End) || w.BackStart.IsZero() != w.BackEnd.IsZero() || !w.BackStart.IsZero() && (!sensible(w.BackStart) || !sensible(w.BackEnd)) {
		return nil, errTimes
	}
	made, err := s.Rotas.AskSwap(ctx, visitOf(ctx).account.Actor(), r.ID, rota.Swap{Takes: w.Takes, Start: w.Start, End: w.End, BackStart: w.BackStart, BackEnd: w.BackEnd})
	if err != nil {
		return nil, err
	}
	return &body[swapView]{s.drawSwap(ctx, b, made)}, nil
}

// settledSwap answers for a swap that the caller may settle, as one of the two.
func (s *server) settledSwap(ctx context.Context, id string, settle func() (rotas.AskedSwap, error)) (*body[swapView], error) {
	b, err := s.Rotas.Book(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	of, ok := b.Swap(id)
	object, subject := ofTheirs(ctx), "on call"
	if r, stands := b.Rota(of.Rota); ok && stands {
		object, subject = s.belongs(r.Organisation), r.ID
	}
	if err := s.authorise(ctx, object, subject); err != nil {
		return nil, err
	}
	if !ok {
		return nil, rotas.ErrNone
	}
	settled, err := settle()
	if err != nil {
		return nil, err
	}
	return &body[swapView]{s.drawSwap(ctx, b, settled)}, nil
}

func (s *server) answerSwap(ctx context.Context, in *struct {
	Swap string `path:"swap" maxLength:"64" doc:"The swap's id"`
	Body *struct {
		Accepts bool `json:"accepts"`
	}
}) (*body[swapView], error) {
	return s.settledSwap(ctx, in.Swap, func() (rotas.AskedSwap, error) {
		if in.Body == nil {
			return rotas.AskedSwap{}, errNoForm
		}
		return s.Rotas.AnswerSwap(ctx, visitOf(ctx).account.Actor(), in.Swap, in.Body.Accepts)
	})
}

func (s *server) takeBackSwap(ctx context.Context, in *struct {
	Swap string `path:"swap" maxLength:"64" doc:"The swap's id"`
}) (*body[swapView], error) {
	return s.settledSwap(ctx, in.Swap, func() (rotas.AskedSwap, error) {
		return s.Rotas.TakeBackSwap(ctx, visitOf(ctx).account.Actor(), in.Swap)
	})
}

type myTurn struct {
	Turn
	Rota     string `json:"rota"`
	RotaName string `json:"rota_name"`
	Zone     string `json:"zone"`
}

type feedView struct {
	Rota     string    `json:"rota" doc:"Empty: all of the caller's shifts"`
	RotaName string    `json:"rota_name"`
	Made     time.Time `json:"made"`
}

type mineView struct {
	OnCallPerson
	Shifts []myTurn   `json:"shifts" nullable:"false" doc:"Of the next eight weeks, and the one that goes on now"`
	Swaps  []swapView `json:"swaps" nullable:"false" doc:"Those that wait for the caller's answer first"`
	Feeds  []feedView `json:"feeds" nullable:"false" doc:"The addresses for calendar programs"`
}

const mostSwaps = 50

func (s *server) myShifts(ctx context.Context, _ *none) (*body[mineView], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "on call"); err != nil {
		return nil, err
	}
	b, err := s.Rotas.Book(ctx, s.Now().Add(-asideFor))
	if err != nil {
		return nil, err
	}
	me := visitOf(ctx).account.Name
	calendars, err := s.Rotas.Calendars(ctx, me)
	if err != nil {
		return nil, err
	}
	v := mineView{OnCallPerson: drawOnCallPerson(b.Person(me)), Shifts: []myTurn{}, Swaps: []swapView{}, Feeds: []feedView{}}
	all := b.MyShifts(me, b.Now.Add(-looksBack), b.Now.Add(rota.Ahead))
	all = slices.DeleteFunc(all, func(m rotas.Mine) bool { return !b.Now.Before(m.End) })
	for _, m := range all {
		v.Shifts = append(v.Shifts, myTurn{drawTurn(b, m.Shift), m.Rota.ID, m.Rota.Name, m.Rota.Answers.Zone().String()})
	}
	for _, of := range b.SwapsOf(me) {
		if len(v.Swaps) < mostSwaps {
			v.Swaps = append(v.Swaps, s.drawSwap(ctx, b, of))
		}
	}
	for _, c := range calendars {
		name := ""
		if r, ok := b.Rota(c.Rota); ok {
			name = r.Name
		}
		v.Feeds = append(v.Feeds, feedView{c.Rota, name, c.Made.UTC().Truncate(time.Second)})
	}
	return &body[mineView]{v}, nil
}

type calendarAddress struct {
	Address string `json:"address" doc:"To be given to a calendar program, and to nobody else"`
}

func (s *server) makeCalendar(ctx context.Context, in *struct {
	Body *struct {
		Rota string `json:"rota" maxLength:"100" doc:"Empty: all of the caller's shifts"`
	}
}) (*body[calendarAddress], error) {
	if in.Body == nil {
		return nil, s.nothingSent(ctx, "on call")
	}
	if in.Body.Rota != "" {
		if _, _, err := s.shownRota(ctx, in.Body.Rota, s.Now()); err != nil {
			return nil, err
		}
	} else if err := s.authorise(ctx, ofTheirs(ctx), "on call"); err != nil {
		return nil, err
	}
	token, err := s.Rotas.MakeCalendar(ctx, visitOf(ctx).account.Actor(), in.Body.Rota)
	if err != nil {
		return nil, err
	}
	return &body[calendarAddress]{calendarAddress{s.BaseURL + "/calendar/" + token + ".ics"}}, nil
}

func (s *server) endCalendar(ctx context.Context, in *struct {
	Rota string `query:"rota" maxLength:"100" doc:"Left out: the one of all of the caller's shifts"`
}) (*none, error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "on call"); err != nil {
		return nil, err
	}
	return nil, s.Rotas.EndCalendar(ctx, visitOf(ctx).account.Actor(), in.Rota)
}

// getCalendar gives shifts to a calendar program, which is known by what stands in the address.
func (s *server) getCalendar(w http.ResponseWriter, r *http.Request) {
	if err := s.rates.stranger(visitOf(r.Context()).from.Place, s.Now()); err != nil {
		s.turnAway(w, r, err)
		return
	}
	text, err := s.Rotas.Calendar(r.Context(), strings.TrimSuffix(r.PathValue("token"), ".ics"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", icsType)
	_, _ = io.WriteString(w, text) // the calendar program reads it again
}
