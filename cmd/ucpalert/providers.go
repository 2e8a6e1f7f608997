package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/oidc"
	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/web"
)

// providerWithin is how long one exchange with an identity provider may take.
const providerWithin = 5 * time.Second

// providerConfig is an identity provider that people come from (OpenID Connect).
type providerConfig struct {
	Name             string        `yaml:"name"`
	Title            string        `yaml:"title"`
	Preset           string        `yaml:"preset"`
	Issuer           string        `yaml:"issuer"`
	Tenant           string        `yaml:"tenant"`
	ClientID         string        `yaml:"client_id"`
	ClientSecretFile string        `yaml:"client_secret_file"`
	KeyFile          string        `yaml:"key_file"`
	Scopes           []string      `yaml:"scopes"`
	ACR              []string      `yaml:"acr"`
	AMR              []string      `yaml:"amr"`
	MaxAge           time.Duration `yaml:"max_age"`
	Skew             time.Duration `yaml:"skew"`
	Claims           []string      `yaml:"claims"`
	PrivateNetworks  bool          `yaml:"private_networks"`
	Roles            []ruleConfig  `yaml:"roles"`
}

// ruleConfig gives a role to whoever has a value among their claims.
type ruleConfig struct {
	Value        string `yaml:"value"`
	Role         string `yaml:"role"`
	Organisation string `yaml:"organisation"`
	Department   string `yaml:"department"`
}

// paths makes the names of files relative to the configuration's folder.
func (c peopleConfig) paths(folder string) {
	for i := range c.Providers {
		for _, name := range []*string{&c.Providers[i].ClientSecretFile, &c.Providers[i].KeyFile} {
			if *name != "" && !filepath.IsAbs(*name) {
				*name = filepath.Join(folder, *name)
			}
		}
	}
}

// passwordsOf are the words of people.passwords.
var passwordsOf = map[string]people.Local{"everybody": people.LocalEverybody, "administrators": people.LocalAdministrators, "nobody": people.LocalNobody}

// local is who signs in with a password: by default everybody where there is no provider, and nobody where there is one.
func (c peopleConfig) local() people.Local {
	if c.Passwords == "" && len(c.Providers) > 0 {
		return people.LocalNobody
	}
	return passwordsOf[c.Passwords]
}

func (c peopleConfig) checkProviders(base string) error {
	if _, known := passwordsOf[c.Passwords]; !known && c.Passwords != "" {
		return errors.New("configuration: people.passwords must be everybody, administrators or nobody")
	}
	if c.local() == people.LocalNobody && len(c.Providers) == 0 {
		return errors.New("configuration: people.passwords is nobody, and people.providers is empty: then nobody could sign in")
	}
	if len(c.Providers) > 0 && base == "" {
		return errors.New("configuration: oauth.base_url must be set: it is where identity providers send people back to")
	}
	for i, p := range c.Providers {
		if slices.ContainsFunc(c.Providers[:i], func(other providerConfig) bool { return other.Name == p.Name || other.issuer() == p.issuer() }) {
			return fmt.Errorf("configuration: people.providers[%d] (%s): another one has the same name or issuer", i, p.Name)
		}
	}
	return nil
}

// issuer is that of the configuration; with Entra ID it follows from the tenant.
func (c providerConfig) issuer() string {
	if oidc.Preset(c.Preset) == oidc.Entra && c.Issuer == "" {
		return "https://login.microsoftonline.com/" + url.PathEscape(c.Tenant) + "/v2.0"
	}
	return c.Issuer
}

// providers are the identity providers of the configuration, with rules that fit the directory. None is asked yet.
func (c config) providers(ctx context.Context, store *sql.Store, dir *directory.Directory) (web.Providers, error) {
	out := web.Providers{}
	if len(c.People.Providers) == 0 {
		return out, nil
	}
	for i, p := range c.People.Providers {
		made, err := p.provider(strings.TrimSuffix(c.OAuth.BaseURL, "/"), dir)
		if err != nil {
			return out, fmt.Errorf("configuration: people.providers[%d] (%s): %w", i, p.Name, err)
		}
		out.All = append(out.All, made)
	}
	key, err := store.TokenKey(ctx)
	if err != nil {
		return out, err
	}
	out.Sealer, err = oidc.NewSealer(key)
	return out, err
}

func (c providerConfig) provider(base string, dir *directory.Directory) (*oidc.Provider, error) {
	if entra := oidc.Preset(c.Preset) == oidc.Entra; entra && (c.Issuer == "") == (c.Tenant == "") || !entra && c.Tenant != "" {
		return nil, errors.New("tenant must be set for the preset entra, to the id of the directory, and for no other")
	} else if entra && slices.Contains([]string{"common", "organizations", "consumers"}, c.Tenant) {
		return nil, errors.New("tenant must be one directory's id: everybody with a Microsoft account is not let in")
	}
	credential, err := c.credential()
	if err != nil {
		return nil, err
	}
	reach := outbound.Public
	if c.PrivateNetworks {
		reach = outbound.Private
	}
	o := oidc.Options{
		Name: c.Name, Title: c.Title, Preset: oidc.Preset(c.Preset), Issuer: c.issuer(), ClientID: c.ClientID, Credential: credential, Scopes: c.Scopes, ACR: c.ACR, AMR: c.AMR,
		MaxAge: c.MaxAge, Skew: c.Skew, Claims: c.Claims, Rules: c.rules(), Callback: base + "/sign-in/callback/" + c.Name, After: base + "/sign-in",
		Client: reach.Client(providerWithin), Now: time.Now,
	}
	made, err := oidc.New(o)
	if err != nil {
		return nil, err
	}
	for i, r := range o.Rules {
		if r.Organisation == "" {
			continue // that of the role which is selected at the provider; asked when somebody comes
		}
		if err := checkAccount(access.Account{Name: "whoever comes", Role: r.Role, Organisation: r.Organisation, Department: r.Department}, dir); err != nil {
			return nil, fmt.Errorf("roles[%d]: %w", i, err)
		}
	}
	return made, nil
}

func (c providerConfig) rules() []oidc.Rule {
	var rules []oidc.Rule
	for _, r := range c.Roles {
		rules = append(rules, oidc.Rule{Value: r.Value, Organisation: r.Organisation, Role: access.Role(r.Role), Department: r.Department})
	}
	return rules
}

// credential reads what the service proves itself with. It stands in a file of its own, so that it is in no process list and no configuration.
func (c providerConfig) credential() (oidc.Credential, error) {
	switch {
	case (c.ClientSecretFile == "") == (c.KeyFile == ""):
		return oidc.Credential{}, errors.New("one of client_secret_file and key_file must be set")
	case c.ClientSecretFile != "":
		text, err := os.ReadFile(c.ClientSecretFile)
		if err != nil {
			return oidc.Credential{}, fmt.Errorf("read client_secret_file: %w", err)
		}
		return oidc.Secret(strings.TrimSpace(string(text))), nil
	}
	text, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return oidc.Credential{}, fmt.Errorf("read key_file: %w", err)
	}
	key, err := oidc.Key(text)
	if err != nil {
		return oidc.Credential{}, fmt.Errorf("key_file %s: %w", c.KeyFile, err)
	}
	return key, nil
}

// providerChecks tell which identity providers did not answer when they were last asked. They are advisory: open sessions go on.
func providerChecks(providers web.Providers) []web.Check {
	var checks []web.Check
	for _, p := range providers.All {
		check := web.Check{Name: "identity provider " + p.Name, OK: true, Advisory: true}
		if err := p.State(); err != nil {
			check.OK, check.Reason = false, err.Error()+"; nobody new signs in by way of it, open sessions go on"
		}
		checks = append(checks, check)
	}
	return checks
}
