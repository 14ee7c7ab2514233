package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/store"
)

// Desk is where people work on cases: from the command line, and from Slack.
// Every step is one transaction and one line of the case's timeline; what the
// case's readers should see goes to them through the outbox.
type Desk struct {
	p *Pipeline
}

// Desk gives the pipeline's desk.
func (p *Pipeline) Desk() *Desk { return &Desk{p} }

// ErrNoCase says that no case goes by a name.
var ErrNoCase = errors.New("no such case")

// Case finds a case by its id, a CVE id or other key, or the name a person gave
// it.
func (d *Desk) Case(ctx context.Context, ref string) (c cases.Case, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		c, err = findCase(tx, ref)
		return err
	})
	return c, err
}

func findCase(tx store.Tx, ref string) (cases.Case, error) {
	for _, id := range []string{ref, "case:" + ref} {
		if c, err := tx.Case(id); err == nil || !errors.Is(err, store.ErrNotFound) {
			return c, err
		}
	}
	id, err := tx.CaseBy(ref)
	if err == nil {
		return tx.Case(id)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return cases.Case{}, err
	}
	all, err := tx.CasesAfter("", 0)
	if err != nil {
		return cases.Case{}, err
	}
	i := slices.IndexFunc(all, func(c cases.Case) bool { return strings.EqualFold(c.Name, ref) && ref != "" })
	if i < 0 {
		return cases.Case{}, fmt.Errorf("%w: %s", ErrNoCase, ref)
	}
	return all[i], nil
}

// Cases lists the cases in a state, or all for "".
func (d *Desk) Cases(ctx context.Context, state cases.State) (list []cases.Case, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		list, err = tx.CasesAfter("", 0)
		return err
	})
	list = slices.DeleteFunc(list, func(c cases.Case) bool { return state != "" && c.State != state })
	return list, err
}

// Open opens a case by hand, before any source has spoken: key is a CVE id or
// another reference, and may be empty where a name is given; words that are no
// reference are a name. A case that is there already is given back as it is, with
// the name added.
func (d *Desk) Open(ctx context.Context, key, name, who string) (cases.Case, error) {
	if key == "" && name == "" {
		return cases.Case{}, errors.New("a case needs a CVE id or a name")
	}
	if cves := advisory.FindCVEs(key); len(cves) == 1 && strings.EqualFold(cves[0], key) {
		key = cves[0] // as sources write it
	}
	if key != "" && name == "" && !reference.MatchString(key) {
		key, name = "", key
	}
	var out cases.Case
	err := d.p.store.Update(ctx, func(tx store.Tx) (err error) {
		out, err = d.open(tx, key, name, who)
		if err != nil {
			return err
		}
		return tx.PutCase(out)
	})
	return out, err
}

// open finds the case of a key, else that of a name, which then goes by the key as
// well, else opens one.
func (d *Desk) open(tx store.Tx, key, name, who string) (cases.Case, error) {
	now, by := d.now(), key
	c, err := findCase(tx, cmp.Or(key, name))
	if errors.Is(err, ErrNoCase) && key != "" && name != "" {
		c, err = findCase(tx, name)
		by = name
	}
	known := err == nil
	switch {
	case errors.Is(err, ErrNoCase):
		c = cases.New([]string{cmp.Or(key, "name/"+name)}, now)
		note(&c, now, "note", who, "opened by hand", "")
	case err != nil:
		return c, err
	}
	if other, err := findCase(tx, name); err == nil && other.ID != c.ID {
		return c, fmt.Errorf("%s goes by the name %s already: hansho case merge %s %s makes the two one", other.ID, name, c.ID, other.ID)
	} else if err != nil && !errors.Is(err, ErrNoCase) {
		return c, err
	}
	if known && name != "" && name != c.Name {
		note(&c, now, "note", who, "named "+name, "")
	}
	c.Name = cmp.Or(name, c.Name)
	if key == "" || known && by == key {
		return c, nil
	}
	if known {
		note(&c, now, "note", who, "goes by "+key+" as well", "")
	}
	c.AddKeys([]string{key})
	t := &touched{c: c}
	if err := d.p.newPass(tx, now, false, 0).recall(t); err != nil {
		return c, err
	}
	t.c.Settle(now)
	return t.c, nil
}

// reference is what a publisher's id looks like: JVNVU#97237586, FG-IR-21-245.
var reference = regexp.MustCompile(`^[A-Za-z][!-~]*[#:-][!-~]*[0-9][!-~]*$`)

// change runs a step on one case and queues what its readers should see of it.
func (d *Desk) change(ctx context.Context, ref string, step func(tx store.Tx, c *cases.Case, now time.Time) error) (cases.Case, error) {
	var out cases.Case
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		now := d.now()
		c, err := findCase(tx, ref)
		if err != nil {
			return err
		}
		before := len(c.Timeline)
		if err := step(tx, &c, now); err != nil {
			return fmt.Errorf("case %s: %w", c.ID, err)
		}
		c.Updated = now
		out = c
		if err := tx.PutCase(c); err != nil {
			return err
		}
		told, err := d.secretary(tx).correct(c)
		if err != nil {
			return err
		}
		if !c.Told {
			return nil
		}
		view := d.p.View(c)
		n := notify.Notice{Kind: notify.KindUpdate, At: now, Case: &view, Step: stepOf(c, before, d.p.currentCompany().items)}
		if len(told) > 0 {
			n.Kind, n.Urgent, n.Told = notify.KindReversal, true, told
		}
		_, err = d.p.enqueue(tx, now, []notify.Notice{n})
		return err
	})
	return out, err
}

// stepOf gives what a step wrote into the timeline, for the case's readers.
func stepOf(c cases.Case, before int, items map[string]inventory.Item) *notify.Step {
	if len(c.Timeline) <= before {
		return nil
	}
	e := c.Timeline[len(c.Timeline)-1]
	s := &notify.Step{Kind: e.Kind, Who: e.Who, Text: e.Text, Ref: e.Ref}
	if _, ok := c.Items[e.Ref]; ok {
		s.Items, s.Ref = []string{e.Ref}, cmp.Or(items[e.Ref].Name, e.Ref)
	}
	if e.Kind == "check" { // point, state, finding
		parts := strings.SplitN(e.Text, " ", 3)
		s.Text = strings.Join(parts[2:], "")
	}
	if word, rest, _ := strings.Cut(e.Text, " "); cases.ItemState(word).Valid() {
		s.State, s.Text = word, rest
	}
	if until, err := time.Parse(time.RFC3339, e.Ref); err == nil {
		s.Until, s.Ref = until, ""
	}
	return s
}

func (d *Desk) now() time.Time { return d.p.opts.Now().UTC().Truncate(time.Microsecond) }

func note(c *cases.Case, at time.Time, kind, who, text, ref string) {
	c.Timeline = append(c.Timeline, cases.Event{At: at, Kind: kind, Who: who, Text: text, Ref: ref})
}

// SetItem keeps what a person says of an item.
func (d *Desk) SetItem(ctx context.Context, ref, item string, h cases.Hand) (cases.Case, error) {
	if !h.State.Valid() {
		return cases.Case{}, fmt.Errorf("state %q: want unknown, asked, affected, not_affected, mitigated or fixed", h.State)
	}
	return d.change(ctx, ref, func(_ store.Tx, c *cases.Case, now time.Time) error {
		if h.At.IsZero() {
			h.At = now
		}
		c.Set(item, h)
		c.Settle(now)
		note(c, now, "state", h.Who, strings.TrimSpace(string(h.State)+" "+h.Note), item)
		return nil
	})
}

// Scope puts items into a case that no claim has named yet: they are unknown
// until somebody says otherwise.
func (d *Desk) Scope(ctx context.Context, ref string, items []string, who string) (cases.Case, error) {
	return d.change(ctx, ref, func(_ store.Tx, c *cases.Case, now time.Time) error {
		for _, id := range items {
			c.Item(id).Scoped = true
		}
		c.Settle(now)
		note(c, now, "note", who, "in scope: "+strings.Join(items, ", "), "")
		return nil
	})
}

// Acknowledge keeps that a person has seen the case. The first one stands.
func (d *Desk) Acknowledge(ctx context.Context, ref, who string) (cases.Case, error) {
	return d.change(ctx, ref, func(_ store.Tx, c *cases.Case, now time.Time) error {
		c.Acked = cmp.Or(c.Acked, who)
		note(c, now, "ack", who, "", "")
		return nil
	})
}

// Assign gives a case to somebody.
func (d *Desk) Assign(ctx context.Context, ref, to, who string) (cases.Case, error) {
	return d.change(ctx, ref, func(_ store.Tx, c *cases.Case, now time.Time) error {
		c.Assigned, c.Acked = to, cmp.Or(c.Acked, to)
		note(c, now, "ack", who, "assigned to "+to, "")
		return nil
	})
}

// SetState moves a case between open, contained and closed.
func (d *Desk) SetState(ctx context.Context, ref string, s cases.State, who, why string) (cases.Case, error) {
	if s != cases.Open && s != cases.Contained && s != cases.Closed {
		return cases.Case{}, fmt.Errorf("state %q: want open, contained or closed", s)
	}
	return d.change(ctx, ref, func(_ store.Tx, c *cases.Case, now time.Time) error {
		note(c, now, "state", who, strings.TrimSpace(string(c.State)+" → "+string(s)+" "+why), "")
		c.State = s
		return nil
	})
}

// Merge makes two cases one: the second goes into the first.
func (d *Desk) Merge(ctx context.Context, into, from, who string) (cases.Case, error) {
	return d.change(ctx, into, func(tx store.Tx, c *cases.Case, now time.Time) error {
		other, err := findCase(tx, from)
		if err != nil {
			return err
		}
		if other.ID == c.ID {
			return errors.New("both names are the same case")
		}
		c.Merge(other)
		c.Told = c.Told || other.Told
		c.Settle(now)
		note(c, now, "merge", who, other.ID, other.ID)
		return tx.DeleteCase(other.ID)
	})
}

// Split takes keys (CVE ids, references, advisory ids) out of a case into a new
// one.
func (d *Desk) Split(ctx context.Context, ref string, keys []string, who string) (cases.Case, error) {
	var out cases.Case
	_, err := d.change(ctx, ref, func(tx store.Tx, c *cases.Case, now time.Time) error {
		part, err := c.Split(keys, now)
		if err != nil {
			return err
		}
		part.Settle(now)
		c.Settle(now)
		note(c, now, "merge", who, "split off "+part.ID, part.ID)
		note(&part, now, "merge", who, "split from "+c.ID, c.ID)
		out = part
		return tx.PutCase(part)
	})
	return out, err
}
