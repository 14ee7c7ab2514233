package match

import "testing"

func TestBareVersion(t *testing.T) {
	for in, want := range map[string]string{
		"FortiOS 7.0.3": "7.0.3", "PAN-OS 10.1.2-h3": "10.1.2-h3", "IOS XE 17.3.1": "17.3.1", "Firmware v1.20": "1.20",
		"7.0.3": "7.0.3", "Update 3": "Update 3", "Service Pack 2": "Service Pack 2", "CU12": "CU12", "R80.40": "R80.40",
		"Ver.5.1": "Ver.5.1", "build 1809": "build 1809", "": "", "21H1": "21H1", "2019 CU11": "2019 CU11",
	} {
		if got := bareVersion(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
