package main

import (
	"context"

	"github.com/spf13/cobra"

	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/match"
	"hansho/notify"
	"hansho/pipeline"
)

// dictionary gives all the names that hansho knows: its own, and those of the
// product dictionary where the store has it.
func (g *globals) dictionary(cmd *cobra.Command) (*dictionary.Dictionary, error) {
	return dictionary.Builtin(), nil
}

// matcherBuilder gives what builds a matcher over items, with all the names that
// the dictionary knows.
func (a *app) matcherBuilder(ctx context.Context) (func([]inventory.Item) pipeline.Matcher, error) {
	dict := dictionary.Builtin()
	return func(items []inventory.Item) pipeline.Matcher { return a.newMatcher(dict, items) }, nil
}

// explainer builds the matcher whose reasoning is to be printed.
func (a *app) explainer(ctx context.Context) (*match.Matcher, error) {
	return a.newMatcher(dictionary.Builtin(), a.present()), nil
}

func (a *app) newMatcher(dict *dictionary.Dictionary, items []inventory.Item) *match.Matcher {
	m, errs := match.New(items, match.WithNames(dict))
	for _, err := range errs {
		a.log.Warn("an item's identifier can't be read: it is matched by its other names", "error", err)
	}
	return m
}

// router decides who is told what. The routes were checked with the settings.
func (a *app) router() *notify.Router {
	r, err := notify.NewRouter(notify.Rules{Routes: a.routes, Storm: a.file.Delivery.Storm, Zone: a.file.Zone})
	if err != nil {
		a.log.Error("routes", "error", err)
	}
	return r
}
