package sql_test

import (
	"bytes"
	stdsql "database/sql"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/feeds"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
	"github.com/ucpalert/ucpalert/vault"
)

// markers are what may stand in no file: by what it is.
var markers = map[string][]string{
	"the NHS number":       {"9990000018", "999 000 0018", "999-000-0018"},
	"the family name":      {"Zzyzxmark"},
	"the given name":       {"Quillandra"},
	"a former name":        {"Formermark"},
	"the date of birth":    {"1987-06-05", "19870605"},
	"the postcode":         {"ZE9 9QQ", "ZE99QQ"},
	"the hospital number":  {"HOSPMARK4711"},
	"the record merged":    {"MERGEMARK42"},
	"the visit's number":   {"VISITMARK77"},
	"the headline":         {"headlinemark"},
	"the plan":             {"hydrocortisonemark"},
	"the document":         {"documentmark"},
	"an attachment":        {"attachmentmark"},
	"the plan's number":    {"IDENTIFIERMARK"},
	"a draft":              {"draftmark"},
	"a draft's file":       {"filemark"},
	"what was said":        {"talkmark"},
	"a message":            {"rawmark"},
	"a resource put aside": {"asidemark"},
	"a second factor":      {"TOTPMARKSECRET"},
	"a provider's token":   {"IDTOKENMARK"},
	"a mail address":       {"addressmark"},
	"a contact's label":    {"labelmark"},
	"a webhook's secret":   {"whsecmark"},
	"a code":               {"codemark"},
	"a subscription":       {"subscriptionmark"},
	"a list":               {"planlistmark"},
	"a plan on a list":     {"planlabelmark"},
}

var marked = plans.Identity{
	Family: "Zzyzxmark", Given: "Quillandra", BirthDate: "1987-06-05", Sex: plans.Female, Postcode: "ZE9 9QQ",
	Others: [plans.MaxOtherNames]plans.PersonName{{Family: "Formermark", Given: "Quillandra"}},
}

// sealedService is a service on a database that the test may look into.
type sealedService struct {
	service
	db *sql.DB
}

func openSealed(t *testing.T, o sql.Options) sealedService {
	t.Helper()
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	db := sqltest.Open(t, o)
	store := sql.NewStore(db)
	s := sealedService{service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return noon })}, db}
	if has, err := store.HasKeys(t.Context()); err != nil {
		t.Fatal(err)
	} else if !has {
		if err := errors.Join(s.desk.MakeKeys(t.Context(), store), store.KeepRecipe(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func number(t *testing.T, digits string) plans.NHSNumber {
	t.Helper()
	n, err := plans.ParseNHSNumber(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func arrival(control string, minute int) alerts.Event {
	e := message(alerts.Arrive, "VISITMARK77", control, "9990000018", minute)
	e.BirthDate, e.Name = alerts.Stated(marked.BirthDate), alerts.Stated(alerts.Name{Family: marked.Family, Given: marked.Given})
	e.Postcode, e.HospitalNumber = alerts.Stated(marked.Postcode), alerts.Stated("HOSPMARK4711")
	return e
}

// live writes whatever can be written of somebody: a plan, its draft, an arrival, a merge, what is said, what was not understood.
func (s sealedService) live(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	patient := marked
	patient.NHSNumber = number(t, "9990000018")
	_, _, err := s.desk.Publish(ctx, plans.Publication{
		Plan: plans.Plan{
			ID: "plan-1", Centre: "RAL", Status: plans.Active, Urgency: plans.Critical, Headline: "headlinemark", Patient: patient, Author: "Dr A Test", To: noon.Add(time.Hour),
			Sections: []plans.Section{{Title: "First", Text: "hydrocortisonemark"}}, Identifiers: []plans.Identifier{{System: "urn:x", Value: "IDENTIFIERMARK"}},
		},
		Document: []byte(`{"text":"documentmark","attachment":"attachmentmark"}`),
	}, centre)
	must(err)
	s.receive(t, arrival("1", 0))
	board := s.board(t, "RQW-AE")
	if len(board) != 1 {
		t.Fatalf("%d alerts", len(board))
	}
	merge := arrival("2", 1)
	merge.Kind, merge.Visit, merge.Location = alerts.Merge, "", alerts.Field[alerts.Location]{}
	merge.HospitalNumber, merge.Prior.HospitalNumbers = alerts.Stated("HOSPMARK4711"), []string{"MERGEMARK42"}
	s.receive(t, merge)
	_, err = s.desk.Say(ctx, board[0].Alert.ID, "RQW-AE", alerts.Question, "talkmark", nurse)
	must(err)
	file, err := plans.NewDraftFile([]byte("%PDF-filemark"), noon)
	must(err)
	entry := journal.Entry{Time: noon, Kind: journal.DraftSaved, Actor: centre, Subject: "d1"}
	_, err = s.store.BeginDraft(ctx, plans.DraftPlan{ID: "d1", Centre: "RAL", Author: "royal-free", Saved: noon, Files: []plans.DraftFile{file}, Form: plans.Form{Headline: "draftmark"}}, entry)
	must(err)
	must(s.store.KeepQuarantined(ctx, rubbish("MSH|rawmark", noon)))
	must(s.store.SaveFeed(ctx, "london", []feeds.Item{{ID: "1", Hash: [32]byte{2}, State: feeds.Aside, Walk: 1, Noticed: noon, Resource: []byte("asidemark")}}, feeds.Position{}))
	must(s.store.ChangePeople(ctx, func(tx people.Tx) error {
		return errors.Join(
			tx.AddPerson(people.Person{ID: "p1", Name: "ann", Role: access.Administrator, Secret: "TOTPMARKSECRET", Created: noon}),
			tx.AddInvitation(people.Invitation{Hash: "h1", Person: "p1", Secret: "TOTPMARKSECRET", Until: noon}),
			tx.AddSession(people.Session{ID: "s1", Hash: "h1", Person: "p1", Begun: noon, Seen: noon, Idle: noon, Ends: noon, Provider: "https://login.example", Hint: "IDTOKENMARK"}),
		)
	}))
	must(s.store.ChangeReached(ctx, "ann", func(r *subscribers.Reached) ([]journal.Entry, error) {
		r.Contacts = []subscribers.Contact{{
			ID: "c1", Person: "ann", Kind: subscribers.WebhookContact, Label: "labelmark", Address: "https://addressmark.example/", Secret: "whsecmark", Place: 1, Added: noon, Verified: noon,
			Code: subscribers.NewCode("codemark", noon),
		}}
		return nil, nil
	}))
	_, err = s.store.PageKey(ctx)
	must(err)
	_, err = s.store.PushKey(ctx)
	must(err)
	who := journal.Actor{Name: "ann", Role: "clinician", Organisation: "RQW"}
	must(s.store.AddSubscription(ctx, subscriptions.Subscription{
		ID: "s1", Revision: 1, Person: "ann", Role: access.Clinician, Organisation: "RQW", Wanted: subscriptions.Wanted{Name: "subscriptionmark"}, Changed: noon,
	}, journal.Entry{Time: noon, Kind: journal.SubscriptionKept, Actor: who, Subject: "s1"}))
	must(s.store.AddPlanList(ctx, subscriptions.List{
		ID: "l1", Revision: 1, Person: "ann", Role: access.Clinician, Organisation: "RQW", Name: "planlistmark", Plans: []subscriptions.Listed{{Plan: "plan-1", Label: "planlabelmark"}}, Changed: noon,
	}, journal.Entry{Time: noon, Kind: journal.ListKept, Actor: who, Subject: "l1"}))
}

// everything is what can be read of the service again.
func (s sealedService) everything(t *testing.T) map[string]any {
	t.Helper()
	ctx := t.Context()
	all := map[string]any{}
	read := func(name string, value any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = value
	}
	board := s.board(t, "RQW-AE")
	if len(board) != 1 || board[0].Attendance.Patient.Family != marked.Family || board[0].Attendance.Visit != "VISITMARK77" || board[0].Plan.Headline != "headlinemark" {
		t.Fatalf("the board shows %d alerts", len(board))
	}
	read("board", board, nil)
	held, err := s.store.Plan(ctx, "plan-1")
	read("plan", held, err)
	editions, err := s.store.Editions(ctx, "plan-1")
	read("editions", editions, err)
	own, total, err := s.store.OwnPlans(ctx, "RAL", plans.Search{Name: "zzyzx", Limit: 10})
	read("list", own, err)
	if total != 1 {
		t.Errorf("%d plans are found by the name", total)
	}
	for name, q := range map[string]plans.Query{
		"by number":     {Centre: "RAL", Patients: []plans.NHSNumber{number(t, "9990000018")}, Limit: 10},
		"by identifier": {Centre: "RAL", Identifiers: [][]plans.Identifier{{{System: "urn:x", Value: "IDENTIFIERMARK"}}}, Limit: 10},
	} {
		found, _, err := s.store.FindPlans(ctx, q)
		if read(name, len(found), err); len(found) != 1 {
			t.Errorf("%d plans are found %s", len(found), name)
		}
	}
	draft, err := s.store.Draft(ctx, "d1", "RAL", "royal-free")
	read("draft", draft, err)
	file, err := s.store.DraftFile(ctx, "d1", "RAL", "royal-free", draft.Files[0].SHA256)
	read("file", file, err)
	entries, err := s.store.Quarantine(ctx, "", false, 10)
	read("quarantine", entries, err)
	message, err := s.store.Quarantined(ctx, entries[0].ID)
	read("message", message, err)
	wanted, err := s.store.KeptNow(ctx)
	read("subscriptions", []any{wanted.Subscriptions, wanted.Lists}, err)
	lines, _, err := s.store.Thread(ctx, board[0].Alert.ID, "RQW-AE")
	read("talk", lines, err)
	links, err := s.store.Merges(ctx, "", 10)
	if read("merges", links, err); len(links) != 1 || links[0].From == links[0].Into {
		t.Errorf("the merges are %v", links)
	}
	visits, err := s.store.OpenVisits(ctx)
	read("visits", visits, err)
	standing, err := s.store.StandingAlerts(ctx)
	read("standing", standing, err)
	key, err := s.store.PageKey(ctx)
	read("page key", key, err)
	pushing, err := s.store.PushKey(ctx)
	read("push key", pushing, err)
	reached, err := s.store.Reached(ctx, "ann")
	if read("how ann is reached", reached, err); len(reached.Contacts) != 1 || reached.Contacts[0].Label != "labelmark" || reached.Contacts[0].Secret != "whsecmark" {
		t.Errorf("ann is reached by %+v", reached.Contacts)
	}
	err = s.store.ReadPeople(ctx, func(from people.Reader) error {
		p, err := from.Person("p1")
		if all["account"] = p; err != nil {
			return err
		}
		all["session"], err = from.SessionByID("s1")
		return err
	})
	read("people", nil, err)
	return all
}

// written is whatever bytes the database has written: of SQLite its folder and a backup, of PostgreSQL every row of every table.
func written(t *testing.T, o sql.Options) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	if o.DataDir == "" {
		db, err := stdsql.Open("pgx", o.PostgresURL)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		for _, table := range column(t, db, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'") {
			all[table] = []byte(strings.Join(column(t, db, `SELECT CAST(t AS TEXT) FROM "`+table+`" t`), "\n"))
		}
		return all
	}
	backup := filepath.Join(t.TempDir(), "backup.db")
	db, err := stdsql.Open("sqlite3", filepath.Join(o.DataDir, "ucpalert.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "VACUUM INTO ?", backup); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	files, err := filepath.Glob(filepath.Join(o.DataDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, backup) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = b
	}
	return all
}

func column(t *testing.T, db *stdsql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// marks are which markers stand in which bytes, in words.
func marks(all map[string][]byte) (found []string) {
	for _, where := range slices.Sorted(maps.Keys(all)) {
		low := bytes.ToLower(all[where])
		for what, texts := range markers {
			for _, text := range texts {
				text = strings.ToLower(text)
				if bytes.Contains(low, []byte(text)) || bytes.Contains(low, []byte(hex.EncodeToString([]byte(text)))) || bytes.Contains(low, []byte(strings.ReplaceAll(text, " ", ""))) {
					found = append(found, what+" in "+where)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestNothingOfAPatientStandsInTheFiles(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		s := openSealed(t, o)
		s.live(t)
		before := s.everything(t)
		all := written(t, o)
		if !bytes.Contains(bytes.Join(slices.Collect(maps.Values(all)), nil), []byte("RQW-AE")) {
			t.Fatal("not even the department stands there: the search proves nothing")
		}
		for _, m := range marks(all) {
			t.Error(m)
		}
		if number, err := s.store.ReplaceKey(t.Context(), operator); err != nil || number != 2 {
			t.Fatalf("key %d, %v", number, err)
		}
		s.sealAll(t)
		if diff := cmp.Diff(before, s.everything(t), comparable); diff != "" {
			t.Error(diff)
		}
		for _, m := range marks(written(t, o)) {
			t.Error("after the key was replaced:", m)
		}
		if err := s.db.Close(); err != nil {
			t.Fatal(err)
		}
		again := openSealed(t, o)
		if diff := cmp.Diff(before, again.everything(t), comparable); diff != "" {
			t.Error("opened again:", diff)
		}
		again.journal(t)
	})
}

// comparable compares values of the domain with their unexported fields.
var comparable = cmp.Exporter(func(reflect.Type) bool { return true })

func (s sealedService) sealAll(t *testing.T) {
	t.Helper()
	for n := range 1000 {
		more, err := s.store.SealOn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			if state, err := s.store.Sealing(t.Context()); err != nil || state.Table != "" || !state.Whole {
				t.Fatalf("after %d steps: %+v, %v", n, state, err)
			}
			return
		}
	}
	t.Fatal("there is always more")
}

// plain puts in sight what is sealed, as a version before there were keys wrote it.
var plain = []string{
	`UPDATE attendance SET visit = 'VISITMARK77', nhs_number = '9990000018', family = 'Zzyzxmark', given = 'Quillandra', birth_date = '1987-06-05', sex = '',
		postcode = 'ZE9 9QQ', hospital_number = 'HOSPMARK4711', patient = :none WHERE state = 'in department'`,
	`UPDATE plan SET nhs_number = '9990000018', family = 'Zzyzxmark', given = 'Quillandra', birth_date = '1987-06-05', sex = 'female', postcode = 'ZE9 9QQ',
		other_names = '[["Formermark","Quillandra"]]', patient = :none`,
	`UPDATE plan_version SET headline = 'headlinemark', sections = '[{"title":"First","text":"hydrocortisonemark"}]', content = '{}', document = :document`,
	`UPDATE plan_identifier SET value = 'IDENTIFIERMARK'`,
	`UPDATE talk SET text = 'talkmark'`,
	`UPDATE quarantine SET raw = :raw, size = NULL`,
	`UPDATE account SET secret = 'TOTPMARKSECRET'`,
	`UPDATE sealing SET done = 0, toward = 0, table_at = '', row_at = ''`,
}

func TestRowsFromBeforeThereWereKeysAreFoundReadAndSealed(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		s := openSealed(t, o)
		s.live(t)
		before := s.everything(t)
		values := sql.Args{"none": []byte{}, "document": []byte(`{"text":"documentmark","attachment":"attachmentmark"}`), "raw": []byte("MSH|rawmark")}
		for _, text := range plain {
			args := sql.Args{}
			for _, name := range parse(t, text).Params() {
				args[name] = values[name]
			}
			exec(t, s.db, text, args)
		}
		if err := s.db.Close(); err != nil {
			t.Fatal(err)
		}
		s = openSealed(t, o)
		if len(marks(written(t, o))) < 10 {
			t.Fatal("the rows are not in sight: the test proves nothing")
		}
		if diff := cmp.Diff(before, s.everything(t), comparable); diff != "" {
			t.Error("in sight:", diff)
		}
		if out := s.receive(t, arrival("3", 2)); out.Attendance == "" || len(s.board(t, "RQW-AE")) != 1 {
			t.Error("a message about a visit from before is not about that visit")
		}
		before = s.everything(t)
		s.sealAll(t)
		if diff := cmp.Diff(before, s.everything(t), comparable); diff != "" {
			t.Error("sealed:", diff)
		}
		s.receive(t, arrival("4", 3))
		if n := len(s.board(t, "RQW-AE")); n != 1 {
			t.Errorf("%d alerts after it was sealed", n)
		}
		all := written(t, o)
		if o.DataDir != "" { // what was in sight may stand in the log still, and does in no backup from now on
			all = map[string][]byte{"backup": all["backup.db"]}
		}
		for _, m := range marks(all) {
			t.Error(m)
		}
	})
}

func TestWithoutTheRightKeyNothingIsOpenedAndNothingIsMade(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		s := openSealed(t, o)
		s.live(t)
		if err := s.db.Close(); err != nil {
			t.Fatal(err)
		}
		refused := func(what string, key vault.Source, want string) {
			t.Helper()
			other := o
			other.Key = &key
			db, err := sql.Open(t.Context(), other)
			if err == nil {
				_ = db.Close()
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		missing := filepath.Join(t.TempDir(), "missing.key")
		refused("a missing key", vault.Source{File: missing}, "is missing")
		if _, err := os.Stat(missing); !os.IsNotExist(err) {
			t.Errorf("a key was made in its place: %v", err)
		}
		wrong := vault.Source{File: missing}
		if _, _, err := wrong.Master(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		refused("another key", wrong, "was sealed with the key")
		looked := o
		looked.Key = nil
		glass, err := sql.OpenGlass(t.Context(), looked)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = glass.Close() }()
		if done, err := journal.Audit(t.Context(), glass, nil); err != nil || done.Entries == 0 {
			t.Errorf("without a key the journal verifies as %+v, %v", done, err)
		}
		if err := glass.Write(t.Context(), func(alerts.Tx) error { return nil }); err == nil {
			t.Error("without a key one sees what would follow")
		}
	})
}

func TestAMasterKeyIsReplacedAndTheOldOneNoLongerOpens(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		s := openSealed(t, o)
		s.live(t)
		before := s.everything(t)
		next := vault.Source{File: filepath.Join(t.TempDir(), "next.key")}
		master, _, err := next.Master(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.store.Rewrap(t.Context(), master, operator), s.db.Close()); err != nil {
			t.Fatal(err)
		}
		if db, err := sql.Open(t.Context(), o); err == nil {
			_ = db.Close()
			t.Error("the old key opens it")
		}
		o.Key = &next
		if diff := cmp.Diff(before, openSealed(t, o).everything(t), comparable); diff != "" {
			t.Error(diff)
		}
	})
}

// I14: what cannot be opened is said, and hides no alert as if there were none.
func TestWhatWasExchangedOrChangedIsNotShownAsSomethingElse(t *testing.T) {
	for _, text := range []string{
		`UPDATE attendance SET patient = (SELECT patient FROM plan WHERE id = 'plan-1') WHERE state = 'in department'`,
		`UPDATE plan SET patient = (SELECT patient FROM attendance WHERE state = 'in department')`,
		`UPDATE plan_version SET sections = content`,
	} {
		s := openSealed(t, sqltest.SQLite(t))
		s.live(t)
		exec(t, s.db, text, nil)
		if _, _, err := s.store.Board(t.Context(), "RQW-AE"); !errors.Is(err, vault.ErrForged) {
			t.Errorf("after %s the board says %v", text, err)
		}
	}
}

var (
	readsNames  = regexp.MustCompile(`\bother_names\b`)
	readsSealed = regexp.MustCompile(`\bpatient\b`)
)

// A statement that reads a name and not what it is sealed in would find nobody's.
func TestWhoeverReadsANameReadsWhatItIsSealedIn(t *testing.T) {
	names, err := sql.QueryFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		_, text, _ := strings.Cut("\n"+sql.QueryText(name), "\nSELECT")
		if len(readsNames.FindAllString(text, -1)) > len(readsSealed.FindAllString(text, -1)) {
			t.Errorf("%s reads names and not the column patient beside them", name)
		}
	}
}
