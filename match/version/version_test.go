package version

import "testing"

func TestCompare(t *testing.T) {
	tests := []struct {
		s    Scheme
		a, b string
		want string // <, =, >, ? for can't tell
	}{
		{Generic, "1.0", "1.0.0", "="},
		{Generic, "1.10", "1.9", ">"},
		{Generic, "2.0-beta9", "2.0", "<"},
		{Generic, "2.0-beta9", "2.0-rc1", "<"},
		{Generic, "1.0.2k", "1.0.2", ">"},
		{Generic, "1.0.2k", "1.0.2zb", "<"},
		{Generic, "1.0.2k", "1.0.2u", "<"},
		{Generic, "1.8.0_401", "1.8.0_392", ">"},
		{Generic, "1.8.0_401", "1.8.0", ">"},
		{Generic, "8.0.0.0(1)", "8.0.0.0", ">"},
		{Generic, "V100R001C00", "V100R001C10", "<"},
		{Generic, "V100R001C00", "V100R001C00SPC300", "<"},
		{Generic, "10.0 SP1", "10.0", ">"},
		{Generic, "10.0 SP1", "10.0 SP2", "<"},
		{Generic, "10.0 SP1", "10.0 Service Pack 2", "<"},
		{Generic, "10.0 SP1", "10.0 Update 3", "?"},
		{Generic, "Ver.1.20", "1.3", ">"},
		{Generic, "R80.40", "R81", "<"},
		{Generic, "2019 CU12", "2019 CU9", ">"},
		{Generic, "2019", "15.2.1", "?"},
		{Generic, "20211210", "1.2.3", "?"},
		{Generic, "20211210", "20220101", "<"},
		{Generic, "2021-12-10", "2021-11-30", ">"},
		{Generic, "CU12", "CU9", ">"},
		{Generic, "5.8 (Build 1575)", "5.8 (Build 1299)", ">"},
		{Generic, "v6 R4", "v6 R3", ">"},
		{Generic, "すべて", "1.0", "?"},
		{Generic, "unknown", "1.0", "?"},
		{Generic, "１．２", "1.2", "="},
		{CiscoIOS, "15.2(7)E3", "15.2(7)E4", "<"},
		{CiscoIOS, "15.2(7)E3", "15.4(1)T", "?"},
		{CiscoIOS, "12.4(24)T", "15.1(4)M", "<"},
		{CiscoIOS, "15.1(4)M2", "12.4(25e)", ">"},
		{CiscoIOS, "15.1(3)T", "15.1(4)M", "?"},
		{CiscoIOS, "12.4(15)JA", "15.0", "<"},
		{CiscoIOS, "15.6(1)S2", "15.6", "?"},
		{CiscoIOS, "12.2(33)SXI", "15.2(7)E3", "?"},
		{CiscoIOS, "12.4(15)JA", "15.1(4)M", "?"},
		{CiscoIOSXE, "3.5E.1", "3.18", "?"},
		{Generic, "3.1.02043", "3.1(.02043)", "="},
		{Generic, "1.0.0j", "1.1.0", "<"},
		{Generic, "1.0.0j", "1.0.0.5", "?"},
		{CiscoASA, "9.16(3)14", "9.16(3)2", ">"},
		{CiscoIOSXE, "17.3.4a", "17.3.4", ">"},
		{PaloAlto, "10.2.4-h2", "10.2.4", ">"},
		{PaloAlto, "10.2.4-h2", "10.2.4-h16", "<"},
		{SemVer, "1.0.0-alpha.1", "1.0.0-alpha.beta", "<"},
		{SemVer, "1.0.0+x", "1.0.0+y", "="},
		{Maven, "2.0-beta9", "2.0", "<"},
		{Maven, "1.0.RC2", "1.0-RC3", "<"},
		{Maven, "1-sp", "1", ">"},
		{Maven, "1.0.Final", "1.0", "="},
		{Maven, "バージョン1.2", "1.3", "?"},
		{Deb, "1.0~rc1", "1.0", "<"},
		{Deb, "1:0.9", "2.0", ">"},
		{RPM, "0:115.5.0-1.el8_8", "115.5.0-2.el8", "<"},
		{PEP440, "1.0a1", "1.0", "<"},
		{PEP440, "1.0.post1", "1.0", ">"},
		{Gem, "1.0.0.pre", "1.0.0", "<"},
		{NuGet, "1.0.0.1", "1.0.0", ">"},
	}
	for _, tt := range tests {
		for _, pair := range [][3]string{{tt.a, tt.b, tt.want}, {tt.b, tt.a, mirror(tt.want)}} {
			if got := sign(Compare(tt.s, pair[0], pair[1])); got != pair[2] {
				t.Errorf("%s: %s %s %s, want %s", tt.s, pair[0], got, pair[1], pair[2])
			}
		}
	}
}

func sign(c int, ok bool) string {
	switch {
	case !ok:
		return "?"
	case c < 0:
		return "<"
	case c > 0:
		return ">"
	}
	return "="
}

func mirror(s string) string {
	switch s {
	case "<":
		return ">"
	case ">":
		return "<"
	}
	return s
}
