package outbound_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/outbound"
)

func TestWhichAddressesAreConnectedTo(t *testing.T) {
	for address, want := range map[string]string{
		"51.140.1.1": "public", "2a00:1450::1": "public",
		"10.1.2.3": "private", "172.31.255.255": "private", "192.168.1.1": "private", "100.64.0.1": "private", "127.0.0.1": "private", "::1": "private",
		"fd00::1": "private", "::ffff:10.1.2.3": "private", "::ffff:127.0.0.1": "private",
		"172.32.0.1": "public", "100.128.0.1": "public",
		"169.254.169.254": "never", "::ffff:169.254.169.254": "never", "0.0.0.0": "never", "::": "never", "224.0.0.1": "never", "255.255.255.255": "never",
		"fe80::1%eth0": "never", "ff02::1": "never", "64:ff9b::a9fe:a9fe": "never", "2002:7f00:1::": "never", "2001:0:1::": "never", "192.0.2.1": "never",
	} {
		a := netip.MustParseAddr(address)
		if public, private := outbound.Public.Allows(a), outbound.Private.Allows(a); public != (want == "public") || private != (want != "never") {
			t.Errorf("%s: public %v, private %v; it is %s", address, public, private, want)
		}
	}
	if outbound.Private.Allows(netip.Addr{}) {
		t.Error("no address is connected to")
	}
}

// A name that leads to this machine is refused after the look-up, and a redirect leads nowhere.
func TestAClientStaysInReach(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
	}))
	defer server.Close()
	named := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	if answer, err := outbound.Public.Client(5 * time.Second).Get(named); !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("a name of this machine is answered %v, %v", answer, err)
	}
	answer, err := outbound.Private.Client(5 * time.Second).Get(named)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusFound || asked != 1 {
		t.Errorf("the redirect was followed: %d, asked %d times", answer.StatusCode, asked)
	}
}
