package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"

	"hansho/cases/calendar"
	"hansho/internal/config"
	"hansho/inventory"
	"hansho/notify"
	"hansho/pipeline"
)

// settings is all that people wrote: the configuration, the inventory and the
// texts of their own, with what is wrong in them.
type settings struct {
	file              *config.File
	inventory         inventory.Inventory
	inventoryProblems inventory.Problems
	templates         *notify.Templates
	templateErrors    []error
	channels          map[string]notify.Channel
	every             map[string]time.Duration // by channel
	routes            []notify.Route
	words             words
	log               *slog.Logger
	calendar          calendar.Calendar
	weekly            pipeline.Weekday
	letterChannel     string         // the mail channel that letters leave by
	proxies           []netip.Prefix // of our own, before the pages of letters
}

// settings reads everything, going on after each mistake.
func (g *globals) settings(cmd *cobra.Command) (*settings, error) {
	if err := g.checkLang(); err != nil {
		return nil, err
	}
	log, err := g.logger(cmd)
	if err != nil {
		return nil, err
	}
	f, err := config.Load(g.config)
	if err != nil {
		hint := ""
		if errors.Is(err, fs.ErrNotExist) {
			hint = "name the configuration with --config FILE; hansho demo needs none"
		}
		return nil, &usageError{err: err, hint: hint}
	}
	s := &settings{file: f, words: words{lang: f.Lang, zone: f.Zone}, log: log}
	if g.lang != "" {
		s.words.lang = g.lang
	}
	if s.inventory, s.inventoryProblems, err = loadInventory(f.Inventory); err != nil {
		f.Problem("inventory", err.Error(), "")
	}
	s.checkSchedules()
	s.readTemplates()
	s.readChannels()
	s.readRoutes()
	s.readLetters()
	s.readPeople()
	return s, nil
}

// check gives an error that names every mistake, or nil.
func (s *settings) check() error {
	wrong := s.mistakes()
	var errs []error
	for _, m := range wrong {
		if !m.Warning {
			errs = append(errs, errors.New(m.text))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return &usageError{err: fmt.Errorf("%s:\n%w", s.words.say("check.mistakes", len(errs)), errors.Join(errs...))}
}

func (s *settings) readTemplates() {
	var override fs.FS
	if s.file.Templates != "" {
		if _, err := os.Stat(s.file.Templates); err != nil {
			s.file.Problem("templates", err.Error(), "name a folder with ja and en in it")
		} else {
			override = os.DirFS(s.file.Templates)
		}
	}
	t, err := notify.LoadTemplates(override, s.file.Zone)
	if err != nil {
		s.templateErrors = append(s.templateErrors, err)
	}
	s.templates = t
}

// checkSchedules names the sources whose schedule can't be read.
func (s *settings) checkSchedules() {
	for _, e := range s.file.Entries {
		if !e.Enabled {
			continue
		}
		if _, err := pipeline.ParseSchedule(e.Schedule); err != nil {
			s.file.Problem("sources", e.ID+": "+err.Error(), `write a cron spec ("*/15 9-18 * * MON-FRI") or "@every 1h"`)
		}
	}
}

// enabled counts the sources that are polled.
func (s *settings) enabled() int {
	n := 0
	for _, e := range s.file.Entries {
		if e.Enabled {
			n++
		}
	}
	return n
}
