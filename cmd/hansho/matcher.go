package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"hansho/advisory"
	"hansho/internal/config"
	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/match"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/store"
)

// dictionaryOf gives all the names that hansho knows: its own, and those of the
// product dictionary where the store has it.
func dictionaryOf(ctx context.Context, st store.Store) (*dictionary.Dictionary, error) {
	dict := dictionary.Builtin()
	if st == nil {
		return dict, nil
	}
	products, err := pipeline.Dictionary(ctx, st)
	if err != nil {
		return nil, err
	}
	add := make([]dictionary.Product, 0, len(products))
	for _, p := range products {
		if p.Product != "" {
			add = append(add, dictionary.Product{Vendor: cmp.Or(p.Vendor, p.VendorEN), VendorCPE: p.VendorCPE, Name: cmp.Or(p.Product, p.ProductEN), CPE: p.CPE})
		}
	}
	dict.Add(add)
	return dict, nil
}

// dictionary is for commands that need no store: where there is one, what it
// knows helps.
func (g *globals) dictionary(cmd *cobra.Command) (*dictionary.Dictionary, error) {
	if _, err := config.Load(g.config); errors.Is(err, fs.ErrNotExist) && g.running == nil {
		return dictionary.Builtin(), nil
	}
	a, err := g.open(cmd, readOnly)
	var missing *storeMissingError
	if errors.As(err, &missing) {
		return dictionary.Builtin(), nil
	}
	if err != nil {
		return nil, err
	}
	defer a.close()
	return dictionaryOf(cmd.Context(), a.store)
}

// matcherBuilder gives what builds a matcher over items, with all the names that
// the dictionary knows.
func (a *app) matcherBuilder(ctx context.Context) (func([]inventory.Item) pipeline.Matcher, error) {
	dict, err := dictionaryOf(ctx, a.store)
	if err != nil {
		return nil, err
	}
	return func(items []inventory.Item) pipeline.Matcher {
		return onDemand(sync.OnceValue(func() *match.Company { return a.newCompany(dict, items) }))
	}, nil
}

// onDemand is a matcher that is built when the first advisory comes: most commands
// at the store match none, and building takes longer than all else they do.
type onDemand func() *match.Company

// MatchWith finds what an advisory concerns.
func (m onDemand) MatchWith(a *advisory.Advisory, others []advisory.Advisory) []match.Match {
	return m().MatchWith(a, others)
}

// Bulletin gives the reference that all who speak of a maker's monthly round share.
func (m onDemand) Bulletin(a *advisory.Advisory) string { return m().Bulletin(a) }

// atOnce builds a matcher right away: a daemon's first poll would else hold the store
// while it is built.
func atOnce(build func([]inventory.Item) pipeline.Matcher) func([]inventory.Item) pipeline.Matcher {
	return func(items []inventory.Item) pipeline.Matcher {
		m := build(items)
		if m, ok := m.(onDemand); ok {
			m()
		}
		return m
	}
}

// explainer builds the matcher whose reasoning is to be printed.
func (a *app) explainer(ctx context.Context) (*match.Matcher, error) {
	dict, err := dictionaryOf(ctx, a.store)
	if err != nil {
		return nil, err
	}
	return a.newCompany(dict, a.present()).Matcher, nil
}

func (a *app) newCompany(dict *dictionary.Dictionary, items []inventory.Item) *match.Company {
	m, errs := match.NewCompany(items, dict, match.WithShields(dict.All()))
	for _, err := range errs {
		a.log.Warn("an item's identifier can't be read: it is matched by its other names", "error", err)
	}
	return m
}

// router decides who is told what. The routes were checked with the settings.
func (a *app) router() *notify.Router {
	r, err := notify.NewRouter(notify.Rules{
		Routes: a.routes, Storm: a.file.Delivery.Storm, Zone: a.file.Zone, Holiday: a.holiday,
	})
	if err != nil {
		a.log.Error("routes", "error", err)
	}
	return r
}

// holiday says that a weekday is a national holiday or one of the company's
// closures. Weekends are the routes' own to name.
func (a *app) holiday(t time.Time) bool {
	t = t.In(a.file.Zone)
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	return !weekend && !a.calendar.Working(t)
}
