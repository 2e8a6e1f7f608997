package channels

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/channels/mailtest"
)

func newMail(t *testing.T, s *mailtest.Server) *Mail {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMail(MailServer{Host: host, Port: number, Encryption: None, From: "ucpalert@example.nhs.uk"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestAMailSaysThatThereIsAnAlertAndNothingElse hands a mail to a real server and looks at every line of it.
func TestAMailSaysThatThereIsAnAlertAndNothingElse(t *testing.T) {
	s := mailtest.New(t)
	m := newMail(t, s)
	d := subscribers.Delivery{
		What: subscribers.WhatStep, TakenStep: subscribers.TakenStep{Alert: "k3v9q2abcdefghijklmnopqr", Step: 1, Name: "nurse in charge", Person: "ann", Reason: "not answered for 2m0s"},
		Channel: "mail", Department: "RQW-AE",
	}
	for range 2 {
		if err := m.Tell(t.Context(), subscribers.Contact{Address: "ann@example.nhs.uk"}, d); err != nil {
			t.Fatal(err)
		}
	}
	got := s.Got()
	if len(got) != 2 || got[0].From != "ucpalert@example.nhs.uk" || got[0].To != "ann@example.nhs.uk" {
		t.Fatalf("%+v", got)
	}
	head, body, _ := strings.Cut(got[0].Text, "\n\n")
	if strings.TrimSpace(body) != "UCP alert, open the app, ref K3V9Q2" {
		t.Errorf("the body is %q", body)
	}
	var ids []string
	for _, line := range strings.Split(head, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "Subject":
			if strings.TrimSpace(value) != "UCP alert, open the app, ref K3V9Q2" {
				t.Errorf("the subject is %q", value)
			}
		case "Message-ID":
			ids = append(ids, value)
		}
		if strings.Contains(line, "RQW") || strings.Contains(line, "nurse") {
			t.Errorf("the mail says %q", line)
		}
	}
	if len(ids) != 1 || !strings.Contains(got[1].Text, ids[0]) {
		t.Errorf("the second try has another Message-ID than%v", ids)
	}
}

func TestAServerThatRefusesIsAnError(t *testing.T) {
	s := mailtest.New(t)
	m := newMail(t, s)
	s.Refuse(true)
	if err := m.Tell(t.Context(), subscribers.Contact{Address: "ann@example.nhs.uk"}, subscribers.Delivery{}); err == nil {
		t.Error("a refused mail counts as sent")
	}
	if err := m.Tell(t.Context(), subscribers.Contact{Address: "ann@example.nhs.uk\r\nBcc: all@example.nhs.uk"}, subscribers.Delivery{}); err == nil || len(s.Got()) > 0 {
		t.Errorf("an address with a line break: %v, %v", err, s.Got())
	}
}
