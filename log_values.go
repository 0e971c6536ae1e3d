package roster

import (
	"log/slog"
	"strings"
)

// ids is the attribute of an id; none for an empty one, and for what is no opaque id.
func ids[T ~string](key string, id T) []slog.Attr {
	if id == "" || idProblem(string(id)) != "" || strings.ContainsAny(string(id), "@ ") {
		return nil
	}
	return []slog.Attr{slog.String(key, string(id))}
}

// asked tells who asked: a user by id, the system by that alone, since its reason is the host's own words.
func asked(actor UserID, system string) []slog.Attr {
	if system != "" {
		return []slog.Attr{slog.Bool("system", true)}
	}
	return ids("actor", actor)
}

// LogValue is the event without time, hash and anybody's own words: the trail has them under Seq. Its reason is
// told where it is a fixed code: of what was refused or failed, of letters, tokens and steps.
func (e Event) LogValue() slog.Value {
	all := []slog.Attr{slog.Uint64("seq", e.Seq), slog.String("verb", string(e.Verb)), slog.String("outcome", e.Outcome.String())}
	all = append(all, asked(e.Actor, e.System)...)
	all = append(all, ids("user", e.User)...)
	all = append(all, ids("object", e.Object)...)
	if e.Reason != "" && e.coded() {
		all = append(all, slog.String("reason", e.Reason))
	}
	if len(e.Fields) > 0 {
		all = append(all, slog.Any("fields", e.Fields))
	}
	if e.Count > 0 {
		all = append(all, slog.Int("count", e.Count))
	}
	return slog.GroupValue(all...)
}

// coded reports whether e's reason is a fixed code, not the actor's own words.
func (e Event) coded() bool {
	if e.Outcome == OutcomeRefused || e.Outcome == OutcomeFailed {
		return true
	}
	noun, _, _ := strings.Cut(string(e.Verb), ".")
	return noun == "letter" || noun == "token" || e.Verb == VerbRunStep
}

// LogValue is where the run stands, without reasons, which may be a person's own words.
func (r Run) LogValue() slog.Value {
	all := append(ids("id", r.ID), slog.String("state", r.State.String()))
	all = append(all, ids("leaver", r.Leaver)...)
	all = append(all, ids("corrects", r.Correction.Run)...)
	all = append(all, asked(r.Actor, r.System)...)
	var done, moved, skipped int
	for _, s := range r.Steps {
		if s.Done {
			done++
		}
		moved, skipped = moved+s.Moved, skipped+s.Skipped
	}
	return slog.GroupValue(append(all,
		slog.Bool("sweep", r.Sweep), slog.Int("steps", len(r.Steps)), slog.Int("done", done), slog.Int("moved", moved),
		slog.Int("skipped", skipped), slog.Int("round", r.Round), slog.Int("attempts", r.Attempts))...)
}

// LogValue is the leaver's id and how much was asked for, without the actor's own words.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(append(ids("leaver", r.Leaver), slog.Int("rules", len(r.Rules)), slog.Int("with", len(r.With)))...)
}

// LogValue is the run, who gets what it moved, and how many records are named, without the actor's own words.
func (c Correction) LogValue() slog.Value {
	all := append(ids("run", c.Run), ids("to", c.To)...)
	return slog.GroupValue(append(all, slog.Int("records", len(c.Records)))...)
}

// LogValue is what is asked for but times; of the text only whether there is one, since it is a person's name or address.
func (f UserFilter) LogValue() slog.Value {
	all := []slog.Attr{slog.Bool("text", f.Text != ""), slog.String("status", f.Status.String()), slog.Bool("deleted", f.Deleted),
		slog.Bool("admins", f.Admins), slog.String("seat", f.Seat.String())}
	return slog.GroupValue(append(append(all, ids("department", f.Department)...), ids("role", f.Role)...)...)
}

// LogValue is the finding without its text.
func (f Finding) LogValue() slog.Value { return slog.GroupValue(f.attrs()...) }

func (f Finding) attrs() []slog.Attr {
	all := []slog.Attr{slog.String("code", f.Code)}
	all = append(all, ids("kind", f.Kind)...)
	all = append(all, ids("part", f.Part)...)
	return append(all, ids("user", f.User)...)
}

// LogValue is the field's name, without what was typed.
func (f Fault) LogValue() slog.Value { return slog.StringValue(plainField(f.Field)) }

// LogValue is id and status: neither name nor address.
func (u User) LogValue() slog.Value {
	return slog.GroupValue(append(ids("id", u.ID), slog.String("status", u.Status.String()))...)
}

// LogValue is the user's id, without the hash.
func (c Credential) LogValue() slog.Value { return slog.GroupValue(ids("user", c.User)...) }

// LogValue is id, kind and user: neither hash nor label.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(append(append(ids("id", t.ID), slog.String("kind", t.Kind.String())), ids("user", t.User)...)...)
}

// LogValue is the token's, without the secret.
func (i Issued) LogValue() slog.Value { return i.Token.LogValue() }

// LogValue is the letter's id and kind and the user's id: neither address nor secret.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(append(append(ids("id", m.Letter), slog.String("kind", m.Kind.String())), ids("user", m.User.ID)...)...)
}

// LogValue is the word "secret" in square brackets.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// LogValue is the verb and the user's id: neither name, address nor password.
func (c AddUser) LogValue() slog.Value { return changeValue(c) }

// LogValue is the verb and the user's id: neither name nor address.
func (c EditUser) LogValue() slog.Value { return changeValue(c) }

// LogValue is the verb and the user's id: neither name, address nor hash.
func (c ImportUser) LogValue() slog.Value { return changeValue(c) }

// LogValue is the verb and the user's id, without the actor's own words.
func (c Deactivate) LogValue() slog.Value { return changeValue(c) }

// changeValue tells what a change is and whom it is about.
func changeValue(c Change) slog.Value {
	e := c.about()
	return slog.GroupValue(append([]slog.Attr{slog.String("verb", string(e.Verb))}, ids("user", e.User)...)...)
}

// LogValue is the leaver's id and how much the plan holds; its texts are for people.
func (p Plan) LogValue() slog.Value {
	return slog.GroupValue(append(ids("leaver", p.Leaver),
		slog.Int("steps", len(p.Steps)), slog.Int("blockers", len(p.Blockers)), slog.Int("warnings", len(p.Warnings)))...)
}

// LogValue is the user's id and status.
func (p Profile) LogValue() slog.Value { return p.User.LogValue() }
