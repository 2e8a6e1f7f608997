package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestTheSystemsOfTheConfiguration(t *testing.T) {
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1"}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys.jwks")
	if err := os.WriteFile(file, set, 0o600); err != nil {
		t.Fatal(err)
	}
	good := systemConfig{ID: "gosh-epr", Role: "centre", Organisation: "RP4", Scopes: []string{"system/*.read"}, JWKSFile: file}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		if issuer, err := (oauthConfig{}).issuer(t.Context(), store, dir); err != nil || issuer != nil {
			t.Errorf("without systems: %v %v", issuer, err)
		}
		c := oauthConfig{BaseURL: "https://alerts.example.nhs.uk/", Systems: []systemConfig{good}}
		issuer, err := c.issuer(t.Context(), store, dir)
		if err != nil || issuer.Endpoint != "https://alerts.example.nhs.uk/oauth/token" || issuer.Clients[0].Account.Organisation != "RP4" {
			t.Errorf("%v %+v", err, issuer)
		}
		for says, change := range map[string]func(*systemConfig){
			"role must be one of":            func(s *systemConfig) { s.Role = "root" },
			"a system's role is":             func(s *systemConfig) { s.Role = "clinician" },
			"not in the directory":           func(s *systemConfig) { s.Organisation = "XXX" },
			"one of jwks_file":               func(s *systemConfig) { s.JWKSURL = "https://gosh.example/keys" },
			"no such file":                   func(s *systemConfig) { s.JWKSFile = file + "x" },
			"https":                          func(s *systemConfig) { s.JWKSFile, s.JWKSURL = "", "http://gosh.example/keys" },
			"scopes are some of":             func(s *systemConfig) { s.Scopes = []string{"system/*.*"} },
			"another client has the same id": func(s *systemConfig) { s.ID = "twice" },
		} {
			bad := good
			change(&bad)
			c.Systems = []systemConfig{{ID: "twice", Role: "centre", Organisation: "RP4", Scopes: []string{"system/*.read"}, JWKSFile: file}, bad}
			if _, err := c.issuer(t.Context(), store, dir); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", says, err)
			}
		}
	})
	for _, bad := range []oauthConfig{{Systems: []systemConfig{good}}, {BaseURL: "alerts.example"}, {BaseURL: "https://a.example/?x=1"}} {
		if bad.check() == nil {
			t.Errorf("%q is taken", bad.BaseURL)
		}
	}
}
