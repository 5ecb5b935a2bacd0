package conference

import (
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// TestRequests reads as a table: who asks for what, what comes back, and what the journal says happened.
func TestRequests(t *testing.T) {
	d := furnish(t)
	tk, said := d.opens(t)
	note := must[tickets.Message](t)(d.tickets.Note(t.Context(), d.staff["Anna"], tk.ID, tickets.Memo{Text: "Among us"}))
	p := d.invites(t, tk.ID, Inviting{Kind: Colleague, People: []Guest{{Staff: d.id("Lou")}}, Writing: Writing{Files: []tickets.FileID{said.Files[0].ID}}})
	d.told(t)
	words := strings.NewReplacer("{tk}", tk.ID.String(), "{said}", said.ID.String(), "{note}", note.ID.String(), "{p}", p.ID.String(), "{lou}", d.id("Lou").String(), "{who}", p.People[0].ID.String(),
		"{file}", p.Messages[0].Files[0].ID.String(), "{theirs}", said.Files[0].ID.String(), "{m}", p.Messages[0].ID.String())
	anna, lou, lea, cleo := d.staff["Anna"], d.staff["Lou"], d.staff["Lea"], d.staff["Cleo"]
	asks := func(more string) string {
		return `{"title":"Lamp","kind":"supplier","people":[{"email":"a@else.example"}],"text":"When?"` + more + `}`
	}
	for _, tc := range []struct {
		who       string
		ask, body string
		code      int
		want      string
		told      string
	}{
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"share":[{"message":"{said}"}]`), 201, `"title":"Lamp","kind":"supplier","state":"open"`, "invited, written"},
		{"Anna", "POST /tickets/{tk}/parts", `{"title":" ","kind":"supplier","people":[{"email":"a@else.example"}],"text":"When?"}`, 422, `part.title`, ""},
		{"Anna", "POST /tickets/{tk}/parts", `{"title":"Lamp","kind":"friend","people":[{"email":"a@else.example"}],"text":"When?"}`, 422, `part.kind`, ""},
		{"Anna", "POST /tickets/{tk}/parts", `{"title":"Lamp","kind":"supplier","people":[{"email":"EVE@customer.example"}],"text":"When?"}`, 422, `part.customer`, ""},
		{"Anna", "POST /tickets/{tk}/parts", `{"title":"Lamp","kind":"supplier","people":[{"email":"a@else.example"},{"email":"A@else.example"}],"text":"When?"}`, 422, `part.twice`, ""},
		{"Anna", "POST /tickets/{tk}/parts", `{"title":"Lamp","kind":"supplier","people":[{"email":"nobody"}],"text":"When?"}`, 422, `email.malformed`, ""},
		{"Anna", "POST /tickets/{tk}/parts", `{"title":"Lamp","kind":"supplier","people":[{"name":"x"}],"text":"When?"}`, 422, `part.staff`, ""},
		{"Anna", "POST /tickets/{tk}/parts", `{"title":"Lamp","kind":"supplier","people":[{"email":"a@else.example"}],"text":" "}`, 422, `part.empty`, ""},
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"share":[{"message":"{note}"}]`), 422, `part.note`, ""},
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"share":[{"message":"{said}","text":" "}]`), 422, `part.share_empty`, ""},
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"share":[{"message":"msg_0000000000001"}]`), 422, `part.share_unknown`, ""},
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"files":["fil_0000000000001"]`), 422, `part.file_unknown`, ""},
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"attachments":[{"sha256":"` + strings.Repeat("0", 64) + `","name":"x"}]`), 404, `upload.unknown`, ""},
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"chase_at":"2026-07-06T08:00:00Z"`), 422, `part.chase_at`, ""},
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"language":"fr"`), 422, `part.language`, ""},
		{"Anna", "POST /tickets/{tk}/parts", asks(`,"known_as":"` + strings.Repeat("x", 81) + `"`), 422, `part.known_as`, ""},
		{"Cleo", "POST /tickets/{tk}/parts", asks(``), 404, `ticket.unknown`, ""},
		{"Lou", "POST /tickets/{tk}/parts", asks(``), 403, `permission.missing`, ""},
		{"Anna", "POST /tickets/{tk}/parts/preview", asks(`,"share":[{"message":"{said}","text":"my lamp"}],"files":["{theirs}"]`), 200, `{"to":[{"email":"a@else.example"}],"subject":"Lamp","text":"When?\n\n> July 6, 2026, 9:00 AM\n>\n> my lamp","attachments":[{`, ""},
		{"Cleo", "POST /tickets/{tk}/parts/preview", asks(``), 404, `ticket.unknown`, ""},

		{"Anna", "GET /tickets/{tk}/parts", "", 200, `"id":"{p}","ticket":"{tk}"`, ""},
		{"Cleo", "GET /tickets/{tk}/parts", "", 404, `ticket.unknown`, ""},
		{"Lou", "GET /tickets/{tk}/parts", "", 403, `permission.missing`, ""},
		{"Lou", "GET /parts", "", 200, `"items":[{"id":"{p}","title":"Lamp 17"`, ""},
		{"Lea", "GET /parts", "", 200, `{"items":[]}`, ""},
		{"Lou", "GET /parts?q=lamp", "", 200, `"found":{"message":"{m}","text":"When does lamp 17 come?","marks":[{"start":10,"end":14}]}`, ""},
		{"Lou", "GET /parts?q=shelf", "", 200, `{"items":[]}`, ""},
		{"Lea", "GET /parts?q=lamp", "", 200, `{"items":[]}`, ""},
		{"Lou", "GET /parts/counts", "", 200, `{"asked":1,"reads":true}`, ""},
		{"Lea", "GET /parts/counts", "", 200, `{"asked":0,"reads":true}`, ""},
		{"Anna", "GET /parts/settings", "", 200, `{"chase_after":960,"version":1}`, ""},
		{"Anna", "PATCH /parts/settings", `{"chase_after":480}`, 403, `permission.missing`, ""},
		{"Lou", "GET /parts/settings", "", 403, `permission.missing`, ""},
		{"admin", "PATCH /parts/settings", `{"chase_after":1}`, 422, `part.chase_after`, ""},
		{"admin", "PATCH /parts/settings", `{"chase_after":480}`, 200, `{"chase_after":480,"version":2}`, "configured"},
		{"Lou", "GET /parts/{p}", "", 200, `"yours":true}`, ""},
		{"Lea", "GET /parts/{p}", "", 404, `part.unknown`, ""},
		{"Lou", "GET /parts/files/{file}", "", 200, `a picture`, ""},
		{"Lea", "GET /parts/files/{file}", "", 404, `part.file`, ""},
		{"Lou", "GET /parts/messages/{m}/page", "", 200, `When does lamp 17 come?`, ""},
		{"Cleo", "GET /parts/messages/{m}/page", "", 404, `part.message`, ""},
		{"Lou", "POST /parts/{p}/messages", `{"text":"Shelf 3"}`, 201, `"state":"answered"`, "heard"},
		{"Lea", "POST /parts/{p}/messages", `{"text":"Shelf 3"}`, 404, `part.unknown`, ""},
		{"Anna", "POST /parts/{p}/messages", `{"text":"Thanks","no_answer":true}`, 201, `"state":"answered"`, "written"},
		{"Anna", "POST /parts/{p}/share", `{}`, 422, `part.share_nothing`, ""},
		{"Anna", "POST /parts/{p}/share", `{"share":[{"message":"{said}"}],"on_hold":true}`, 201, `"holds":true`, "written"},
		{"Anna", "POST /parts/{p}/chase", `{}`, 422, `part.empty`, ""},
		{"Anna", "POST /parts/{p}/chase", `{"text":"And?"}`, 201, `"chases":1`, "written"},
		{"Anna", "PATCH /parts/{p}", `{"known_as":"our shop","title":"Lamp 18"}`, 200, `"known_as":"our shop"`, "changed"},
		{"Anna", "PATCH /parts/{p}", `{"title":"Lamp 18"}`, 200, `"title":"Lamp 18"`, ""},
		{"Lou", "PATCH /parts/{p}", `{"title":"x"}`, 403, `permission.missing`, ""},
		{"Anna", "POST /parts/{p}/people", `{"email":"b@else.example","name":" Bo \n"}`, 201, `"name":"Bo","email":"b@else.example"`, "brought"},
		{"Anna", "POST /parts/{p}/people", `{"email":"B@else.example"}`, 422, `part.twice`, ""},
		{"Anna", "DELETE /parts/{p}/people/{who}", "", 200, `"people":[{`, "brought"},
		{"Anna", "DELETE /parts/{p}/people/{who}", "", 404, `part.person`, ""},
		{"Lou", "GET /parts/{p}", "", 404, `part.unknown`, ""},
		{"Anna", "POST /parts/{p}/done", "", 200, `"state":"done"`, "done"},
		{"Anna", "POST /parts/{p}/done", "", 409, `part.done`, ""},
		{"Anna", "GET /parts/prt_0000000000001", "", 404, `part.unknown`, ""},
	} {
		w := d.ask(map[string]web.Who{"Anna": anna, "Lou": lou, "Lea": lea, "Cleo": cleo, "admin": admin}[tc.who], words.Replace(tc.ask), words.Replace(tc.body))
		if told := d.told(t); w.Code != tc.code || !strings.Contains(w.Body.String(), words.Replace(tc.want)) || told != tc.told {
			t.Errorf("%s %s %s: %d, told %q\n%s", tc.who, tc.ask, tc.body, w.Code, told, w.Body)
		}
		if tc.who == "Lou" && strings.Contains(w.Body.String(), tk.ID.String()) {
			t.Errorf("%s tells a guest which ticket it is:\n%s", tc.ask, w.Body)
		}
	}
}
