package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/channels"
	"github.com/ucpalert/ucpalert/subscribers/pager"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
	"github.com/ucpalert/ucpalert/web"
)

// onCallConfig says who is told of an alert that nobody answers.
type onCallConfig struct {
	File string     `yaml:"file"`
	Mail mailConfig `yaml:"mail"`
	// Address is where people find the service, for the links in what they are told.
	Address  string        `yaml:"address"`
	SMS      smsConfig     `yaml:"sms"`
	Push     pushConfig    `yaml:"push"`
	Webhooks webhookConfig `yaml:"webhooks"`
	// PrivateNetworks lets webhooks and push services be in private networks and on this machine.
	PrivateNetworks bool `yaml:"private_networks"`
	// Subscriptions says what people who subscribe to what happens may do.
	Subscriptions subscriptionsConfig `yaml:"subscriptions"`
}

// mailConfig is the server that mail is handed over to; no address: no mail.
type mailConfig struct {
	Address      string              `yaml:"address"`
	Encryption   channels.Encryption `yaml:"encryption"`
	User         string              `yaml:"user"`
	PasswordFile string              `yaml:"password_file"`
	From         string              `yaml:"from"`
}

// paths makes the paths of the file relative to its folder.
func (c *onCallConfig) paths(folder string) {
	for _, path := range []*string{&c.File, &c.Mail.PasswordFile, &c.SMS.Notify.KeyFile, &c.SMS.Gateway.AuthorizationFile} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(folder, *path)
		}
	}
}

func (c onCallConfig) check() error {
	if err := errors.Join(c.checkReach(), c.Subscriptions.check()); err != nil {
		return err
	}
	m := c.Mail
	if m.Address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(m.Address)
	if err != nil || host == "" {
		return errors.New("configuration: on_call.mail.address must be such as smtp.example.nhs.uk:587")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return errors.New("configuration: on_call.mail.address: the port must be a number")
	}
	switch m.Encryption {
	case channels.StartTLS, channels.TLS:
	case channels.None:
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return errors.New("configuration: on_call.mail.encryption can be none only for an address of this machine, such as 127.0.0.1")
		}
	default:
		return errors.New("configuration: on_call.mail.encryption must be starttls, tls or none")
	}
	switch {
	case m.From == "":
		return errors.New("configuration: on_call.mail.from must be set")
	case (m.User == "") != (m.PasswordFile == ""):
		return errors.New("configuration: on_call.mail.user and on_call.mail.password_file are set both or neither")
	}
	return nil
}

// channels are the names of the channels that the service has with this configuration.
func (c onCallConfig) channels() []string {
	names := []string{pager.OperationsChannel}
	if c.Mail.Address != "" {
		names = append(names, pager.MailChannel)
	}
	return names
}

// channel is the mail channel; nil if there is none.
func (c mailConfig) channel() (*channels.Mail, error) {
	if c.Address == "" {
		return nil, nil
	}
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, fmt.Errorf("configuration: on_call.mail.address: %w", err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("configuration: on_call.mail.address: %w", err)
	}
	server := channels.MailServer{Host: host, Port: number, Encryption: c.Encryption, User: c.User, From: c.From}
	if c.PasswordFile != "" {
		b, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("read on_call.mail.password_file: %w", err)
		}
		server.Password = strings.TrimSpace(string(b))
	}
	return channels.NewMail(server)
}

// onCall is this node's pager, with the file that it goes by.
type onCall struct {
	*pager.Pager
	file    string
	current func() *directory.Directory
	log     *slog.Logger
	// ofFile is the plan of the file alone, held with what is kept beside it.
	ofFile, held atomic.Pointer[pager.Plan]
	reach        reach
	seen         []fileState // of the file, and of the files of shifts that it names
	// gaps are what the newest look eight weeks ahead found.
	gaps atomic.Pointer[[]string]

	// What is kept beside the file, where a store is.
	store   *sql.Store
	persons *people.Desk
	tokens  []tokenConfig
	desk    *rotas.Desk
	wake    chan struct{} // one place
	trouble string        // of the last try to take what is kept
	// since is from when on what is kept is known; zero: some days ago.
	since time.Time
}

// newOnCall reads the file, if there is one, and makes the pager. A file that cannot be used keeps the service from starting.
func newOnCall(ctx context.Context, c onCallConfig, store *sql.Store, current func() *directory.Directory, log *slog.Logger) (*onCall, error) {
	o := &onCall{file: c.File, current: current, log: log, wake: make(chan struct{}, 1)}
	o.ofFile.Store(&pager.Plan{})
	o.held.Store(&pager.Plan{})
	if c.File != "" {
		plan, err := pager.LoadPlan(c.File, current())
		if err != nil {
			return nil, err
		}
		o.ofFile.Store(plan)
		o.held.Store(plan)
		o.seen = o.states()
	}
	var err error
	if o.reach, err = newReach(ctx, c, store, o.held.Load, log); err != nil {
		return nil, err
	}
	o.Pager = pager.New(pager.Options{
		Escalations: store, Deliveries: store, Watches: store, Plan: o.held.Load, Teller: o.reach.teller, Node: rand.Text(), Now: time.Now, Log: log,
	})
	o.lookAhead()
	return o, nil
}

// lookAheadEvery is how often it is looked whether somebody is on at all times.
const lookAheadEvery = time.Hour

// states are those of all files that the plan was made of; nil if one cannot be looked at.
func (o *onCall) states() (all []fileState) {
	names := []string{o.file}
	for _, name := range o.ofFile.Load().Files() {
		names = append(names, filepath.Join(filepath.Dir(o.file), name))
	}
	for _, name := range names {
		state, err := stateOf(name)
		if err != nil {
			return nil
		}
		all = append(all, state)
	}
	return all
}

// takeFile tells whether there is a new file that can be used. One that cannot changes nothing: it is said once.
func (o *onCall) takeFile(ctx context.Context) bool {
	if o.file == "" {
		return false
	}
	states := o.states()
	if states == nil || slices.Equal(states, o.seen) {
		return false // a file is being replaced, or all are as they were
	}
	o.seen = states
	plan, err := pager.LoadPlan(o.file, o.current())
	if err == nil && o.store != nil {
		_, err = o.both(ctx, plan)
	}
	if err != nil {
		o.log.ErrorContext(ctx, "the new file of who is on call cannot be used; the one before goes on", "error", err)
		return false
	}
	o.ofFile.Store(plan)
	o.seen = o.states()
	o.log.InfoContext(ctx, "a new file of who is on call holds from now on")
	return true
}

// lookAhead finds and tells the times in which nobody is on.
func (o *onCall) lookAhead() {
	var all []string
	for _, r := range o.held.Load().Rotas() {
		gaps := r.Gaps(time.Now())
		if len(gaps) == 0 {
			continue
		}
		from := gaps[0].Start.In(r.Zone()).Format("Mon 2 Jan 2006 15:04")
		all = append(all, fmt.Sprintf("rota %s: nobody is on from %s", r.ID, from))
		if o.desk == nil { // else it is journalled, once
			o.log.Warn("nobody is on call at some times of the next eight weeks", "rota", r.ID, "first", from, "times", len(gaps))
		}
	}
	o.gaps.Store(&all)
}

// alarmLog tells whoever runs the service, in the log. The alarm itself is a row, which /readyz and the figures show until it is over.
type alarmLog struct{ log *slog.Logger }

// Tell implements [subscribers.Channel].
func (o alarmLog) Tell(ctx context.Context, _ subscribers.Contact, d subscribers.Delivery) error {
	o.log.ErrorContext(ctx, "NOBODY HAS ANSWERED AN ALERT: call the department", "alert", d.Alert, "ref", subscribers.Reference(d.Alert), "department", d.Department, "reason", d.Reason)
	return nil
}

// check is the line of who is on call in /readyz. It is advisory: no other node would do better.
func (o *onCall) check() web.Check {
	c := web.Check{Name: "on call", OK: true, Advisory: true}
	alarmed, trouble := o.Alarmed()
	departments := map[string]int{}
	for _, a := range alarmed {
		departments[a.Department]++
	}
	var reasons []string
	for department, n := range departments {
		reasons = append(reasons, fmt.Sprintf("nobody has answered in %s (%d)", department, n))
	}
	slices.Sort(reasons)
	if trouble != nil {
		reasons = append(reasons, "escalations could not be looked after; see the log")
	}
	reasons = append(reasons, *o.gaps.Load()...)
	c.OK, c.Reason = len(reasons) == 0, strings.Join(reasons, "; ")
	return c
}

var unanswered = prometheus.NewDesc("ucpalert_alerts_unanswered", "Alerts that nobody has answered though all steps were taken.", []string{"department"}, nil)

// Describe and Collect make it a collector.
func (o *onCall) Describe(out chan<- *prometheus.Desc) { out <- unanswered }

// Collect implements [prometheus.Collector].
func (o *onCall) Collect(out chan<- prometheus.Metric) {
	alarmed, _ := o.Alarmed() // the trouble is told in /readyz
	counts := map[string]int{}
	for _, dep := range o.current().Departments(time.Now()) {
		counts[dep.ID] = 0
	}
	for _, a := range alarmed {
		counts[a.Department]++
	}
	for id, n := range counts {
		out <- prometheus.MustNewConstMetric(unanswered, prometheus.GaugeValue, float64(n), id)
	}
}
