// Package channels answers: how is a person told who is not before a screen?
package channels

import (
	"context"
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
func (m *Mail) Tell(ctx context.Context, address string, d subscribers.Delivery) error {
	message := mail.NewMsg()
	if err := message.From(m.from); err != nil {
		return fmt.Errorf("the sender's address: %w", err)
	}
	if err := message.To(address); err != nil {
		return fmt.Errorf("the address of %s: %w", d.Person, err)
	}
	text := "UCP alert, open the app, ref " + subscribers.Reference(d.Alert)
	message.Subject(text)
	message.SetBodyString(mail.TypeTextPlain, text+"\r\n")
	message.SetMessageIDWithValue(strings.ReplaceAll(d.Key(), "/", ".") + "@ucpalert")
	message.SetDate()
	message.SetImportance(mail.ImportanceUrgent)
	if err := m.client.DialAndSendWithContext(ctx, message); err != nil {
		return fmt.Errorf("hand the mail over: %w", err)
	}
	return nil
}
