package access_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/access"
)

func TestWhoMayDoWhat(t *testing.T) {
	screen := access.Account{Name: "board", Role: access.Screen, Organisation: "RQW", Department: "RQW-AE"}
	doctor := access.Account{Name: "doctor", Role: access.Clinician, Organisation: "RQW"}
	centre := access.Account{Name: "centre", Role: access.Centre, Organisation: "RAL"}
	peer := access.Account{Name: "hwe", Role: access.Peer, Organisation: "QM7"}
	pas := access.Account{Name: "pas", Role: access.Hospital, Organisation: "RQW"}
	operator := access.Account{Name: "integration", Role: access.Operator, Organisation: "QM7"}
	flow := access.Account{Name: "flow", Role: access.Coordinator, Organisation: "RQW"}
	regional := access.Account{Name: "regional", Role: access.Coordinator, Organisation: "QM7"}
	here := access.Object{Department: "RQW-AE", Organisation: "RQW", Region: "QM7", Centre: "RAL"}
	nextDoor := access.Object{Department: "RQW-UTC", Organisation: "RQW", Region: "QM7", Centre: "RAL"}
	elsewhere := access.Object{Department: "RWG-AE", Organisation: "RWG", Region: "QM7", Centre: "RP4"}
	inLondon := access.Object{Department: "RAL-AE", Organisation: "RAL", Region: "Y56", Centre: "RP4"}
	engineer := access.Account{Name: "trust's engineer", Role: access.Operator, Organisation: "RQW"}
	abroad := access.Object{Department: "RAJ-AE", Organisation: "RAJ", Region: "QH8"}
	for _, row := range []struct {
		what    string
		account access.Account
		do      access.Action
		to      access.Object
		may     bool
	}{
		{"a board on a wall shows", access.Account{Name: "wall", Role: access.BoardViewer, Organisation: "RQW", Department: "RQW-AE"}, access.WatchBoard, here, true},
		{"a board on a wall opens a plan", access.Account{Name: "wall", Role: access.BoardViewer, Organisation: "RQW", Department: "RQW-AE"}, access.OpenPlan, here, false},
		{"a board on a wall answers", access.Account{Name: "wall", Role: access.BoardViewer, Organisation: "RQW", Department: "RQW-AE"}, access.Acknowledge, here, false},
		{"a nurse in charge lets a screen of the own trust in", access.Account{Role: access.NurseInCharge, Organisation: "RQW"}, access.ApproveScreen, nextDoor, true},
		{"a nurse in charge lets another trust's screen in", access.Account{Role: access.NurseInCharge, Organisation: "RQW"}, access.ApproveScreen, elsewhere, false},
		{"a clinician lets a screen in", doctor, access.ApproveScreen, here, false},
		{"who is on call opens a plan", access.Account{Role: access.OnCall, Organisation: "RQW"}, access.OpenPlan, here, true},
		{"who is on call says who a patient is", access.Account{Role: access.OnCall, Organisation: "RQW"}, access.CheckIdentity, here, false},
		{"a rota lead is told who the patients are", access.Account{Role: access.RotaLead, Organisation: "RQW"}, access.WatchBoard, here, false},
		{"an author publishes", access.Account{Role: access.CentreAuthor, Organisation: "RAL"}, access.PublishPlan, here, false},
		{"an author writes", access.Account{Role: access.CentreAuthor, Organisation: "RAL"}, access.WriteDraft, here, true},
		{"a centre's lead publishes", access.Account{Role: access.CentreLead, Organisation: "RAL"}, access.PublishPlan, here, true},
		{"a centre's lead publishes another's", access.Account{Role: access.CentreLead, Organisation: "RAL"}, access.PublishPlan, elsewhere, false},
		{"a privacy officer sees who looked at a plan of the own organisation", access.Account{Role: access.PrivacyOfficer, Organisation: "RAL"}, access.ReadAccess, inLondon, true},
		{"a privacy officer sees who looked at another's plan", access.Account{Role: access.PrivacyOfficer, Organisation: "RQW"}, access.ReadAccess, inLondon, false},
		{"a privacy officer searches the whole journal", access.Account{Role: access.PrivacyOfficer, Organisation: "RQW"}, access.SearchAudit, here, false},
		{"an auditor searches", access.Account{Role: access.Auditor}, access.SearchAudit, elsewhere, true},
		{"an auditor opens a plan", access.Account{Role: access.Auditor, Organisation: "RQW"}, access.OpenPlan, here, false},
		{"an administrator says who has an account", access.Account{Role: access.Administrator}, access.ManageAccounts, elsewhere, true},
		{"an administrator watches a board", access.Account{Role: access.Administrator, Organisation: "RQW"}, access.WatchBoard, here, false},
		{"a screen watches its board", screen, access.WatchBoard, here, true},
		{"a screen opens a plan of its board", screen, access.OpenPlan, here, true},
		{"a screen answers an alert of its board", screen, access.Acknowledge, here, true},
		{"a screen watches the department next door", screen, access.WatchBoard, nextDoor, false},
		{"a screen answers for another hospital", screen, access.Acknowledge, elsewhere, false},
		{"a screen publishes", screen, access.PublishPlan, here, false},
		{"a clinician watches every board of the trust", doctor, access.WatchBoard, nextDoor, true},
		{"a clinician watches another trust's board", doctor, access.WatchBoard, elsewhere, false},
		{"a screen says who a patient is", screen, access.CheckIdentity, here, false},
		{"a clinician says who a patient of the trust is", doctor, access.CheckIdentity, nextDoor, true},
		{"a clinician says who another trust's patient is", doctor, access.CheckIdentity, elsewhere, false},
		{"a centre says who a patient is", centre, access.CheckIdentity, here, false},
		{"a clinician reads the document as published", doctor, access.ReadOwnPlan, here, false},
		{"a centre publishes its own plan", centre, access.PublishPlan, here, true},
		{"a centre publishes another's plan", centre, access.PublishPlan, elsewhere, false},
		{"a centre reads another's plan", centre, access.ReadOwnPlan, elsewhere, false},
		{"a centre watches a board", centre, access.WatchBoard, here, false},
		{"a region reads a plan that is shared with it", peer, access.ReadOwnPlan, access.Object{Centre: "RAL", Shared: true}, true},
		{"a region reads a plan that is not", peer, access.ReadOwnPlan, here, false},
		{"a region publishes a plan that is shared with it", peer, access.PublishPlan, access.Object{Centre: "RAL", Shared: true}, false},
		{"a region watches a board", peer, access.WatchBoard, access.Object{Department: "RQW-AE", Shared: true}, false},
		{"a centre reads another's plan that is shared with regions", centre, access.ReadOwnPlan, access.Object{Centre: "RP4", Shared: true}, false},
		{"a screen reads the proofs", screen, access.ReadProofs, here, false},
		{"a clinician reads what a proof found in the own trust", doctor, access.ReadProofs, nextDoor, true},
		{"a clinician reads what a proof found elsewhere", doctor, access.ReadProofs, elsewhere, false},
		{"a centre reads what a proof found about another's plan", centre, access.ReadProofs, elsewhere, false},
		{"a screen has a proof made", screen, access.RunProof, here, false},
		{"a clinician has a proof made", doctor, access.RunProof, nextDoor, true},
		{"an operator reads what a proof found anywhere in the region", operator, access.ReadProofs, elsewhere, true},
		{"an operator reads what a proof found in another region", operator, access.ReadProofs, abroad, false},
		{"a trust's engineer reads what a proof found in another trust", engineer, access.ReadProofs, elsewhere, false},
		{"an operator has a proof made", operator, access.RunProof, here, true},
		{"a hospital's system has a proof made", pas, access.RunProof, here, false},
		{"a region has a proof made", peer, access.RunProof, access.Object{Shared: true}, false},
		{"a screen asks the centre behind its alert", screen, access.AskCentre, here, true},
		{"a screen reads a thread next door", screen, access.ReadThread, nextDoor, false},
		{"a clinician says what a plan changed", doctor, access.GiveOutcome, nextDoor, true},
		{"a clinician asks about another trust's alert", doctor, access.AskCentre, elsewhere, false},
		{"a clinician answers for the centre", doctor, access.AnswerQuestion, here, false},
		{"a centre answers about its own plan", centre, access.AnswerQuestion, here, true},
		{"a centre answers about another's plan", centre, access.AnswerQuestion, elsewhere, false},
		{"a centre reads a thread as if it were the department", centre, access.ReadThread, here, false},
		{"a region asks", peer, access.AskCentre, access.Object{Department: "RQW-AE", Shared: true}, false},
		{"a hospital's system tells of its own attendances", pas, access.SendAttendance, access.Object{Organisation: "RQW"}, true},
		{"a hospital's system tells of another trust's", pas, access.SendAttendance, access.Object{Organisation: "RWG"}, false},
		{"a hospital's system watches a board", pas, access.WatchBoard, here, false},
		{"a hospital's system publishes", pas, access.PublishPlan, here, false},
		{"a hospital's system reads the arrivals", pas, access.ReadArrivals, here, false},
		{"a centre tells of an attendance", centre, access.SendAttendance, here, false},
		{"a clinician tells of an attendance", doctor, access.SendAttendance, here, false},
		{"a clinician reads the arrivals of the own trust", doctor, access.ReadArrivals, nextDoor, true},
		{"a clinician reads the arrivals of another trust", doctor, access.ReadArrivals, elsewhere, false},
		{"a screen reads the arrivals", screen, access.ReadArrivals, here, false},
		{"a clinician sees the screens of the own trust", doctor, access.ReadScreens, nextDoor, true},
		{"a clinician sees the screens of another trust", doctor, access.ReadScreens, elsewhere, false},
		{"a screen sees the screens", screen, access.ReadScreens, here, false},
		{"an operator sees the quarantine of the region", operator, access.ListQuarantine, elsewhere, true},
		{"an operator sees the quarantine of another region", operator, access.ListQuarantine, abroad, false},
		{"a trust's engineer sees the quarantine of the own trust", engineer, access.ListQuarantine, here, true},
		{"a trust's engineer sees the quarantine of another trust", engineer, access.ListQuarantine, elsewhere, false},
		{"a trust's engineer sees the quarantine of nobody whom the directory knows", engineer, access.ListQuarantine, access.Object{}, false},
		{"an operator reads a quarantined message of the region", operator, access.ReadQuarantined, elsewhere, true},
		{"an operator reads a quarantined message of another region", operator, access.ReadQuarantined, abroad, false},
		{"a trust's engineer reads a quarantined message of the own trust", engineer, access.ReadQuarantined, here, true},
		{"a trust's engineer reads a quarantined message of another trust", engineer, access.ReadQuarantined, elsewhere, false},
		{"a trust's engineer reads a quarantined message of nobody whom the directory knows", engineer, access.ReadQuarantined, access.Object{}, false},
		{"an operator replays a quarantined message of the region", operator, access.ReplayQuarantined, elsewhere, true},
		{"an operator replays a quarantined message of another region", operator, access.ReplayQuarantined, abroad, false},
		{"a trust's engineer replays a quarantined message of the own trust", engineer, access.ReplayQuarantined, here, true},
		{"a trust's engineer replays a quarantined message of another trust", engineer, access.ReplayQuarantined, elsewhere, false},
		{"a trust's engineer replays a quarantined message of nobody whom the directory knows", engineer, access.ReplayQuarantined, access.Object{}, false},
		{"an operator discards a quarantined message of the region", operator, access.DiscardQuarantined, elsewhere, true},
		{"an operator discards a quarantined message of another region", operator, access.DiscardQuarantined, abroad, false},
		{"a trust's engineer discards a quarantined message of the own trust", engineer, access.DiscardQuarantined, here, true},
		{"a trust's engineer discards a quarantined message of another trust", engineer, access.DiscardQuarantined, elsewhere, false},
		{"a trust's engineer discards a quarantined message of nobody whom the directory knows", engineer, access.DiscardQuarantined, access.Object{}, false},
		{"an operator sees the feeds of the region", operator, access.ReadFeeds, elsewhere, true},
		{"an operator sees the feeds of another region", operator, access.ReadFeeds, abroad, false},
		{"a trust's engineer sees the feeds of the own trust", engineer, access.ReadFeeds, here, true},
		{"a trust's engineer sees the feeds of another trust", engineer, access.ReadFeeds, elsewhere, false},
		{"a trust's engineer sees the feeds of nobody whom the directory knows", engineer, access.ReadFeeds, access.Object{}, false},
		{"an operator mutes a feed of the region", operator, access.MuteFeed, elsewhere, true},
		{"an operator mutes a feed of another region", operator, access.MuteFeed, abroad, false},
		{"a trust's engineer mutes a feed of the own trust", engineer, access.MuteFeed, here, true},
		{"a trust's engineer mutes a feed of another trust", engineer, access.MuteFeed, elsewhere, false},
		{"a trust's engineer mutes a feed of nobody whom the directory knows", engineer, access.MuteFeed, access.Object{}, false},
		{"an operator sees the screens of the region", operator, access.ReadScreens, elsewhere, true},
		{"an operator sees the screens of another region", operator, access.ReadScreens, abroad, false},
		{"a trust's engineer sees the screens of the own trust", engineer, access.ReadScreens, here, true},
		{"a trust's engineer sees the screens of another trust", engineer, access.ReadScreens, elsewhere, false},
		{"a trust's engineer sees the screens of nobody whom the directory knows", engineer, access.ReadScreens, access.Object{}, false},
		{"a clinician sees the feeds", doctor, access.ReadFeeds, here, false},
		{"a hospital's system mutes its feed", pas, access.MuteFeed, access.Object{Organisation: "RQW"}, false},
		{"an operator watches a board", operator, access.WatchBoard, here, false},
		{"an operator opens a plan", operator, access.OpenPlan, here, false},
		{"a clinician sees the quarantine", doctor, access.ListQuarantine, here, false},
		{"a screen reads a quarantined message", screen, access.ReadQuarantined, here, false},
		{"a centre replays a quarantined message", centre, access.ReplayQuarantined, here, false},
		{"a region discards a quarantined message", peer, access.DiscardQuarantined, here, false},
		{"a coordinator watches every board of the trust", flow, access.WatchBoard, nextDoor, true},
		{"a coordinator watches the trust", flow, access.WatchArea, nextDoor, true},
		{"a coordinator watches another trust", flow, access.WatchArea, elsewhere, false},
		{"a coordinator opens a plan", flow, access.OpenPlan, here, false},
		{"a coordinator acknowledges", flow, access.Acknowledge, here, false},
		{"a coordinator gives a receipt in a department's place", flow, access.GiveReceipt, here, false},
		{"a region's coordinator watches the region", regional, access.WatchArea, elsewhere, true},
		{"a region's coordinator watches another region", regional, access.WatchArea, inLondon, false},
		{"a region's coordinator watches a board by itself", regional, access.WatchBoard, here, false},
		{"a clinician watches the trust", doctor, access.WatchArea, nextDoor, true},
		{"a clinician watches another trust at large", doctor, access.WatchArea, elsewhere, false},
		{"a screen watches the trust", screen, access.WatchArea, here, false},
		{"another region's service watches the region", peer, access.WatchArea, here, false},
		{"a coordinator without an organisation", access.Account{Role: access.Coordinator}, access.WatchArea, access.Object{}, false},
		{"nobody does nothing to nothing", access.Account{}, access.WatchBoard, access.Object{}, false},
		{"a screen without a department watches a board without one", access.Account{Role: access.Screen}, access.WatchBoard, access.Object{}, false},
		{"a clinician without an organisation", access.Account{Role: access.Clinician}, access.WatchBoard, access.Object{}, false},
		{"a centre without an organisation", access.Account{Role: access.Centre}, access.PublishPlan, access.Object{}, false},
		{"an action that is in no row", doctor, access.Action("delete everything"), here, false},
	} {
		t.Run(row.what, func(t *testing.T) {
			err := access.May(row.account, row.do, row.to)
			if (err == nil) != row.may || err != nil && !errors.Is(err, access.ErrRefused) {
				t.Errorf("may says %v", err)
			}
		})
	}
}

func TestATokenIsKnownByItsHashOnly(t *testing.T) {
	hash := access.HashToken("secret")
	book := access.NewBook(map[access.Token]access.Account{hash: {Name: "board"}})
	if a, ok := book.Find("secret"); !ok || a.Name != "board" {
		t.Errorf("found %+v, %v", a, ok)
	}
	for _, wrong := range []string{"", "Secret", "secret ", string(hash[:])} {
		if _, ok := book.Find(wrong); ok {
			t.Errorf("%q was taken for the token", wrong)
		}
	}
	if _, ok := (access.Book{}).Find("secret"); ok {
		t.Error("an empty book knows a token")
	}
}

func TestParseToken(t *testing.T) {
	good := strings.Repeat("0f", 32)
	if _, err := access.ParseToken(" " + good + "\n"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "secret", good[1:], good + "00", strings.Repeat("zz", 32)} {
		if _, err := access.ParseToken(bad); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Every role is of one kind, says what it is for and may do something; the words of no two actions are the same.
func TestTheTableIsWhole(t *testing.T) {
	for _, r := range access.Roles() {
		if !r.Known() || r.About() == "" || len(access.Actions(r)) == 0 || r.OfSystem() && r.OnWall() {
			t.Errorf("%s: %q, %v", r, r.About(), access.Actions(r))
		}
		for _, do := range access.Actions(r) {
			if access.Needs(r, do).String() == "" {
				t.Errorf("%s may %s, in a relation without words", r, do)
			}
		}
	}
	if access.Role("root").Known() {
		t.Error("any role is known")
	}
	regional := map[access.Role]bool{access.Coordinator: true, access.Operator: true, access.PrivacyOfficer: true, access.Auditor: true, access.Administrator: true, access.Peer: true}
	for _, r := range access.Roles() {
		if r.ForRegion() != regional[r] {
			t.Errorf("%s may be a region's: %v", r, r.ForRegion())
		}
	}
	if access.NurseInCharge.Viewer() != "clinician" || access.BoardViewer.Viewer() != "screen" || access.Centre.Viewer() != "centre" {
		t.Error("somebody is shown plans as what they are not")
	}
}
