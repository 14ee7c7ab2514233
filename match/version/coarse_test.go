package version

import "testing"

func TestAFinerVersionIsNoOther(t *testing.T) {
	for _, tt := range []struct {
		text, version string
		want          Result
	}{
		{"2.0", "2.1", Out},
		{"2.0", "2.0", In},
		{"2.0", "2.0.3", Unknown},
		{"2.0", "3.0", Out},
		{"9.0 まで", "9.1", Out},
		{"9 まで", "9.1", Unknown},
		{"1.0.0 およびそれ以前", "1.0.1", Out},
		{"1.0 およびそれ以前", "1.0.1", Unknown},
	} {
		if got, why := Test(tt.text, tt.version, ""); got != tt.want {
			t.Errorf("%s in %q: %v (%s), want %v", tt.version, tt.text, got, why, tt.want)
		}
	}
}
