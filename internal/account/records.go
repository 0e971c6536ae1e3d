package account

import (
	"fmt"
	"time"
)

// kind is a kind of records to be made up.
type kind struct {
	name  string
	count int
	first int64 // the first record's id
}

// kinds shares a number of records out among the four kinds.
func kinds(records int) []kind {
	leads, contacts, companies := records*30/100, records*35/100, records*12/100
	return []kind{
		{"leads", leads, 19_600_000}, {"contacts", contacts, 31_200_000},
		{"companies", companies, 42_700_000}, {"tasks", records - leads - contacts - companies, 53_100_000},
	}
}

// record is what all records have in common, in the API's shape.
type record struct {
	ID          int64  `json:"id"`
	Name        string `json:"name,omitempty"`
	Responsible int64  `json:"responsible_user_id"`
	Group       int64  `json:"group_id"`
	CreatedBy   int64  `json:"created_by"`
	UpdatedBy   int64  `json:"updated_by"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	Deleted     bool   `json:"is_deleted"`
	Account     int64  `json:"account_id"`
}

// lead is a lead's own fields.
type lead struct {
	record
	Price    int    `json:"price"`
	Status   int64  `json:"status_id"`
	Pipeline int64  `json:"pipeline_id"`
	Loss     *int64 `json:"loss_reason_id"`
	Closed   *int64 `json:"closed_at"`
}

// contact is a contact's own fields.
type contact struct {
	record
	First    string `json:"first_name"`
	Last     string `json:"last_name"`
	Unsorted bool   `json:"is_unsorted"`
}

// task is a task's own fields.
type task struct {
	record
	Text     string `json:"text"`
	Entity   string `json:"entity_type"`
	EntityID int64  `json:"entity_id"`
	Type     int64  `json:"task_type_id"`
	Till     int64  `json:"complete_till"`
	Done     bool   `json:"is_completed"`
}

// records makes up the records of a kind from one index to another.
func (a *Account) records(k kind, from, to int) []any {
	var all []any
	for i := from; i < to; i++ {
		r := a.record(k.first + int64(i)*7)
		switch k.name {
		case "leads":
			all = append(all, a.lead(r, i))
		case "contacts":
			p := a.name(i)
			r.Name = p.full
			all = append(all, contact{record: r, First: p.full})
		case "companies":
			r.Name = a.company(i)
			all = append(all, r)
		default:
			all = append(all, a.task(r, i))
		}
	}
	return all
}

// record makes up what all records have in common.
func (a *Account) record(id int64) record {
	opened := time.Date(2024, time.January, 9, 9, 0, 0, 0, time.UTC).Unix()
	created := opened + a.random.Int64N(600*24*3600)
	u := a.holder()
	r := record{
		ID: id, Responsible: u.ID, Group: u.Rights.Group, CreatedBy: u.ID, UpdatedBy: u.ID, CreatedAt: created,
		UpdatedAt: created + a.random.Int64N(60*24*3600), Deleted: a.random.IntN(200) == 0, Account: 5_135_160,
	}
	switch n := a.random.IntN(100); {
	case n < 15:
		r.CreatedBy = 0 // a robot
	case n < 30:
		r.CreatedBy = a.holder().ID
	}
	if a.random.IntN(140) == 0 {
		r.Responsible, r.Group = a.Gone, 0
	}
	return r
}

// holder picks who is responsible: the leaver for one record in twelve, else a user who works with records.
func (a *Account) holder() user {
	if a.random.IntN(12) == 0 {
		return a.users[leaverAt]
	}
	i := a.random.IntN(len(a.users))
	if i == freeAt || i == ownerAt {
		i = len(a.users) - 1
	}
	return a.users[i]
}

// lead makes up a lead.
func (a *Account) lead(r record, i int) lead {
	s := stages()
	stage := s[a.random.IntN(len(s))]
	r.Name = fmt.Sprintf("%s, %s", []string{"Поставка", "Продление", "Новый договор", "Upgrade"}[a.random.IntN(4)], a.company(i))
	l := lead{record: r, Price: 1_000 * (1 + a.random.IntN(900)), Status: stage[1], Pipeline: stage[0]}
	if l.Status == 142 || l.Status == 143 {
		l.Closed = &r.UpdatedAt
	}
	return l
}

// task makes up a task on a lead.
func (a *Account) task(r record, i int) task {
	return task{
		record: r, Text: []string{"Перезвонить", "Отправить договор", "Встреча", "Follow up"}[a.random.IntN(4)],
		Entity: "leads", EntityID: 19_600_000 + int64(i)*7, Type: int64(1 + a.random.IntN(2)),
		Till: r.CreatedAt + 3*24*3600, Done: a.random.IntN(10) < 6,
	}
}

// company makes up a company's name.
func (a *Account) company(i int) string {
	names := []string{"ООО «Вектор»", "АО «Северный порт»", "ООО «Луч»", "Nordwind GmbH", "ИП Семёнов", "Baltic Foods", "ООО «Гранит»", "Atlas Ltd"}
	return fmt.Sprintf("%s %d", names[a.random.IntN(len(names))], 100+i%900)
}
