package app

import (
	"context"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/conference"
)

// partSaid is a message of a part as it is exported: with its HTML, and where its files and the mail lie.
type partSaid struct {
	conference.Message
	HTML        string         `json:"html,omitempty"`
	RawFile     string         `json:"raw_file,omitempty"`
	Attachments []partAttached `json:"attachments"`
}

type partAttached struct {
	conference.File
	Path string `json:"path"`
}

// wholePart is a part as it is exported.
type wholePart struct {
	conference.Part
	Messages []partSaid `json:"messages"`
}

// parts writes what was said beside the threads with customers, and how the company asks others.
func (e *export) parts(ctx context.Context) error {
	how, err := e.h.Conference.Settings(e.tx)
	if err != nil {
		return err
	}
	if err := e.put("part_settings", how); err != nil {
		return err
	}
	read := func(tx *store.Tx, after conference.ID, limit int) ([]wholePart, error) {
		all, err := e.h.Conference.All(tx, after, limit)
		whole := make([]wholePart, len(all))
		for i, p := range all {
			whole[i] = wholePart{p, []partSaid{}}
			for _, m := range p.Messages {
				out := partSaid{Message: m, HTML: m.HTML, Attachments: []partAttached{}}
				if out.RawFile, err = e.blob(ctx, "mails", m.Raw, ".eml", "message/rfc822"); err != nil {
					return nil, err
				}
				for _, f := range m.Files {
					at, err := e.blob(ctx, "attachments", f.SHA256, f.Name, f.Type)
					if err != nil {
						return nil, err
					}
					out.Attachments = append(out.Attachments, partAttached{f, at})
				}
				whole[i].Messages = append(whole[i].Messages, out)
			}
		}
		return whole, err
	}
	return paged(ctx, e, "parts", read, func(p wholePart) conference.ID { return p.ID })
}
