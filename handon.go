package roster

import (
	"maps"
	"slices"
	"strings"
)

// raised is to's individual rights raised so that each right of texts reaches as far as it is given
// to from, parts of its kind included, and no right reaches less far than before or farther than
// either (L11). Rights are compared as they are given, before needs lower them, so that nothing
// that is only latent is lost either.
//
// An individual right hides the role's rights on the same action, those on parts included (R12). What
// it would hide is therefore repeated as individual rights on the parts.
func raised(s *Schema, to Grants, from *Permissions, texts []string) Rights {
	before := Resolve(s, to)
	wide := maps.Clone(to.Individual)
	if wide == nil {
		wide = Rights{}
	}
	slices.Sort(texts)
	for _, text := range texts {
		if want := max(given(s, before, text), given(s, from, text)); want > given(s, before, text) {
			wide[text] = want
		}
	}
	resolved := Resolve(s, Grants{Individual: wide, Role: to.Role})
	narrow := maps.Clone(wide)
	for _, text := range texts {
		for _, t := range onParts(s, text) {
			if want := max(given(s, before, t), given(s, from, t)); want != given(s, resolved, t) {
				narrow[t] = want
			}
		}
	}
	return narrow
}

// given is how far p's source lets a right reach, before needs: at least Denied.
func given(s *Schema, p *Permissions, text string) Scope {
	right, err := s.Right(text)
	if err != nil {
		return Denied
	}
	return max(Denied, p.Explain(right, Owner).Given)
}

// onParts lists a kind-wide right on every part of its kind.
func onParts(s *Schema, text string) []string {
	name, _, _ := strings.Cut(text, ":")
	kind, _ := s.Kind(name) // a function has no parts
	if strings.Contains(text, "@") {
		return nil
	}
	texts := make([]string, len(kind.Parts))
	for i, part := range kind.Parts {
		texts[i] = text + "@" + part.Name
	}
	return texts
}

// changed is what of after isn't in before.
func changed(before, after Rights) Rights {
	diff := Rights{}
	for text, scope := range after {
		if was, ok := before[text]; !ok || was != scope {
			diff[text] = scope
		}
	}
	return diff
}
