package advisory

import "testing"

func TestTrustText(t *testing.T) {
	for _, want := range []Trust{0, TrustCommunity, TrustDatabase, TrustCoordinator, TrustMaker, 35} {
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got Trust
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Errorf("%d written as %q reads as %d, %v", want, text, got, err)
		}
	}
	var got Trust
	if err := got.UnmarshalText([]byte("vendor")); err == nil {
		t.Error("an unknown rank is read without an error")
	}
	if err := got.UnmarshalText(nil); err != nil || got != 0 {
		t.Errorf("empty reads as %d, %v", got, err)
	}
}
