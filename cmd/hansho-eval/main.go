// Command hansho-eval measures how well items and advisories are brought
// together: precision and recall of item × advisory on real documents, with the
// whole product dictionary of JVN iPedia as the inventory, so that every product
// that is not labelled is a negative. It prints a table, and with -errors what
// was wrong in each set.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/match"
)

func main() {
	data := flag.String("data", "../shared/data", "folder of the captured documents")
	errs := flag.Int("errors", 0, "how many errors of each set to list")
	only := flag.String("only", "", "run only the sets whose name has this in it")
	flag.Parse()
	if err := run(os.Stdout, *data, *only, *errs); err != nil {
		fmt.Fprintln(os.Stderr, "hansho-eval:", err)
		os.Exit(1)
	}
}

// run builds a matcher over the dictionary, once with its identifiers and once as
// a company declares it, and measures every set.
func run(w io.Writer, dir, only string, listed int) error {
	d := data{dir: dir}
	l, err := d.load()
	if err != nil {
		return err
	}
	inv := newStock(l.products, l.labelled)
	m, bad := match.New(inv.items)
	fmt.Fprintf(w, "inventory: %d products of the dictionary and the labels, %d bad identifiers\n\n", len(inv.items), len(bad))
	t := table{out: w, listed: listed, only: only}
	t.head()
	t.add(identifiers(m, inv, l.labelled))
	t.add(claimNames(m, inv, l.labelled))
	t.add(titlesOf("JVN titles", m, inv, l.labelled))
	t.add(baselines(inv, l.labelled)...)
	t.add(titlesOf("JPCERT titles", m, inv, l.alerts))
	t.add(makersHeard(m, inv, l.alerts))
	t.add(invented(m, inv, l.products)...)
	declared := byName(inv.declared())
	t.add(titlesOf("JVN titles, declared by name", declared, inv, l.labelled))
	beside := byName(inv.sample(l.labelled))
	t.add(titlesOf("JVN titles, 20,000 beside", beside, inv, l.labelled))
	t.add(textsOf("JVN titles and texts, 20,000 beside", beside, inv, l.labelled))
	t.add(formed(declared, inv, l.products)...)
	t.add(paired(declared, inv, l.products)...)
	told := retell(inv, l.cves)
	for half := range halfNames {
		t.add(retoldTitles(declared, inv, told, half)...)
	}
	t.add(ownTitles("KEV titles, own products", l.exploited))
	for _, list := range l.lists {
		t.add(ownRows(list))
	}
	t.add(crossed(l.lists[0], l.lists[1]), crossed(l.lists[1], l.lists[0]))
	h, err := versionsHeard(d)
	if err != nil {
		return err
	}
	h.print(w)
	return nil
}

// byName builds the matcher that a company has for what it declared by name.
func byName(items []inventory.Item) *match.Matcher {
	m, _ := match.New(items, match.WithNames(dictionary.Builtin()))
	return m
}

// loaded is all that is measured on.
type loaded struct {
	products                    []product
	cves                        map[string][]product
	labelled, alerts, exploited []document
	lists                       []list
}

func (d data) load() (l loaded, err error) {
	if l.products, err = d.dictionary(); err != nil {
		return l, err
	}
	if l.labelled, err = d.labelled(); err != nil {
		return l, err
	}
	if l.cves, err = d.cves(); err != nil {
		return l, err
	}
	if l.alerts, err = d.alertTitles(l.cves); err != nil {
		return l, err
	}
	if l.exploited, err = d.exploited(); err != nil {
		return l, err
	}
	l.lists, err = d.productLists()
	return l, err
}
