package main

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hansho/internal/config"
	"hansho/internal/secret"
	"hansho/notify"
	"hansho/notify/mail"
	"hansho/notify/slack"
	slackapp "hansho/notify/slack/app"
)

// channelKind is one way of telling: the `type` of an entry under channels in
// config.yaml, and how it is built from the rest of the entry. check names what
// is wrong without connecting to anything.
type channelKind struct {
	name  string
	build func(s *settings, raw config.Raw, path string) (notify.Channel, error)
	every time.Duration // the shortest time between two messages to one address
}

// channelKinds are all of them. A new channel is its package and a line here.
func channelKinds() []channelKind {
	return []channelKind{
		{name: "slack", build: buildSlack, every: time.Second}, // Slack's limit for chat.postMessage
		{name: "slack-webhook", build: buildSlackWebhook, every: time.Second},
		{name: "mail", build: buildMail},
		{name: "webhook", build: buildWebhook},
		{name: "teams", build: buildTeams, every: time.Second},
		{name: "chatwork", build: buildChatwork, every: time.Second},
		{name: "lineworks", build: buildLineWorks, every: time.Second},
		{name: "file", build: buildFile},
		{name: "atom", build: buildAtom},
	}
}

func (s *settings) readChannels() {
	s.channels, s.every = map[string]notify.Channel{}, map[string]time.Duration{}
	kinds := channelKinds()
	for _, name := range slices.Sorted(maps.Keys(s.file.Channels)) {
		raw, path := s.file.Channels[name], "channels."+name
		typ, _ := raw.Get("type")
		i := slices.IndexFunc(kinds, func(k channelKind) bool { return k.name == typ })
		if i < 0 {
			s.file.Problem(path+".type", fmt.Sprintf("%q is no type of channel", typ), "write one of "+strings.Join(kindNames(kinds), ", "))
			continue
		}
		before := len(s.file.Problems)
		ch, err := kinds[i].build(s, raw, path)
		if err != nil && len(s.file.Problems) == before {
			s.file.Problem(path, err.Error(), "")
		}
		if err == nil {
			s.channels[name], s.every[name] = ch, kinds[i].every
		}
	}
}

func kindNames(kinds []channelKind) []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.name)
	}
	return out
}

// errIncomplete says that the problems name what is wrong.
var errIncomplete = errors.New("not complete")

// decodeChannel reads the entry and demands the keys that a channel can't do
// without.
func decodeChannel(s *settings, raw config.Raw, path string, v any, needed ...string) error {
	before := len(s.file.Problems)
	s.file.Decode(raw, v)
	for _, key := range needed {
		if !raw.Has(key) {
			s.file.Problem(path+"."+key, "is missing", "")
		}
	}
	if len(s.file.Problems) > before {
		return errIncomplete
	}
	return nil
}

type slackConfig struct {
	Type   string        `yaml:"type"`
	Token  secret.Secret `yaml:"token"`
	APIURL string        `yaml:"api_url"`
	Files  bool          `yaml:"files"` // the whole of a text too long for a message, as a file; on unless turned off
}

func buildSlack(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	c := slackConfig{Files: true}
	if err := decodeChannel(s, raw, path, &c, "token"); err != nil {
		return nil, err
	}
	o := slack.Options{Token: c.Token.Value(), APIURL: c.APIURL, Files: c.Files, Templates: s.templates, Log: s.log}
	if s.answersFor(path) {
		o.Actions = slackapp.Buttons
	}
	return slack.New(o)
}

type mailConfig struct {
	Type        string        `yaml:"type"`
	Addr        string        `yaml:"addr"`
	TLS         string        `yaml:"tls"`
	Username    string        `yaml:"username"`
	Password    secret.Secret `yaml:"password"`
	Hello       string        `yaml:"hello"`
	Timeout     time.Duration `yaml:"timeout"`
	PerConn     int           `yaml:"messages_per_connection"`
	From        string        `yaml:"from"`
	ReplyTo     string        `yaml:"reply_to"`
	Domain      string        `yaml:"domain"`
	ISO2022JP   bool          `yaml:"iso_2022_jp"`
	Unsubscribe string        `yaml:"unsubscribe"`
	DKIM        *dkimConfig   `yaml:"dkim"`
}

type dkimConfig struct {
	Domain   string        `yaml:"domain"`
	Selector string        `yaml:"selector"`
	Key      secret.Secret `yaml:"key"`
}

func buildMail(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	var c mailConfig
	if err := decodeChannel(s, raw, path, &c, "addr", "from"); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"", string(mail.StartTLS), string(mail.Implicit), string(mail.NoTLS)}, c.TLS) {
		s.file.Problem(path+".tls", fmt.Sprintf("%q is no way to secure a connection", c.TLS), "write starttls, tls or none")
		return nil, errIncomplete
	}
	o := mail.Options{
		Addr: c.Addr, TLS: mail.TLS(c.TLS), Username: c.Username, Password: c.Password.Value(), Hello: c.Hello,
		Timeout: c.Timeout, PerConn: c.PerConn, From: c.From, ReplyTo: c.ReplyTo, Domain: c.Domain,
		ISO2022JP: c.ISO2022JP, Unsubscribe: c.Unsubscribe, Templates: s.templates,
	}
	if c.DKIM != nil {
		key, err := signingKey(c.DKIM.Key)
		if err != nil {
			s.file.Problem(path+".dkim.key", err.Error(), "name a PEM file with an RSA or Ed25519 key: file:PATH")
			return nil, errIncomplete
		}
		o.DKIM = &mail.DKIM{Domain: c.DKIM.Domain, Selector: c.DKIM.Selector, Key: key}
	}
	return mail.New(o)
}

// signingKey reads a PEM key in PKCS #8 or PKCS #1.
func signingKey(s secret.Secret) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(s.Value()))
	if block == nil {
		return nil, errors.New("no PEM key")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("neither a PKCS #1 nor a PKCS #8 key")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("a key that can't sign")
	}
	return signer, nil
}
