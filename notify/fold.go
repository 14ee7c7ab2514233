package notify

import (
	"cmp"
	"slices"
	"time"

	"hansho/advisory"
)

// Overtaken chooses what a claimed delivery is to be told together with: of
// those pending in its queue, oldest first, the ones beside it that can be told
// as one and are no newer than the newest that is due. It includes the claimed
// one; nil where it stands alone. What may have arrived is never folded: its
// channel is to be asked for it.
func Overtaken(claimed Delivery, pending []Delivery, now time.Time) []Delivery {
	at := slices.IndexFunc(pending, func(d Delivery) bool { return d.Key == claimed.Key })
	if at < 0 || claimed.Unsure || family(claimed) == "" {
		return nil
	}
	alike := func(d Delivery) bool {
		return !d.Unsure && family(d) == family(claimed) && d.Notice.Lang == claimed.Notice.Lang
	}
	from, to := at, at+1
	for from > 0 && alike(pending[from-1]) {
		from--
	}
	for i := at + 1; i < len(pending) && alike(pending[i]); i++ {
		if !pending[i].NotBefore.After(now) {
			to = i + 1
		}
	}
	if to-from < 2 {
		return nil
	}
	return pending[from:to]
}

// family says which notices may be told as one; empty stands alone. A letter
// goes out as it was approved.
func family(d Delivery) string {
	if d.Group != "" {
		return "group"
	}
	switch d.Notice.Kind {
	case KindNew, KindUpdate, KindReversal, KindReminder:
		return "case"
	case KindSourceDown, KindSourceUp:
		return "source"
	}
	return ""
}

// Fold makes one delivery of several that wait for one thread at one address,
// oldest first: the newest, showing the case as it is now, with the news of all.
// Those of a Group become a summary of their cases. ds must not be empty.
func Fold(ds []Delivery) Delivery {
	out := ds[len(ds)-1]
	n := &out.Notice
	n.Case, n.News, n.Told, n.Text = nil, nil, nil, ""
	for _, d := range ds {
		n.Kind = louder(n.Kind, d.Notice.Kind)
		n.Urgent = n.Urgent || d.Notice.Urgent
		n.News = append(n.News, d.Notice.News...)
		n.Told = append(n.Told, d.Notice.Told...)
		n.Text = joinText(n.Text, d.Notice.Text)
		if d.Notice.Case != nil {
			n.Case = carry(n.Case, d.Notice.Case)
		}
	}
	slices.Sort(n.Told)
	n.Told = slices.Compact(n.Told)
	n.News = foldNews(n.News)
	if out.Group != "" {
		summarise(&out, ds)
	}
	return out
}

// carry gives the newer view of a case with what moved in the older one: an item
// has moved from where its readers last saw it.
func carry(before, now *CaseView) *CaseView {
	if before == nil || before == now || before.ID != now.ID {
		return now
	}
	c := *now
	c.Items = slices.Clone(now.Items)
	for _, old := range before.Items {
		i := slices.IndexFunc(c.Items, func(it ItemView) bool { return it.ID == old.ID })
		switch {
		case i >= 0 && old.Moved:
			c.Items[i].Moved, c.Items[i].Was = old.Was == "" || old.Was != Standing(c.Items[i]) || c.Items[i].Gone, old.Was
		case i < 0 && old.Gone:
			c.Items = append(c.Items, old)
		}
	}
	return &c
}

// summarise makes a folded group one message in no thread: a line a case.
func summarise(out *Delivery, ds []Delivery) {
	var views []CaseView
	add := func(v CaseView) {
		if i := slices.IndexFunc(views, func(o CaseView) bool { return o.ID == v.ID }); i >= 0 {
			v.Reversed = v.Reversed || views[i].Reversed
			views[i] = v
			return
		}
		views = append(views, v)
	}
	for _, d := range ds {
		if d.Notice.Case != nil {
			add(*d.Notice.Case)
		}
		for _, v := range d.Notice.Cases {
			add(v)
		}
	}
	out.Thread = ""
	out.Notice.Kind, out.Notice.Case, out.Notice.Cases = KindSummary, nil, views
}

// louder keeps an alarm an alarm, and a first message a first message.
func louder(a, b Kind) Kind {
	order := []Kind{KindReminder, KindUpdate, KindNew, KindReversal}
	if slices.Index(order, b) > slices.Index(order, a) && slices.Contains(order, a) {
		return b
	}
	return a
}

func joinText(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + "\n\n" + b
}

// foldNews tells what each advisory adds once, in the order of first mention.
func foldNews(all []News) []News {
	var out []News
	for _, n := range all {
		i := slices.IndexFunc(out, func(o News) bool { return o.Advisory == n.Advisory })
		if i < 0 {
			out = append(out, n)
			continue
		}
		first := out[i]
		out[i] = n
		out[i].Revised = first.Revised // never told before, so new
		out[i].Exploited = first.Exploited || n.Exploited
		if first.Rated != nil {
			out[i].Rated, out[i].Was = cmp.Or(n.Rated, first.Rated), first.Was
		}
		out[i].Changes = nil
		if first.Revised {
			out[i].Changes = foldChanges(first.Changes, n.Changes)
		}
	}
	return out
}

// foldChanges joins a→b and b→c to a→c, and drops what came back to a.
func foldChanges(first, then []advisory.Change) []advisory.Change {
	out := slices.Clone(first)
	for _, c := range then {
		i := slices.IndexFunc(out, func(o advisory.Change) bool {
			return o.Field == c.Field && o.About == c.About && o.After == c.Before
		})
		if i < 0 {
			out = append(out, c)
			continue
		}
		out[i].After = c.After
	}
	return slices.DeleteFunc(out, func(c advisory.Change) bool { return c.Before == c.After })
}
