package main

import (
	"crypto/rsa"
	"errors"

	"hansho/internal/config"
	"hansho/internal/secret"
	"hansho/notify"
	"hansho/notify/atom"
	"hansho/notify/chatwork"
	"hansho/notify/file"
	"hansho/notify/lineworks"
	"hansho/notify/slack"
	"hansho/notify/teams"
	"hansho/notify/webhook"
)

// hookConfig is a channel whose address is itself the secret.
type hookConfig struct {
	Type   string        `yaml:"type"`
	URL    secret.Secret `yaml:"url"`
	Secret secret.Secret `yaml:"secret"`
}

func buildSlackWebhook(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	var c hookConfig
	if err := decodeChannel(s, raw, path, &c, "url"); err != nil {
		return nil, err
	}
	return slack.NewWebhook(slack.WebhookOptions{URL: c.URL.Value(), Templates: s.templates})
}

func buildTeams(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	var c hookConfig
	if err := decodeChannel(s, raw, path, &c, "url"); err != nil {
		return nil, err
	}
	return teams.New(teams.Options{URL: c.URL.Value(), Templates: s.templates})
}

func buildWebhook(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	var c hookConfig
	if err := decodeChannel(s, raw, path, &c, "url", "secret"); err != nil {
		return nil, err
	}
	return webhook.New(webhook.Options{URL: c.URL.Value(), Secret: c.Secret.Value(), Templates: s.templates})
}

func buildChatwork(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	var c struct {
		Type  string        `yaml:"type"`
		Token secret.Secret `yaml:"token"`
		URL   string        `yaml:"url"`
	}
	if err := decodeChannel(s, raw, path, &c, "token"); err != nil {
		return nil, err
	}
	return chatwork.New(chatwork.Options{Token: c.Token.Value(), URL: c.URL, Templates: s.templates})
}

func buildLineWorks(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	var c struct {
		Type           string        `yaml:"type"`
		ClientID       string        `yaml:"client_id"`
		ClientSecret   secret.Secret `yaml:"client_secret"`
		ServiceAccount string        `yaml:"service_account"`
		Key            secret.Secret `yaml:"key"`
		BotID          string        `yaml:"bot_id"`
	}
	if err := decodeChannel(s, raw, path, &c, "client_id", "client_secret", "service_account", "key", "bot_id"); err != nil {
		return nil, err
	}
	signer, err := signingKey(c.Key)
	if err != nil {
		return nil, err
	}
	key, ok := signer.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("key: LINE WORKS signs with an RSA key")
	}
	return lineworks.New(lineworks.Options{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret.Value(), ServiceAccount: c.ServiceAccount,
		Key: key, BotID: c.BotID, Templates: s.templates,
	})
}

// buildFile writes notices to a file, or to standard output.
func buildFile(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	var c struct {
		Type string `yaml:"type"`
		Path string `yaml:"path"`
		JSON bool   `yaml:"json"`
	}
	if err := decodeChannel(s, raw, path, &c); err != nil {
		return nil, err
	}
	return file.New(file.Options{Path: s.file.Abs(c.Path), JSON: c.JSON, Templates: s.templates})
}

func buildAtom(s *settings, raw config.Raw, path string) (notify.Channel, error) {
	var c struct {
		Type  string `yaml:"type"`
		Path  string `yaml:"path"`
		Title string `yaml:"title"`
		ID    string `yaml:"id"`
		Link  string `yaml:"link"`
		Keep  int    `yaml:"keep"`
	}
	if err := decodeChannel(s, raw, path, &c, "path", "title"); err != nil {
		return nil, err
	}
	return atom.New(atom.Options{Path: s.file.Abs(c.Path), Title: c.Title, ID: c.ID, Link: c.Link, Keep: c.Keep, Templates: s.templates})
}
