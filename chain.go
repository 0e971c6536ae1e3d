package roster

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
)

// link is the hash of e after an event whose hash is prev: SHA-256 over every field, each with its
// length, so that no two different events share an encoding.
func (e Event) link(prev Hash) Hash {
	b := append(make([]byte, 0, 256), prev[:]...)
	b = binary.BigEndian.AppendUint64(b, e.Seq)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Count))
	b = append(b, byte(e.Outcome))
	texts := append([]string{string(e.Actor), e.System, string(e.Verb), string(e.User), e.Object, e.Reason}, e.Fields...)
	for _, t := range texts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(t)))
		b = append(b, t...)
	}
	return sha256.Sum256(b)
}

// TamperError tells where a trail stops being what was written (W1). It is an ErrTampered.
type TamperError struct {
	Seq    uint64 `json:"seq"`    // the first number whose event isn't as it was
	Reason string `json:"reason"` // "changed", "missing", "repeated", "rewritten" (good in itself, but not what was anchored) or "cut"
}

// Error tells the number and the reason.
func (e *TamperError) Error() string {
	return fmt.Sprintf("%v: event %d: %s", ErrTampered, e.Seq, e.Reason)
}

// Is reports that a TamperError is ErrTampered.
func (e *TamperError) Is(target error) bool { return target == ErrTampered }

// VerifyEvents follows the chain of events that come after prev, the zero Head for a trail from its
// beginning, and returns its head. The first event that isn't what was chained is a *TamperError;
// the head is then that of the last good event. It can't see that the end is cut: compare the head
// with one that was kept elsewhere.
func VerifyEvents(prev Head, events iter.Seq2[Event, error]) (Head, error) {
	for e, err := range events {
		if err != nil {
			return prev, err
		}
		next := prev.Seq + 1
		switch {
		case e.Seq > next:
			return prev, &TamperError{Seq: next, Reason: "missing"}
		case e.Seq < next:
			return prev, &TamperError{Seq: e.Seq, Reason: "repeated"}
		case e.Hash != e.link(prev.Hash):
			return prev, &TamperError{Seq: next, Reason: "changed"}
		}
		prev = Head{Seq: e.Seq, Hash: e.Hash}
	}
	return prev, nil
}
