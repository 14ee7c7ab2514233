package version

import (
	"errors"
	"strings"
	"testing"
)

func TestContains(t *testing.T) {
	tests := []struct {
		text    string
		s       Scheme
		version string
		want    Result
	}{
		{"2.0-beta9 から 2.14.1 まで", "", "2.14.1", In},
		{"2.0-beta9 から 2.14.1 まで", "", "2.0-beta8", Out},
		{"2.0-beta9 から 2.14.1 まで", "", "2.0-rc1", In},
		{"2.0-beta9 から 2.14.1 まで", "", "2.15.0", Out},
		{"2.0-beta9 から 2.14.1 まで", "", "", Unknown},
		{"2.0-beta9 から 2.14.1 まで", "", "最新", Unknown},
		{"すべてのバージョン", "", "", In},
		{"8.x 系", "", "8.5.3", In},
		{"8.x 系", "", "80.1", Out},
		{"8.5.x", "", "8", Unknown}, // may be 8.5
		{"1.x before 1.2.3", "", "1.2.2", In},
		{"1.x before 1.2.3", "", "0.9", Out},
		{"7.0 through 7.4", "", "7.4.2", Unknown}, // prose: 7.4 may mean all of it
		{"7.0 through 7.4", "", "7.5", Out},
		{"vers:generic/>=7.0|<=7.4", "", "7.4.2", Out}, // structured: it doesn't
		{"8.0 and 8.5", "", "8.5.0.2", Unknown},
		{"2.3.1 より前（3.0 系は影響を受けません）", "", "3.0.1", Out},
		{"Windows 10 and Example before 2.3", "", "2.4", Unknown}, // a part is unread
		{"Windows 10 and Example before 2.3", "", "2.2", In},
		{"before 2.2.5, 2.3.3, and 2.4.1", "", "2.3.2", In},
		{"before 2.2.5, 2.3.3, and 2.4.1", "", "2.3.3", Out},
		{"before 2.2.5, 2.3.3, and 2.4.1", "", "2.5.0", Out},
		{"before 2.2.5, 2.4.1", "", "2.3.9", Unknown},
		{"vers:generic/<10.1.9|<10.2.4", "", "10.1.10", Out},
		{"vers:generic/>=10.1.9|>=10.2.4", "", "10.2.1", Out},
		{"vers:generic/>=10.1.9|>=10.2.4", "", "10.1.9", In},
		{"vers:generic/>=10.1.9|>=10.2.4", "", "11.0", In},
		{"vers:npm/*", "", "1.2.3", In},
		{"vers:none/*", "", "1.2.3", Out},
		{"vers:intdot/>1.2|!=3.2.0|<3.91.1|>4.2.0", "", "3.2.0", Out},
		{"vers:intdot/>1.2|!=3.2.0|<3.91.1|>4.2.0", "", "3.2.1", In},
		{"vers:intdot/>1.2|!=3.2.0|<3.91.1|>4.2.0", "", "4.0", Out},
		{"vers:maven/>=2.0-beta9|<2.15.0", "", "2.0-beta9", In},
		{"vers:maven/>=2.0-beta9|<2.15.0", "", "2.15.0-rc1", In},
		{"[1.0,2.0)", Maven, "2.0", Out},
		{"[1.0,2.0)", Maven, "1.9", In},
		{"15.2(7)E3 以前", CiscoIOS, "15.2(7)E2", In},
		{"15.2(7)E3 以前", CiscoIOS, "15.4(1)T", Unknown},
		{"8u401 以前", "", "1.8.0_392", In},
		{"CU12 未満", "", "CU11", In},
		{"2019 CU12 未満", "", "15.2.986.5", Unknown},
		{"< 8.5.3 FP4", "", "8.5.3.2", Unknown},
		{"2.3.1 で修正されました", "", "2.3.0", Unknown},
		{"最新版より前のバージョン", "", "1.0", Unknown},
		{"vers:generic/PAN-OS<All", "", "1.0", Unknown},
		{"", "", "1.0", Unknown},
	}
	for _, tt := range tests {
		if got, why := Test(tt.text, tt.version, tt.s); got != tt.want {
			t.Errorf("%q, %q: %s, want %s (%s)", tt.text, tt.version, got, tt.want, why)
		}
	}
}

func TestWhy(t *testing.T) {
	tests := []struct{ text, version, want string }{
		{"2.0-beta9 から 2.15.0 より前", "2.14.1", "2.14.1 in >=2.0-beta9, <2.15.0"},
		{"2.0-beta9 から 2.15.0 より前", "2.15.0", "2.15.0 not in >=2.0-beta9, <2.15.0"},
		{"2.0-beta9 から 2.15.0 より前", "", "(no version) can't be ordered against >=2.0-beta9, <2.15.0"},
		{"1.x before 1.2.3, 2.x before 2.1", "2.0.5", "2.0.5 in 2.x, <2.1"},
		{"Windows 10, before 2.3", "2.4", "2.4 may be in <2.3 ?: a part could not be read"},
		{"不明", "2.4", "2.4: no version range could be read"},
	}
	for _, tt := range tests {
		if _, why := Test(tt.text, tt.version, ""); why != tt.want {
			t.Errorf("%q, %q: %s, want %s", tt.text, tt.version, why, tt.want)
		}
	}
}

func TestParseVERSErrors(t *testing.T) {
	for _, s := range []string{"", "vers:", "vers:/", "vers:npm", "vers:npm/", "vers:npm/>=", "vers:npm/%zz1", "vers:generic/<All", ">=1.0", "vers:npm/1<2", "vers:npm/" + strings.Repeat("1|", 1000)} {
		if r, _, err := ParseVERS(s); err == nil {
			t.Errorf("%.40q: read as %v", s, r)
		} else if !errors.Is(err, ErrNotVERS) {
			t.Errorf("%.40q: %v", s, err)
		}
	}
}

// TestVERSRoundTrip writes ranges as VERS and reads them back.
func TestVERSRoundTrip(t *testing.T) {
	tests := []struct {
		text  string
		want  string
		exact bool
	}{
		{"2.0-beta9 から 2.15.0 より前", "vers:generic/>=2.0-beta9|<2.15.0", true},
		{"3.0 以降、1.0 から 2.0 まで", "vers:generic/>=1.0|<=2.0|>=3.0", true},
		{"1.x before 1.2.3", "vers:generic/>=1|<1.2.3", true},
		{"8.x", "vers:generic/>=8|<9", true},
		{"すべてのバージョン", "vers:generic/*", true},
		{"2.0 以前（1.5 を除く）", "vers:generic/%21=1.5|<=2.0", true},
		{"6.0 SP1", "vers:generic/6.0%20SP1", true},
		{"2.0 以前 最新版以前", "vers:generic/<=2.0", false},
	}
	for _, tt := range tests {
		r, info := Parse(tt.text, "")
		got, exact := r.VERS(info.Scheme)
		if want := strings.Replace(tt.want, "%21", "!", 1); got != want || exact != tt.exact {
			t.Errorf("%s: %s %v, want %s %v", tt.text, got, exact, want, tt.exact)
		}
		back, _, err := ParseVERS(got)
		if err != nil {
			t.Errorf("%s: %v", got, err)
		}
		for _, v := range []string{"0.5", "1.1", "1.5", "2.0", "2.14.1", "3.0", "8.1", "9.0"} {
			if a, b := r.Contains(Generic, v), back.Contains(Generic, v); exact && a != b && a != Unknown {
				t.Errorf("%s: %s is %s, read back %s", got, v, a, b)
			}
		}
	}
}

func TestFor(t *testing.T) {
	tests := []struct {
		purl, vendor, product, example string
		want                           Scheme
	}{
		{"maven", "", "log4j", "2.14.1", Maven},
		{"pypi", "", "", "", PEP440},
		{"", "cisco", "ios_xe", "17.3.4a", CiscoIOSXE},
		{"", "cisco", "ios", "15.2(7)E3", CiscoIOS},
		{"", "Cisco Systems", "Adaptive Security Appliance Software", "", CiscoASA},
		{"", "cisco", "unified_communications_manager", "12.5", Generic},
		{"", "fortinet", "fortios", "", Fortinet},
		{"", "", "FortiOS", "", Fortinet},
		{"", "Palo Alto Networks", "PAN-OS", "", PaloAlto},
		{"", "microsoft", "windows_server_2019", "", Windows},
		{"", "", "", "15.2(7)E3", CiscoIOS},
		{"", "apache", "log4j", "2.14.1", Generic},
	}
	for _, tt := range tests {
		if got := For(tt.purl, tt.vendor, tt.product, tt.example); got != tt.want {
			t.Errorf("%v: %s", tt, got)
		}
	}
}

func FuzzParseVERS(f *testing.F) {
	for _, s := range []string{"vers:maven/>=2.0|<2.15.0", "vers:npm/*", "vers:none/*", "vers:deb/1%3A2.0", "vers:generic/<1.2.3|<1.3.4|!=1.3.1", "vers:generic/>=10.1.9|>=10.2.4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, scheme, err := ParseVERS(s)
		if err != nil {
			return
		}
		text, exact := r.VERS(scheme)
		if _, _, err := ParseVERS(text); exact && err != nil {
			t.Errorf("%q: written as %q: %v", s, text, err)
		}
		r.Contains(scheme, "1.0")
	})
}
