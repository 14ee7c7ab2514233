package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"hansho/cases/calendar"
	"hansho/cases/vex"
	"hansho/inventory/dictionary"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/vendors"
)

// readLetters reads when letters go, by which days and by which channel.
func (s *settings) readLetters() {
	l := s.file.Letters
	var err error
	if s.calendar, err = calendar.New(l.Closures); err != nil {
		s.file.Problem("letters.closures", strings.TrimPrefix(err.Error(), "calendar: "), "")
	}
	if s.weekly, err = parseWeekly(l.Weekly); err != nil {
		s.file.Problem("letters.weekly", err.Error(), "write a weekday and a time, such as Friday 16:00, or never")
	}
	s.letterChannel = cmp.Or(l.Channel, s.onlyMail())
	if l.Channel != "" {
		if _, ok := s.file.Channels[l.Channel]; !ok {
			s.file.Problem("letters.channel", fmt.Sprintf("no channel is called %q", l.Channel), "the names are those under channels")
		}
	}
	for i, k := range l.Automatic {
		if !slices.Contains(s.letterKinds(), k) {
			s.file.Problem(fmt.Sprintf("letters.automatic[%d]", i), fmt.Sprintf("no letter is called %q", k), "write one of "+strings.Join(s.letterKinds(), ", "))
		}
	}
	s.checkVEX()
	s.checkPartnerChannels()
	for i, n := range l.Remind {
		if n < 1 || i > 0 && n <= l.Remind[i-1] {
			s.file.Problem(fmt.Sprintf("letters.remind_after[%d]", i), "working days must rise from 1", "")
		}
	}
}

// checkPartnerChannels names the partners whose letters could not leave.
func (s *settings) checkPartnerChannels() {
	for _, p := range s.inventory.Partners {
		if p.Channel == "" {
			continue
		}
		if typ, _ := s.file.Channels[p.Channel].Get("type"); typ != "mail" {
			s.file.Problem("inventory", fmt.Sprintf("partner %s: no mail channel is called %q", p.ID, p.Channel), "the names are those under channels")
		}
	}
}

// checkVEX names what keeps a partner from getting the files it wants.
func (s *settings) checkVEX() {
	for _, p := range s.inventory.Partners {
		if p.VEX == "" {
			continue
		}
		if p.Class != "full" {
			s.file.Problem("inventory", fmt.Sprintf("partner %s: vex names each of our systems, which only class full allows", p.ID), "give it class: full, or leave vex out")
		}
		if s.file.Company.URL == "" {
			s.file.Problem("company.url", fmt.Sprintf("partner %s wants vex, and the ids in such a file begin with the company's address", p.ID), "write url: https://www.example.co.jp")
			return
		}
	}
}

func (s *settings) letterKinds() []string {
	if s.templates == nil {
		return nil
	}
	return s.templates.Letters("ja")
}

// onlyMail is the mail channel where no other is named for letters.
func (s *settings) onlyMail() string {
	for _, name := range slices.Sorted(maps.Keys(s.file.Channels)) {
		if typ, _ := s.file.Channels[name].Get("type"); typ == "mail" {
			return name
		}
	}
	return ""
}

// parseWeekly reads a weekday and a time of day.
func parseWeekly(text string) (pipeline.Weekday, error) {
	if text == "" || strings.EqualFold(text, "never") {
		return pipeline.Weekday{}, nil
	}
	day, clock, _ := strings.Cut(text, " ")
	at, err := time.Parse("15:04", strings.TrimSpace(clock))
	if err != nil {
		return pipeline.Weekday{}, fmt.Errorf("%q has no time of day", text)
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(day) >= 3 && strings.EqualFold(day[:3], d.String()[:3]) && len(day) <= len(d.String()) {
			return pipeline.Weekday{Day: d, Hour: at.Hour(), Minute: at.Minute(), Set: true}, nil
		}
	}
	return pipeline.Weekday{}, fmt.Errorf("%q is no weekday", day)
}

// office is what letters are written with.
func (a *app) office() pipeline.Office {
	l := a.file.Letters
	return pipeline.Office{
		Publisher: vex.Company{Name: cmp.Or(a.file.Company.NameEN, a.file.Company.Name), Namespace: a.file.Company.URL, Contact: a.file.Company.Email},
		Templates: a.templates, Partners: a.inventory.Partners, Sender: a.sender, ReportTo: a.reportTo(),
		Lang: a.file.Lang, Zone: a.file.Zone, Calendar: a.calendar, Channel: a.letterChannel,
		Everyone: l.Everyone, Automatic: l.Automatic, Remind: l.Remind, NoNews: l.NoNews,
		Weekly: a.weekly, Domain: a.mailDomain(), Token: newToken, Blind: a.blind, Forms: a.formsOffice(),
	}
}

func (a *app) reportTo() string { return cmp.Or(a.file.Company.ReportURL, a.file.Company.Contact) }

func (a *app) sender(lang string) notify.Sender {
	c := a.file.Company
	s := notify.Sender{Company: c.Name, Department: c.Department, Name: c.Person, Phone: c.Phone, Email: c.Email, Hours: c.Hours}
	if lang != "ja" {
		s.Company = cmp.Or(c.NameEN, s.Company)
		s.Department, s.Name = cmp.Or(c.DepartmentEN, foreign(s.Department)), cmp.Or(c.PersonEN, foreign(s.Name))
		s.Hours, s.Phone = cmp.Or(c.HoursEN, foreign(s.Hours)), cmp.Or(c.PhoneEN, s.Phone)
	}
	return s
}

// foreign gives text that readers of English can read, none where it is Japanese:
// a letter is better without a name than with one that can't be read.
func foreign(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }) {
		return ""
	}
	return text
}

// mailDomain is the right side of letters' Message-IDs.
func (a *app) mailDomain() string {
	if addr, err := mail.ParseAddress(a.file.Company.Email); err == nil {
		_, domain, _ := strings.Cut(addr.Address, "@")
		return domain
	}
	return ""
}

// newToken is short enough for a subject and long enough not to be guessed: 40
// bits, against a mailbox that a person reads.
func newToken() string { return "HS-" + rand.Text()[:4] + "-" + rand.Text()[:4] }

// blind names the items that no polled source speaks of.
func (a *app) blind() []string {
	var out []string
	for _, c := range vendors.Cover(a.file.Entries, a.wanted(), aliases{dictionary.Builtin()}) {
		if !c.Blind() {
			continue
		}
		for _, it := range a.inventory.Items {
			if it.ID == c.Item {
				out = append(out, cmp.Or(it.Name, it.Product, it.ID))
			}
		}
	}
	return out
}

// roundEvery is how often the daemon looks for letters, reminders and weekly
// work that is due.
const roundEvery = "@every 10m"

// scheduleLetters has the daemon do the office's work.
func (a *app) scheduleLetters(s *pipeline.Scheduler) error {
	return s.Add("letters", roundEvery, func(ctx context.Context) {
		ran, err := a.pipeline.Desk().Round(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.Error("letters", "error", err)
		}
		if n := len(ran.Moved) + len(ran.Reminders) + len(ran.Weekly); n > 0 || ran.Digest {
			a.log.Info("letters", "settled", len(ran.Moved), "reminders", len(ran.Reminders), "weekly", len(ran.Weekly), "digest", ran.Digest)
			a.dispatcher.Wake()
		}
	})
}
