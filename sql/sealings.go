package sql

import (
	"encoding/hex"
	"strings"
)

// sealing is one table with sealed values.
type sealing struct {
	table string
	// next seals some of the rows after a row, and returns the last of them, or nothing if there was none.
	next func(tx *Tx, ring *keyring, after string) (last string, err error)
}

// sealings are all of them: those that say most of a patient come first.
var sealings = []sealing{
	{"attendance", nextRows("seal_attendance", sealAttendance)},
	{"plan", nextRows("seal_plan", sealPlan)},
	{"plan_version", nextRows("seal_version", sealVersion)},
	{"plan_identifier", nextRows("seal_identifier", sealIdentifier)},
	{"draft", nextRows("seal_draft", sealDraft)},
	{"draft_file", nextRows("seal_file", sealFile)},
	{"talk", nextRows("seal_talk", sealTalk)},
	{"opening", nextRows("seal_opening", sealOpening)},
	{"subscription", nextRows("seal_subscription", sealSubscription)},
	{"plan_list", nextRows("seal_list", sealList)},
	{"plan_list_item", nextRows("seal_listed", sealListed)},
	{"merge", nextRows("seal_merge", sealMerge)},
	{"account", nextRows("seal_account", sealSecret("seal_account_keep", accountSecret))},
	{"invitation", nextRows("seal_invitation", sealSecret("seal_invitation_keep", invitationSecret))},
	{"session", nextRows("seal_session", sealSession)},
	{"contact", nextRows("seal_contact", sealContact)},
	{"quarantine", nextMessages},
	{"feed_item", nextItems},
}

// nextRows seals the rows that a statement finds after an id. seal tells the id of its row.
func nextRows[R any](name string, seal func(*Tx, *keyring, *R) (id string, err error)) func(*Tx, *keyring, string) (string, error) {
	find := statement(name)
	paged := len(find.Params()) > 1
	return func(tx *Tx, ring *keyring, after string) (last string, err error) {
		args := Args{"after": after}
		if paged {
			args["most"] = rowsOfSealing
		}
		var rows []R
		if err := tx.Select(&rows, find, args); err != nil {
			return "", err
		}
		for i := range rows {
			if last, err = seal(tx, ring, &rows[i]); err != nil {
				return "", err
			}
		}
		return last, nil
	}
}

var (
	sealAttendanceKeep = statement("seal_attendance_keep")
	sealPlanKeep       = statement("seal_plan_keep")
	sealVersionKeep    = statement("seal_version_keep")
	sealDraftKeep      = statement("seal_draft_keep")
	sealFileKeep       = statement("seal_file_keep")
	sealTalkKeep       = statement("seal_talk_keep")
	sealOpeningKeep    = statement("seal_opening_keep")
	sealMergeKeep      = statement("seal_merge_keep")
	sealSessionKeep    = statement("seal_session_keep")
	sealContactKeep    = statement("seal_contact_keep")
	sealListedKeep     = statement("seal_listed_keep")
	sealSubscription   = sealName("seal_subscription_keep", subscriptionName)
	sealList           = sealName("seal_list_keep", planListName)
	sealQuarantineFind = statement("seal_quarantine")
	sealQuarantineKeep = statement("seal_quarantine_keep")
	sealItemFind       = statement("seal_item")
	sealItemKeep       = statement("seal_item_keep")
)

type sealAttendanceRow struct {
	patientRow
	ID             string     `db:"id"`
	Organisation   string     `db:"organisation"`
	Visit          string     `db:"visit"`
	HospitalNumber string     `db:"hospital_number"`
	Records        cipherText `db:"records"`
}

func sealAttendance(tx *Tx, ring *keyring, r *sealAttendanceRow) (string, error) {
	patient, called, err := r.who(attendancePatient, r.ID, names{r.HospitalNumber, r.Visit})
	if err != nil {
		return "", err
	}
	visit := ring.visitIndex(r.Organisation, called.visit)
	if len(r.Patient.stored) > 0 && r.Patient.current() && r.Records.current() && visit == r.Visit {
		return r.ID, nil
	}
	records, err := r.Records.open(attendanceRecords, r.ID)
	if err != nil {
		return "", err
	}
	number := ring.hospitalIndex(r.Organisation, called.hospitalNumber)
	again := ring.patientRowOf(attendancePatient, r.ID, patient, called)
	if people := tx.conn.present(); people != nil {
		people.change(r.ID, signsOf(traitsRow{}, r.Organisation, number, again.NHSNumber)...)
	}
	_, err = tx.Exec(sealAttendanceKeep, &sealAttendanceRow{
		patientRow: again, ID: r.ID, Visit: visit, HospitalNumber: number,
		Records: ring.sealText(attendanceRecords, r.ID, records),
	})
	return r.ID, err
}

type sealPlanRow struct {
	patientRow
	ID string `db:"id"`
}

func sealPlan(tx *Tx, ring *keyring, r *sealPlanRow) (string, error) {
	if len(r.Patient.stored) > 0 && r.Patient.current() {
		return r.ID, nil
	}
	patient, _, err := r.who(planPatient, r.ID, names{})
	if err != nil {
		return "", err
	}
	row := sealPlanRow{ring.patientRowOf(planPatient, r.ID, patient, names{}), r.ID}
	if row.NHSNumber != "" {
		tx.conn.sifted().note(numberEntry(row.NHSNumber))
	}
	_, err = tx.Exec(sealPlanKeep, &row)
	return r.ID, err
}

type sealVersionRow struct {
	ID      string `db:"id"`
	Version int    `db:"version"`
	textRow
	Document cipherBytes `db:"document"`
	Reason   cipherText  `db:"status_reason"`
}

func sealVersion(tx *Tx, ring *keyring, r *sealVersionRow) (string, error) {
	if r.Headline.current() && r.Sections.current() && r.Content.current() && r.Document.current() && r.Reason.current() {
		return r.ID, nil
	}
	name := versionName(r.ID, r.Version)
	for _, value := range []struct {
		in     *cipherText
		column string
	}{{&r.Headline, versionHeadline}, {&r.Sections, versionSections}, {&r.Content, versionContent}, {&r.Reason, versionReason}} {
		text, err := value.in.open(value.column, name)
		if err != nil {
			return "", err
		}
		*value.in = ring.sealText(value.column, name, text)
	}
	document, err := r.Document.open(versionDocument, name)
	if err != nil {
		return "", err
	}
	r.Document = ring.sealBytes(versionDocument, name, document)
	_, err = tx.Exec(sealVersionKeep, r)
	return r.ID, err
}

func sealIdentifier(tx *Tx, ring *keyring, r *identifierRow) (string, error) {
	if strings.HasPrefix(r.Value, identifierMark) {
		return r.ID, nil
	}
	if _, err := tx.Exec(planIdentifierDrop, r); err != nil {
		return "", err
	}
	r.Value = ring.identifierIndex(r.Centre, r.Value)
	_, err := tx.Exec(planIdentifierAdd, r)
	return r.ID, err
}

type sealDraftRow struct {
	ID   string     `db:"id"`
	Form cipherText `db:"form"`
}

func sealDraft(tx *Tx, ring *keyring, r *sealDraftRow) (string, error) {
	return r.ID, sealAgain(tx, ring, sealDraftKeep, r, &r.Form, draftForm, r.ID)
}

type sealTalkRow struct {
	ID   string     `db:"id"`
	Text cipherText `db:"text"`
}

func sealTalk(tx *Tx, ring *keyring, r *sealTalkRow) (string, error) {
	return r.ID, sealAgain(tx, ring, sealTalkKeep, r, &r.Text, talkText, r.ID)
}

type sealOpeningRow struct {
	ID      string     `db:"id"`
	Words   cipherText `db:"words"`
	Finding cipherText `db:"finding"`
}

func sealOpening(tx *Tx, ring *keyring, r *sealOpeningRow) (string, error) {
	if r.Words.current() && r.Finding.current() {
		return r.ID, nil
	}
	words, err := r.Words.open(openingWords, r.ID)
	if err != nil {
		return "", err
	}
	found, err := r.Finding.open(openingFinding, r.ID)
	if err != nil {
		return "", err
	}
	r.Words, r.Finding = ring.sealText(openingWords, r.ID, words), ring.sealText(openingFinding, r.ID, found)
	_, err = tx.Exec(sealOpeningKeep, r)
	return r.ID, err
}

type sealContactRow struct {
	ID      string     `db:"id"`
	Label   cipherText `db:"label"`
	Address cipherText `db:"address"`
	Secret  cipherText `db:"secret"`
	Code    cipherText `db:"code"`
}

func sealContact(tx *Tx, ring *keyring, r *sealContactRow) (string, error) {
	if r.Label.current() && r.Address.current() && r.Secret.current() && r.Code.current() {
		return r.ID, nil
	}
	for _, value := range []struct {
		in     *cipherText
		column string
	}{{&r.Label, contactLabel}, {&r.Address, contactAddress}, {&r.Secret, contactSecret}, {&r.Code, contactCode}} {
		text, err := value.in.open(value.column, r.ID)
		if err != nil {
			return "", err
		}
		*value.in = ring.sealText(value.column, r.ID, text)
	}
	_, err := tx.Exec(sealContactKeep, r)
	return r.ID, err
}

type sealSecretRow struct {
	ID     string     `db:"id"`
	Secret cipherText `db:"secret"`
}

func sealSecret(name, column string) func(*Tx, *keyring, *sealSecretRow) (string, error) {
	keep := statement(name)
	return func(tx *Tx, ring *keyring, r *sealSecretRow) (string, error) {
		return r.ID, sealAgain(tx, ring, keep, r, &r.Secret, column, r.ID)
	}
}

type sealSessionRow struct {
	ID   string     `db:"id"`
	Hint cipherText `db:"hint"`
}

func sealSession(tx *Tx, ring *keyring, r *sealSessionRow) (string, error) {
	return r.ID, sealAgain(tx, ring, sealSessionKeep, r, &r.Hint, sessionHint, r.ID)
}

type sealNameRow struct {
	ID   string     `db:"id"`
	Name cipherText `db:"name"`
}

func sealName(name, column string) func(*Tx, *keyring, *sealNameRow) (string, error) {
	keep := statement(name)
	return func(tx *Tx, ring *keyring, r *sealNameRow) (string, error) {
		return r.ID, sealAgain(tx, ring, keep, r, &r.Name, column, r.ID)
	}
}

type sealListedRow struct {
	List  string     `db:"list"`
	Plan  string     `db:"plan"`
	Label cipherText `db:"label"`
}

func sealListed(tx *Tx, ring *keyring, r *sealListedRow) (string, error) {
	return r.List, sealAgain(tx, ring, sealListedKeep, r, &r.Label, planListLabel, listedName(r.List, r.Plan))
}

// sealAgain seals the one text of a row again, and writes the row.
func sealAgain(tx *Tx, ring *keyring, keep *Statement, row any, value *cipherText, column, name string) error {
	if value.current() {
		return nil
	}
	text, err := value.open(column, name)
	if err != nil {
		return err
	}
	*value = ring.sealText(column, name, text)
	_, err = tx.Exec(keep, row)
	return err
}

type sealFileRow struct {
	Draft   string      `db:"draft"`
	SHA256  string      `db:"sha256"`
	Content cipherBytes `db:"content"`
}

func sealFile(tx *Tx, ring *keyring, r *sealFileRow) (string, error) {
	if r.Content.current() {
		return r.Draft, nil
	}
	name := fileName(r.Draft, r.SHA256)
	content, err := r.Content.open(fileContent, name)
	if err != nil {
		return "", err
	}
	r.Content = ring.sealBytes(fileContent, name, content)
	_, err = tx.Exec(sealFileKeep, r)
	return r.Draft, err
}

type sealMergeRow struct {
	ID           string      `db:"id"`
	Organisation string      `db:"organisation"`
	From         string      `db:"from_record"`
	Into         string      `db:"into_record"`
	Names        cipherBytes `db:"names"`
}

func sealMerge(tx *Tx, ring *keyring, r *sealMergeRow) (string, error) {
	if len(r.Names.stored) > 0 && r.Names.current() {
		return r.ID, nil
	}
	link, err := linkRow{ID: r.ID, From: r.From, Into: r.Into, Names: r.Names}.link()
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(sealMergeKeep, &sealMergeRow{
		ID: r.ID, From: ring.recordIndex(r.Organisation, link.From), Into: ring.recordIndex(r.Organisation, link.Into), Names: ring.linkNames(r.ID, link.From, link.Into),
	})
	return r.ID, err
}

type sealMessageRow struct {
	Hash []byte      `db:"hash"`
	Size *int64      `db:"size"`
	Raw  cipherBytes `db:"raw"`
}

// nextMessages goes through the quarantine, whose rows are named by the hash of their message.
func nextMessages(tx *Tx, ring *keyring, after string) (last string, err error) {
	from, err := hex.DecodeString(after)
	if err != nil {
		return "", err
	}
	var rows []sealMessageRow
	if err := tx.Select(&rows, sealQuarantineFind, Args{"after": from, "most": rowsOfSealing}); err != nil {
		return "", err
	}
	for i := range rows {
		r := &rows[i]
		last = hex.EncodeToString(r.Hash)
		if r.Raw.current() {
			continue
		}
		raw, err := r.Raw.open(quarantineRaw, last)
		if err != nil {
			return "", err
		}
		size := int64(len(raw))
		if _, err := tx.Exec(sealQuarantineKeep, &sealMessageRow{r.Hash, &size, ring.sealBytes(quarantineRaw, last, raw)}); err != nil {
			return "", err
		}
	}
	return last, nil
}

type sealItemRow struct {
	Feed     string      `db:"feed"`
	ID       string      `db:"id"`
	Resource cipherBytes `db:"resource"`
}

// itemMark stands between a feed's name and the id of a resource; it is in neither.
const itemMark = "\x1f"

// nextItems goes through what was put aside of the feeds.
func nextItems(tx *Tx, ring *keyring, after string) (last string, err error) {
	feed, id, _ := strings.Cut(after, itemMark)
	var rows []sealItemRow
	if err := tx.Select(&rows, sealItemFind, Args{"after": feed, "after_id": id, "most": rowsOfSealing}); err != nil {
		return "", err
	}
	for i := range rows {
		r := &rows[i]
		last = r.Feed + itemMark + r.ID
		if r.Resource.current() {
			continue
		}
		name := itemName(r.Feed, r.ID)
		resource, err := r.Resource.open(feedResource, name)
		if err != nil {
			return "", err
		}
		r.Resource = ring.sealBytes(feedResource, name, resource)
		if _, err := tx.Exec(sealItemKeep, r); err != nil {
			return "", err
		}
	}
	return last, nil
}
