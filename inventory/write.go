package inventory

import (
	"fmt"
	"io"

	"github.com/goccy/go-yaml"
)

// writeHeader stands above what an import writes.
const writeHeader = `# hansho inventory import が書いたファイルです。値は手で直せます。直した値は次の取り込みでも残ります。
# Written by hansho inventory import. Values may be edited by hand; an edited value stays at the next import.
# コメントは次の取り込みで消えます。imports は前回取り込んだ値の控えなので、そのままにしてください。
# Comments are lost at the next import. Leave imports as it is: it notes what was imported last.
`

// Write writes an inventory as YAML that Read gives back the same. It is for
// files of its own (see ImportFile); one that a person wrote is never written.
func Write(w io.Writer, inv Inventory) error {
	if _, err := io.WriteString(w, writeHeader); err != nil {
		return fmt.Errorf("inventory: write: %w", err)
	}
	out := Inventory{Items: inv.Items, Partners: inv.Partners, Imports: inv.Imports}
	if out.Items == nil {
		out.Items = []Item{}
	}
	if err := yaml.NewEncoder(w, yaml.IndentSequence(true)).Encode(out); err != nil {
		return fmt.Errorf("inventory: write: %w", err)
	}
	return nil
}
