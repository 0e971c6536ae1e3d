package amocrm

import (
	"errors"
	"log/slog"
)

// LogValue is the kind of refusal and the place, for log/slog, without the path and the text, which repeat what
// the source holds. Errors that are wrapped or joined: see roster.LogValue.
func (e *Error) LogValue() slog.Value {
	kind := "invalid"
	switch {
	case errors.Is(e.Err, ErrDamaged):
		kind = "damaged"
	case errors.Is(e.Err, ErrType):
		kind = "wrong-type"
	case errors.Is(e.Err, ErrReply):
		kind = "no-data"
	}
	return slog.GroupValue(slog.String("kind", kind), slog.String("source", e.Source), slog.Int("line", e.Line), slog.Int("column", e.Column))
}

// LogValue is the code and the count, for log/slog, without the path and the text.
func (f Finding) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", string(f.Code)), slog.Int("count", f.Count))
}
