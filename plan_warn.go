package roster

import (
	"maps"
	"slices"
)

// warn tells what a person ought to know before confirming.
func (p *planner) warn() {
	u, about := p.Leaver.User, Finding{User: p.req.Leaver}
	if p.Backup.IsZero() {
		p.tell(WarnBackup, Finding{}, "no verified backup is known")
	}
	if u.Admin {
		p.tell(WarnAdministrator, about, "is an administrator")
	}
	if u.Status == StatusInvited {
		p.tell(WarnInvited, about, "was invited and never activated the account")
	}
	if p.Department.Head == p.req.Leaver && p.req.Leaver != "" {
		p.tell(WarnHead, about, "heads the department, which has no head afterwards")
	}
	p.warnTokens()
	for _, st := range p.Stocks {
		p.warnStock(st)
	}
	lose := map[UserID]bool{}
	for _, x := range p.plan.Sight {
		if x.Lost > 0 {
			lose[x.User] = true
		}
	}
	if len(lose) > 0 {
		p.tell(WarnSight, Finding{}, "%s sight of records", losers(len(lose)))
	}
}

// losers says that n users lose something.
func losers(n int) string {
	if n == 1 {
		return "1 user loses"
	}
	return count(n, "user") + " lose"
}

// warnTokens names the acting things that will stop working because they hold tokens of the leaver (L10).
func (p *planner) warnTokens() {
	kinds := map[string]string{}
	for _, st := range p.Stocks {
		for _, id := range st.IDs {
			kinds[id] = st.Kind
		}
	}
	held := map[string]int{}
	for _, t := range p.Tokens {
		if t.Integration != "" {
			held[t.Integration]++
		}
	}
	for _, id := range slices.Sorted(maps.Keys(held)) {
		p.tell(WarnReauthorise, Finding{Kind: kinds[id]}, "%q holds %s of the leaver and needs new authorisation", id, count(held[id], "live token"))
	}
}

// warnStock tells what to know about one kind.
func (p *planner) warnStock(st Stock) {
	about, n := Finding{Kind: st.Kind}, st.Survey.Total()
	ownerless, given, byLoad := 0, 0, false
	for _, s := range p.plan.Steps {
		if s.Kind != st.Kind || s.Tie != Responsible {
			continue
		}
		if s.Do == NoOwner {
			ownerless += s.Count
		}
		byLoad = byLoad || s.Do == LeastLoaded
		for _, share := range s.Shares {
			given += share.Count
		}
	}
	if ownerless > 0 {
		p.tell(WarnOwnerless, about, "%s left without an owner: seen by those alone who see all", count(ownerless, st.one()))
	}
	if st.Acting && given > 0 {
		p.tell(WarnActing, about, "%s with a new owner: each is checked after the run", count(given, st.one()))
	}
	if byLoad {
		p.tell(WarnLoads, about, "shares even out what successors have open when the deletion starts: they may differ from these")
	}
	if uncounted(st) == "" && n > 0 && st.Survey.Fingerprint == "" {
		p.tell(WarnFingerprint, about, "no fingerprint: records that were exchanged for as many others go unnoticed")
	}
	if d := p.req.Drift[st.Kind]; d > 0 {
		p.tell(WarnDrift, about, "up to %s may arrive before the deletion starts and are handed over unseen", count(d, st.one()))
	}
}
