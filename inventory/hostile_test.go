//go:build !race

package inventory

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Documents that were made to hurt cost their maker more than us: each is
// answered, within seconds, by problems and not by a fall.
func TestReadHostile(t *testing.T) {
	for name, text := range map[string]string{
		"deep YAML flow":      "items: " + strings.Repeat("[", 100_000),
		"deep YAML maps":      "items:\n" + nested(5000),
		"deep JSON":           strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		"YAML aliases":        "a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nitems: *b\n",
		"self alias":          "items: &a [*a]\n",
		"a long value":        "name,product\n" + strings.Repeat("長", 3_000_000) + ",x\n",
		"a wide table":        "name" + strings.Repeat(",product", 200_000) + "\nx" + strings.Repeat(",y", 200_000) + "\n",
		"an open quote":       "name,product\n\"" + strings.Repeat("x,\n", 300_000),
		"many wrong rows":     "name,owner\n" + strings.Repeat(",だれか\n", 100_000),
		"many unknown keys":   "items:\n  - name: x\n" + strings.Repeat("    nmae: y\n", 3000),
		"deep CycloneDX":      `{"bomFormat":"CycloneDX","specVersion":"1.4","components":` + strings.Repeat(`[{"type":"library","name":"x","components":`, 3000) + "[]" + strings.Repeat("}]", 3000) + "}",
		"CycloneDX entities":  `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa">]><bom xmlns="http://cyclonedx.org/schema/bom/1.3"><components><component type="library"><name>&a;</name></component></components></bom>`,
		"SPDX tags cut short": "SPDXVersion: SPDX-2.2\nPackageName: x\nRelationship:",
		"control characters":  "name,product\n\x1b[31mred\x07,\x00tool\n",
	} {
		t.Run(name, func(t *testing.T) {
			inv, problems := Read("x", strings.NewReader(text))
			if len(problems) > maxProblems+1 {
				t.Errorf("%d problems", len(problems))
			}
			for _, it := range inv.Items {
				if strings.ContainsAny(it.ID+it.Name+it.Product, "\x00\x07\x1b\n") || len(it.Name) > 4*maxValue {
					t.Errorf("item %.80q", it.Name)
				}
			}
			for _, p := range problems {
				if s := p.Text("ja"); len(s) > 2000 || strings.ContainsAny(s, "\x00\x07\x1b\n") {
					t.Errorf("problem text %.300q", s)
				}
			}
		})
	}
}

func nested(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s- a:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

func manyRows(n int) string {
	var b strings.Builder
	b.WriteString("管理番号,名称,メーカー,製品名,バージョン,種別,部署\n")
	for i := range n {
		fmt.Fprintf(&b, "A-%d,端末 %d,メーカー %d,製品 %d,%d.%d,サーバ,情報システム部\n", i, i, i%97, i%1009, i%11, i%7)
	}
	return b.String()
}

func BenchmarkReadCSV100k(b *testing.B) {
	text := manyRows(100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if inv, _ := Read("x.csv", strings.NewReader(text)); len(inv.Items) != 100_000 {
			b.Fatal(len(inv.Items))
		}
	}
}

func BenchmarkReadYAML5k(b *testing.B) {
	inv, _ := Read("x.csv", strings.NewReader(manyRows(5000)))
	var text strings.Builder
	if err := Write(&text, inv); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if got, _ := Read("x.yaml", strings.NewReader(text.String())); len(got.Items) != 5000 {
			b.Fatal(len(got.Items))
		}
	}
}

func BenchmarkReadCPE100k(b *testing.B) {
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "cpe:2.3:a:vendor%d:product%d:%d.0:*:*:*:*:*:*:*\n", i%5000, i, i%9)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if got, _ := Read("x.txt", strings.NewReader(text.String())); len(got.Items) != 100_000 {
			b.Fatal(len(got.Items))
		}
	}
}

func TestReadXLSXRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		code Code
	}{
		"old or encrypted": {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), CodeOldFormat},
		"cut short":        {ledger(t)[:2000], CodeUnreadable},
		"another zip":      {zipOf(t, "a.txt", "text"), CodeUnreadable},
		"no headings":      {workbook(t, "ただの", "文字"), CodeNoHeading},
		"zip bomb":         {zipOf(t, "xl/worksheets/sheet1.xml", strings.Repeat(" ", maxUnzipped+1)), CodeUnreadable},
	} {
		inv, problems := Read("x.xlsx", bytes.NewReader(c.raw))
		if len(inv.Items) > 0 || len(problems) != 1 || problems[0].Code != c.code {
			t.Errorf("%s: %d items, problems %v, want %s", name, len(inv.Items), problems, c.code)
		}
	}
}
