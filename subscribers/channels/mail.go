// Package channels answers: how is a person told who is not before a screen?
package channels

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/ucpalert/ucpalert/subscribers"
)

// Encryption says how the connection to a mail server is kept secret.
type Encryption string

// The ways. None is for a server on this machine only.
const (
	StartTLS Encryption = "starttls"
	TLS      Encryption = "tls"
	None     Encryption = "none"
)

// MailServer is where mail is handed over.
type MailServer struct {
	Host       string
	Port       int
	Encryption Encryption
	// User and Password are empty where the server asks for none.
	User, Password string
	// From is the sender's address.
	From string
}

// Mail tells by e-mail.
type Mail struct {
	client *mail.Client
	from   string
}

// NewMail makes the channel. Nothing is connected to yet.
func NewMail(s MailServer) (*Mail, error) {
	options := []mail.Option{mail.WithPort(s.Port)}
	switch s.Encryption {
	case StartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case TLS:
		options = append(options, mail.WithSSL())
	default:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	client, err := mail.NewClient(s.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail server %s: %w", s.Host, err)
	}
	return &Mail{client, s.From}, nil
}

var _ subscribers.Channel = (*Mail)(nil)

// Tell implements [subscribers.Channel]. The message says that there is an alert, and nothing of whom it is about. Its Message-ID is the same
// for every try, so that a mailbox can drop the second.
func (m *Mail) Tell(ctx context.Context, to subscribers.Contact, d subscribers.Delivery) error {
	message := mail.NewMsg()
	if err := message.From(m.from); err != nil {
		return fmt.Errorf("the sender's address: %w", err)
	}
	if err := message.To(to.Address); err != nil {
		return fmt.Errorf("%w: it is no mail address", subscribers.ErrRefused)
	}
	text := d.Text()
	subject := text
	if d.What == subscribers.WhatCode {
		subject = "UCP alerts: your code" // a locked phone shows subjects
	}
	if d.Link != "" {
		text += "\r\n\r\n" + d.Link
	}
	message.Subject(subject)
	message.SetBodyString(mail.TypeTextPlain, text+"\r\n")
	message.SetMessageIDWithValue(strings.ReplaceAll(d.Key(), "/", ".") + "@ucpalert")
	message.SetDate()
	message.SetImportance(mail.ImportanceUrgent)
	err := m.client.DialAndSendWithContext(ctx, message)
	if refused, ok := errors.AsType[*mail.SendError](err); ok && refused.Reason == mail.ErrSMTPRcptTo && !refused.IsTemp() {
		return fmt.Errorf("%w: the mail server knows no such mailbox", subscribers.ErrRefused) // its words may quote the address
	}
	if err != nil {
		return fmt.Errorf("hand the mail over: %w", withoutAddress(err, to.Address))
	}
	return nil
}

// withoutAddress is an error whose words do not quote an address.
func withoutAddress(err error, address string) error {
	if address != "" && strings.Contains(err.Error(), address) {
		return errors.New(strings.ReplaceAll(err.Error(), address, "(address)"))
	}
	return err
}
