package staff

import (
	"context"
	"net/http"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type none = struct{}

type byID struct {
	ID ID `path:"id"`
}

type byCookie struct {
	Session string `cookie:"hearth_session" hidden:"true"`
}

// signedIn is the answer to whoever has just signed in; the session goes into the cookie alone.
type signedIn struct {
	Me
	cookie *http.Cookie
}

// Cookie puts the session into the browser.
func (s signedIn) Cookie() *http.Cookie { return s.cookie }

type signedOut struct {
	OK     bool `json:"ok"`
	cookie *http.Cookie
}

// Cookie takes the session out of the browser.
func (s signedOut) Cookie() *http.Cookie { return s.cookie }

// Me is oneself, and what one may.
type Me struct {
	Member
	May web.Perm `json:"may"`
	All bool     `json:"all_teams"`
	Seq int64    `json:"seq" doc:"the last entry of the journal before this was read: whoever follows it from here misses nothing of what they read later"`
}

// Joining is somebody new and their link.
type Joining struct {
	Member
	Link *Link `json:"link,omitempty" doc:"for them alone; shown this once"`
}

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	room.staffRoutes(api)
	room.meRoutes(api)
	room.sessionRoutes(api)
	room.phoneRoutes(api)
	room.teamRoutes(api)
	room.roleRoutes(api)
	room.tokenRoutes(api)
}

func (room *Room) staffRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/staff", Needs: web.Self, Say: "List the staff"},
		func(ctx context.Context, who web.Who, in *struct {
			After ID  `query:"after"`
			Limit int `query:"limit" default:"200" minimum:"1" maximum:"1000"`
		},
		) (page web.Page[Member], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				page.Items, err = listed(tx, in.After, in.Limit)
				if len(page.Items) == in.Limit {
					page.Next = page.Items[in.Limit-1].ID.String()
				}
				for i := range page.Items {
					page.Items[i] = page.Items[i].shownTo(who)
				}
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/staff", Needs: web.People, Say: "Add somebody, and get the link with which they join", Status: http.StatusCreated, Secret: true},
		func(ctx context.Context, who web.Who, in *struct {
			Body struct {
				Email    string   `json:"email" maxLength:"254"`
				Name     string   `json:"name" maxLength:"200"`
				Role     string   `json:"role" maxLength:"200" doc:"its name or id"`
				Teams    []TeamID `json:"teams,omitempty" maxItems:"1000"`
				Language Language `json:"language,omitempty" enum:"en,de"`
			}
		},
		) (j Joining, err error) {
			b := in.Body
			j.Member, j.Link, err = room.Add(ctx, who, Newcomer{Email: b.Email, Name: b.Name, Role: b.Role, Teams: b.Teams, Language: b.Language})
			return j, err
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/staff/{id}", Needs: web.Self, Say: "Read about a colleague"},
		func(ctx context.Context, who web.Who, in *byID) (m Member, err error) {
			return m, room.db.Read(ctx, func(tx *store.Tx) error {
				m, err = load(tx, in.ID)
				m = m.shownTo(who)
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/staff/{id}", Needs: web.People, Say: "Change an account"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Change
		},
		) (Member, error) {
			return room.Change(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/staff/{id}/disable", Needs: web.People, Say: "Shut somebody out at once"},
		func(ctx context.Context, who web.Who, in *byID) (Member, error) { return room.Disable(ctx, who, in.ID) })
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/staff/{id}/enable", Needs: web.People, Say: "Let somebody sign in again"},
		func(ctx context.Context, who web.Who, in *byID) (Member, error) { return room.Enable(ctx, who, in.ID) })
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/staff/{id}/link", Needs: web.People, Say: "Make a link with which somebody chooses a new password", Status: http.StatusCreated, Secret: true},
		func(ctx context.Context, who web.Who, in *byID) (Link, error) { return room.NewLink(ctx, who, in.ID) })
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/staff/{id}/sessions", Needs: web.People, Say: "Sign somebody out everywhere"},
		func(ctx context.Context, who web.Who, in *byID) (web.None, error) {
			return web.None{OK: true}, room.SignOutEverywhere(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/staff/owner", Needs: web.People, Say: "Hand the house over to somebody else"},
		func(ctx context.Context, who web.Who, in *struct {
			Body struct {
				Staff    ID     `json:"staff"`
				Password string `json:"password" maxLength:"1000" doc:"the owner's own"`
			}
		},
		) (Member, error) {
			return room.HandOver(ctx, who, in.Body.Staff, in.Body.Password)
		})
}

// shownTo leaves out the address where it is not theirs to see.
func (m Member) shownTo(who web.Who) Member {
	if !who.May(web.People) && who.Staff != int64(m.ID) {
		m.Email = ""
	}
	return m
}

func (room *Room) meRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/setup", Needs: web.Public, Say: "Set up the house and become its owner, with the link that the server printed", Status: http.StatusCreated},
		func(ctx context.Context, _ web.Who, in *struct {
			Body struct {
				Token    string   `json:"token" maxLength:"200" doc:"what stands behind the # of the link"`
				Password string   `json:"password" maxLength:"1000"`
				Name     string   `json:"name" maxLength:"200"`
				Email    string   `json:"email" maxLength:"254"`
				Language Language `json:"language,omitempty" enum:"en,de"`
			}
		},
		) (signedIn, error) {
			b := in.Body
			o, err := room.SetUp(ctx, b.Token, Newcomer{Email: b.Email, Name: b.Name, Language: b.Language, Password: b.Password}, web.From(ctx))
			return room.signedIn(ctx, o, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/staff/welcome", Needs: web.Public, Say: "Choose a password with a link, and sign in", Status: http.StatusCreated},
		func(ctx context.Context, _ web.Who, in *struct {
			Body struct {
				Token    string `json:"token" maxLength:"200" doc:"what stands behind the # of the link"`
				Password string `json:"password" maxLength:"1000"`
				Name     string `json:"name,omitempty" maxLength:"200" doc:"when it was written wrongly"`
			}
		},
		) (signedIn, error) {
			o, err := room.Welcome(ctx, in.Body.Token, in.Body.Password, in.Body.Name, web.From(ctx))
			return room.signedIn(ctx, o, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/staff/welcome/look", Needs: web.Public, Say: "See whom a link is for"},
		func(ctx context.Context, _ web.Who, in *struct {
			Body struct {
				Token string `json:"token" maxLength:"200"`
			}
		},
		) (Invitation, error) {
			return room.LookAt(ctx, in.Body.Token)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/me", Needs: web.Self, Say: "See oneself and what one may"},
		func(ctx context.Context, who web.Who, _ *none) (Me, error) { return room.me(ctx, who) })
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/me", Needs: web.Self, Say: "Change one's own name or language"},
		func(ctx context.Context, who web.Who, in *struct {
			Body struct {
				Name     *string   `json:"name,omitempty" maxLength:"200"`
				Language *Language `json:"language,omitempty" enum:"en,de"`
			}
		},
		) (Me, error) {
			if _, err := room.ChangeMe(ctx, who, in.Body.Name, in.Body.Language); err != nil {
				return Me{}, err
			}
			return room.me(ctx, who)
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/me/password", Needs: web.Self, Say: "Change one's own password, and sign out everywhere else"},
		func(ctx context.Context, who web.Who, in *struct {
			Session string `cookie:"hearth_session" hidden:"true"`
			Body    struct {
				Old string `json:"old" maxLength:"1000"`
				New string `json:"new" maxLength:"1000"`
			}
		},
		) (web.None, error) {
			return web.None{OK: true}, room.ChangePassword(ctx, who, in.Session, in.Body.Old, in.Body.New)
		})
}

func (room *Room) me(ctx context.Context, who web.Who) (me Me, err error) {
	me.May, me.All = who.Can, who.All
	me.Member, me.Seq, err = room.now(ctx, ID(who.Staff))
	return me, err
}

// now is somebody as they are, and the last entry of the journal before that was read.
func (room *Room) now(ctx context.Context, id ID) (m Member, seq int64, err error) {
	err = room.db.Read(ctx, func(tx *store.Tx) error {
		if seq, err = tx.Head(); err != nil {
			return err
		}
		m, err = load(tx, id)
		return err
	})
	return m, seq, err
}

func (room *Room) signedIn(ctx context.Context, o Opened, err error) (signedIn, error) {
	if err != nil {
		return signedIn{}, err
	}
	m, seq, err := room.now(ctx, o.Staff)
	return signedIn{Me{m, m.Can, m.All, seq}, room.cookie(o.Secret)}, err
}

// cookie keeps a session in a browser; without one, it takes it out. The server ends it long before the browser does.
func (room *Room) cookie(secret string) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure where it can be: on plain HTTP the browser would never send it back
		Name: Cookie, Value: secret, Path: "/", MaxAge: 400 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(room.base, "https:"),
	}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

func (room *Room) sessionRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/sessions", Needs: web.Public, Say: "Sign in", Status: http.StatusCreated},
		func(ctx context.Context, _ web.Who, in *struct {
			Body struct {
				Email    string `json:"email" maxLength:"254"`
				Password string `json:"password" maxLength:"1000"`
			}
		},
		) (signedIn, error) {
			o, err := room.SignIn(ctx, in.Body.Email, in.Body.Password, web.From(ctx))
			return room.signedIn(ctx, o, err)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/sessions", Needs: web.Self, Say: "List where one is signed in"},
		func(ctx context.Context, who web.Who, in *byCookie) (page web.Page[Session], err error) {
			page.Items, err = room.Sessions(ctx, who, in.Session)
			return page, err
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/sessions/current", Needs: web.Self, Say: "Sign out"},
		func(ctx context.Context, who web.Who, in *byCookie) (signedOut, error) {
			return signedOut{true, room.cookie("")}, room.SignOut(ctx, who, in.Session)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/sessions/{id}", Needs: web.Self, Say: "End one of one's own sessions"},
		func(ctx context.Context, who web.Who, in *struct {
			ID SessionID `path:"id"`
		},
		) (web.None, error) {
			return web.None{OK: true}, room.CloseSession(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/sessions", Needs: web.Self, Say: "Sign out everywhere else"},
		func(ctx context.Context, who web.Who, in *byCookie) (web.None, error) {
			return web.None{OK: true}, room.CloseOthers(ctx, who, in.Session)
		})
}

type teamName struct {
	Name string `json:"name" maxLength:"200"`
}

type byTeam struct {
	ID TeamID `path:"id"`
}

func (room *Room) teamRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/teams", Needs: web.Self, Say: "List the teams and who is in them"},
		func(ctx context.Context, _ web.Who, _ *none) (page web.Page[Team], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = teams(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/teams", Needs: web.People, Say: "Add a team", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct{ Body teamName }) (Team, error) {
			return room.AddTeam(ctx, who, in.Body.Name)
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/teams/{id}", Needs: web.People, Say: "Rename a team"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   TeamID `path:"id"`
			Body teamName
		},
		) (Team, error) {
			return room.RenameTeam(ctx, who, in.ID, in.Body.Name)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/teams/{id}", Needs: web.People, Say: "End a team; its people stay"},
		func(ctx context.Context, who web.Who, in *byTeam) (web.None, error) {
			return web.None{OK: true}, room.RemoveTeam(ctx, who, in.ID)
		})
	type member struct {
		ID    TeamID `path:"id"`
		Staff ID     `path:"staff"`
	}
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/teams/{id}/members/{staff}", Needs: web.People, Say: "Bring somebody into a team"},
		func(ctx context.Context, who web.Who, in *member) (Team, error) {
			return room.Join(ctx, who, in.ID, in.Staff)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/teams/{id}/members/{staff}", Needs: web.People, Say: "Take somebody out of a team"},
		func(ctx context.Context, who web.Who, in *member) (Team, error) {
			return room.Leave(ctx, who, in.ID, in.Staff)
		})
}

func (room *Room) roleRoutes(api *web.API) {
	type byRole struct {
		ID RoleID `path:"id"`
	}
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/roles", Needs: web.Self, Say: "List the roles and what they allow"},
		func(ctx context.Context, _ web.Who, _ *none) (page web.Page[Role], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = roles(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/roles", Needs: web.People, Say: "Make a role of one's own", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			Body struct {
				Name string   `json:"name" maxLength:"200"`
				May  []string `json:"may" maxItems:"50"`
				All  bool     `json:"all_teams,omitempty"`
			}
		},
		) (Role, error) {
			return room.AddRole(ctx, who, in.Body.Name, in.Body.May, in.Body.All)
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/roles/{id}", Needs: web.People, Say: "Change a role of one's own"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   RoleID `path:"id"`
			Body RoleChange
		},
		) (Role, error) {
			return room.ChangeRole(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/roles/{id}", Needs: web.People, Say: "End a role that nobody has"},
		func(ctx context.Context, who web.Who, in *byRole) (web.None, error) {
			return web.None{OK: true}, room.RemoveRole(ctx, who, in.ID)
		})
}

func (room *Room) tokenRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tokens", Needs: web.Self, Say: "List one's own tokens, or those of somebody one looks after"},
		func(ctx context.Context, who web.Who, in *struct {
			Staff ID `query:"staff"`
		},
		) (page web.Page[Token], err error) {
			if in.Staff == 0 {
				in.Staff = ID(who.Staff)
			}
			page.Items, err = room.Tokens(ctx, who, in.Staff)
			return page, err
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tokens", Needs: web.Self, Say: "Make a token for a program that acts for oneself", Status: http.StatusCreated, Secret: true},
		func(ctx context.Context, who web.Who, in *struct {
			Body struct {
				Name   string   `json:"name" maxLength:"200"`
				Scopes []string `json:"scopes,omitempty" maxItems:"50" doc:"what it may; all that one may oneself when absent"`
			}
		},
		) (Minted, error) {
			return room.CreateToken(ctx, who, ID(who.Staff), in.Body.Name, in.Body.Scopes)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/tokens/{id}", Needs: web.Self, Say: "Revoke a token"},
		func(ctx context.Context, who web.Who, in *struct {
			ID TokenID `path:"id"`
		},
		) (web.None, error) {
			return web.None{OK: true}, room.RevokeToken(ctx, who, in.ID)
		})
}
