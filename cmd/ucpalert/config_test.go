package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
)

const examplePath = "../../docs/ucpalert.example.yaml"

func TestTheExampleDocumentsEveryKeyWithItsDefault(t *testing.T) {
	c, unknown, err := loadConfig(examplePath, nil)
	if err != nil || len(unknown) > 0 {
		t.Fatalf("the example does not load: %v %v", err, unknown)
	}
	want := defaults()
	want.Storage.DataFolder, want.Directory = "../../docs/data", "../../docs/directory.yaml" // examples, where there is no default
	want.HTTP.AllowedOrigins, want.Tokens, want.Feeds = []string{}, []tokenConfig{}, []feedConfig{}
	want.HTTP.ACME.Hosts, want.Keys.Command = []string{}, []string{}
	want.OAuth.Systems, want.SecondPerson = []systemConfig{}, []string{}
	want.HTTP.TrustedProxies, want.People.Providers = []string{}, []providerConfig{}
	want.MLLP.Listeners, want.MLLP.Senders = []listenerConfig{}, []senderConfig{}
	want.MDM = mdmConfig{[]string{}, []string{}, []string{}, []string{}, []mdmSection{}}
	want.OnCall.SMS.Gateway.Fields, want.OnCall.Webhooks.FHIR = map[string]string{}, []string{}
	want.folder = c.folder
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the example says %+v, the defaults are %+v", c, want)
	}
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]reflect.Value{}
	collectKeys(reflect.ValueOf(&c).Elem(), envPrefix, keys)
	if len(keys) < 9 {
		t.Fatalf("only %d keys found", len(keys))
	}
	for _, key := range yamlKeys(reflect.TypeFor[config]()) {
		before, _, found := strings.Cut(string(text), key+":")
		if !found {
			t.Errorf("the example does not document %s", key)
			continue
		}
		if lines := strings.Split(before, "\n"); len(lines) < 2 {
			t.Errorf("no comment stands above %s", key)
		}
	}
}

func yamlKeys(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		keys = append(keys, field.Tag.Get("yaml"))
		switch {
		case field.Type.Kind() == reflect.Struct:
			keys = append(keys, yamlKeys(field.Type)...)
		case field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct:
			keys = append(keys, yamlKeys(field.Type.Elem())...)
		}
	}
	return keys
}

// smallest is a configuration that is complete.
const smallest = "directory: directory.yaml\nstorage:\n  data_folder: data\n"

func load(t *testing.T, text string, environ ...string) (config, []string, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ucpalert.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return loadConfig(name, environ)
}

func TestAConfigurationThatCannotBeMeantIsRefusedByName(t *testing.T) {
	for _, row := range []struct{ what, text, environ, want string }{
		{"a key that is not known", smallest + "mlpp: {}\n", "", "mlpp"},
		{"a key below another", smallest + "http:\n  adress: 127.0.0.1:1\n", "", "adress"},
		{"a key twice", smallest + "log_level: info\nlog_level: warn\n", "", "log_level"},
		{"no storage", "directory: d\n", "", "storage"},
		{"two storages", smallest + "  postgres_url: postgres://x\n", "", "only one"},
		{"no directory", "storage:\n  data_folder: data\n", "", "directory"},
		{"a level that is none", smallest + "log_level: loud\n", "", "log_level"},
		{"a number that is none", smallest + "mllp:\n  connections: many\n", "", "connections"},
		{"documents without a headline", smallest + "mdm:\n  urgency: [URGENCY]\n", "", "mdm.headline"},
		{"a section without a title", smallest + "mdm:\n  headline: [H]\n  sections:\n    - identifier: X\n", "", "mdm.sections"},
		{"two ways to certificates", smallest + "http:\n  tls: {certificate: c, key: k}\n  acme: {hosts: [a.example], accept_terms: true}\n", "", "only one of http.tls and http.acme"},
		{"ACME without a word to the terms", smallest + "http:\n  acme: {hosts: [a.example]}\n", "", "accept_terms"},
		{"ACME for a name that is none", smallest + "http:\n  acme: {hosts: [\"a.example:443\"], accept_terms: true}\n", "", "http.acme.hosts"},
		{"ACME in the clear", smallest + "http:\n  acme: {hosts: [a.example], accept_terms: true, directory_url: \"http://ca.example/\"}\n", "", "directory_url"},
		{"administration in the clear", smallest + "admin:\n  address: 0.0.0.0:8085\n", "", "admin.address must be on loopback"},
		{"administration nowhere, and only there", smallest + "admin: {address: \"\", only: true}\n", "", "admin.only"},
		{"administration without a port", smallest + "admin: {address: localhost}\n", "", "admin.address"},
		{"no place for a request", smallest + "http:\n  limits: {requests: 1}\n", "", "http.limits.requests"},
		{"less than nothing", smallest + "http:\n  limits: {per_address: -1}\n", "", "negative"},
		{"no connections", smallest + "mllp:\n  connections: 0\n", "", "mllp.connections"},
		{"a proxy that is no address", smallest + "http:\n  trusted_proxies: [proxy.example]\n", "", "http.trusted_proxies"},
		{"everybody as a proxy", smallest + "http:\n  trusted_proxies: [0.0.0.0/0]\n", "", "http.trusted_proxies"},
		{"passwords for some", smallest + "people:\n  passwords: some\n", "", "people.passwords"},
		{"nobody who could sign in", smallest + "people:\n  passwords: nobody\n", "", "people.providers is empty"},
		{"a provider that sends people nowhere", smallest + "people:\n  providers: [{name: a}]\n", "", "oauth.base_url"},
		{"a provider twice", smallest + "oauth:\n  base_url: https://alerts.example\npeople:\n  providers: [{name: a, issuer: https://a.example}, {name: b, issuer: https://a.example}]\n", "", "same name or issuer"},
		{"a variable that is no number", smallest, "UCPALERT_MLLP_CONNECTIONS=many", "UCPALERT_MLLP_CONNECTIONS"},
	} {
		t.Run(row.what, func(t *testing.T) {
			_, _, err := load(t, row.text, row.environ)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want an error that names %s", err, row.want)
			}
		})
	}
}

func TestEachKeyCanBeSetByAVariable(t *testing.T) {
	c, unknown, err := load(t, smallest+"http:\n  address: 127.0.0.1:1\n",
		"UCPALERT_HTTP_ADDRESS=127.0.0.1:2", "UCPALERT_HTTP_ALLOWED_ORIGINS=[https://a.example]", "UCPALERT_MLLP_ADDRESS=127.0.0.1:3", "UCPALERT_MLLP_CONNECTIONS=7",
		"UCPALERT_STORAGE_DATA_FOLDER=", "UCPALERT_STORAGE_POSTGRES_URL=postgres://x", "UCPALERT_DIRECTORY=/d.yaml", "UCPALERT_ALLOW_TEST_PATIENTS=true", "UCPALERT_LOG_LEVEL=debug",
		"UCPALERT_TOKENS=[{name: a, sha256: b, role: centre, organisation: RP4}]", "UCPALERT_MDM_HEADLINE=[HEADLINE, 1^L]", "UCPALERT_MDM_SECTIONS=[{identifier: A, title: B}]", "UCPALERT_LOGLEVEL=typo", "UCPALERT_TEST_POSTGRES=ours", "HOME=/root")
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.HTTP.Address, want.HTTP.AllowedOrigins = "127.0.0.1:2", []string{"https://a.example"}
	want.MLLP.Address, want.MLLP.Connections = "127.0.0.1:3", 7
	want.Storage.PostgresURL, want.Directory, want.AllowTestPatients, want.LogLevel = "postgres://x", "/d.yaml", true, "debug"
	want.MDM.Headline, want.MDM.Sections = []string{"HEADLINE", "1^L"}, []mdmSection{{"A", "B"}}
	want.Tokens = []tokenConfig{{Name: "a", SHA256: "b", Role: "centre", Organisation: "RP4"}}
	want.folder = c.folder
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
	if !slices.Equal(unknown, []string{"UCPALERT_LOGLEVEL"}) {
		t.Errorf("unknown variables: %v", unknown)
	}
}

func TestAccountsAreCheckedAgainstTheDirectory(t *testing.T) {
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Repeat("ab", 32)
	good := tokenConfig{Name: "board", SHA256: hash, Role: "screen", Organisation: "RQW", Department: "RQW-AE"}
	for _, row := range []struct {
		what   string
		change func(*tokenConfig)
		want   string
	}{
		{"as it should be", func(*tokenConfig) {}, ""},
		{"no name", func(c *tokenConfig) { c.Name = "" }, "name"},
		{"a token instead of its hash", func(c *tokenConfig) { c.SHA256 = "secret" }, "SHA-256"},
		{"a role that is none", func(c *tokenConfig) { c.Role = "nurse" }, "role"},
		{"an organisation that is none", func(c *tokenConfig) { c.Organisation = "XXX" }, "XXX"},
		{"a screen of another trust's department", func(c *tokenConfig) { c.Department = "RWG-AE" }, "RWG-AE"},
		{"a screen without a department", func(c *tokenConfig) { c.Department = "" }, "department"},
		{"a coordinator of a trust", func(c *tokenConfig) { c.Role, c.Department = "coordinator", "" }, ""},
		{"a coordinator of a region", func(c *tokenConfig) { c.Role, c.Organisation, c.Department = "coordinator", "QM7", "" }, ""},
		{"a coordinator in one department", func(c *tokenConfig) { c.Role = "coordinator" }, "department"},
		{"a clinician of a region", func(c *tokenConfig) { c.Role, c.Organisation, c.Department = "clinician", "QM7", "" }, "QM7"},
		{"a clinician in one department", func(c *tokenConfig) { c.Role = "clinician" }, "department"},
	} {
		t.Run(row.what, func(t *testing.T) {
			token := good
			row.change(&token)
			_, err := accounts([]tokenConfig{token}, dir)
			if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Error("the error shows the token")
			}
		})
	}
	if _, err := accounts([]tokenConfig{good, {Name: "other", SHA256: hash, Role: "centre", Organisation: "RP4"}}, dir); err == nil {
		t.Error("two callers share a token, and nobody minded")
	}
}
