package notify

import (
	"testing"
)

func TestSmoke(t *testing.T) {
	ts, err := LoadTemplates(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds {
		for _, f := range []Form{Root, Reply} {
			d, err := ts.Render(samples(k, "ja")[0], f)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s\n%s\n\n", d.Subject, d.Text())
		}
	}
}
