package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
)

var (
	accountAdd          = statement("account_add")
	accountKeep         = statement("account_keep")
	accountGet          = statement("account_get")
	accountNamed        = statement("account_named")
	accountSubject      = statement("account_subject")
	accountList         = statement("account_list")
	accountFirstDrop    = statement("account_first_drop")
	invitationAdd       = statement("invitation_add")
	invitationGet       = statement("invitation_get")
	invitationPeople    = statement("invitation_people")
	invitationDrop      = statement("invitation_drop")
	invitationFirstDrop = statement("invitation_first_drop")
	invitationForget    = statement("invitation_forget")
	sessionAdd          = statement("session_add")
	sessionGet          = statement("session_get")
	sessionByID         = statement("session_by_id")
	sessionList         = statement("session_list")
	sessionOver         = statement("session_over")
	sessionOutside      = statement("session_outside")
	sessionTouch        = statement("session_touch")
	sessionDrop         = statement("session_drop")
	attemptsGet         = statement("attempts_get")
	attemptsKeep        = statement("attempts_keep")
	attemptsDrop        = statement("attempts_drop")
	attemptsForget      = statement("attempts_forget")
	ticketAdd           = statement("ticket_add")
	ticketTake          = statement("ticket_take")
	ticketForget        = statement("ticket_forget")
	enrolmentAdd        = statement("enrolment_add")
	enrolmentGet        = statement("enrolment_get")
	enrolmentCoded      = statement("enrolment_coded")
	enrolmentWaiting    = statement("enrolment_waiting")
	enrolmentApprove    = statement("enrolment_approve")
	enrolmentDrop       = statement("enrolment_drop")
	enrolmentForget     = statement("enrolment_forget")
)

// peopleLock is what every change of people locks: they are few, and each rests on what the others left.
const peopleLock = "people"

var _ people.Store = (*Store)(nil)

// ChangePeople implements [people.Store].
func (s *Store) ChangePeople(ctx context.Context, do func(people.Tx) error) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(peopleLock); err != nil {
			return err
		}
		return do(peopleTx{peopleReader{tx}, tx})
	})
}

// ReadPeople implements [people.Store].
func (s *Store) ReadPeople(ctx context.Context, do func(people.Reader) error) error {
	return s.db.Read(ctx, func(from Reader) error { return do(peopleReader{from}) })
}

type accountRow struct {
	ID           string     `db:"id"`
	Name         string     `db:"name"`
	FullName     string     `db:"full_name"`
	Role         string     `db:"role"`
	Organisation string     `db:"organisation"`
	Department   string     `db:"department"`
	Further      string     `db:"further"`
	Provider     string     `db:"provider"`
	Subject      string     `db:"subject"`
	Password     string     `db:"password"`
	Secret       cipherText `db:"secret"`
	Step         int64      `db:"step"`
	Disabled     time.Time  `db:"disabled"`
	Created      time.Time  `db:"created"`
}

// The sealed columns of people: the secrets of second factors, and the ID tokens with which a provider ends a session, which say who somebody is.
const (
	accountSecret    = "account.secret"
	invitationSecret = "invitation.secret"
	sessionHint      = "session.hint"
)

func (k *keyring) accountRowOf(p people.Person) (*accountRow, error) {
	further, err := json.Marshal(append([]access.Post{}, p.Further...))
	if err != nil {
		return nil, fmt.Errorf("write the posts of account %s: %w", p.ID, err)
	}
	return &accountRow{
		ID: p.ID, Name: p.Name, FullName: p.FullName, Role: string(p.Role), Organisation: p.Organisation, Department: p.Department, Further: string(further),
		Provider: p.Provider, Subject: p.Subject, Password: p.Password, Secret: k.sealText(accountSecret, p.ID, p.Secret), Step: p.Step, Disabled: p.Disabled, Created: p.Created,
	}, nil
}

func (r accountRow) person() (people.Person, error) {
	var further []access.Post
	if err := json.Unmarshal([]byte(r.Further), &further); err != nil {
		return people.Person{}, fmt.Errorf("read the posts of account %s: %w", r.ID, err)
	}
	secret, err := r.Secret.open(accountSecret, r.ID)
	return people.Person{
		ID: r.ID, Name: r.Name, FullName: r.FullName, Role: access.Role(r.Role), Organisation: r.Organisation, Department: r.Department, Further: further,
		Provider: r.Provider, Subject: r.Subject, Password: r.Password, Secret: secret, Step: r.Step, Disabled: r.Disabled, Created: r.Created,
	}, err
}

type invitationRow struct {
	Hash   string     `db:"hash"`
	Person string     `db:"person"`
	First  int        `db:"first"`
	Secret cipherText `db:"secret"`
	Until  time.Time  `db:"until"`
}

type sessionRow struct {
	ID     string    `db:"id"`
	Hash   string    `db:"hash"`
	Person string    `db:"person"`
	Begun  time.Time `db:"begun"`
	Seen   time.Time `db:"seen"`
	Idle   time.Time `db:"idle"`
	Ends   time.Time `db:"ends"`
	Agent  string    `db:"agent"`
	Place  string    `db:"place"`

	Role         string     `db:"role"`
	Organisation string     `db:"organisation"`
	Department   string     `db:"department"`
	Provider     string     `db:"provider"`
	Subject      string     `db:"subject"`
	SID          string     `db:"sid"`
	Hint         cipherText `db:"hint"`
}

func (k *keyring) sessionRowOf(s people.Session) *sessionRow {
	return &sessionRow{
		ID: s.ID, Hash: s.Hash, Person: s.Person, Begun: s.Begun, Seen: s.Seen, Idle: s.Idle, Ends: s.Ends, Agent: s.Agent, Place: s.Place,
		Role: string(s.Post.Role), Organisation: s.Post.Organisation, Department: s.Post.Department, Provider: s.Provider, Subject: s.Subject, SID: s.SID, Hint: k.sealText(sessionHint, s.ID, s.Hint),
	}
}

func (r sessionRow) session() (people.Session, error) {
	hint, err := r.Hint.open(sessionHint, r.ID)
	return people.Session{
		ID: r.ID, Hash: r.Hash, Person: r.Person, Begun: r.Begun, Seen: r.Seen, Idle: r.Idle, Ends: r.Ends, Agent: r.Agent, Place: r.Place,
		Post:     access.Post{Role: access.Role(r.Role), Organisation: r.Organisation, Department: r.Department},
		Provider: r.Provider, Subject: r.Subject, SID: r.SID, Hint: hint,
	}, err
}

type attemptsRow struct {
	Key    string    `db:"key"`
	Failed int       `db:"failed"`
	Since  time.Time `db:"since"`
	Until  time.Time `db:"until"`
}

type enrolmentRow struct {
	Hash   string    `db:"hash"`
	Code   string    `db:"code"`
	Person string    `db:"person"`
	Until  time.Time `db:"until"`
}

// peopleReader implements [people.Reader].
type peopleReader struct{ from Reader }

// foundAs is err, or what stands for a row that is not there.
func foundAs(err, none error) error {
	if errors.Is(err, ErrNoRows) {
		return none
	}
	return err
}

func (r peopleReader) account(st *Statement, args Args) (people.Person, error) {
	var row accountRow
	if err := r.from.Get(&row, st, args); err != nil {
		return people.Person{}, foundAs(err, people.ErrNoPerson)
	}
	return row.person()
}

func (r peopleReader) Person(id string) (people.Person, error) {
	return r.account(accountGet, Args{"id": id})
}

func (r peopleReader) PersonNamed(name string) (people.Person, error) {
	return r.account(accountNamed, Args{"name": name})
}

func (r peopleReader) PersonVouched(provider, subject string) (people.Person, error) {
	return r.account(accountSubject, Args{"provider": provider, "subject": subject})
}

func (r peopleReader) People() ([]people.Person, error) {
	var rows []accountRow
	if err := r.from.Select(&rows, accountList, nil); err != nil {
		return nil, err
	}
	return collect(rows, accountRow.person)
}

func (r peopleReader) Invitation(hash string) (people.Invitation, error) {
	var row invitationRow
	if err := r.from.Get(&row, invitationGet, Args{"hash": hash}); err != nil {
		return people.Invitation{}, foundAs(err, people.ErrNoInvitation)
	}
	secret, err := row.Secret.open(invitationSecret, row.Hash)
	return people.Invitation{Hash: row.Hash, Person: row.Person, First: row.First == 1, Secret: secret, Until: row.Until}, err
}

func (r peopleReader) Invited(now time.Time) ([]string, error) {
	var ids []string
	err := r.from.Select(&ids, invitationPeople, Args{"now": now})
	return ids, err
}

func (r peopleReader) session(st *Statement, args Args) (people.Session, error) {
	var row sessionRow
	if err := r.from.Get(&row, st, args); err != nil {
		return people.Session{}, foundAs(err, people.ErrNoSession)
	}
	return row.session()
}

func (r peopleReader) Session(hash string) (people.Session, error) {
	return r.session(sessionGet, Args{"hash": hash})
}

func (r peopleReader) SessionByID(id string) (people.Session, error) {
	return r.session(sessionByID, Args{"id": id})
}

func (r peopleReader) sessions(st *Statement, args Args) ([]people.Session, error) {
	var rows []sessionRow
	if err := r.from.Select(&rows, st, args); err != nil {
		return nil, err
	}
	return collect(rows, sessionRow.session)
}

func (r peopleReader) SessionsOf(person string) ([]people.Session, error) {
	return r.sessions(sessionList, Args{"person": person})
}

func (r peopleReader) SessionsVouched(provider, subject, sid string) ([]people.Session, error) {
	return r.sessions(sessionOutside, Args{"provider": provider, "subject": subject, "sid": sid})
}

func (r peopleReader) SessionsOver(now time.Time) ([]people.Session, error) {
	return r.sessions(sessionOver, Args{"now": now})
}

func (r peopleReader) enrolment(st *Statement, args Args) (people.Enrolment, error) {
	var row enrolmentRow
	if err := r.from.Get(&row, st, args); err != nil {
		return people.Enrolment{}, foundAs(err, people.ErrNoEnrolment)
	}
	return people.Enrolment(row), nil
}

func (r peopleReader) Enrolment(hash string) (people.Enrolment, error) {
	return r.enrolment(enrolmentGet, Args{"hash": hash})
}

func (r peopleReader) EnrolmentCoded(code string) (people.Enrolment, error) {
	return r.enrolment(enrolmentCoded, Args{"code": code})
}

func (r peopleReader) Waiting(now time.Time) (n int, err error) {
	err = r.from.Get(&n, enrolmentWaiting, Args{"now": now})
	return n, err
}

// peopleTx implements [people.Tx].
type peopleTx struct {
	peopleReader
	tx *Tx
}

// exec runs a statement of which it does not matter how many rows it changes.
func (t peopleTx) exec(st *Statement, args any) error {
	_, err := t.tx.Exec(st, args)
	return err
}

func (t peopleTx) AddPerson(p people.Person) error {
	row, err := t.tx.conn.ring().accountRowOf(p)
	if err != nil {
		return err
	}
	n, err := t.tx.Exec(accountAdd, row)
	if err == nil && n == 0 {
		return people.ErrNameTaken
	}
	return err
}

func (t peopleTx) KeepPerson(p people.Person) error {
	if other, err := t.PersonNamed(p.Name); err == nil && other.ID != p.ID {
		return people.ErrNameTaken
	} else if err != nil && !errors.Is(err, people.ErrNoPerson) {
		return err
	}
	row, err := t.tx.conn.ring().accountRowOf(p)
	if err != nil {
		return err
	}
	return t.exec(accountKeep, row)
}

func (t peopleTx) AddInvitation(i people.Invitation) error {
	row := invitationRow{Hash: i.Hash, Person: i.Person, Secret: t.tx.conn.ring().sealText(invitationSecret, i.Hash, i.Secret), Until: i.Until}
	if i.First {
		row.First = 1
	}
	return t.exec(invitationAdd, &row)
}

func (t peopleTx) DropInvitations(person string) error {
	return t.exec(invitationDrop, Args{"person": person})
}

func (t peopleTx) DropFirst() error {
	if err := t.exec(accountFirstDrop, nil); err != nil {
		return err
	}
	return t.exec(invitationFirstDrop, nil)
}

func (t peopleTx) AddSession(s people.Session) error {
	return t.exec(sessionAdd, t.tx.conn.ring().sessionRowOf(s))
}

func (t peopleTx) TouchSession(s people.Session) error {
	return t.exec(sessionTouch, Args{"id": s.ID, "seen": s.Seen, "idle": s.Idle})
}

func (t peopleTx) DropSession(id string) (bool, error) {
	n, err := t.tx.Exec(sessionDrop, Args{"id": id})
	return n == 1, err
}

func (t peopleTx) Attempts(key string) (people.Attempts, error) {
	var row attemptsRow
	if err := t.tx.Get(&row, attemptsGet, Args{"key": key}); err != nil {
		return people.Attempts{}, foundAs(err, nil)
	}
	return people.Attempts(row), nil
}

func (t peopleTx) KeepAttempts(a people.Attempts) error {
	row := attemptsRow(a)
	return t.exec(attemptsKeep, &row)
}

func (t peopleTx) DropAttempts(key string) error { return t.exec(attemptsDrop, Args{"key": key}) }

func (t peopleTx) AddTicket(hash, session string, until time.Time) error {
	return t.exec(ticketAdd, Args{"hash": hash, "session": session, "until": until})
}

func (t peopleTx) TakeTicket(hash, session string, now time.Time) (bool, error) {
	n, err := t.tx.Exec(ticketTake, Args{"hash": hash, "session": session, "now": now})
	return n == 1, err
}

func (t peopleTx) UseOnce(provider, id string, ends, forget time.Time) (bool, error) {
	return useAssertion(t.tx, provider, id, ends, forget)
}

func (t peopleTx) AddEnrolment(e people.Enrolment) error {
	row := enrolmentRow(e)
	return t.exec(enrolmentAdd, &row)
}

func (t peopleTx) ApproveEnrolment(hash, person string) error {
	return t.exec(enrolmentApprove, Args{"hash": hash, "person": person})
}

func (t peopleTx) DropEnrolment(hash string) error { return t.exec(enrolmentDrop, Args{"hash": hash}) }

// attemptsKept is how long attempts are kept: longer than they count.
const attemptsKept = 2 * time.Hour

func (t peopleTx) Forget(now time.Time) error {
	for _, st := range []*Statement{invitationForget, ticketForget, enrolmentForget} {
		if err := t.exec(st, Args{"now": now}); err != nil {
			return err
		}
	}
	return t.exec(attemptsForget, Args{"before": now.Add(-attemptsKept)})
}

func (t peopleTx) Append(e journal.Entry) error { return appendEntry(t.tx, e) }
