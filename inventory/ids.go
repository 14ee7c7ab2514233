package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// nameItems gives each item that has no id one made of what it says, and leaves
// out what is there twice. An id never rests on the version, so that an update
// keeps it, unless items differ by nothing else.
func nameItems(items []Item) ([]Item, Problems) {
	items, problems := withoutSame(byHandFirst(items))
	taken := map[string]int{} // id → index in kept
	kept := make([]Item, 0, len(items))
	made := makeIDs(items)
	for i, it := range items {
		if it.ID == "" {
			it.ID = made[i]
		}
		j, ok := taken[it.ID]
		if !ok {
			taken[it.ID] = len(kept)
			kept = append(kept, it)
			continue
		}
		p := twice(it.ID, it.Origin, kept[j].Origin, false)
		if it.Imported != nil && kept[j].Imported == nil {
			p.Code, p.Warning = CodeByHand, true
		}
		problems = append(problems, p)
	}
	return kept, problems
}

// byHandFirst puts what a person declared before what an import wrote.
func byHandFirst(items []Item) []Item {
	out := make([]Item, 0, len(items))
	for _, it := range items {
		if it.Imported == nil {
			out = append(out, it)
		}
	}
	for _, it := range items {
		if it.Imported != nil {
			out = append(out, it)
		}
	}
	return out
}

// withoutSame leaves out items that say the same as one before, id and all.
func withoutSame(items []Item) ([]Item, Problems) {
	var problems Problems
	first := make(map[[sha256.Size]byte]string, len(items)) // content → origin
	kept := make([]Item, 0, len(items))
	for _, it := range items {
		key := sha256.Sum256([]byte(it.ID + "\x00" + content(it)))
		if origin, ok := first[key]; ok {
			problems = append(problems, twice(it.ID, it.Origin, origin, true))
			continue
		}
		first[key] = it.Origin
		kept = append(kept, it)
	}
	return kept, problems
}

// twice words an id that came again: a warning where it says the same.
func twice(id, origin, first string, same bool) Problem {
	p := Problem{Code: CodeDuplicateID, Field: "id", Args: []string{id, first}}
	if same {
		p = Problem{Code: CodeSameTwice, Args: []string{first}, Warning: true}
	}
	p.File, p.Sheet, p.Line = parseOrigin(origin)
	return p
}

// makeIDs gives an id for every item without one, "" for the others. It doesn't
// depend on the order of the items.
func makeIDs(items []Item) []string {
	ids := make([]string, len(items))
	for _, level := range []func(Item) string{plainID, hashedID, versionedID, exactID} {
		count := map[string]int{}
		for i, it := range items {
			if it.ID != "" {
				count[it.ID] += 2
				continue
			}
			if ids[i] == "" {
				count[level(it)]++
			}
		}
		for i, it := range items {
			if it.ID != "" || ids[i] != "" {
				continue
			}
			if id := level(it); count[id] == 1 {
				ids[i] = id
			}
		}
	}
	return ids
}

// plainID is readable: the name and the product, or the identifier as given.
func plainID(it Item) string {
	name, product := slug(it.Name), slug(it.Product)
	switch {
	case name == "" && product == "" && it.CPE != "":
		return it.CPE
	case name == "" && product == "" && it.PURL != "":
		return it.PURL
	case name == "" && product == "": // a name of marks only, such as ★
		return "item-" + digest(it.Name, it.Product)
	case name == "":
		return product
	case product == "" || strings.Contains(name, product):
		return name
	}
	return name + "-" + product
}

// hashedID tells items apart that share a name and a product.
func hashedID(it Item) string {
	return plainID(it) + "-" + digest(it.Vendor, it.CPE, purlWithoutVersion(it.PURL), string(it.Kind), it.Owner, it.Contact, it.Exposure, it.Supplier)
}

// versionedID tells items apart that differ by their version, or what they hold.
func versionedID(it Item) string {
	return plainID(it) + "-" + digest(content(it))
}

// exactID tells items apart whose short digests are the same by chance.
func exactID(it Item) string {
	sum := sha256.Sum256([]byte(content(it)))
	return plainID(it) + "-" + hex.EncodeToString(sum[:16])
}

// content is all that an item says, but for its id and where it stands.
func content(it Item) string {
	return strings.Join([]string{
		it.Name, it.Vendor, it.Product, it.Version, it.CPE, it.PURL, string(it.Kind), it.Owner, it.Contact, it.Exposure, it.Supplier,
		strings.Join(it.Contains, "\n"), strings.Join(it.Aliases, "\n"), strings.Join(it.Tags, "\n"), it.StatusPage, it.SecurityPage,
	}, "\x00")
}

func purlWithoutVersion(purl string) string {
	before, _, _ := strings.Cut(purl, "?")
	if i := strings.LastIndexByte(before, '@'); i > 0 {
		before = before[:i]
	}
	return before
}

// digest is six hex digits of the values: enough to tell the namesakes of one
// inventory apart.
func digest(values ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(values, "\x00")))
	return hex.EncodeToString(sum[:3])
}

// maxSlug bounds an id that is made of names, in characters.
const maxSlug = 48

// slug writes a name with letters, digits and dashes only, in any script.
func slug(name string) string {
	var b strings.Builder
	n, dash := 0, false
	for _, r := range strings.ToLower(tidy(name)) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != 'ー' && r != '.' && r != '_' && r != '+' {
			dash = n > 0
			continue
		}
		if n >= maxSlug {
			break
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
		n++
	}
	return strings.Trim(b.String(), ".-_")
}

// namePartners gives each partner an id and leaves out what is there twice.
func namePartners(partners []Partner) ([]Partner, Problems) {
	taken := map[string]int{}
	var problems Problems
	kept := make([]Partner, 0, len(partners))
	for _, p := range partners {
		if p.ID == "" {
			p.ID = partnerID(p, taken)
		}
		if j, ok := taken[p.ID]; ok {
			problems = append(problems, twice(p.ID, p.Origin, kept[j].Origin, samePartner(p, kept[j])))
			continue
		}
		taken[p.ID] = len(kept)
		kept = append(kept, p)
	}
	return kept, problems
}

// partnerID is the company's name, with the person's where the company is there
// already.
func partnerID(p Partner, taken map[string]int) string {
	id := slug(p.Company)
	if id == "" {
		id = "partner-" + digest(p.Company)
	}
	if _, ok := taken[id]; ok && p.Person != "" {
		id += "-" + slug(p.Person)
	}
	return id
}

func samePartner(a, b Partner) bool { return sameFields(&a, &b, partnerColumns) }
