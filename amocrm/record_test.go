package amocrm_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// collect reads all records.
func collect(im *amocrm.Import, e amocrm.Entity, sources ...amocrm.Source) ([]amocrm.Record, error) {
	var all []amocrm.Record
	for rec, err := range im.Records(e, sources...) {
		if err != nil {
			return all, err
		}
		all = append(all, rec)
	}
	return all, nil
}

func TestA1_Records(t *testing.T) {
	t.Parallel()
	rec := func(id, owner, part, author string, closed, deleted bool) amocrm.Record {
		return amocrm.Record{
			Record: roster.Record{ID: id, Owner: roster.UserID(owner), Part: part}, Author: roster.UserID(author), Closed: closed, Deleted: deleted,
		}
	}
	tests := []struct {
		name   string
		entity amocrm.Entity
		text   string
		want   []amocrm.Record
		found  string
		why    string
	}{
		{"leads", amocrm.Leads, `{"_page":1,"_embedded":{"leads":[
			{"id":1,"responsible_user_id":5,"created_by":6,"pipeline_id":10,"status_id":142,"is_deleted":false},
			{"id":2,"responsible_user_id":5,"created_by":0,"pipeline_id":10,"status_id":143,"is_deleted":true},
			{"id":3,"responsible_user_id":0,"created_by":5,"pipeline_id":10,"status_id":77}]}}`,
			[]amocrm.Record{rec("1", "5", "10.142", "6", true, false), rec("2", "5", "10.143", "", true, true), rec("3", "", "10.77", "5", false, false)},
			"", "won and lost are closed; 0 is nobody, or a robot"},
		{"one contact", amocrm.Contacts, `{"id":4,"responsible_user_id":5,"is_unsorted":false,"first_name":"Anna","_embedded":{"tags":[],"leads":[]}}`,
			[]amocrm.Record{rec("4", "5", "", "", false, false)}, "no-counterpart contacts[].first_name", "the content stays with the host"},
		{"companies", amocrm.Companies, `[{"id":"4","responsible_user_id":null,"wings":2}]`,
			[]amocrm.Record{rec("4", "", "", "", false, false)}, "unknown-field companies[].wings", "an unknown field is told"},
		{"tasks", amocrm.Tasks, `[{"id":4,"responsible_user_id":5,"is_completed":true,"text":"call"},{"id":6,"is_completed":false}]`,
			[]amocrm.Record{rec("4", "5", "", "", true, false), rec("6", "", "", "", false, false)}, "", "completed tasks are closed"},
		{"the same id again", amocrm.Tasks, `[{"id":4},{"id":4}]`,
			[]amocrm.Record{rec("4", "", "", "", false, false), rec("4", "", "", "", false, false)}, "duplicate tasks[]", "told, and given again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			im := &amocrm.Import{}
			got, err := collect(im, tt.entity, text(tt.text))
			is.NoErr(err) // read
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
			if found := codes(im); tt.found != "" && found[tt.found] == 0 {
				t.Errorf("%s: %q isn't among the findings %v", tt.why, tt.found, found)
			}
		})
	}
}

func TestA1_StagesOfDealsBecomeParts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	im := &amocrm.Import{Parts: map[string][]roster.Part{"deal": {{Name: "1.2"}}}}
	_, err := collect(im, amocrm.Leads, text(`[{"id":1,"pipeline_id":1,"status_id":2},{"id":2,"pipeline_id":1,"status_id":3},{"id":3,"pipeline_id":1,"status_id":3}]`))
	is.NoErr(err)
	is.Equal(im.Parts["deal"], []roster.Part{{Name: "1.2"}, {Name: "1.3"}}) // each once
}

func TestA1_RecordsAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	got, err := collect(&amocrm.Import{}, amocrm.Leads,
		text(`[{"id":1,"pipeline_id":1,"status_id":2},{"id":2,"pipeline_id":1},{"id":3,"pipeline_id":1,"status_id":2}]`), text(`[{"id":true,`))
	is.Equal(len(got), 1)                      // none after the first fault
	is.True(errors.Is(err, amocrm.ErrType))    // the lead without a stage
	is.True(errors.Is(err, amocrm.ErrDamaged)) // the second source
	is.Equal(len(places(err)), 2)              // all faults
	_, err = collect(&amocrm.Import{}, "calls")
	is.True(err != nil) // an unknown entity
}

func TestRecordsStopWhenToldTo(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	im := &amocrm.Import{}
	n := 0
	for _, err := range im.Records(amocrm.Tasks, text(`[{"id":1,"wings":1},{"id":2},{"id":`), text(`[]`)) {
		is.NoErr(err) // the damage comes after the end
		if n++; n == 2 {
			break
		}
	}
	is.Equal(n, 2)                // two and no more
	is.Equal(len(im.Findings), 1) // what was found until then is told
}

// endless gives a list of n tasks without holding it, and notes the largest heap on the way.
type endless struct {
	n, next int
	rest    string
	heap    uint64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		if e.next > e.n {
			return 0, io.EOF
		}
		e.rest = `{"_page":1,"_embedded":{"tasks":[`
		if e.next > 0 {
			e.rest = fmt.Sprintf(`{"id":%d,"responsible_user_id":5,"text":%q,"wings":1},`, e.next, strings.Repeat("x", 500))
		}
		if e.next == e.n {
			e.rest = strings.TrimSuffix(e.rest, ",") + "]}}"
		}
		if e.next%4_000 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			e.heap = max(e.heap, m.HeapAlloc)
		}
		e.next++
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestA1_RecordsStream reads 20,000 records, 11 MB, in one list. It isn't parallel: it measures the heap.
func TestA1_RecordsStream(t *testing.T) {
	is := is.New(t)
	im := &amocrm.Import{}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	body := &endless{n: 20_000}
	n := 0
	for _, err := range im.Records(amocrm.Tasks, amocrm.Source{Name: "tasks", Body: body}) {
		is.NoErr(err) // good
		n++
	}
	is.Equal(n, 20_000)                                                                   // all of them
	is.Equal(codes(im)["unknown-field tasks[].wings"], 20_000)                            // every one told, in one finding
	is.True(body.heap < before.HeapAlloc+4<<20)                                           // 4 MB at most: the ids, and one record
	is.Equal(im.Dangling(), []amocrm.Dangling{{Kind: "task", Owner: "5", Count: 20_000}}) // counted, not kept
}

func TestA2_DanglingOwnersAreListed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	im := read(t, nil, texts("["+userLike(5, `"is_active":false`)+"]"))
	_, err := collect(im, amocrm.Leads, text(`[{"id":1,"responsible_user_id":5,"pipeline_id":1,"status_id":2},
		{"id":2,"responsible_user_id":40,"pipeline_id":1,"status_id":2},{"id":3,"responsible_user_id":7,"pipeline_id":1,"status_id":2},
		{"id":4,"responsible_user_id":7,"pipeline_id":1,"status_id":2},{"id":4,"responsible_user_id":7,"pipeline_id":1,"status_id":2}]`))
	is.NoErr(err)
	_, err = collect(im, amocrm.Contacts, text(`[{"id":1,"responsible_user_id":7},{"id":2}]`))
	is.NoErr(err)
	want := []amocrm.Dangling{{Kind: "contact", Owner: "7", Count: 1}, {Kind: "deal", Owner: "7", Count: 2}, {Kind: "deal", Owner: "40", Count: 1}}
	if d := cmp.Diff(want, im.Dangling()); d != "" {
		t.Errorf("dangling owners (-want +got):\n%s", d)
	}
}
