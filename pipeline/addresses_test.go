package pipeline

import (
	"slices"
	"testing"

	"hansho/inventory"
)

func TestAPartnersOwnChannel(t *testing.T) {
	s := &secretary{o: Office{Channel: "mail"}}
	p := inventory.Partner{Email: []string{"a@asahi.example", "b@asahi.example"}}
	if got := s.addresses(p); !slices.Equal(got, []string{"mail:a@asahi.example", "mail:b@asahi.example"}) {
		t.Errorf("by the usual channel: %v", got)
	}
	p.Channel = "mail-jis"
	if got := s.addresses(p); !slices.Equal(got, []string{"mail-jis:a@asahi.example", "mail-jis:b@asahi.example"}) {
		t.Errorf("by its own: %v", got)
	}
}
