package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/smart"
	"github.com/ucpalert/ucpalert/sql"
)

// keysWithin is how long the reading of a system's keys may take.
const keysWithin = 5 * time.Second

// oauthConfig says which systems are given access tokens (SMART Backend Services).
type oauthConfig struct {
	BaseURL         string         `yaml:"base_url"`
	PrivateNetworks bool           `yaml:"private_networks"`
	Systems         []systemConfig `yaml:"systems"`
}

// systemConfig is one system, which proves who it is with a key of its own.
type systemConfig struct {
	ID           string   `yaml:"id"`
	Role         string   `yaml:"role"`
	Organisation string   `yaml:"organisation"`
	Scopes       []string `yaml:"scopes"`
	JWKSFile     string   `yaml:"jwks_file"`
	JWKSURL      string   `yaml:"jwks_url"`
}

func (c oauthConfig) check() error {
	if c.BaseURL == "" {
		if len(c.Systems) > 0 {
			return errors.New("configuration: oauth.base_url must be set: the address under which systems know the service is what their assertions are for")
		}
		return nil
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("configuration: oauth.base_url must be the service's address, such as https://alerts.example.nhs.uk")
	}
	return nil
}

// paths makes the paths of key files relative to the configuration file.
func (c oauthConfig) paths(folder string) {
	for i := range c.Systems {
		if name := &c.Systems[i].JWKSFile; *name != "" && !filepath.IsAbs(*name) {
			*name = filepath.Join(folder, *name)
		}
	}
}

// issuer makes what gives tokens to the systems; nil where there are none. Their accounts are checked against the directory.
func (c oauthConfig) issuer(ctx context.Context, store *sql.Store, dir *directory.Directory) (*smart.Issuer, error) {
	if len(c.Systems) == 0 {
		return nil, nil
	}
	o := smart.Options{Endpoint: strings.TrimSuffix(c.BaseURL, "/") + "/oauth/token", Used: store, Now: time.Now}
	for i, s := range c.Systems {
		client, err := s.client(dir, c.PrivateNetworks)
		if err != nil {
			return nil, fmt.Errorf("configuration: oauth.systems[%d] (%s): %w", i, s.ID, err)
		}
		o.Clients = append(o.Clients, client)
	}
	var err error
	if o.Key, err = store.TokenKey(ctx); err != nil {
		return nil, err
	}
	issuer, err := smart.New(o)
	if err != nil {
		return nil, fmt.Errorf("configuration: oauth.systems: %w", err)
	}
	return issuer, nil
}

func (s systemConfig) client(dir *directory.Directory, private bool) (smart.Client, error) {
	c := smart.Client{ID: s.ID, Account: access.Account{Name: s.ID, Role: access.Role(s.Role), Organisation: s.Organisation}, Scopes: s.Scopes}
	err := checkAccount(c.Account, dir)
	if err != nil {
		return c, err
	}
	switch u, parsed := url.Parse(s.JWKSURL); {
	case (s.JWKSFile == "") == (s.JWKSURL == ""):
		err = errors.New("one of jwks_file and jwks_url must be set")
	case s.JWKSFile != "":
		c.Keys, err = smart.KeysInFile(s.JWKSFile, time.Now())
	case parsed != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && onThisMachine(u.Hostname())):
		err = errors.New("jwks_url must begin with https: whoever can change the answer on its way is let in")
	default:
		reach := outbound.Public
		if private {
			reach = outbound.Private
		}
		c.Keys = smart.KeysAt(s.JWKSURL, reach.Client(keysWithin))
	}
	return c, err
}

// withSystems is a book that knows the tokens of an issuer, too.
func withSystems(book access.Book, issuer *smart.Issuer) access.Book {
	if issuer == nil {
		return book
	}
	var systems []access.Account
	for _, c := range issuer.Clients {
		systems = append(systems, c.Account)
	}
	return book.WithSystems(systems, issuer.Find)
}
