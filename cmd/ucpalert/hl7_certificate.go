package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

type hl7CertificateCommand struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration of the service."`
	File   string `arg:"" type:"existingfile" help:"The sender's certificate (PEM), as the hospital sent it; never its key."`
}

// errSpeaksForNobody is returned when messages under the certificate would be refused; the lines printed say why.
var errSpeaksForNobody = errors.New("messages under this certificate would be refused")

// Run prints what the certificate says of itself, as mllp.senders writes it, and what would become of who shows it.
func (c hl7CertificateCommand) Run() error {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	dir, err := directory.Load(cfg.Directory)
	if err != nil {
		return err
	}
	senders, err := sendersOf(cfg.MLLP.Senders, dir)
	if err != nil {
		return err
	}
	leaf, between, err := readCertificate(c.File)
	if err != nil {
		return err
	}
	peer := peerOf(leaf)
	sender, known := senders.Of(peer)
	taken, lines := takenBy(cfg.MLLP.all(), leaf, between)
	if err := printLines(os.Stdout, append(append(describe(leaf, peer), lines...), speaks(sender, known))); err != nil {
		return err
	}
	if !taken || !known {
		return errSpeaksForNobody
	}
	return nil
}

// readCertificate reads the first certificate of a file, and those between it and its authority.
func readCertificate(name string) (leaf *x509.Certificate, between *x509.CertPool, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, fmt.Errorf("read the certificate: %w", err)
	}
	between = x509.NewCertPool()
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if strings.Contains(block.Type, "PRIVATE KEY") {
			return nil, nil, fmt.Errorf("%s holds a private key: it belongs to the sender alone, and must be made anew if it was sent to anybody", name)
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		one, err := x509.ParseCertificate(block.Bytes)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("certificate %s: %w", name, err)
		case leaf == nil:
			leaf = one
		default:
			between.AddCert(one)
		}
	}
	if leaf == nil {
		return nil, nil, fmt.Errorf("%s holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", name)
	}
	return leaf, between, nil
}

// peerOf is who shows a certificate, as a listener sees it.
func peerOf(leaf *x509.Certificate) mllp.Peer {
	sum := sha256.Sum256(leaf.Raw)
	return mllp.Peer{Subject: leaf.Subject.String(), Fingerprint: hex.EncodeToString(sum[:]), Names: mllp.AlternativeNames(leaf)}
}

func describe(leaf *x509.Certificate, peer mllp.Peer) []string {
	lines := []string{"subject: " + peer.Subject, "fingerprint: " + peer.Fingerprint}
	for _, name := range peer.Names {
		lines = append(lines, "san: "+name)
	}
	return append(lines, fmt.Sprintf("valid from %s to %s", leaf.NotBefore.UTC().Format(time.DateTime), leaf.NotAfter.UTC().Format(time.DateTime)))
}

// takenBy tells for each listener that asks for certificates whether its authorities stand behind this one, today.
func takenBy(listeners []listenerConfig, leaf *x509.Certificate, between *x509.CertPool) (taken bool, lines []string) {
	for _, l := range listeners {
		if len(l.TLS.ClientCA) == 0 {
			continue
		}
		pool, err := readAuthorities("tls.client_ca", l.TLS.ClientCA)
		if err == nil {
			_, err = leaf.Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		}
		if err != nil {
			lines = append(lines, fmt.Sprintf("listener %s refuses it: %v", l.Name, err))
			continue
		}
		taken = true
		lines = append(lines, fmt.Sprintf("listener %s takes it", l.Name))
	}
	if len(lines) == 0 {
		lines = append(lines, "no listener asks for certificates: none has tls.client_ca")
	}
	return taken, lines
}

// speaks says for whom a sender may speak.
func speaks(sender hl7.Sender, known bool) string {
	switch {
	case !known:
		return "it may not speak for anybody: no entry of mllp.senders is its own alone"
	case len(sender.Sites) == 0:
		return fmt.Sprintf("it speaks for %s, all sites (%s)", sender.Organisation, sender.Name)
	}
	return fmt.Sprintf("it speaks for %s, sites %s only (%s)", sender.Organisation, strings.Join(sender.Sites, ", "), sender.Name)
}
