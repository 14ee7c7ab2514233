package forms

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"hansho/cases"
)

// maxItems is how many things a supplier is asked about one by one. Where there
// are more, one answer is for all.
const maxItems = 30

// answerForm is what a partner or supplier filled in.
type answerForm struct {
	Choice string
	Items  []itemAnswer
	Note   string
	Name   string
}

// itemAnswer is the answer on one thing that a supplier supplies. Its fields end
// in N.
type itemAnswer struct {
	N          int
	Title      string
	Choice     string
	Fixed      string
	Workaround string
}

// Field names a field of the item.
func (i itemAnswer) Field(name string) string { return fmt.Sprintf("%s.%d", name, i.N) }

// ItemChoices are what can be said of one thing.
func (answerForm) ItemChoices() []cases.Choice { return cases.Choices[:3] }

// Choices are what can be said of a company.
func (answerForm) Choices() []cases.Choice { return cases.Choices }

// blank is the form as it is first shown.
func blank(f cases.Form, supplier bool, all string) answerForm {
	var out answerForm
	if !supplier {
		return out
	}
	if len(f.Items) == 0 || len(f.Items) > maxItems {
		out.Items = []itemAnswer{{Title: all}}
		return out
	}
	for n, it := range f.Items {
		out.Items = append(out.Items, itemAnswer{N: n, Title: it.Title})
	}
	return out
}

func (p *pages) blank(a asked) answerForm {
	return blank(a.q.Form, a.q.Kind == "supplier-request", words(a.lang).say("item.all"))
}

func (p *pages) showAnswer(w http.ResponseWriter, r *http.Request, a asked) {
	v := p.view(a)
	v.Answer = p.blank(a)
	v.Done = r.URL.Query().Has("done") && a.q.Last != nil
	p.show(w, http.StatusOK, "answer", v)
}

func (p *pages) takeAnswer(w http.ResponseWriter, r *http.Request, a asked) {
	f, wrong := p.blank(a).read(newInput(a.form, words(a.lang)))
	if len(wrong) > 0 {
		v := p.view(a)
		v.Answer, v.Wrong = f, wrong
		p.show(w, http.StatusUnprocessableEntity, "answer", v)
		return
	}
	got := f.answer(words(a.lang))
	got.Remote = p.evidence(r)
	if err := p.o.Desk.AnswerQuestion(r.Context(), a.token, got); err != nil {
		p.refuse(w, err)
		return
	}
	p.o.Log.Info("forms: an answer", "letter", a.q.Letter, "choice", string(got.Choice), "remote", got.Remote)
	p.o.Wake()
	done(w, r)
}

// read fills the form in, and says what is wrong by field.
func (f answerForm) read(in *input) (answerForm, map[string]string) {
	f.Note, f.Name = in.text("note", maxNote), in.line("name", maxName)
	f.Items = slices.Clone(f.Items)
	for i := range f.Items {
		it := &f.Items[i]
		it.Choice = oneOf(in.sent.Get(it.Field("choice")), f.ItemChoices())
		it.Fixed, it.Workaround = in.line(it.Field("fixed"), maxFixed), in.text(it.Field("workaround"), maxWorkaround)
		in.need(it.Field("choice"), it.Choice, "wrong.choice")
	}
	if len(f.Items) > 0 {
		return f, in.wrong
	}
	f.Choice = oneOf(in.sent.Get("choice"), f.Choices())
	in.need("choice", f.Choice, "wrong.choice")
	if f.Choice == string(cases.ChoiceOther) {
		in.need("note", f.Note, "wrong.other")
	}
	return f, in.wrong
}

func oneOf(s string, choices []cases.Choice) string {
	if slices.Contains(choices, cases.Choice(s)) {
		return s
	}
	return ""
}

// answer is the form as it is kept: the words that were chosen from and what was
// written, as text that a person reads.
func (f answerForm) answer(w words) cases.Answer {
	a := cases.Answer{From: f.Name, Choice: f.choice()}
	var b strings.Builder
	if len(f.Items) == 0 {
		fmt.Fprintln(&b, w.say("kept.choice", w.choice(f.Choice)))
		a.Pending = a.Choice == cases.ChoiceInvestigating
	}
	for _, it := range f.Items {
		a.Pending = a.Pending || it.Choice == string(cases.ChoiceInvestigating)
		fmt.Fprintln(&b, w.say("kept.item", it.Title, w.itemChoice(it.Choice)))
		if it.Fixed != "" {
			fmt.Fprintln(&b, w.say("kept.fixed", it.Fixed))
		}
		if it.Workaround != "" {
			fmt.Fprintln(&b, w.say("kept.workaround", it.Workaround))
		}
	}
	if f.Note != "" {
		fmt.Fprintf(&b, "\n%s", f.Note)
	}
	a.Text = strings.TrimSpace(b.String())
	return a
}

// choice is what the form comes to as a whole: hit if one thing is, unknown while
// one thing is.
func (f answerForm) choice() cases.Choice {
	has := func(c cases.Choice) bool {
		return slices.ContainsFunc(f.Items, func(i itemAnswer) bool { return i.Choice == string(c) })
	}
	switch {
	case len(f.Items) == 0:
		return cases.Choice(f.Choice)
	case has(cases.ChoiceAffected):
		return cases.ChoiceAffected
	case has(cases.ChoiceInvestigating):
		return cases.ChoiceInvestigating
	}
	return cases.ChoiceNotAffected
}
