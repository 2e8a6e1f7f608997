package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/contacts"
)

// ContactPoints is what people do about how they are reached; [contacts.Desk] is one, and says what each returns.
type ContactPoints interface {
	Kinds() []string
	Of(ctx context.Context, person string) (subscribers.Reached, error)
	Add(ctx context.Context, by journal.Actor, c subscribers.Contact) (subscribers.Contact, contacts.Sent, error)
	SendCode(ctx context.Context, by journal.Actor, id string) (subscribers.Contact, contacts.Sent, error)
	Verify(ctx context.Context, by journal.Actor, id, code string) (subscribers.Contact, error)
	Test(ctx context.Context, by journal.Actor, id string) (contacts.Sent, error)
	Describe(ctx context.Context, by journal.Actor, id, label string, quiet subscribers.Quiet) (subscribers.Contact, error)
	Order(ctx context.Context, by journal.Actor, ids []string) error
	Remove(ctx context.Context, by journal.Actor, id string) error
}

// contactRefusals are the answers to the errors of contact points.
var contactRefusals = map[error]refusal{
	subscribers.ErrNoContact:   {http.StatusNotFound, fhir.NotFound, "There is no such contact point of yours. Load the page again."},
	subscribers.ErrKind:        {http.StatusUnprocessableEntity, fhir.Value, "This service does not send that way."},
	subscribers.ErrAddress:     {http.StatusUnprocessableEntity, fhir.Value, "This cannot be used: a mail address such as name@example.nhs.uk, a phone number such as 07700 900123 or +44 7700 900123, or a webhook that begins with https://."},
	subscribers.ErrLabel:       {http.StatusUnprocessableEntity, fhir.Value, "A label has at most 60 letters, in one line."},
	subscribers.ErrQuiet:       {http.StatusUnprocessableEntity, fhir.Value, "Quiet hours are two different times of the day, such as 22:00 and 07:00."},
	subscribers.ErrSameContact: {http.StatusConflict, fhir.Conflict, "You have this one already."},
	subscribers.ErrMostContact: {http.StatusConflict, fhir.Conflict, "You have ten already: remove one first."},
	subscribers.ErrAskedOften:  {http.StatusTooManyRequests, fhir.Transient, "A code can be asked for every 30 seconds, until it is entered; codes and tests together, 20 times an hour. Wait a little."},
	subscribers.ErrCodeWrong:   {http.StatusUnprocessableEntity, fhir.Value, "This is not the code that was sent last. Look at the newest message."},
	subscribers.ErrCodeOver:    {http.StatusGone, fhir.Expired, "This code cannot be used any more: it is too old, or was tried too often. Ask for another."},
	subscribers.ErrUnverified:  {http.StatusConflict, fhir.Conflict, "Enter the code that was sent there first."},
	subscribers.ErrOrder:       {http.StatusConflict, fhir.Conflict, "Your contact points have changed. Load the page again."},
	subscribers.ErrNoLink:      {http.StatusNotFound, fhir.NotFound, "There is no such link."},
}

// addContacts adds the addresses of how somebody is reached. Everybody sees and changes their own only.
func (s *server) addContacts(api *apiTable) {
	const one = "/api/contacts/{contact}"
	do := access.BeReached
	addAPI(s, api, signedIn, do, huma.Operation{
		Method: "GET", Path: "/api/contacts", OperationID: "contacts", Summary: "By what one is reached, in the order in which it is used", Errors: []int{401, 403},
	}, s.listContacts)
	addAPI(s, api, signedIn, do, huma.Operation{
		Method: "POST", Path: "/api/contacts", OperationID: "add-contact", Summary: "Add a contact point; a code is sent there", DefaultStatus: http.StatusOK,
		Description: "Nothing else is sent there before the code was entered. 409 if one has it already, or has ten.", Errors: []int{400, 401, 403, 409, 422, 429},
	}, s.addContact)
	addAPI(s, api, signedIn, do, huma.Operation{
		Method: "PUT", Path: "/api/contacts", OperationID: "order-contacts", Summary: "Say in which order they are used", DefaultStatus: http.StatusOK,
		Description: "All of them, the first first. 409 if they are others.", Errors: []int{400, 401, 403, 409},
	}, s.orderContacts)
	addAPI(s, api, signedIn, do, huma.Operation{
		Method: "PUT", Path: one, OperationID: "describe-contact", Summary: "Give a contact point a label and quiet hours", DefaultStatus: http.StatusOK,
		Description: "What is left out is none.", Errors: []int{400, 401, 403, 404, 422},
	}, s.describeContact)
	addAPI(s, api, signedIn, do, huma.Operation{
		Method: "DELETE", Path: one, OperationID: "remove-contact", Summary: "Remove a contact point", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 404},
	}, s.removeContact)
	addAPI(s, api, signedIn, do, huma.Operation{
		Method: "POST", Path: one + "/code", OperationID: "send-code", Summary: "Send another code", DefaultStatus: http.StatusOK, Errors: []int{401, 403, 404, 429},
	}, s.sendCode)
	addAPI(s, api, signedIn, do, huma.Operation{
		Method: "POST", Path: one + "/verification", OperationID: "verify-contact", Summary: "Enter the code that was sent", DefaultStatus: http.StatusOK,
		Description: "410 when it is older than 15 minutes, or was tried five times.", Errors: []int{400, 401, 403, 404, 410, 422},
	}, s.verifyContact)
	addAPI(s, api, signedIn, do, huma.Operation{
		Method: "POST", Path: one + "/test", OperationID: "test-contact", Summary: "Send a test", DefaultStatus: http.StatusOK, Errors: []int{401, 403, 404, 409, 429},
	}, s.testContact)
}

type quietView struct {
	From string `json:"from" doc:"Such as 22:00, by the clock on the wall"`
	To   string `json:"to"`
}

type contactView struct {
	Contact   string     `json:"contact" doc:"Its id"`
	Kind      string     `json:"kind" enum:"mail,sms,push,webhook"`
	Label     string     `json:"label"`
	Address   string     `json:"address" doc:"Of a browser, the host of its push service"`
	Place     int        `json:"place" doc:"1 is told first"`
	State     string     `json:"state" enum:"waiting,verified,lost" doc:"Waiting for its code; or lost: its server says that it is no more"`
	Added     time.Time  `json:"added"`
	Verified  *time.Time `json:"verified,omitempty"`
	CodeUntil *time.Time `json:"code_until,omitempty" doc:"Until when the code that was sent can be entered"`
	Quiet     *quietView `json:"quiet,omitempty" doc:"Hours in which it is passed over if another one is not quiet"`
}

func drawContact(c subscribers.Contact, now time.Time) contactView {
	v := contactView{Contact: c.ID, Kind: c.Kind, Label: c.Label, Address: c.Address, Place: c.Place, State: "waiting", Added: c.Added.UTC().Truncate(time.Second), Verified: moment(c.Verified)}
	if c.Kind == subscribers.PushContact {
		v.Address = c.Host()
	}
	switch {
	case !c.Lost.IsZero():
		v.State = "lost"
	case c.Usable():
		v.State = "verified"
	}
	if c.Code.Open(now) {
		v.CodeUntil = moment(c.Code.Until)
	}
	if c.Quiet != (subscribers.Quiet{}) {
		v.Quiet = &quietView{c.Quiet.From, c.Quiet.To}
	}
	return v
}

type contactList struct {
	Contacts []contactView `json:"contacts" nullable:"false"`
	Kinds    []string      `json:"kinds" nullable:"false" doc:"By what this service can send"`
	PushKey  string        `json:"push_key,omitempty" doc:"With which a browser is subscribed (applicationServerKey), in base64url"`
	Most     int           `json:"most" doc:"How many one can have"`
}

func (s *server) listContacts(ctx context.Context, _ *none) (*body[contactList], error) {
	if err := s.authorise(ctx, access.Object{}, ""); err != nil {
		return nil, err
	}
	return s.drawContacts(ctx)
}

func (s *server) drawContacts(ctx context.Context) (*body[contactList], error) {
	r, err := s.Contacts.Of(ctx, visitOf(ctx).account.Name)
	if err != nil {
		return nil, err
	}
	list := contactList{Contacts: []contactView{}, Kinds: append([]string{}, s.Contacts.Kinds()...), PushKey: s.PushKey, Most: contacts.Most}
	for _, c := range r.Contacts {
		list.Contacts = append(list.Contacts, drawContact(c, s.Now()))
	}
	return &body[contactList]{list}, nil
}

type pushBody struct {
	Endpoint string `json:"endpoint" maxLength:"1000"`
	Keys     struct {
		P256dh string `json:"p256dh" maxLength:"200"`
		Auth   string `json:"auth" maxLength:"100"`
	} `json:"keys"`
}

type newContact struct {
	Kind    string    `json:"kind" enum:"mail,sms,push,webhook"`
	Label   string    `json:"label,omitempty" maxLength:"240"`
	Address string    `json:"address,omitempty" maxLength:"2000" doc:"A mail address, a phone number, or the https URL of a webhook"`
	Push    *pushBody `json:"push,omitempty" doc:"What PushSubscription.toJSON() says"`
}

type codeSent struct {
	Contact  contactView `json:"contact"`
	CodeSent bool        `json:"code_sent"`
	Detail   string      `json:"detail,omitempty" doc:"Why it was not sent, in words"`
	Secret   string      `json:"secret,omitempty" doc:"With which what is sent to a webhook is signed (Standard Webhooks); given this once"`
}

func (s *server) addContact(ctx context.Context, in *struct{ Body *newContact }) (*body[codeSent], error) {
	if err := s.authorise(ctx, access.Object{}, ""); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, subscribers.ErrAddress
	}
	c := subscribers.Contact{Kind: in.Body.Kind, Label: in.Body.Label, Address: in.Body.Address}
	if c.Kind == subscribers.PushContact {
		text, err := json.Marshal(in.Body.Push)
		if err != nil {
			return nil, err
		}
		c.Address = string(text)
	}
	kept, sent, err := s.Contacts.Add(ctx, visitOf(ctx).account.Actor(), c)
	if err != nil {
		return nil, err
	}
	return &body[codeSent]{codeSent{drawContact(kept, s.Now()), sent.OK(), sent.Words, kept.Secret}}, nil
}

func (s *server) orderContacts(ctx context.Context, in *struct {
	Body *struct {
		Contacts []string `json:"contacts" maxItems:"10" doc:"The ids of all of them, in their new order"`
	}
}) (*body[contactList], error) {
	if err := s.authorise(ctx, access.Object{}, ""); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, subscribers.ErrOrder
	}
	if err := s.Contacts.Order(ctx, visitOf(ctx).account.Actor(), in.Body.Contacts); err != nil {
		return nil, err
	}
	return s.drawContacts(ctx)
}

type ofContact struct {
	Contact string `path:"contact" doc:"The contact point's id"`
}

// contactNamed asks whether the caller may change a contact point of their own.
func (s *server) contactNamed(ctx context.Context, id string) error {
	if err := s.authorise(ctx, access.Object{}, id); err != nil {
		return err
	}
	if !isAlertID(id) {
		return subscribers.ErrNoContact
	}
	return nil
}

func (s *server) describeContact(ctx context.Context, in *struct {
	Contact string `path:"contact" doc:"The contact point's id"`
	Body    *struct {
		Label string     `json:"label,omitempty" maxLength:"240"`
		Quiet *quietView `json:"quiet,omitempty"`
	}
}) (*body[contactView], error) {
	if err := s.contactNamed(ctx, in.Contact); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, subscribers.ErrLabel
	}
	var quiet subscribers.Quiet
	if q := in.Body.Quiet; q != nil {
		quiet = subscribers.Quiet{From: q.From, To: q.To}
	}
	c, err := s.Contacts.Describe(ctx, visitOf(ctx).account.Actor(), in.Contact, in.Body.Label, quiet)
	if err != nil {
		return nil, err
	}
	return &body[contactView]{drawContact(c, s.Now())}, nil
}

func (s *server) removeContact(ctx context.Context, in *ofContact) (*none, error) {
	if err := s.contactNamed(ctx, in.Contact); err != nil {
		return nil, err
	}
	return nil, s.Contacts.Remove(ctx, visitOf(ctx).account.Actor(), in.Contact)
}

func (s *server) sendCode(ctx context.Context, in *ofContact) (*body[codeSent], error) {
	if err := s.contactNamed(ctx, in.Contact); err != nil {
		return nil, err
	}
	c, sent, err := s.Contacts.SendCode(ctx, visitOf(ctx).account.Actor(), in.Contact)
	if err != nil {
		return nil, err
	}
	return &body[codeSent]{codeSent{Contact: drawContact(c, s.Now()), CodeSent: sent.OK(), Detail: sent.Words}}, nil
}

func (s *server) verifyContact(ctx context.Context, in *struct {
	Contact string `path:"contact" doc:"The contact point's id"`
	Body    *struct {
		Code string `json:"code" maxLength:"20" doc:"Six digits"`
	}
}) (*body[contactView], error) {
	if err := s.contactNamed(ctx, in.Contact); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, subscribers.ErrCodeWrong
	}
	c, err := s.Contacts.Verify(ctx, visitOf(ctx).account.Actor(), in.Contact, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &body[contactView]{drawContact(c, s.Now())}, nil
}

type testSent struct {
	Sent   bool   `json:"sent"`
	Detail string `json:"detail,omitempty" doc:"Why it was not sent, in words"`
}

func (s *server) testContact(ctx context.Context, in *ofContact) (*body[testSent], error) {
	if err := s.contactNamed(ctx, in.Contact); err != nil {
		return nil, err
	}
	sent, err := s.Contacts.Test(ctx, visitOf(ctx).account.Actor(), in.Contact)
	if err != nil {
		return nil, err
	}
	return &body[testSent]{testSent{sent.OK(), sent.Words}}, nil
}
