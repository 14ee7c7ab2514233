package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// MergeReport says what an import did. Items are named by their ids.
type MergeReport struct {
	Origin    string        `json:"origin"`
	Unchanged bool          `json:"unchanged"`          // the origin says what it said last time; nothing was touched
	Added     []string      `json:"added,omitempty"`    //
	Updated   []FieldChange `json:"updated,omitempty"`  // fields that follow the import
	Kept      []FieldChange `json:"kept,omitempty"`     // fields that a hand edited and that stay so; To is what the import says
	Missing   []string      `json:"missing,omitempty"`  // no longer in the origin; marked, not dropped
	Returned  []string      `json:"returned,omitempty"` // were missing and are back
	Declared  []string      `json:"declared,omitempty"` // declared by hand, so the import leaves them alone
	Removed   []string      `json:"removed,omitempty"`  // taken out by hand, so they stay out
	Partners  []string      `json:"partners,omitempty"` // added; those that are there aren't touched
}

// FieldChange is one field of an item before and after.
type FieldChange struct {
	Item  string `json:"item"`
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Merge brings what was read from an origin into the declared inventory. A field
// that still has the value of the last import follows the new one; one that a
// hand changed stays. What the origin no longer has is marked as missing. The
// same content again changes nothing, not even the time. The inventories that
// are given aren't changed.
//
// Where the origin was read in part only, nothing of it is taken for gone.
func Merge(declared, imported Inventory, origin string, partial bool, now time.Time) (Inventory, MergeReport) {
	m := merge{
		out:    Inventory{Items: slices.Clone(declared.Items), Partners: slices.Clone(declared.Partners), Imports: slices.Clone(declared.Imports)},
		origin: origin, now: now.UTC().Truncate(time.Second), report: MergeReport{Origin: origin},
	}
	next := Import{Origin: origin, At: m.now, Items: bare(imported.Items)}
	next.Digest, next.Seal = contentDigest(next.Items, imported.Partners), contentDigest(next.Items, nil)
	last := m.lastImport()
	if last.Digest == next.Digest {
		m.report.Unchanged = true
		return declared, m.report
	}
	m.unsealed = last.Seal != "" && last.Seal != contentDigest(last.Items, nil)
	m.partial = partial
	m.items(next.Items, last.Items)
	m.partners(imported.Partners)
	m.out.Imports = append(m.out.Imports, next)
	return m.out, m.report
}

// From gives what came from an origin, to be written to a file of its own.
func (inv Inventory) From(origin string) Inventory {
	var out Inventory
	for _, it := range inv.Items {
		if it.Imported != nil && it.Imported.From == origin {
			out.Items = append(out.Items, it)
		}
	}
	for _, p := range inv.Partners {
		if p.From == origin {
			out.Partners = append(out.Partners, p)
		}
	}
	for _, i := range inv.Imports {
		if i.Origin == origin {
			out.Imports = append(out.Imports, i)
		}
	}
	return out
}

// ImportFile is the name of the file, in the folder inventory.d beside the
// declared inventory, that holds what came from an origin.
func ImportFile(origin string) string {
	name := slug(origin)
	if name == "" {
		name = digest(origin)
	}
	return "imported-" + name + ".yaml"
}

type merge struct {
	out      Inventory
	origin   string
	now      time.Time
	partial  bool // the origin was not read as a whole
	unsealed bool // a hand changed the note of what was imported last
	report   MergeReport
}

// lastImport takes the origin's last import out of the inventory.
func (m *merge) lastImport() Import {
	for i, last := range m.out.Imports {
		if last.Origin == m.origin {
			m.out.Imports = slices.Delete(m.out.Imports, i, i+1)
			return last
		}
	}
	return Import{}
}

func (m *merge) items(next, last []Item) {
	base := byID(last)
	ids, keys := map[string]int{}, map[string]int{}
	for i, it := range m.out.Items {
		ids[it.ID] = i
		if it.Imported != nil && it.Imported.From == m.origin {
			keys[it.Imported.Key] = i
		}
	}
	for _, it := range next {
		at, known := keys[it.ID]
		same, taken := ids[it.ID]
		_, had := base[it.ID]
		switch {
		case known:
			m.update(at, it, base[it.ID])
			delete(keys, it.ID)
		case taken && m.out.Items[same].Imported == nil:
			m.report.Declared = append(m.report.Declared, it.ID)
		case had:
			m.report.Removed = append(m.report.Removed, it.ID)
		default:
			m.add(it, taken, ids)
		}
	}
	if !m.partial {
		m.missing(keys)
	}
}

// add takes a new item. Two origins may each have an openssl: the second is
// named with its origin.
func (m *merge) add(it Item, taken bool, ids map[string]int) {
	it.Imported = &Imported{From: m.origin, Key: it.ID, Seen: m.now}
	if taken {
		it.ID += "@" + strings.TrimSuffix(strings.TrimPrefix(ImportFile(m.origin), "imported-"), ".yaml")
	}
	if _, again := ids[it.ID]; again {
		it.ID += "-" + digest(m.origin, it.Imported.Key)
	}
	ids[it.ID] = len(m.out.Items)
	m.out.Items = append(m.out.Items, it)
	m.report.Added = append(m.report.Added, it.ID)
}

// update lets each field follow the import, unless a hand changed it since.
func (m *merge) update(at int, theirs, base Item) {
	mine := m.out.Items[at]
	for _, c := range itemColumns {
		if c.key == "id" || c.tableOnly() || c.same(&mine, &theirs) {
			continue
		}
		change := FieldChange{mine.ID, c.key, c.shown(&mine), c.shown(&theirs)}
		if m.unsealed || !c.same(&mine, &base) {
			m.report.Kept = append(m.report.Kept, change)
			continue
		}
		c.copy(&mine, &theirs)
		m.report.Updated = append(m.report.Updated, change)
	}
	if mine.Missing {
		m.report.Returned = append(m.report.Returned, mine.ID)
	}
	mine.Missing = false
	mine.Imported = &Imported{From: m.origin, Key: theirs.ID, Seen: m.now}
	m.out.Items[at] = mine
}

// missing marks the items of the origin that it no longer has.
func (m *merge) missing(keys map[string]int) {
	for i, it := range m.out.Items {
		if it.Imported == nil || it.Missing || it.Imported.From != m.origin {
			continue
		}
		if at, gone := keys[it.Imported.Key]; gone && at == i {
			m.out.Items[i].Missing = true
			m.report.Missing = append(m.report.Missing, it.ID)
		}
	}
}

func (m *merge) partners(partners []Partner) {
	known := map[string]bool{}
	for _, p := range m.out.Partners {
		known[p.ID] = true
	}
	for _, p := range partners {
		if known[p.ID] {
			continue
		}
		p.From = m.origin
		m.out.Partners = append(m.out.Partners, p)
		m.report.Partners = append(m.report.Partners, p.ID)
	}
}

// bare gives items as their origin states them.
func bare(items []Item) []Item {
	out := slices.Clone(items)
	for i := range out {
		out[i].Origin, out[i].Imported, out[i].Missing = "", nil, false
	}
	return out
}

func byID(items []Item) map[string]Item {
	out := make(map[string]Item, len(items))
	for _, it := range items {
		out[it.ID] = it
	}
	return out
}

// contentDigest tells two states of an origin apart, whatever the order.
func contentDigest(items []Item, partners []Partner) string {
	var lines []string
	for _, it := range items {
		b, _ := json.Marshal(it) // strings and lists only
		lines = append(lines, string(b))
	}
	for _, p := range partners {
		p.From = ""
		b, _ := json.Marshal(p)
		lines = append(lines, string(b))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:16])
}
