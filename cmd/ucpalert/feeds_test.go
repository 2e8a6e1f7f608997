package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/outbound"
)

func TestFeedsAreCheckedBeforeAnythingIsAsked(t *testing.T) {
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	good := feedConfig{Name: "london", URL: "https://plans.example/fhir", Token: "secret", Centres: []string{"RP4"}}
	for _, row := range []struct {
		what   string
		change func(*feedConfig)
		want   string
	}{
		{"as it should be", func(*feedConfig) {}, ""},
		{"on this machine", func(c *feedConfig) { c.URL = "http://127.0.0.1:9/fhir" }, ""},
		{"no name", func(c *feedConfig) { c.Name = "" }, "name"},
		{"no centre", func(c *feedConfig) { c.Centres = nil }, "centres"},
		{"a trust that publishes no plans", func(c *feedConfig) { c.Centres = []string{"RQW"} }, "RQW"},
		{"no address", func(c *feedConfig) { c.URL = "" }, "url"},
		{"an address of a file", func(c *feedConfig) { c.URL = "file:///etc/passwd" }, "url"},
		{"a password in the address", func(c *feedConfig) { c.URL = "https://me:secret@plans.example/fhir" }, "url"},
		{"a token in the clear over a network", func(c *feedConfig) { c.URL = "http://plans.example/fhir" }, "https"},
		{"a schedule that is none", func(c *feedConfig) { c.Schedule = "often" }, "schedule"},
		{"a comparison that is none", func(c *feedConfig) { c.Compare = "never" }, "compare"},
		{"two tokens", func(c *feedConfig) { c.TokenFile = "also" }, "only one"},
		{"a token file that is not there", func(c *feedConfig) { c.Token, c.TokenFile = "", "/nowhere" }, "token_file"},
		{"pages of nothing", func(c *feedConfig) { c.Count = -1 }, "count"},
		{"a prefix that no id may have", func(c *feedConfig) { c.IDPrefix = "a/b" }, "id_prefix"},
	} {
		t.Run(row.what, func(t *testing.T) {
			c := good
			row.change(&c)
			_, err := feedsOf([]feedConfig{c}, dir, fhir.Limits{})
			if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Error("the error shows the token")
			}
		})
	}
	if _, err := feedsOf([]feedConfig{good, good}, dir, fhir.Limits{}); err == nil {
		t.Error("two feeds share a name, and with it their position")
	}
}

func TestATokenFileStandsBesideTheConfiguration(t *testing.T) {
	folder := t.TempDir()
	text := smallest + "feeds:\n  - {name: london, url: https://plans.example/fhir, token_file: london.token, centres: [RP4], timeout: 5s}\n"
	for name, body := range map[string]string{"ucpalert.yaml": text, "london.token": "secret\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, _, err := loadConfig(filepath.Join(folder, "ucpalert.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	follow, err := feedsOf(c.Feeds, dir, fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if f := follow[0]; f.Token != "secret" || f.Timeout.Seconds() != 5 || f.Count != feedCount {
		t.Errorf("the feed is %+v", f)
	}
}

// What the configuration or a name's server could have us connect to: none of it is reached. The port is that of a listener on this machine,
// which counts who comes.
func TestAFeedLeadsNowhereElse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var came atomic.Int32
	accepting := make(chan struct{})
	go func() {
		defer close(accepting)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-accepting })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		host    string
		private bool // private_networks is set
		goes    bool
	}{
		{"127.0.0.2", false, false},
		{"[::ffff:127.0.0.1]", false, false},
		{"[::ffff:7f00:1]", false, false},
		{"LOCALHOST", false, false},
		{"10.0.0.1", false, false},
		{"172.16.9.9", false, false},
		{"192.168.1.1", false, false},
		{"100.64.0.1", false, false},
		{"[fd00::1]", false, false},
		{"0.0.0.0", true, false},
		{"[::]", true, false},
		{"169.254.169.254", true, false},
		{"[::ffff:169.254.169.254]", true, false},
		{"[fe80::1]", true, false},
		{"[64:ff9b::7f00:1]", true, false},
		{"[2002:7f00:1::]", true, false},
		{"224.0.0.1", true, false},
		{"255.255.255.255", true, false},
		{"127.0.0.1", false, true},
		{"LOCALHOST", true, true},
	} {
		t.Run(fmt.Sprintf("%s, private networks %v", row.host, row.private), func(t *testing.T) {
			base, err := feedURL("https://" + row.host + ":" + port + "/fhir")
			if err != nil {
				t.Fatal(err)
			}
			before := came.Load()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base.String(), nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := feedConfig{PrivateNetworks: row.private}.transport(base).RoundTrip(request)
			if err == nil {
				_ = answer.Body.Close()
				t.Fatalf("answered %s", answer.Status)
			}
			if errors.Is(err, outbound.ErrAddress) == row.goes || (came.Load() > before) != row.goes {
				t.Errorf("%v; %d came", err, came.Load()-before)
			}
		})
	}
	for _, bad := range []string{"https://plans.example@169.254.169.254/fhir", "https://plans.example:x@10.0.0.1/", "gopher://plans.example/", "//plans.example/fhir", "http://169.254.169.254/latest", "http://[::ffff:127.0.0.1]/", "https:plans.example", "https://plans.example/fhir?url=http://10.0.0.1", "https://plans.example/#@10.0.0.1"} {
		if u, err := feedURL(bad); err == nil {
			t.Errorf("%s is taken as %s", bad, u)
		}
	}
}
