package amocrm

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// letters is a block of letters as a request gives it; what a block doesn't have is empty.
type letters struct {
	View   string `json:"view,omitempty"`
	Edit   string `json:"edit"`
	Add    string `json:"add,omitempty"`
	Delete string `json:"delete"`
	Export string `json:"export,omitempty"`
}

// rightsBody is the rights object of a role or user. Lists are null where they are empty: leaving them
// out of a PATCH would keep what the role had.
type rightsBody struct {
	Leads      letters       `json:"leads"`
	Contacts   letters       `json:"contacts"`
	Companies  letters       `json:"companies"`
	Tasks      letters       `json:"tasks"`
	Mail       bool          `json:"mail_access"`
	Catalogs   bool          `json:"catalog_access"`
	Stages     []stageBody   `json:"status_rights"`
	Catalogues []catalogBody `json:"catalog_rights"`
}

// stageBody is the rights on a pipeline stage.
type stageBody struct {
	Entity   string  `json:"entity_type"`
	Pipeline int64   `json:"pipeline_id"`
	Status   int64   `json:"status_id"`
	Rights   letters `json:"rights"`
}

// catalogBody is the rights on a catalogue.
type catalogBody struct {
	Catalog int64   `json:"catalog_id"`
	Rights  letters `json:"rights"`
}

// letter is the letter of a scope.
func letter(s roster.Scope) string {
	switch s {
	case roster.All:
		return "A"
	case roster.InDepartment:
		return "G"
	case roster.Own:
		return "M"
	}
	return "D"
}

// letters writes a block.
func (b block) letters(as blockKind) letters {
	l := letters{View: letter(b[actView]), Edit: letter(b[actEdit]), Add: letter(b[actAdd]), Delete: letter(b[actDelete]), Export: letter(b[actExport])}
	if as == tasks {
		l.View, l.Export = "", ""
	}
	if as != general {
		l.Add = ""
	}
	return l
}

// lowered is b as the API's dependencies leave it.
func (b block) lowered() block {
	for _, x := range needs() {
		b[x.what] = min(b[x.what], b[x.of])
	}
	return b
}

// sharp is b where only A and D can stand.
func (b block) sharp() block {
	for i, s := range b {
		if s != roster.All {
			b[i] = roster.Denied
		}
	}
	return b
}

// within reports that b reaches nowhere farther than c.
func (b block) within(c block) bool {
	for i := range b {
		if b[i] > c[i] {
			return false
		}
	}
	return true
}

// writer makes a rights object of permissions.
type writer struct {
	schema *roster.Schema
	grants roster.Grants
	*roster.Permissions
}

// newWriter resolves what is to be written.
func newWriter(s *roster.Schema, g roster.Grants) writer {
	if s == nil {
		s = &roster.Schema{}
	}
	return writer{s, g, roster.Resolve(s, g)}
}

// on is how far the rights of a kind reach on a part, or on the whole kind for "".
func (w writer) on(kind, part string) block {
	var b block
	for i := range b {
		text := kind + ":" + actionAt(i).name
		if part != "" {
			text += "@" + part
		}
		right, _ := w.schema.Right(text) // one that isn't there is the zero Right, which is denied
		if b[i] = w.Scope(right); actionAt(i).whole && b[i] != roster.All {
			b[i] = roster.Denied
		}
	}
	return b
}

// parts are those of a kind.
func (w writer) parts(kind string) []roster.Part {
	k, _ := w.schema.Kind(kind)
	return k.Parts
}

// unknown are the parts of a kind that the grants name and the schema doesn't know, which are denied to
// everybody.
func (w writer) unknown(kind string) []string {
	var names []string
	for _, rights := range []roster.Rights{w.grants.Individual, w.grants.Role} {
		for text := range rights {
			right, part, _ := strings.Cut(text, "@")
			if strings.HasPrefix(right, kind+":") && part != "" && !w.schema.HasPart(kind, part) {
				names = append(names, part)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// whole is a kind's block. It is lowered to what each part allows that a request can't name; and to
// what every part allows of adding, of which no part has a letter.
func (w writer) whole(kind string) block {
	b := w.on(kind, "")
	for _, part := range w.parts(kind) {
		_, _, named := stageIn(kind, part.Name)
		there := w.on(kind, part.Name)
		for i := range b {
			if !named || i == actAdd {
				b[i] = min(b[i], there[i])
			}
		}
	}
	return b.lowered()
}

// stages are the stages whose letters say more, or less, than those of the whole kind. One that reaches at least
// as far as the kind, in letters that reach no farther, is left out: it has the kind's.
func (w writer) stages(whole block) []stageBody {
	var all []stageBody
	for _, part := range w.parts(kindDeal) {
		pipeline, status, ok := stageIn(kindDeal, part.Name)
		if !ok {
			continue
		}
		there := w.on(kindDeal, part.Name).lowered()
		there[actAdd] = whole[actAdd]
		sharp := there.sharp()
		if whole.within(there) && sharp.within(whole) {
			continue
		}
		all = append(all, stageBody{Entity: string(Leads), Pipeline: pipeline, Status: status, Rights: sharp.letters(stage)})
	}
	for _, name := range w.unknown(kindDeal) {
		if pipeline, status, ok := stageIn(kindDeal, name); ok {
			all = append(all, stageBody{Entity: string(Leads), Pipeline: pipeline, Status: status, Rights: block{}.letters(stage)})
		}
	}
	slices.SortFunc(all, func(a, b stageBody) int {
		return cmp.Or(cmp.Compare(a.Pipeline, b.Pipeline), cmp.Compare(a.Status, b.Status))
	})
	return all
}

// catalogues are the catalogues with any right; every one that the schema knows where the account's
// catalogues are open, since one that isn't named might be.
func (w writer) catalogues(open bool) []catalogBody {
	var all []catalogBody
	for _, part := range w.parts(kindCatalog) {
		id, ok := numberIn(part.Name)
		if !ok {
			continue
		}
		there := w.on(kindCatalog, part.Name).lowered().sharp()
		if open || slices.Max(there[:]) > roster.Denied {
			all = append(all, catalogBody{Catalog: id, Rights: there.letters(general)})
		}
	}
	for _, name := range w.unknown(kindCatalog) {
		if id, ok := numberIn(name); ok && open {
			all = append(all, catalogBody{Catalog: id, Rights: block{}.letters(general)})
		}
	}
	slices.SortFunc(all, func(a, b catalogBody) int { return cmp.Compare(a.Catalog, b.Catalog) })
	return all
}

// may reports whether a function is allowed.
func (w writer) may(function string) bool {
	right, _ := w.schema.Right(function)
	return w.Scope(right) == roster.All
}

// rights writes the whole object.
func (w writer) rights() *rightsBody {
	leads, open := w.whole(kindDeal), w.may(catalogsAccess)
	return &rightsBody{
		Leads:      leads.letters(general),
		Contacts:   w.whole(kindContact).letters(general),
		Companies:  w.whole(kindCompany).letters(general),
		Tasks:      w.whole(kindTask).letters(tasks),
		Mail:       w.may(mailUse),
		Catalogs:   open,
		Stages:     w.stages(leads),
		Catalogues: w.catalogues(open),
	}
}

// again is what reading the object gives.
func (b *rightsBody) again() roster.Rights {
	n, _ := newParser(bytes.NewReader(encoded(b))).reply() // it was just written
	return readRights(cursor{r: &reading{report: &report{}}, n: &n}, partSet{})
}

// encoded is v in JSON.
func encoded(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // numbers, texts and flags always have a form
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// stageIn reads the name of a part as that of a stage: "pipeline.status". Only deals have stages.
func stageIn(kind, part string) (pipeline, status int64, ok bool) {
	before, after, two := strings.Cut(part, ".")
	pipeline, one := numberIn(before)
	status, other := numberIn(after)
	return pipeline, status, kind == kindDeal && two && one && other
}

// numberIn reads a number of the account, written as the importer writes it.
func numberIn(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == text
}
