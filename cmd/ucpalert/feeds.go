package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/feeds"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/web"
)

// feedConfig is one server that is followed. Keys that are left out have the defaults below.
type feedConfig struct {
	Name      string        `yaml:"name"`
	URL       string        `yaml:"url"`
	Token     string        `yaml:"token"`
	TokenFile string        `yaml:"token_file"`
	Centres   []string      `yaml:"centres"`
	Schedule  string        `yaml:"schedule"`
	Compare   string        `yaml:"compare"`
	IDPrefix  string        `yaml:"id_prefix"`
	Count     int           `yaml:"count"`
	PageBytes int64         `yaml:"page_bytes"`
	Timeout   time.Duration `yaml:"timeout"`
	Overlap   time.Duration `yaml:"overlap"`
	// PrivateNetworks tells that the server may be in a private network.
	PrivateNetworks bool `yaml:"private_networks"`
}

// The defaults of a feed.
const (
	feedSchedule  = "* * * * *"
	feedCompare   = "40 2 * * *"
	feedCount     = 50
	feedPageBytes = 16 << 20
	feedTimeout   = 30 * time.Second
	feedOverlap   = 5 * time.Minute
)

// orDefaults fills in what was left out.
func (c feedConfig) orDefaults() feedConfig {
	set := func(s *string, to string) {
		if *s == "" {
			*s = to
		}
	}
	set(&c.Schedule, feedSchedule)
	set(&c.Compare, feedCompare)
	if c.Count == 0 {
		c.Count = feedCount
	}
	if c.PageBytes == 0 {
		c.PageBytes = feedPageBytes
	}
	if c.Timeout == 0 {
		c.Timeout = feedTimeout
	}
	if c.Overlap == 0 {
		c.Overlap = feedOverlap
	}
	return c
}

// feedsOf checks the feeds against the directory and makes them ready to be followed.
func feedsOf(configured []feedConfig, dir *directory.Directory, limits fhir.Limits) ([]*feeds.Feed, error) {
	var out []*feeds.Feed
	names := map[string]bool{}
	for i, c := range configured {
		f, err := c.orDefaults().feed(dir, limits)
		if err == nil && names[c.Name] {
			err = errors.New("another feed has the same name")
		}
		if err != nil {
			return nil, fmt.Errorf("configuration: feeds[%d] (%s): %w", i, c.Name, err)
		}
		names[c.Name] = true
		out = append(out, f)
	}
	return out, nil
}

func (c feedConfig) feed(dir *directory.Directory, limits fhir.Limits) (*feeds.Feed, error) {
	f := &feeds.Feed{
		Name: c.Name, Centres: c.Centres, IDPrefix: c.IDPrefix, Count: c.Count, PageBytes: c.PageBytes, Limits: limits, Timeout: c.Timeout, Overlap: c.Overlap,
	}
	switch {
	case c.Name == "":
		return nil, errors.New("name must be set")
	case len(c.Centres) == 0:
		return nil, errors.New("centres must name at least one centre")
	case c.Count < 1 || c.PageBytes < 1 || c.Timeout < time.Second || c.Overlap < 0:
		return nil, errors.New("count and page_bytes must be at least 1, timeout at least 1s, and overlap not negative")
	case c.IDPrefix != "" && !fhir.IsID(c.IDPrefix):
		return nil, errors.New("id_prefix may only hold letters, digits, dots and hyphens")
	case c.Token != "" && c.TokenFile != "":
		return nil, errors.New("only one of token and token_file can be set")
	}
	for _, centre := range c.Centres {
		if org, ok := dir.Organisation(centre); !ok || !org.Centre {
			return nil, fmt.Errorf("%q is not a centre of the directory", centre)
		}
	}
	var err error
	if f.Base, err = feedURL(c.URL); err != nil {
		return nil, err
	}
	f.Transport = c.transport(f.Base)
	if f.Schedule, err = cron.ParseStandard(c.Schedule); err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	if f.Compare, err = cron.ParseStandard(c.Compare); err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	f.Token, err = c.token()
	return f, err
}

// feedURL reads the address of a FHIR endpoint. A token is sent to it, so it must be https unless it is on this machine.
func feedURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("url must be the address of a FHIR endpoint, such as https://plans.example.nhs.uk/fhir")
	}
	if u.Scheme == "http" && !onThisMachine(u.Hostname()) {
		return nil, errors.New("url must begin with https: a token and plans travel over it")
	}
	return u, nil
}

// onThisMachine tells whether a host is this machine by its name or address.
func onThisMachine(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

func (c feedConfig) token() (string, error) {
	if c.TokenFile == "" {
		return c.Token, nil
	}
	b, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return "", fmt.Errorf("read token_file: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// feedPaths makes the paths in the feeds relative to the configuration file.
func feedPaths(configured []feedConfig, folder string) {
	for i := range configured {
		if name := &configured[i].TokenFile; *name != "" && !filepath.IsAbs(*name) {
			*name = filepath.Join(folder, *name)
		}
	}
}

// follow makes the followers of the configured feeds.
func (n node) follow(store *sql.Store, desk *alerts.Desk) (*feeds.Followers, error) {
	follow, err := feedsOf(n.cfg.Feeds, n.dir, fhir.Limits{RefuseTestNumbers: !n.cfg.AllowTestPatients})
	if err != nil {
		return nil, err
	}
	holder := "the one process of this folder" // whose lock lets no second one in
	if n.cfg.Storage.PostgresURL != "" {
		holder = rand.Text()
	}
	return feeds.New(feeds.Options{
		Feeds: follow, Store: store, Desk: desk, Holder: holder, Now: time.Now, Log: n.log.With(slog.String("part", "feeds")),
	}), nil
}

// transport connects to the server that is followed. Its name must not lead to this machine or a private network, unless the configuration
// says that it is there. If HTTPS_PROXY names a proxy for it, only the proxy is connected to, and decides where that leads.
func (c feedConfig) transport(base *url.URL) http.RoundTripper {
	reach := outbound.Public
	if c.PrivateNetworks || onThisMachine(base.Hostname()) {
		reach = outbound.Private
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: base}); err == nil && proxy != nil {
		to := outbound.Private.Transport()
		to.Proxy = http.ProxyURL(proxy)
		return to
	}
	return reach.Transport()
}

// feedChecks tell how the feeds are doing. A feed that fails does not make this node less ready: what it holds raises alerts as before.
func feedChecks(ctx context.Context, followers *feeds.Followers) []web.Check {
	var out []web.Check
	for _, h := range followers.Health(ctx) {
		out = append(out, web.Check{Name: "feed " + h.Feed, OK: h.OK, Reason: h.Reason, Advisory: true})
	}
	return out
}
