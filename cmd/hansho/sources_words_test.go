package main

import "testing"

func TestTrouble(t *testing.T) {
	const text = "poll x: feeds: x: get https://a.example/f: the server refused (HTTP status 404)"
	for lang, want := range map[string]string{
		"ja": "https://a.example/f: サーバーに拒否されました (HTTP status 404)",
		"en": "get https://a.example/f: the server refused (HTTP status 404)",
	} {
		if got := (words{lang: lang}).trouble("x", text); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
}
