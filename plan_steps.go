package roster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// disposeAll plans every kind.
func (p *planner) disposeAll() {
	for _, st := range p.Stocks {
		p.plan.Kinds = append(p.plan.Kinds, p.summary(st))
		if st.Exempt != "" {
			continue
		}
		if why := uncounted(st); why != "" {
			p.block(BlockUnknown, Finding{Kind: st.Kind}, "could not be counted: %s", why)
			continue
		}
		p.dispose(st)
		p.author(st)
	}
}

// summary is a plan's line about a kind.
func (p *planner) summary(st Stock) KindSummary {
	sum := KindSummary{
		Kind: st.Kind, Title: st.Kind, Acting: st.Acting, Survey: st.Survey, Authorship: st.Authorship, Unknown: uncounted(st), Exempt: st.Exempt,
	}
	if sum.Survey.Responsible = maps.Clone(st.Survey.Responsible); sum.Survey.Responsible == nil {
		sum.Survey.Responsible = map[string]int{}
	}
	kind, ok := p.Schema.Kind(st.Kind)
	if !ok {
		return sum
	}
	sum.Title = kind.Title
	for _, part := range kind.Parts {
		if st.Survey.Responsible[part.Name] > 0 && part.Title != part.Name {
			if sum.Parts == nil {
				sum.Parts = map[string]string{}
			}
			sum.Parts[part.Name] = part.Title
		}
	}
	return sum
}

// uncounted tells why a kind's numbers can't be relied upon, or "" (G2).
func uncounted(st Stock) string {
	if st.Unknown != "" {
		return st.Unknown
	}
	if err := st.Survey.Check(); err != nil {
		return err.Error()
	}
	return ""
}

// dispose plans one kind: the records that rules name first, so that they are gone when the
// rest of their part is paged through, then part by part.
func (p *planner) dispose(st Stock) {
	d := newDealer(st.Loads)
	left := p.named(st, d)
	for _, part := range slices.Sorted(maps.Keys(left)) {
		n := left[part]
		if n == 0 {
			continue
		}
		i, ok := p.match(st, part)
		if !ok {
			p.block(BlockUncovered, Finding{Kind: st.Kind, Part: part}, "%s that no rule covers", count(n, st.one()))
			continue
		}
		p.step(st, d, i, Step{Kind: st.Kind, Part: part, Count: n})
	}
}

// named plans the records that rules name, part by part, and returns what is left by part.
func (p *planner) named(st Stock, d *dealer) map[string]int {
	left := maps.Clone(st.Survey.Responsible)
	parts := make(map[string]string, len(st.Records)) // of the leaver's, by id; each once
	for _, r := range st.Records {
		if r.Owner == p.req.Leaver {
			parts[r.ID] = r.Part
		}
	}
	for i, rule := range p.req.Rules {
		if rule.Kind != st.Kind || len(rule.Records) == 0 {
			continue
		}
		ids, others := map[string][]string{}, []string(nil)
		for _, id := range rule.Records {
			if part, ok := parts[id]; ok {
				ids[part] = append(ids[part], id)
				delete(parts, id)
			} else {
				others = append(others, id)
			}
		}
		if len(others) > 0 && p.fresh(i) {
			p.block(BlockRuleRecord, Finding{Kind: st.Kind}, "rules[%d]: not the leaver's: %s", i, some(others))
		}
		for _, part := range slices.Sorted(maps.Keys(ids)) {
			n := len(ids[part])
			if left[part] < n {
				p.block(BlockUnknown, Finding{Kind: st.Kind, Part: part}, "changed while it was counted: assess again")
				continue
			}
			left[part] -= n
			slices.Sort(ids[part])
			p.step(st, d, i, Step{Kind: st.Kind, Part: part, Records: ids[part], Count: n})
		}
	}
	return left
}

// some quotes the first of many ids.
func some(ids []string) string {
	text := fmt.Sprintf("%q", ids[:min(len(ids), 5)])
	text = strings.Trim(text, "[]")
	if more := len(ids) - 5; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// match finds the most specific rule for a kind and part (L4).
func (p *planner) match(st Stock, part string) (int, bool) {
	if i, ok := p.rules[target{kind: st.Kind, part: part}]; ok {
		return i, true
	}
	if i, ok := p.rules[target{kind: st.Kind}]; ok {
		return i, true
	}
	i, ok := p.rules[target{}]
	return i, ok && !st.Acting
}

// step disposes of what s names as rule i says, and judges who receives it.
func (p *planner) step(st Stock, d *dealer, i int, s Step) {
	rule := p.req.Rules[i]
	p.used[i] = true
	s.Tie, s.Do, s.Rule = Responsible, rule.Do, i
	about := Finding{Kind: st.Kind, Part: s.Part}
	switch rule.Do {
	case GiveTo, SplitEvenly:
		s.Shares = d.deal(rule.Do, rule.To, i, s.Count)
	case LeastLoaded:
		for _, id := range rule.To {
			if _, ok := st.Loads[id]; !ok {
				p.block(BlockUnknown, Finding{Kind: st.Kind, User: id}, "the open records of a successor could not be counted")
			}
		}
		s.Shares = d.deal(rule.Do, rule.To, i, s.Count)
	case ToHead:
		head := p.Department.Head
		if head == "" || head == p.req.Leaver {
			p.block(BlockNoHead, about, "the leaver's department has no other head to receive these")
			break
		}
		s.Shares = d.deal(rule.Do, []UserID{head}, i, s.Count)
	case NoOwner:
		if st.Acting {
			p.block(BlockOwnerless, about, "needs an owner, or is switched off")
		}
	case SwitchOff:
		if !st.Acting {
			p.block(BlockSwitchOff, about, "only acting things can be switched off")
		}
	}
	for _, share := range s.Shares {
		p.receive(st, s.Part, share.To)
		if p.fresh(i) {
			p.shows(st.Kind, s.Part, p.Leaver.User, share.To)
		}
	}
	p.plan.Steps = append(p.plan.Steps, s)
}

// author plans what becomes of the authorship of a kind's records (L8).
func (p *planner) author(st Stock) {
	if st.Survey.Authored == 0 || st.Authorship == AuthorKept {
		return
	}
	s := Step{Kind: st.Kind, Tie: Author, Do: NoOwner, Count: st.Survey.Authored, Rule: -1}
	if st.Authorship == AuthorMoved {
		s.Do = GiveTo
		if to := p.req.Authors; to != "" {
			p.fit(to)
			s.Shares = []Share{{To: to, Count: s.Count}}
		} else {
			p.block(BlockNoAuthor, Finding{Kind: st.Kind}, "%s need a new author, and the request names none", count(s.Count, st.one()))
		}
	}
	p.plan.Steps = append(p.plan.Steps, s)
}

// one is what a single thing of the kind is called.
func (st Stock) one() string {
	if st.Acting {
		return "acting thing"
	}
	return "record"
}

// checkRules blocks rules about kinds and parts that don't exist, and warns of those that cover nothing.
func (p *planner) checkRules() {
	stocks := make(map[string]Stock, len(p.Stocks))
	authors := false
	for _, st := range p.Stocks {
		stocks[st.Kind] = st
		authors = authors || st.Authorship == AuthorMoved
	}
	for i, rule := range p.req.Rules {
		st, ok := stocks[rule.Kind]
		about := Finding{Kind: rule.Kind, Part: rule.Part}
		_, counted := st.Survey.Responsible[rule.Part]
		switch {
		case !p.fresh(i):
		case rule.Kind != "" && !ok:
			p.block(BlockRuleKind, about, "rules[%d]: no such kind", i)
		case st.Exempt != "":
			p.block(BlockRuleKind, about, "rules[%d]: the kind is exempt: %s", i, st.Exempt)
		case rule.Part != "" && !counted && !p.Schema.HasPart(rule.Kind, rule.Part):
			p.block(BlockRulePart, about, "rules[%d]: no such part", i)
		case !p.used[i] && len(rule.Records) == 0 && uncounted(st) == "" && p.rules[rule.target()] == i:
			p.tell(WarnIdle, about, "rules[%d] covers nothing at present", i)
		}
	}
	if p.late {
		return
	}
	if p.req.Authors != "" && !authors {
		p.tell(WarnIdle, Finding{User: p.req.Authors}, "no kind moves its authors: the new author gets nothing")
	}
	for _, kind := range slices.Sorted(maps.Keys(p.req.Drift)) {
		if _, ok := stocks[kind]; !ok {
			p.block(BlockRuleKind, Finding{Kind: kind}, "drift[%s]: no such kind", kind)
		}
	}
}
