package sql_test

import (
	"errors"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

func TestTheFilesOfADraftAreItsAuthorsAndGoWithIt(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		file := func(text string, at time.Time) plans.DraftFile {
			f, err := plans.NewDraftFile([]byte("%PDF-"+text), at)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		entry := journal.Entry{Time: noon, Kind: journal.DraftSaved, Actor: centre, Subject: "d1"}
		first := file("first", noon)
		d := plans.DraftPlan{ID: "d1", Centre: "RAL", Author: "royal-free", Saved: noon, Files: []plans.DraftFile{first}, Form: plans.Form{Attachments: []plans.FormFile{{SHA256: first.SHA256}}}}
		if _, err := s.store.BeginDraft(t.Context(), d, entry); err != nil {
			t.Fatal(err)
		}
		unused := file("unused", noon)
		for _, f := range []plans.DraftFile{unused, unused, file("later", noon.Add(2*time.Hour))} {
			if err := s.store.KeepDraftFile(t.Context(), "d1", "RAL", "royal-free", f, entry); err != nil {
				t.Fatal(err)
			}
		}
		held, err := s.store.Draft(t.Context(), "d1", "RAL", "royal-free")
		if err != nil || len(held.Files) != 2 || held.Files[0].SHA256 != first.SHA256 || held.Files[0].Content != nil {
			t.Errorf("the draft has %d files, %v: one that the form did not have for an hour goes", len(held.Files), err)
		}
		if f, err := s.store.DraftFile(t.Context(), "d1", "RAL", "royal-free", first.SHA256); err != nil || string(f.Content) != "%PDF-first" {
			t.Errorf("the file is %q, %v", f.Content, err)
		}
		if _, err := s.store.DraftFile(t.Context(), "d1", "RAL", "somebody else", first.SHA256); !errors.Is(err, plans.ErrNoDraft) {
			t.Errorf("somebody else reads it: %v", err)
		}
		if err := s.store.KeepDraftFile(t.Context(), "d1", "RAL", "somebody else", unused, entry); !errors.Is(err, plans.ErrNoDraft) {
			t.Errorf("somebody else attaches: %v", err)
		}
		if err := s.store.KeepDraftFile(t.Context(), "d1", "RAL", "royal-free", file(string(make([]byte, 2*plans.MaxFileBytes)), noon), entry); !errors.Is(err, plans.ErrFiles) {
			t.Errorf("more than a plan may have is kept: %v", err)
		}
		if err := s.store.DropDraft(t.Context(), "d1", "RAL", "royal-free", entry); err != nil {
			t.Fatal(err)
		}
		d.Files = nil
		if again, err := s.store.BeginDraft(t.Context(), d, entry); err != nil || len(again.Files) != 0 {
			t.Errorf("after the draft was thrown away its files are there: %v, %v", again.Files, err)
		}
		if _, err := s.store.DraftFile(t.Context(), "d1", "RAL", "royal-free", first.SHA256); !errors.Is(err, plans.ErrNoFile) {
			t.Errorf("a file outlives its draft: %v", err)
		}
	})
}
