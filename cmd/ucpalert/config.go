package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"golang.org/x/crypto/acme/autocert"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/retention"
	"github.com/ucpalert/ucpalert/subscribers/channels"
	"github.com/ucpalert/ucpalert/web"
)

// config is the configuration file. docs/ucpalert.example.yaml documents every key; a test holds the two together.
type config struct {
	HTTP struct {
		Address        string      `yaml:"address"`
		AllowedOrigins []string    `yaml:"allowed_origins"`
		TrustedProxies []string    `yaml:"trusted_proxies"`
		TLS            browsersTLS `yaml:"tls"`
		ACME           acmeConfig  `yaml:"acme"`
		Limits         httpLimits  `yaml:"limits"`
	} `yaml:"http"`
	Admin   adminConfig `yaml:"admin"`
	MLLP    mllpConfig  `yaml:"mllp"`
	MDM     mdmConfig   `yaml:"mdm"`
	Storage struct {
		DataFolder  string `yaml:"data_folder"`
		PostgresURL string `yaml:"postgres_url"`
	} `yaml:"storage"`
	Keys              keysConfig      `yaml:"keys"`
	Directory         string          `yaml:"directory"`
	Profiles          string          `yaml:"profiles"`
	Visits            visitsConfig    `yaml:"visits"`
	Retention         retentionConfig `yaml:"retention"`
	Silence           silenceConfig   `yaml:"silence"`
	Canary            canaryConfig    `yaml:"canary"`
	OnCall            onCallConfig    `yaml:"on_call"`
	AllowTestPatients bool            `yaml:"allow_test_patients"`
	Tokens            []tokenConfig   `yaml:"tokens"`
	People            peopleConfig    `yaml:"people"`
	OAuth             oauthConfig     `yaml:"oauth"`
	Audit             auditConfig     `yaml:"audit"`
	Privacy           privacyConfig   `yaml:"privacy"`
	SecondPerson      []string        `yaml:"second_person"`
	Feeds             []feedConfig    `yaml:"feeds"`
	LogLevel          string          `yaml:"log_level"`
	// folder is where the file is.
	folder string
}

// visitsConfig says when a visit without a departure is closed, and when what was said of a person who has no visit is dropped.
type visitsConfig struct {
	CloseAfter         time.Duration `yaml:"close_after"`
	CloseAdmittedAfter time.Duration `yaml:"close_admitted_after"`
	ForgetPersonsAfter time.Duration `yaml:"forget_persons_after"`
}

func (c visitsConfig) check() error {
	if c.CloseAfter < 0 || c.CloseAdmittedAfter < 0 || c.CloseAfter > 0 && c.CloseAfter < shortestVisit || c.CloseAdmittedAfter > 0 && c.CloseAdmittedAfter < shortestVisit {
		return fmt.Errorf("configuration: visits.close_after and visits.close_admitted_after must be at least %s, or 0 to close nothing", shortestVisit)
	}
	if c.ForgetPersonsAfter < 0 || c.ForgetPersonsAfter > 0 && c.ForgetPersonsAfter < shortestVisit {
		return fmt.Errorf("configuration: visits.forget_persons_after must be at least %s, or 0 to drop nothing", shortestVisit)
	}
	return nil
}

// shortestVisit is the shortest silence after which a visit may be closed: patients wait for a bed that long, and nobody writes of it.
const shortestVisit = 24 * time.Hour

// tokenConfig is one caller. The token itself is never written down, only its SHA-256.
type tokenConfig struct {
	Name         string `yaml:"name"`
	SHA256       string `yaml:"sha256"`
	Role         string `yaml:"role"`
	Organisation string `yaml:"organisation"`
	Department   string `yaml:"department"`
}

// defaults are what holds for a key that neither the file nor the environment names.
func defaults() config {
	var c config
	c.HTTP.Address = "127.0.0.1:8080"
	c.HTTP.Limits = httpLimits{Requests: web.DefaultPlaces, PerAddress: 20, PerPerson: 100, PerSystem: 2000}
	c.HTTP.ACME.DirectoryURL = autocert.DefaultACMEDirectory
	c.Admin.Address = "127.0.0.1:8085"
	c.MLLP.Address = "127.0.0.1:2575"
	c.MLLP.Connections = 1000
	c.Visits = visitsConfig{CloseAfter: 72 * time.Hour, CloseAdmittedAfter: 30 * 24 * time.Hour, ForgetPersonsAfter: 72 * time.Hour}
	c.Retention = retentionOf(retention.Defaults())
	c.Silence = silenceConfig{Minimum: 3 * time.Minute, LearnFor: 14 * 24 * time.Hour}
	c.Canary.Every = time.Minute
	c.OnCall.Mail.Encryption = channels.StartTLS
	c.OnCall.SMS = smsConfig{Notify: notifyConfig{Address: channels.NotifyAddress}, Gateway: gatewayConfig{To: "to", Text: "text"}}
	c.OnCall.Subscriptions.CrossQuiet = []plans.Urgency{plans.Critical}
	c.Keys.ReplaceAfter = 365 * 24 * time.Hour
	c.People = peopleConfig{Idle: 4 * time.Hour, Absolute: 13 * time.Hour, Invitation: 72 * time.Hour}
	c.Privacy = privacyConfig{OpenAfterDeparture: web.DefaultOpenAfterDeparture, GlassLasts: web.DefaultGlassLasts, ReasonLasts: web.DefaultReasonLasts}
	c.LogLevel = "info"
	return c
}

// loadConfig reads a file strictly (an unknown key is refused by name), then the environment. Paths in the file are relative to it.
func loadConfig(name string, environ []string) (config, []string, error) {
	c := defaults()
	c.MLLP.Address = "" // the default holds only where there are no listeners
	b, err := os.ReadFile(name)
	if err != nil {
		return config{}, nil, fmt.Errorf("read the configuration: %w", err)
	}
	err = yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&c)
	if err != nil && !errors.Is(err, io.EOF) { // an empty file is one that leaves everything at its default
		return config{}, nil, fmt.Errorf("configuration %s: %s", name, yaml.FormatError(err, false, true))
	}
	folder := filepath.Dir(name)
	c.folder = folder
	for _, path := range []*string{&c.Directory, &c.Profiles, &c.Storage.DataFolder, &c.HTTP.TLS.Certificate, &c.HTTP.TLS.Key} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(folder, *path)
		}
	}
	c.Keys.paths(folder)
	feedPaths(c.Feeds, folder)
	c.OAuth.paths(folder)
	c.OnCall.paths(folder)
	c.People.paths(folder)
	c.Audit.paths(folder)
	unknown, err := c.override(environ)
	if err != nil {
		return config{}, nil, err
	}
	c.MLLP.paths(folder)
	c.acmePaths(folder)
	if c.MLLP.Address == "" && len(c.MLLP.Listeners) == 0 {
		c.MLLP.Address = defaults().MLLP.Address
	}
	return c, unknown, c.check()
}

// envPrefix begins the name of every variable that overrides a key: UCPALERT_HTTP_ADDRESS is http.address. Names that go on with TEST_
// belong to the tests.
const envPrefix = "UCPALERT_"

// override sets keys from variables such as UCPALERT_HTTP_ADDRESS; lists are given in YAML. It returns variables that name no key.
func (c *config) override(environ []string) (unknown []string, err error) {
	keys := map[string]reflect.Value{}
	collectKeys(reflect.ValueOf(c).Elem(), envPrefix, keys)
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, envPrefix) || strings.HasPrefix(name, envPrefix+"TEST_") {
			continue
		}
		field, ok := keys[name]
		if !ok {
			unknown = append(unknown, name)
			continue
		}
		if field.Kind() == reflect.String {
			field.SetString(value)
			continue
		}
		if err := yaml.UnmarshalWithOptions([]byte(value), field.Addr().Interface(), yaml.Strict()); err != nil {
			return nil, fmt.Errorf("variable %s: %s", name, yaml.FormatError(err, false, false))
		}
	}
	return unknown, nil
}

// collectKeys finds the settable fields below v under the names of their variables.
func collectKeys(v reflect.Value, prefix string, keys map[string]reflect.Value) {
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue
		}
		name := prefix + strings.ToUpper(v.Type().Field(i).Tag.Get("yaml"))
		if v.Field(i).Kind() == reflect.Struct {
			collectKeys(v.Field(i), name+"_", keys)
			continue
		}
		keys[name] = v.Field(i)
	}
}

func (c *config) check() error {
	switch {
	case c.Storage.DataFolder == "" && c.Storage.PostgresURL == "":
		return errors.New("configuration: storage.data_folder or storage.postgres_url must be set")
	case c.Storage.DataFolder != "" && c.Storage.PostgresURL != "":
		return errors.New("configuration: only one of storage.data_folder and storage.postgres_url can be set")
	case c.Directory == "":
		return errors.New("configuration: directory must name the directory file")
	}
	if err := c.Keys.check(); err != nil {
		return err
	}
	if err := c.HTTP.TLS.files().check(); err != nil {
		return fmt.Errorf("configuration: http.%w", err)
	}
	if _, err := c.proxies(); err != nil {
		return err
	}
	if c.HTTP.TLS.files().on() && c.HTTP.ACME.on() {
		return errors.New("configuration: only one of http.tls and http.acme can be set")
	}
	if err := c.HTTP.ACME.check(); err != nil {
		return err
	}
	if err := c.Admin.check(c.HTTP.TLS.files().on() || c.HTTP.ACME.on()); err != nil {
		return err
	}
	if err := c.HTTP.Limits.check(); err != nil {
		return err
	}
	if err := c.MLLP.check(); err != nil {
		return err
	}
	if err := c.MDM.check(); err != nil {
		return err
	}
	if err := c.Visits.check(); err != nil {
		return err
	}
	if err := c.Retention.check(); err != nil {
		return err
	}
	if err := c.Silence.check(); err != nil {
		return err
	}
	if err := c.Canary.check(); err != nil {
		return err
	}
	if err := c.OnCall.check(); err != nil {
		return err
	}
	if err := c.Audit.check(); err != nil {
		return err
	}
	if err := c.Privacy.check(); err != nil {
		return err
	}
	if err := checkSecondPerson(c.SecondPerson); err != nil {
		return err
	}
	if err := c.OAuth.check(); err != nil {
		return err
	}
	if err := c.People.check(); err != nil {
		return err
	}
	if err := c.People.checkProviders(c.OAuth.BaseURL); err != nil {
		return err
	}
	_, err := c.level()
	return err
}

// proxies are the networks of the proxies that are believed. An address stands for itself.
func (c *config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range c.HTTP.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if a, lone := netip.ParseAddr(text); lone == nil {
			network, err = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
		}
		if err != nil || network.Bits() == 0 {
			return nil, fmt.Errorf("configuration: http.trusted_proxies: %q is neither an address nor a network such as 10.0.0.0/28; everybody cannot be trusted", text)
		}
		out = append(out, network.Masked())
	}
	return out, nil
}

func (c *config) level() (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return 0, errors.New("configuration: log_level must be debug, info, warn or error")
	}
	return level, nil
}

// accounts checks the callers against the directory and makes the book of accounts.
func accounts(tokens []tokenConfig, dir *directory.Directory) (access.Book, error) {
	known := map[access.Token]access.Account{}
	for i, t := range tokens {
		a := access.Account{Name: t.Name, Role: access.Role(t.Role), Organisation: t.Organisation, Department: t.Department}
		token, err := access.ParseToken(t.SHA256)
		if err == nil {
			err = checkAccount(a, dir)
		}
		if _, twice := known[token]; err == nil && twice {
			err = errors.New("another caller has the same token")
		}
		if err != nil {
			return access.Book{}, fmt.Errorf("configuration: tokens[%d] (%s): %w", i, t.Name, err)
		}
		known[token] = a
	}
	return access.NewBook(known), nil
}

func checkAccount(a access.Account, dir *directory.Directory) error {
	if a.Name == "" {
		return errors.New("name must be set")
	}
	if !a.Role.Known() {
		return fmt.Errorf("role must be one of: %s", roleNames())
	}
	if _, ok := dir.Region(a.Organisation); a.Role == access.Peer && (!ok || a.Department != "") {
		return fmt.Errorf("organisation must be the code of a region of the directory for role %s, and department empty", access.Peer)
	} else if a.Role == access.Peer {
		return nil
	}
	if _, ok := dir.Region(a.Organisation); ok && a.Role.ForRegion() && a.Department == "" {
		return nil // who works for a region belongs to none of its hospitals
	}
	if _, ok := dir.Organisation(a.Organisation); !ok {
		return fmt.Errorf("organisation %q is not in the directory", a.Organisation)
	}
	if !a.Role.OnWall() {
		if a.Department != "" {
			return fmt.Errorf("department is for the roles %s and %s only", access.Screen, access.BoardViewer)
		}
		return nil
	}
	if org, ok := dir.OrganisationOf(a.Department); !ok || org.ID != a.Organisation {
		return fmt.Errorf("department %q is not one of organisation %s", a.Department, a.Organisation)
	}
	return nil
}

// roleNames lists all roles.
func roleNames() string {
	var names []string
	for _, r := range access.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
