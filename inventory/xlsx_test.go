package inventory

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"
)

// ledger makes a workbook as companies keep them: a cover sheet, titles above
// the headings, two rows of headings, merged cells, full-width digits, a hidden
// sheet and a second sheet with other headings.
func ledger(t testing.TB) []byte {
	t.Helper()
	book := excelize.NewFile()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	must(book.SetSheetName("Sheet1", "表紙"))
	must(book.SetCellValue("表紙", "B3", "情報資産管理台帳"))
	sheet := func(name string, rows [][]any) {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, cells := range rows {
			for j, v := range cells {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				must(err)
				must(book.SetCellValue(name, at, v))
			}
		}
	}
	sheet("サーバ", [][]any{
		{"サーバ・ネットワーク機器一覧"},
		{nil, nil, nil, nil, "更新: 2021年11月30日"},
		{"管理番号", "システム名", "ソフトウェア", nil, nil, "種別", "所管部署", "備考"},
		{nil, nil, "メーカー", "製品名", "版数", nil, nil, nil},
		{"SV-01", "受発注システム", "Apache", "Tomcat", "９．０．５０", "サーバ", "営業企画部"},
		{"SV-02", nil, "Apache", "Ｌｏｇ４ｊ", "２．１４．１", "ライブラリ", nil, "同じ系"},
		{"SV-03", nil, "Oracle", "Java SE", 11.5, "ライブラリ"},
		{"NW-01", "本社FW", "フォーティネット", "FortiGate-60F", "7.0.3", "UTM", "情報システム部"},
		{nil, nil, nil, nil, nil, nil, nil},
		{"合計", nil, nil, nil, nil, nil, nil, "4 件"},
	})
	for _, m := range [][2]string{{"A3", "A4"}, {"B3", "B4"}, {"C3", "E3"}, {"F3", "F4"}, {"G3", "G4"}, {"H3", "H4"}, {"B5", "B7"}, {"G5", "G7"}} {
		must(book.MergeCell("サーバ", m[0], m[1]))
	}
	sheet("Clients", [][]any{
		{"Asset Tag", "Device Name", "Manufacturer", "Model", "Type", "Department"},
		{"PC-01", "sales-01", "富士通", "LIFEBOOK U7", "laptop", "営業部"},
	})
	sheet("旧台帳", [][]any{{"管理番号", "システム名"}, {"OLD-1", "使わない"}})
	must(book.SetSheetVisible("旧台帳", false))
	var b bytes.Buffer
	must(book.Write(&b))
	return b.Bytes()
}

func TestReadXLSX(t *testing.T) {
	inv, problems := Read("台帳.xlsx", bytes.NewReader(ledger(t)))
	golden(t, "testdata/ledger.xlsx.golden", show(inv, problems))
}

// A merged cell over the whole sheet fills the rows that are there, no others.
func TestReadXLSXHugeMerge(t *testing.T) {
	book := excelize.NewFile()
	for at, v := range map[string]string{"A1": "名称", "A2": "甲", "B1": "版数", "B3": "1", "B4": "2"} {
		if err := book.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.MergeCell("Sheet1", "A2", "A3"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	inv, _ := Read("x.xlsx", bytes.NewReader(rewrite(t, b.Bytes(), "A2:A3", "A2:XFD1048576")))
	if len(inv.Items) != 3 || inv.Items[2].Name != "甲" || inv.Items[2].Version != "2" {
		t.Errorf("items %+v, want 甲 in each of the three rows", inv.Items)
	}
}

// rewrite replaces a text in every file of a ZIP.
func rewrite(t testing.TB, raw []byte, from, to string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(bytes.ReplaceAll(content, []byte(from), []byte(to))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func workbook(t testing.TB, cells ...string) []byte {
	t.Helper()
	book := excelize.NewFile()
	for i, v := range cells {
		if err := book.SetCellValue("Sheet1", fmt.Sprintf("A%d", i+1), v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t testing.TB, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
