package inventory

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestReadGolden reads each file of testdata/read. The golden file beside it is
// what a person sees: the reader that took it, the items, the problems in both
// languages.
func TestReadGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/read/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			form := readDoc(filepath.Base(file), bytes.NewReader(raw)).form
			inv, problems := Read(filepath.Base(file), bytes.NewReader(raw))
			golden(t, file+".golden", "form: "+form+"\n"+show(inv, problems))
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// show writes an inventory and its problems as text.
func show(inv Inventory, problems Problems) string {
	var b strings.Builder
	for i := range inv.Items {
		fmt.Fprintf(&b, "item %s\n", inv.Items[i].Origin)
		showFields(&b, &inv.Items[i], itemColumns)
	}
	for i := range inv.Partners {
		fmt.Fprintf(&b, "partner %s\n", inv.Partners[i].Origin)
		showFields(&b, &inv.Partners[i], partnerColumns)
	}
	for _, lang := range []string{"ja", "en"} {
		for _, p := range problems {
			fmt.Fprintln(&b, p.Text(lang))
		}
	}
	return b.String()
}

func showFields[T any](b *strings.Builder, of *T, columns []column[T]) {
	for _, c := range columns {
		switch {
		case c.text != nil && *c.text(of) != "":
			fmt.Fprintf(b, "  %s: %s\n", c.key, *c.text(of))
		case c.list != nil && len(*c.list(of)) > 0:
			fmt.Fprintf(b, "  %s: %s\n", c.key, strings.Join(*c.list(of), " | "))
		}
	}
}
