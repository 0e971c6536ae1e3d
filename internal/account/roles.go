package account

// role is a role in the API's shape.
type role struct {
	ID       int64           `json:"id"`
	Name     string          `json:"name"`
	Rights   rights          `json:"rights"`
	Links    map[string]link `json:"_links"`
	Embedded struct {
		Users []int64 `json:"users"`
	} `json:"_embedded"`
}

// letters are a block of rights.
type letters struct {
	View   string `json:"view,omitempty"`
	Edit   string `json:"edit"`
	Add    string `json:"add,omitempty"`
	Delete string `json:"delete"`
	Export string `json:"export,omitempty"`
}

// rights are the blocks that users and roles share.
type rights struct {
	Leads     letters      `json:"leads"`
	Contacts  letters      `json:"contacts"`
	Companies letters      `json:"companies"`
	Tasks     letters      `json:"tasks"`
	Mail      bool         `json:"mail_access"`
	Catalogs  bool         `json:"catalog_access"`
	Files     bool         `json:"files_access"`
	Stages    []stageRight `json:"status_rights"`
}

// stageRight are the rights on one stage.
type stageRight struct {
	Entity   string  `json:"entity_type"`
	Pipeline int64   `json:"pipeline_id"`
	Status   int64   `json:"status_id"`
	Rights   letters `json:"rights"`
}

// The places of the roles.
const (
	headAt = iota
	managerAt
	accountAt
	supportAt
	traineeAt
)

// block reads five letters: view, edit, add, delete, export.
func block(s string) letters {
	return letters{View: s[0:1], Edit: s[1:2], Add: s[2:3], Delete: s[3:4], Export: s[4:5]}
}

// same gives leads, contacts and companies the same letters, and tasks two.
func same(s, tasks string) rights {
	b := block(s)
	return rights{Leads: b, Contacts: b, Companies: b, Tasks: letters{Edit: tasks[0:1], Delete: tasks[1:2]}}
}

// everything is an administrator's block of rights.
func everything() rights {
	r := same("AAAAA", "AA")
	r.Mail, r.Catalogs, r.Files = true, true, true
	return r
}

// nothing is a block without rights.
func nothing() rights { return same("DDDDD", "DD") }

// individual are the rights of a user without a role; some have letters that the API doesn't allow.
func individual(i int) rights {
	r := same("GGAMM", "GM")
	r.Mail = true
	if i%16 == 7 {
		r.Contacts = block("AGGDD") // add takes only A or D
		r.Leads.Export = "A"        // farther than view
	}
	return r
}

// onStage gives letters, view, edit and delete, on a stage.
func onStage(stage [2]int64, s string) stageRight {
	return stageRight{"leads", stage[0], stage[1], letters{View: s[0:1], Edit: s[1:2], Delete: s[2:3]}}
}

// makeRoles makes the five roles.
func (a *Account) makeRoles() {
	head, manager, account, support, trainee := same("AAAGA", "AG"), same("GMADM", "MM"), same("AGADG", "GM"), same("AMDDD", "MD"), same("MMDDD", "MD")
	head.Mail, head.Catalogs, head.Files = true, true, true
	manager.Mail, account.Mail, support.Mail = true, true, true
	manager.Catalogs, account.Catalogs, account.Files = true, true, true
	s := stages()
	head.Stages = []stageRight{onStage(s[4], "AAD")}
	support.Stages = []stageRight{onStage(s[0], "DDD"), onStage(s[1], "AAD")}
	trainee.Stages = []stageRight{onStage(s[3], "DDD"), onStage(s[8], "DDD")}
	for i, x := range []struct {
		name   string
		rights rights
	}{{"Руководитель отдела", head}, {"Менеджер по продажам", manager}, {"Account manager", account}, {"Поддержка", support}, {"Стажёр", trainee}} {
		r := role{ID: int64(301_470 + 1_283*i), Name: x.name, Rights: x.rights, Links: map[string]link{}}
		r.Embedded.Users = []int64{}
		a.roles = append(a.roles, r)
	}
}

// stages are the stages of the account's three pipelines, each as pipeline and status.
func stages() [][2]int64 {
	var all [][2]int64
	for _, pipeline := range []int64{7_829_791, 7_830_415, 7_911_068} {
		for _, status := range []int64{1, 2, 3, 4} {
			all = append(all, [2]int64{pipeline, pipeline*8 + status})
		}
		all = append(all, [2]int64{pipeline, 142}, [2]int64{pipeline, 143})
	}
	return all
}
