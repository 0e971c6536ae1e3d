package amocrm

import (
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/seed-8e8abc8d/roster"
)

// Entity is a kind of records, by the API's name.
type Entity string

// The entities.
const (
	Leads     Entity = "leads"
	Contacts  Entity = "contacts"
	Companies Entity = "companies"
	Tasks     Entity = "tasks"
)

// Kind is the kind of records in roster.CRMSchema, or empty for an entity that the importer doesn't know.
func (e Entity) Kind() string {
	switch e {
	case Leads:
		return kindDeal
	case Contacts:
		return kindContact
	case Companies:
		return kindCompany
	case Tasks:
		return kindTask
	}
	return ""
}

// Record is what roster needs to know of a record; all else stays in the host's own tables.
type Record struct {
	roster.Record               // id, responsible user, and for a deal the stage as its part: "pipeline.status"
	Author        roster.UserID // who created it; empty for a robot
	Closed        bool          // a deal that is won or lost, a completed task
	Deleted       bool          // in the account's waste basket
}

// Closed statuses of a pipeline, the same in every one.
const (
	statusWon  = 142
	statusLost = 143
)

// Records reads the replies with one entity's records, all pages of it at once, in the order of the
// sources. One record and the numbers of those before are in memory; a number that came before is told and
// comes again. What is found goes to
// im.Findings and im.Parts, owners who aren't among im.Users to Dangling, all of it complete when the
// iteration has ended.
//
// An error comes once and last. After the first fault no more records come, but the sources are read
// to their end, so that every fault is told at once, joined. Don't run two Records of one Import at once.
func (im *Import) Records(e Entity, sources ...Source) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if e.Kind() == "" {
			yield(Record{}, fmt.Errorf("amocrm: unknown entity %s", quote(string(e))))
			return
		}
		r := im.records(e)
		l := &list{reading: r.reading, name: string(e)}
		stopped := false
		l.take = func(c cursor) bool {
			rec, again := r.record(c)
			if len(r.faults) > 0 {
				return true
			}
			if !again && rec.Owner != "" && !r.known[rec.Owner] {
				im.dangling[Dangling{Owner: rec.Owner, Kind: e.Kind()}]++
			}
			stopped = !yield(rec, nil)
			return !stopped
		}
		l.all(sources)
		im.Findings = r.found
		im.addParts(r.parts)
		if !stopped && len(r.faults) > 0 {
			yield(Record{}, errors.Join(r.faults...))
		}
	}
}

// records is the reading of one entity's records.
type records struct {
	*reading
	entity Entity
	known  map[roster.UserID]bool
	parts  partSet
	seen   map[int64]struct{}
}

// records begins a reading that goes on with the import's findings.
func (im *Import) records(e Entity) *records {
	rep := &report{found: im.Findings, index: map[reportKey]int{}}
	for i, f := range im.Findings {
		rep.index[reportKey{f.Code, f.Path, f.Text}] = i
	}
	r := &records{reading: &reading{report: rep}, entity: e, parts: partSet{}, known: map[roster.UserID]bool{}, seen: map[int64]struct{}{}}
	for _, u := range im.Users {
		r.known[u.ID] = true
	}
	if im.dangling == nil {
		im.dangling = map[Dangling]int{}
	}
	return r
}

// record reads one record, and tells whether its id came before.
func (r *records) record(c cursor) (rec Record, again bool) {
	id := c.at("id").id()
	rec = Record{Record: roster.Record{ID: strconv.FormatInt(id, 10), Owner: userID(c.at("responsible_user_id").number())}}
	rec.Author = userID(c.at("created_by").number())
	rec.Deleted = c.at("is_deleted").flag()
	switch r.entity {
	case Leads:
		pipeline, status := c.at("pipeline_id").id(), c.at("status_id").id()
		rec.Part = stageName(pipeline, status)
		rec.Closed = status == statusWon || status == statusLost
		r.parts.add(kindDeal, rec.Part)
	case Tasks:
		rec.Closed = c.at("is_completed").flag()
	}
	c.rest(r.field)
	if _, again = r.seen[id]; again {
		c.tell(CodeDuplicate, "an id that came before")
	}
	r.seen[id] = struct{}{}
	return rec, again
}

// field knows the fields of a record.
func (r *records) field(key string) use {
	switch key {
	case "id", "responsible_user_id", "created_by", "is_deleted", "_links":
		return read
	case "name", "group_id", "updated_by", "created_at", "updated_at", "closest_task_at", "custom_fields_values",
		"account_id", "_embedded":
		return left
	}
	return r.entity.field(key)
}

// field knows the fields that only one entity has.
func (e Entity) field(key string) use {
	switch e {
	case Leads:
		switch key {
		case "pipeline_id", "status_id":
			return read
		case "price", "loss_reason_id", "closed_at", "source_id", "score", "labor_cost", "is_price_modified_by_robot":
			return left
		}
	case Contacts:
		switch key {
		case "first_name", "last_name", "is_unsorted":
			return left
		}
	case Tasks:
		switch key {
		case "is_completed":
			return read
		case "text", "entity_type", "entity_id", "task_type_id", "complete_till", "duration", "result":
			return left
		}
	}
	return unknown
}
