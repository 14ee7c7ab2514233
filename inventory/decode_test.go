package inventory

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// One ledger in every encoding in which tools in Japan write it.
func TestReadEncodings(t *testing.T) {
	const text = "管理番号,名称,メーカー,製品名,備考\r\nA-①,髙橋機械の端末〜甲,㈱あおば,ｼｽﾃﾑ表示ソ,−\r\n"
	const plain = "管理番号,名称,メーカー,製品名,備考\r\nA-1,高橋機械の端末,あおば商会,表示ソフト能,なし\r\n"
	want, problems := Read("x.csv", bytes.NewReader([]byte(text)))
	wantPlain, _ := Read("x.csv", bytes.NewReader([]byte(plain)))
	if len(want.Items) != 1 || want.Items[0].ID != "A-①" || want.Items[0].Product != "システム表示ソ" || len(problems) > 0 {
		t.Fatalf("as UTF-8: %+v %v", want.Items, problems)
	}
	for name, c := range map[string]struct {
		e    encoding.Encoding
		text string
		want Inventory
	}{
		"UTF-8 with BOM":       {unicode.UTF8BOM, text, want},
		"UTF-16 little endian": {unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text, want},
		"UTF-16 big endian":    {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text, want},
		"CP932":                {japanese.ShiftJIS, "管理番号,名称,メーカー,製品名,備考\r\nA-①,髙橋機械の端末～甲,㈱あおば,ｼｽﾃﾑ表示ソ,-\r\n", want},
		"CP932 plain":          {japanese.ShiftJIS, plain, wantPlain},
		"EUC-JP":               {japanese.EUCJP, plain, wantPlain},
		"ISO-2022-JP":          {japanese.ISO2022JP, plain, wantPlain},
	} {
		raw, err := c.e.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, problems := Read("x.csv", bytes.NewReader(raw))
		if name == "CP932" { // its wave dash is another character
			got.Items[0].Name = want.Items[0].Name
		}
		if diff := cmp.Diff(c.want, got); diff != "" || len(problems) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", name, problems, diff)
		}
	}
}

// UTF-16 without a mark, as some tools leave it.
func TestReadUTF16WithoutMark(t *testing.T) {
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		raw, err := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().Bytes([]byte("id\tname\tproduct\nA1\tweb\tnginx\n"))
		if err != nil {
			t.Fatal(err)
		}
		inv, problems := Read("x.txt", bytes.NewReader(raw))
		if len(inv.Items) != 1 || inv.Items[0].Product != "nginx" || len(problems) > 0 {
			t.Errorf("%v: %+v %v", order, inv.Items, problems)
		}
	}
}

func TestReadNoText(t *testing.T) {
	for name, raw := range map[string][]byte{
		"empty":  nil,
		"blank":  []byte(" \n\t\n"),
		"binary": bytes.Repeat([]byte{0xff, 0x00, 0x9c, 0xfe}, 100),
	} {
		inv, problems := Read("x", bytes.NewReader(raw))
		if len(inv.Items) > 0 || problems.Err() == nil {
			t.Errorf("%s: %d items, %v; want a problem", name, len(inv.Items), problems)
		}
	}
}
