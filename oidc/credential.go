package oidc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
)

const defaultSkew = time.Minute

// Credential proves to the provider who this service is: a secret that both know, or a key of which the provider knows the public half.
type Credential struct {
	secret string
	signer jose.Signer
	public jose.JSONWebKey
}

// Secret is a credential that both know.
func Secret(text string) Credential { return Credential{secret: text} }

// Key is a credential of a private key (PEM, PKCS #8, PKCS #1 or SEC 1): RSA of 2048 bits or more, or EC on P-256, P-384 or P-521.
func Key(text []byte) (Credential, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return Credential{}, errors.New("it is not a private key in PEM")
	}
	key, err := parsePrivate(block.Bytes)
	if err != nil {
		return Credential{}, err
	}
	var algorithm jose.SignatureAlgorithm
	var public any
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < 2048 {
			return Credential{}, errors.New("an RSA key has at least 2048 bits")
		}
		algorithm, public = jose.RS512, &k.PublicKey
	case *ecdsa.PrivateKey:
		algorithm, public = map[int]jose.SignatureAlgorithm{256: jose.ES256, 384: jose.ES384, 521: jose.ES512}[k.Curve.Params().BitSize], &k.PublicKey
	}
	if algorithm == "" {
		return Credential{}, errors.New("it is neither an RSA key nor an EC key on P-256, P-384 or P-521")
	}
	jwk := jose.JSONWebKey{Key: public, Algorithm: string(algorithm), Use: "sig"}
	print, err := jwk.Thumbprint(crypto.SHA256) // RFC 7638
	if err != nil {
		return Credential{}, fmt.Errorf("name the key: %w", err)
	}
	jwk.KeyID = base64.RawURLEncoding.EncodeToString(print)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: jwk.KeyID}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return Credential{}, fmt.Errorf("sign with the key: %w", err)
	}
	return Credential{signer: signer, public: jwk}, nil
}

func parsePrivate(der []byte) (any, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	key, err := x509.ParseECPrivateKey(der)
	if err != nil {
		return nil, errors.New("it is not a private key in PKCS #8, PKCS #1 or SEC 1")
	}
	return key, nil
}

// JWKS is the public half of the key, as the provider is to be given it; false where the credential is a secret.
func (c Credential) JWKS() ([]byte, bool) {
	if c.signer == nil {
		return nil, false
	}
	text, err := json.MarshalIndent(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{c.public}}, "", "  ")
	return text, err == nil
}

func (c Credential) empty() bool { return c.secret == "" && c.signer == nil }

// style is how a secret is sent: in the header unless the provider takes it in the form only.
func (c Credential) style(methods []string) oauth2.AuthStyle {
	if c.signer != nil || len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// proofFor is how long an assertion holds with which the service proves who it is.
const proofFor = 2 * time.Minute

// prove are the parameters with which the service proves who it is by its key (RFC 7523 §2.2); none where it has a secret.
func (c Credential) prove(client, endpoint string, now time.Time) ([]oauth2.AuthCodeOption, error) {
	if c.signer == nil {
		return nil, nil
	}
	claims, err := json.Marshal(map[string]any{"iss": client, "sub": client, "aud": endpoint, "jti": random(), "iat": now.Unix(), "exp": now.Add(proofFor).Unix()})
	if err != nil {
		return nil, fmt.Errorf("prove who this service is: %w", err)
	}
	signed, err := c.signer.Sign(claims)
	if err != nil {
		return nil, fmt.Errorf("prove who this service is: %w", err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		return nil, fmt.Errorf("prove who this service is: %w", err)
	}
	return []oauth2.AuthCodeOption{
		oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
		oauth2.SetAuthURLParam("client_assertion", text),
	}, nil
}
