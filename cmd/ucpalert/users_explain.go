package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/oidc"
)

// usersExplainCommand asks the rules that let people in, so that an explanation cannot differ from what would happen.
type usersExplainCommand struct {
	Config   string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration."`
	Provider string `required:"" placeholder:"NAME" help:"The identity provider, as the configuration calls it."`
	Claims   string `arg:"" help:"A JSON file with the claims of an ID token, and with CIS2 those of the userinfo beside them; - for standard input."`
}

func (c usersExplainCommand) Run(_ context.Context) error {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	dir, err := directory.Load(cfg.Directory)
	if err != nil {
		return err
	}
	claims, err := readClaims(c.Claims)
	if err != nil {
		return err
	}
	lines, err := explainClaims(cfg, dir, c.Provider, claims)
	if err != nil {
		return err
	}
	return printLines(os.Stdout, lines)
}

func readClaims(name string) (oidc.Claims, error) {
	var text []byte
	var err error
	if name == "-" {
		text, err = io.ReadAll(os.Stdin)
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, fmt.Errorf("read the claims: %w", err)
	}
	claims := oidc.Claims{}
	if err := json.Unmarshal(text, &claims); err != nil {
		return nil, errors.New("the claims are not a JSON object, such as the payload of an ID token")
	}
	return claims, nil
}

// explainClaims says how a provider's claims would be understood, line by line.
func explainClaims(cfg config, dir *directory.Directory, name string, claims oidc.Claims) ([]string, error) {
	for _, p := range cfg.People.Providers {
		if p.Name != name {
			continue
		}
		made, err := p.provider(strings.TrimSuffix(cfg.OAuth.BaseURL, "/"), dir)
		if err != nil {
			return nil, fmt.Errorf("configuration: people.providers (%s): %w", name, err)
		}
		understood := made.Understand(claims)
		lines := understood.Words
		for _, post := range understood.Posts {
			if err := checkAccount(post.In("whoever comes"), dir); err != nil {
				lines = append(lines, fmt.Sprintf("%s is left out: %s", post, err))
			}
		}
		if err := made.Strength(claims); err != nil {
			lines = append(lines, "refused all the same: "+err.Error())
		}
		return lines, nil
	}
	return nil, fmt.Errorf("the configuration has no identity provider %q", name)
}

// usersKeyCommand prints the public half of the key with which the service proves itself to a provider.
type usersKeyCommand struct {
	Config   string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration."`
	Provider string `arg:"" help:"The identity provider, as the configuration calls it."`
}

func (c usersKeyCommand) Run(_ context.Context) error {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	for _, p := range cfg.People.Providers {
		if p.Name != c.Provider {
			continue
		}
		credential, err := p.credential()
		if err != nil {
			return err
		}
		set, isKey := credential.JWKS()
		if !isKey {
			return errors.New("this provider is given a secret (client_secret_file), not a key")
		}
		return printLines(os.Stdout, []string{string(set)})
	}
	return fmt.Errorf("the configuration has no identity provider %q", c.Provider)
}
