package sql

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// patientRow is who a patient is, as the tables attendance and plan hold it: sealed as a whole in one value. Beside it stand only the blind
// index of the NHS number and whether the patient is restricted, which changes by itself. Rows that were written before have it all in columns of their own.
type patientRow struct {
	identityRow
	Patient cipherBytes `db:"patient"`
}

// names are what a hospital calls a patient and a visit; a plan has none.
type names struct{ hospitalNumber, visit string }

// patientRowOf seals who a patient is into a column (TABLE.patient) of a row.
func (r *keyring) patientRowOf(column, row string, i plans.Identity, n names) patientRow {
	plain := identityOf(i)
	return patientRow{identityRow{NHSNumber: r.numberIndex(i.NHSNumber), OtherNames: noNames, Restricted: i.Restricted}, r.sealBytes(column, row, plain.pack(n))}
}

// who opens the row. One that was written before is read as it is, its names in visible.
func (r *patientRow) who(column, row string, visible names) (plans.Identity, names, error) {
	if len(r.Patient.stored) == 0 {
		i, err := r.identity()
		return i, visible, err
	}
	packed, err := r.Patient.open(column, row)
	if err != nil {
		return plans.Identity{}, names{}, err
	}
	plain, n, err := unpackIdentity(packed)
	if err != nil {
		return plans.Identity{}, names{}, err
	}
	plain.Restricted = r.Restricted
	i, err := plain.identity()
	return i, n, err
}

// packing is the version of how an identity is packed: that byte, then each text after its length.
const packing = 1

var errPacking = errors.New("read a patient: the sealed value is not laid out as this version of the program does it")

func (r identityRow) pack(n names) []byte {
	others := r.OtherNames
	if others == noNames {
		others = ""
	}
	out := append(make([]byte, 0, 128), packing)
	for _, text := range [...]string{r.NHSNumber, r.Family, r.Given, r.BirthDate, r.Sex, r.Postcode, r.Tracing, others, n.hospitalNumber, n.visit} {
		out = appendText(out, text)
	}
	return out
}

func unpackIdentity(packed []byte) (r identityRow, n names, err error) {
	if len(packed) == 0 || packed[0] != packing {
		return r, n, errPacking
	}
	texts := [...]*string{&r.NHSNumber, &r.Family, &r.Given, &r.BirthDate, &r.Sex, &r.Postcode, &r.Tracing, &r.OtherNames, &n.hospitalNumber, &n.visit}
	if err := unpackTexts(packed[1:], texts[:]...); err != nil {
		return r, n, err
	}
	if r.OtherNames == "" {
		r.OtherNames = noNames
	}
	return r, n, nil
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

// unpackTexts reads as many texts as there are places for, and nothing may be left.
func unpackTexts(packed []byte, into ...*string) error {
	all := string(packed) // one copy, which the texts share
	for _, text := range into {
		length, n := binary.Uvarint([]byte(all[:min(len(all), binary.MaxVarintLen64)]))
		if n <= 0 || length > uint64(len(all)-n) {
			return errPacking
		}
		*text, all = all[n:n+int(length)], all[n+int(length):]
	}
	if all != "" {
		return errPacking
	}
	return nil
}

// The blind indexes: by what rows are found whose values are sealed. What a hospital numbers is its own.

// numberIndex is that of an NHS number; nothing of none.
func (r *keyring) numberIndex(n plans.NHSNumber) string {
	if n.IsZero() {
		return ""
	}
	return r.Blind("nhs number", "", n.Reveal())
}

// hospitalIndex is that of a hospital number; nothing of none.
func (r *keyring) hospitalIndex(organisation, number string) string {
	if number == "" {
		return ""
	}
	return r.Blind("hospital number", organisation, number)
}

// personMark begins the names under which records of people stand among the visits. It is left in sight: by it they are told from visits.
const personMark = "\x1f"

// Hospitals count their visits. New ones lie side by side in the database's index while all but the last visitTail characters of their numbers are the same:
// those have the same visitBeside characters in front, which say no more than the times of the rows do. Each at random cost a page of the log.
const (
	visitTail   = 3
	visitBeside = 4
)

// visitIndex is that of a visit's number, or of the name of a record of a person.
func (r *keyring) visitIndex(organisation, visit string) string {
	if name, person := strings.CutPrefix(visit, personMark); person {
		return personMark + r.Blind("person", organisation, name)
	}
	return r.Blind("visits side by side", organisation, visit[:max(len(visit)-visitTail, 0)])[:visitBeside] + r.Blind("visit", organisation, visit)
}

// recordIndex is that of the name of a record that was merged.
func (r *keyring) recordIndex(organisation, record string) string {
	return r.Blind("record", organisation, record)
}

// identifierMark tells the index of an identifier from one that was written before.
const identifierMark = "\x02"

// identifierIndex is that of what a centre calls a plan.
func (r *keyring) identifierIndex(centre, value string) string {
	return identifierMark + r.Blind("plan identifier", centre, value)
}

// either is an index, and what the same row has in its place if it was written before.
func (r *keyring) either(index, plain string) (now, before string) {
	if r.plain.Load() {
		return index, plain
	}
	return index, index
}

// linkNames seals the names of two records that were merged.
func (r *keyring) linkNames(id, from, into string) cipherBytes {
	return r.sealBytes("merge.names", id, appendText(appendText(nil, from), into))
}

func openLinkNames(sealed *cipherBytes, id string) (from, into string, err error) {
	packed, err := sealed.open("merge.names", id)
	if err == nil {
		err = unpackTexts(packed, &from, &into)
	}
	if err != nil {
		return "", "", fmt.Errorf("read merge %s: %w", id, err)
	}
	return from, into, nil
}
