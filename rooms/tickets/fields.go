package tickets

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Type is a kind of matter a company sorts its tickets by, such as return or question.
type Type struct {
	Key   string `json:"key" db:"key" pattern:"^[a-z][a-z0-9_]{0,39}$"`
	Label string `json:"label" db:"label" minLength:"1" maxLength:"80"`
}

// Field is a custom field of a company's tickets.
type Field struct {
	Key      string    `json:"key" db:"key" pattern:"^[a-z][a-z0-9_]{0,39}$"`
	Label    string    `json:"label" db:"label" minLength:"1" maxLength:"80"`
	Kind     FieldType `json:"kind" db:"kind" enum:"text,number,date,yes_no,choice"`
	Choices  []string  `json:"choices,omitempty" db:"choices,json" maxItems:"200"`
	Types    []string  `json:"types,omitempty" db:"types,json" doc:"on tickets of these types only; all when empty"`
	Required bool      `json:"required,omitempty" db:"required" doc:"wanted before a ticket is resolved"`
}

// FieldType is what a custom field holds.
type FieldType string

// What a custom field can hold.
const (
	TextField   FieldType = "text"
	NumberField FieldType = "number"
	DateField   FieldType = "date" // YYYY-MM-DD
	YesNoField  FieldType = "yes_no"
	ChoiceField FieldType = "choice"
)

var key = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func checkKey(k string) error {
	if !key.MatchString(k) {
		return fault.Field("key", "key.malformed", "A key is up to 40 small letters, digits and underscores, such as order_number.")
	}
	return nil
}

// accepts says whether a value fits the field.
func (f Field) accepts(v any) error {
	ok, want := false, ""
	switch f.Kind {
	case TextField:
		s, is := v.(string)
		ok, want = is && len(s) <= 10_000, "text of up to 10,000 characters"
	case NumberField:
		_, ok = v.(float64)
		want = "a number"
	case DateField:
		s, is := v.(string)
		_, err := time.Parse(time.DateOnly, s)
		ok, want = is && err == nil, "a date such as 2026-05-31"
	case YesNoField:
		_, ok = v.(bool)
		want = "true or false"
	case ChoiceField:
		s, is := v.(string)
		ok, want = is && slices.Contains(f.Choices, s), "one of "+strings.Join(f.Choices, ", ")
	}
	if !ok {
		return fault.Field("fields."+f.Key, "field.malformed", "%s takes %s.", f.Label, want)
	}
	return nil
}

func fieldList(tx *store.Tx) ([]Field, error) {
	return store.All[Field](tx, `SELECT key, label, kind, choices, types, required FROM tickets_fields ORDER BY key`)
}

func typeList(tx *store.Tx) ([]Type, error) {
	return store.All[Type](tx, `SELECT key, label FROM tickets_types ORDER BY key`)
}

// checkFields refuses values for fields that don't exist, or of the wrong kind; a nil value takes a field off.
func (room *Room) checkFields(tx *store.Tx, kind string, values map[string]any) error {
	if kind != "" {
		if _, ok, err := store.Find[string](tx, `SELECT key FROM tickets_types WHERE key = $1`, kind); err != nil || !ok {
			if err == nil {
				err = fault.Field("type", "type.unknown", "There is no ticket type %q.", kind)
			}
			return err
		}
	}
	if len(values) == 0 {
		return nil
	}
	all, err := fieldList(tx)
	if err != nil {
		return err
	}
	for k, v := range values {
		i := slices.IndexFunc(all, func(f Field) bool { return f.Key == k })
		if i < 0 {
			return fault.Field("fields."+k, "field.unknown", "There is no custom field %q.", k)
		}
		if len(all[i].Types) > 0 && !slices.Contains(all[i].Types, kind) {
			return fault.Field("fields."+k, "field.other_type", "%s is not for tickets of this type.", all[i].Label)
		}
		if v == nil {
			continue
		}
		if err := all[i].accepts(v); err != nil {
			return err
		}
	}
	return nil
}

type configured string

func (c configured) String() string { return string(c) }

// SetField sets up a custom field or changes it. What tickets hold already stays.
func (room *Room) SetField(ctx context.Context, who web.Who, f Field) (Field, error) {
	if err := checkKey(f.Key); err != nil {
		return f, err
	}
	if f.Kind == ChoiceField && len(f.Choices) == 0 {
		return f, fault.Field("choices", "choices.missing", "A field to choose from needs choices.")
	}
	return f, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		err := tx.Do(`INSERT INTO tickets_fields (key, label, kind, choices, types, required) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (key) DO UPDATE SET label = excluded.label, kind = excluded.kind, choices = excluded.choices, types = excluded.types, required = excluded.required`,
			f.Key, f.Label, f.Kind, store.JSON(f.Choices), store.JSON(f.Types), f.Required)
		if err != nil {
			return err
		}
		return tx.Record(configured("field:"+f.Key), Configured{What: "field", Key: f.Key})
	})
}

// SetType sets up a ticket type or renames it.
func (room *Room) SetType(ctx context.Context, who web.Who, t Type) (Type, error) {
	if err := checkKey(t.Key); err != nil {
		return t, err
	}
	return t, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		err := tx.Do(`INSERT INTO tickets_types (key, label) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET label = excluded.label`, t.Key, t.Label)
		if err != nil {
			return err
		}
		return tx.Record(configured("type:"+t.Key), Configured{What: "type", Key: t.Key})
	})
}

// Drop takes a custom field or a type off the list; what tickets hold already stays.
func (room *Room) Drop(ctx context.Context, who web.Who, what, k string) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		n, err := tx.Exec(`DELETE FROM tickets_`+map[string]string{"field": "fields", "type": "types"}[what]+` WHERE key = $1`, k)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, what+".unknown", "There is no %s %q.", what, k)
		}
		return tx.Record(configured(fmt.Sprintf("%s:%s", what, k)), Configured{What: what, Key: k, Gone: true})
	})
}
