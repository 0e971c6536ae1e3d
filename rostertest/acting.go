package rostertest

import (
	"github.com/seed-8e8abc8d/roster"
)

// actingCases are about acting things.
func actingCases() []holdingsCase {
	return []holdingsCase{
		newCase("acting things are switched off", "With o.Off a move also switches the thing off, where it still is o.From's and nowhere else; "+
			"without, what is on stays on, and what is off stays off.", checkOff),
		newCase("acting things are probed one by one", "Probe returns one error, or nil, for each id in their order.", checkProbe),
	}
}

// checkOff switches off two of leo's four things, one of which is off already, and gives the others away.
func checkOff(x *exam) {
	x.requires(x.Acting, "acting things")
	ids := x.ids(6)
	x.give(x.leo, ids[:4]...)
	x.give(x.sam, ids[4])
	for _, id := range []string{ids[1], ids[3]} {
		rec := x.record(id, x.leo)
		rec.Off = true
		x.put(rec)
	}
	x.counts("one of four is off", x.leo, 4)
	x.has("one of four is off", x.leo, ids[:4]...)
	off := from(x.leo, "", ids[0], ids[1], ids[4], ids[5])
	off.Off = true
	x.moves("switching off", off, roster.MoveDone, roster.MoveDone, roster.MoveElsewhere, roster.MoveGone)
	x.moves("switching off again", off, roster.MoveAlready, roster.MoveAlready, roster.MoveElsewhere, roster.MoveGone)
	x.moves("giving two away", from(x.leo, x.sue, ids[2], ids[3]), roster.MoveDone, roster.MoveDone)
	x.counts("two switched off, two given away", x.leo, 0)
	x.has("two given away", x.sue, ids[2], ids[3])
	if x.Find == nil {
		return
	}
	for i, want := range []bool{true, true, false, true, false} {
		if rec, ok := x.Find(ids[i]); !ok || rec.Off != want {
			x.errorf("two switched off, one given away as it was on, one as it was off, one another's: %q is there: %v, and off: %v; want %v", ids[i], ok, rec.Off, want)
		}
	}
}

// checkProbe looks for what is told of things that don't work, where the source keeps that.
func checkProbe(x *exam) {
	p, ok := x.Holdings.(roster.Prober)
	x.requires(x.Acting && ok, "acting things that can be probed")
	ids := x.ids(6)
	x.give(x.leo, ids...)
	sick := x.record(ids[4], x.leo)
	sick.Problem = "401"
	x.put(sick)
	ids[4], ids[1] = ids[1], ids[4]
	told, err := p.Probe(x.ctx, ids)
	x.need("Probe", err)
	if len(told) != len(ids) {
		x.errorf("Probe of %q: %d answers; want %d", ids, len(told), len(ids))
		return
	}
	for i, id := range ids {
		if id != sick.ID && told[i] != nil {
			x.errorf("Probe of %q: %q, which works: %v; want nil", ids, id, told[i])
		}
	}
	if x.Find == nil {
		return
	}
	if rec, _ := x.Find(sick.ID); rec.Problem != "" && told[1] == nil {
		x.errorf("Probe of %q: nil for %q, which has the problem %q; want an error", ids, sick.ID, rec.Problem)
	}
}
