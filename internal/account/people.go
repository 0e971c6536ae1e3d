package account

import (
	"fmt"
	"strings"
)

// user is a user in the API's shape.
type user struct {
	ID       int64           `json:"id"`
	Name     string          `json:"name"`
	Email    string          `json:"email"`
	Lang     string          `json:"lang"`
	Rights   userRights      `json:"rights"`
	Links    map[string]link `json:"_links"`
	Embedded struct {
		Roles  []named `json:"roles"`
		Groups []named `json:"groups"`
	} `json:"_embedded"`
}

// userRights are a user's rights: those of a role, and the flags.
type userRights struct {
	rights
	Admin  bool   `json:"is_admin"`
	Free   bool   `json:"is_free"`
	Active bool   `json:"is_active"`
	Group  int64  `json:"group_id"`
	Role   *int64 `json:"role_id"`
}

// named is an id with a name.
type named struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// groups are the account's departments.
func groups() []named {
	return []named{
		{512101, "Продажи, Москва"}, {512104, "Продажи, Петербург"}, {512233, "Key accounts"},
		{513870, "Поддержка"}, {515002, "Marketing"}, {520419, "Бухгалтерия"},
	}
}

// The places of the users who aren't like the others.
const (
	ownerAt = iota
	deputyAt
	leaverAt
	inactiveAt
	freeAt
)

// makeUsers makes up the users.
func (a *Account) makeUsers() {
	id := int64(8_104_000)
	taken := map[string]bool{}
	for i := range a.size.Users {
		id += 3 + a.random.Int64N(900)
		u := a.person(id, i, taken)
		u.Rights.Active = i != inactiveAt
		switch i {
		case ownerAt, deputyAt:
			u.Rights.Admin, u.Rights.rights = true, everything()
		case freeAt:
			u.Rights.Free = true
		default:
			a.giveRights(&u, i)
		}
		a.users = append(a.users, u)
	}
	a.Owner, a.Deputy, a.Leaver = a.users[ownerAt].ID, a.users[deputyAt].ID, a.users[leaverAt].ID
	a.Inactive, a.Free = a.users[inactiveAt].ID, a.users[freeAt].ID
	a.Gone = 8_103_517
}

// person makes up one user's name, address and group; the first users fill every group once.
func (a *Account) person(id int64, i int, taken map[string]bool) user {
	p := a.name(i)
	email := p.latin
	for n := 2; taken[email]; n++ {
		email = fmt.Sprintf("%s%d", p.latin, n)
	}
	taken[email] = true
	u := user{ID: id, Name: p.full, Email: email + "@example.com", Lang: p.lang}
	u.Rights.rights = nothing()
	u.Links = map[string]link{"self": {fmt.Sprintf("https://example.amocrm.ru/api/v4/users/%d", id)}}
	group := groups()[i%len(groups())]
	if i == leaverAt {
		group = groups()[0]
	}
	u.Rights.Group = group.ID
	u.Embedded.Groups, u.Embedded.Roles = []named{group}, []named{}
	return u
}

// giveRights gives a role or, to every eighth user, individual rights. The leaver is a sales manager.
func (a *Account) giveRights(u *user, i int) {
	if i%8 == 7 {
		u.Rights.rights = individual(i)
		return
	}
	r := a.roles[i%len(a.roles)]
	if i == leaverAt {
		r = a.roles[managerAt]
	}
	u.Rights.rights, u.Rights.Role = r.Rights, &r.ID
	u.Embedded.Roles = []named{{r.ID, r.Name}}
}

// spelled is a name as it is written and as it stands in an address.
type spelled struct{ full, latin, lang string }

// name makes up a name, in Russian letters three times out of four.
func (a *Account) name(i int) spelled {
	pick := func(list string) []string {
		words := strings.Fields(list)
		return strings.Split(words[a.random.IntN(len(words))], "/")
	}
	switch {
	case i%4 == 3:
		first, last := pick("Anna Clara Daniel Emma Jonas Laura Martin Nina Oscar Sofia Thomas Vera"),
			pick("Berg Fischer Hansen Keller Larsen Lindholm Meyer Novak Olsen Rossi Schmidt Weber")
		return spelled{first[0] + " " + last[0], strings.ToLower(first[0] + "." + last[0]), "en"}
	case a.random.IntN(2) == 0:
		first, last := pick("Анна/anna Вера/vera Дарья/daria Елена/elena Ирина/irina Мария/maria Ольга/olga Полина/polina Софья/sofya Юлия/yulia"),
			pick("Белова/belova Волкова/volkova Громова/gromova Жукова/zhukova Зайцева/zaitseva Киселёва/kiseleva Лебедева/lebedeva Орлова/orlova Соколова/sokolova Тихонова/tikhonova")
		return spelled{first[0] + " " + last[0], first[1] + "." + last[1], "ru"}
	}
	first, last := pick("Алексей/alexey Борис/boris Виктор/viktor Дмитрий/dmitry Иван/ivan Кирилл/kirill Максим/maxim Олег/oleg Пётр/petr Сергей/sergey"),
		pick("Беляев/belyaev Власов/vlasov Горшков/gorshkov Ершов/ershov Зимин/zimin Крылов/krylov Макаров/makarov Панов/panov Сорокин/sorokin Фомин/fomin")
	return spelled{first[0] + " " + last[0], first[1] + "." + last[1], "ru"}
}
