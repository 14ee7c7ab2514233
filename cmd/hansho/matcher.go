package main

import (
	"context"

	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/match"
	"hansho/notify"
	"hansho/pipeline"
)

// matcherBuilder gives what builds a matcher over items, with all the names that
// the dictionary knows: those of the items' own products, and those of others,
// which keep a part of a longer name from being taken for an item.
func (a *app) matcherBuilder(_ context.Context) (func([]inventory.Item) pipeline.Matcher, error) {
	dict := dictionary.Builtin()
	return func(items []inventory.Item) pipeline.Matcher {
		m, errs := match.New(items, match.WithNames(dict))
		for _, err := range errs {
			a.log.Warn("an item's identifier can't be read: it is matched by its other names", "error", err)
		}
		return m
	}, nil
}

// router decides who is told what. The routes were checked with the settings.
func (a *app) router() *notify.Router {
	r, err := notify.NewRouter(notify.Rules{Routes: a.routes, Storm: a.file.Delivery.Storm, Zone: a.file.Zone})
	if err != nil {
		a.log.Error("routes", "error", err)
	}
	return r
}
