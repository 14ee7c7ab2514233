package lineworks

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"hansho/notify"
	"hansho/notify/webhook"
)

// login gives an access token, fetched where there is none or it ends soon.
func (c *Channel) login(ctx context.Context, now time.Time) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && now.Before(c.until) {
		return c.token, nil
	}
	assertion, err := c.assertion(now)
	if err != nil {
		return "", err
	}
	form := url.Values{
		"assertion": {assertion}, "grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"client_id": {c.opts.ClientID}, "client_secret": {c.opts.ClientSecret}, "scope": {"bot"},
	}
	req, err := webhook.Request(ctx, c.opts.AuthURL, "application/x-www-form-urlencoded", form.Encode())
	if err != nil {
		return "", err
	}
	body, err := webhook.Send(c.opts.Client, req, now)
	var refused *notify.Permanent
	if errors.As(err, &refused) { // the login, not the message
		err = &notify.Blocked{Err: refused.Err}
	}
	if err != nil {
		return "", fmt.Errorf("log in as %s: %w", c.opts.ServiceAccount, err)
	}
	return c.remember(body, now)
}

func (c *Channel) remember(body []byte, now time.Time) (string, error) {
	var answer struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"` // seconds, as a string
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("log in as %s: the answer holds no token", c.opts.ServiceAccount)
	}
	life, err := strconv.Atoi(answer.ExpiresIn.String())
	if err != nil {
		life = 600
	}
	c.token, c.until = answer.AccessToken, now.Add(time.Duration(life)*time.Second*9/10)
	return c.token, nil
}

func (c *Channel) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
}

// assertion is the signed JWT of a service account (RFC 7523).
func (c *Channel) assertion(now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{
		"iss": c.opts.ClientID, "sub": c.opts.ServiceAccount, "iat": now.Unix(), "exp": now.Add(30 * time.Minute).Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("write the login: %w", err)
	}
	enc := base64.RawURLEncoding
	head := enc.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	sum := sha256.Sum256([]byte(head))
	signature, err := rsa.SignPKCS1v15(rand.Reader, c.opts.Key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign the login: %w", err)
	}
	return head + "." + enc.EncodeToString(signature), nil
}

// ParseKey reads the private key file of a service account.
func ParseKey(data []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("lineworks: the key is no PEM file")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("lineworks: the key can't be read")
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("lineworks: the key is no RSA key")
	}
	return rsaKey, nil
}
