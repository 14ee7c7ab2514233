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

// run builds one matcher over the dictionary and measures every set against it.
func run(w io.Writer, dir, only string, listed int) error {
	d := data{dir: dir}
	products, err := d.dictionary()
	if err != nil {
		return err
	}
	labelled, err := d.labelled()
	if err != nil {
		return err
	}
	titles, err := d.alertTitles()
	if err != nil {
		return err
	}
	lists, err := d.productLists()
	if err != nil {
		return err
	}
	inv := newStock(products, labelled)
	m, bad := match.New(inv.items)
	fmt.Fprintf(w, "inventory: %d products of the dictionary and the labels, %d bad identifiers\n\n", len(inv.items), len(bad))
	t := table{out: w, listed: listed, only: only}
	t.head()
	t.add(identifiers(m, inv, labelled))
	t.add(claimNames(m, inv, labelled))
	t.add(titlesOf(m, inv, labelled))
	for _, set := range baselines(inv, labelled) {
		t.add(set)
	}
	t.add(alerts(m, inv, titles))
	for _, set := range invented(m, inv, products) {
		t.add(set)
	}
	for _, l := range lists {
		t.add(ownRows(l))
	}
	return nil
}
