package forms

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hansho/inventory"
)

// reportForm is what a member of staff filled in.
type reportForm struct {
	Name       string
	Department string // as chosen; other where it is written in Other
	Other      string
	Uses       string // one thing a line
	Nothing    bool   // nothing beyond what is known
	Remarks    string
}

// other is the choice of a department that is not on the list.
const other = "-"

func (p *pages) showReport(w http.ResponseWriter, r *http.Request, a asked) {
	v := p.view(a)
	v.Done = r.URL.Query().Has("done")
	p.show(w, http.StatusOK, "report", v)
}

func (p *pages) takeReport(w http.ResponseWriter, r *http.Request, a asked) {
	in := newInput(a.form, words(a.lang))
	f := readReport(in, a.q.Departments)
	list := f.reports(in)
	if len(in.wrong) > 0 {
		v := p.view(a)
		v.Report, v.Wrong = f, in.wrong
		p.show(w, http.StatusUnprocessableEntity, "report", v)
		return
	}
	for i := range list {
		list[i].Remote = p.evidence(r)
	}
	if err := p.o.Desk.ReportUse(r.Context(), a.token, list); err != nil {
		p.refuse(w, err)
		return
	}
	p.o.Log.Info("forms: a staff report", "letter", a.q.Letter, "things", len(list), "remote", p.evidence(r))
	p.o.Wake()
	done(w, r)
}

func readReport(in *input, departments []string) reportForm {
	f := reportForm{
		Name: in.line("name", maxName), Department: in.line("department", maxDepartment), Other: in.line("other", maxDepartment),
		Uses: in.text("uses", maxUses), Nothing: in.sent.Get("nothing") != "", Remarks: in.text("remarks", maxRemarks),
	}
	if !slices.Contains(departments, f.Department) && f.Department != other {
		f.Department = ""
	}
	in.need("name", f.Name, "wrong.name")
	switch {
	case len(departments) == 0 || f.Department == other:
		in.need("other", f.Other, "wrong.department")
	default:
		in.need("department", f.Department, "wrong.department")
	}
	switch {
	case f.Nothing && f.Uses != "":
		in.wrong["nothing"] = in.words.say("wrong.both")
	case !f.Nothing:
		in.need("uses", f.Uses, "wrong.uses")
	}
	return f
}

// reports gives one report a line, or one without a product where there is
// nothing.
func (f reportForm) reports(in *input) []inventory.Report {
	r := inventory.Report{Who: f.Name, Department: f.Department, Remarks: f.Remarks}
	if r.Department == "" || r.Department == other {
		r.Department = f.Other
	}
	if f.Nothing {
		return []inventory.Report{r}
	}
	var out []inventory.Report
	for line := range strings.Lines(f.Uses) {
		line = strings.Join(strings.Fields(line), " ")
		if line = strings.TrimLeft(line, "・-*• "); line == "" {
			continue
		}
		if utf8.RuneCountInString(line) > maxUse || len(out) == maxUseLines {
			in.wrong["uses"] = in.words.say("wrong.lines", maxUseLines, maxUse)
			return nil
		}
		r.Product, r.Version = splitVersion(line)
		out = append(out, r)
	}
	if len(out) == 0 {
		in.need("uses", "", "wrong.uses")
	}
	return out
}

// splitVersion reads the version after a line's last comma. What is no version
// there is part of the name.
func splitVersion(line string) (product, version string) {
	i := strings.LastIndexAny(line, ",，、")
	if i < 0 {
		return line, ""
	}
	_, size := utf8.DecodeRuneInString(line[i:])
	product, version = strings.TrimSpace(line[:i]), strings.TrimSpace(line[i+size:])
	digit := strings.ContainsFunc(version, unicode.IsDigit)
	if product == "" || !digit || strings.Count(version, " ") > 1 || utf8.RuneCountInString(version) > maxVersion {
		return line, ""
	}
	return product, version
}
