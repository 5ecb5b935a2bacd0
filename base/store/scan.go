package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// ErrNone says that a query found no row.
var ErrNone = errors.New("store: no row")

type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
	Columns() ([]string, error)
}

// One reads the first row as a T: a struct with `db` tags (`db:"tags,json"` for JSON text), or a single value.
// It returns ErrNone when there is no row.
func One[T any](tx *Tx, query string, args ...any) (v T, err error) {
	found := false
	err = Each(tx, query, args, func(row T) error {
		v, found = row, true
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err == nil && !found {
		err = ErrNone
	}
	return v, err
}

// Find is One for a row that may be missing: ok is false then, and the error nil.
func Find[T any](tx *Tx, query string, args ...any) (v T, ok bool, err error) {
	v, err = One[T](tx, query, args...)
	if errors.Is(err, ErrNone) {
		return v, false, nil
	}
	return v, err == nil, err
}

// All reads every row as a T; never nil, so that it is [] in JSON.
func All[T any](tx *Tx, query string, args ...any) ([]T, error) {
	all := []T{}
	err := Each(tx, query, args, func(row T) error {
		all = append(all, row)
		return nil
	})
	return all, err
}

var errEnough = errors.New("enough")

// Each calls do with every row as a T. do must not use the transaction while rows are open.
func Each[T any](tx *Tx, query string, args []any, do func(T) error) error {
	r, err := tx.conn.query(tx.ctx, query, plainArgs(args))
	if err != nil {
		return fmt.Errorf("%w in %s", err, brief(query))
	}
	defer r.Close()
	tx.touched(query)
	cols, err := r.Columns()
	if err != nil {
		return err
	}
	plan, err := planFor(reflect.TypeFor[T](), cols)
	if err != nil {
		return fmt.Errorf("%w in %s", err, brief(query))
	}
	var v, zero T
	row := plan.row(reflect.ValueOf(&v).Elem())
	for r.Next() {
		v = zero
		if err := row.scan(r); err != nil {
			return fmt.Errorf("%w in %s", err, brief(query))
		}
		if err := do(v); err != nil {
			return err
		}
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("%w in %s", err, brief(query))
	}
	return nil
}

type target struct {
	index        []int // nil for the value itself
	isTime, json bool
}

type plan []target

var (
	plans    sync.Map // planKey → plan
	timeType = reflect.TypeFor[time.Time]()
)

type planKey struct {
	t    reflect.Type
	cols string
}

func planFor(t reflect.Type, cols []string) (plan, error) {
	key := planKey{t, strings.Join(cols, ",")}
	if p, ok := plans.Load(key); ok {
		known, _ := p.(plan)
		return known, nil
	}
	var p plan
	if t.Kind() != reflect.Struct || t == timeType {
		if len(cols) != 1 {
			return nil, fmt.Errorf("store: %d columns for one %s", len(cols), t)
		}
		p = plan{{isTime: t == timeType}}
	} else {
		fields := map[string]target{}
		mapFields(t, nil, fields)
		for _, c := range cols {
			f, ok := fields[c]
			if !ok {
				return nil, fmt.Errorf("store: %s has no field for column %s", t, c)
			}
			p = append(p, f)
		}
	}
	plans.Store(key, p)
	return p, nil
}

func mapFields(t reflect.Type, prefix []int, into map[string]target) {
	for f := range t.Fields() {
		index := append(append([]int{}, prefix...), f.Index...)
		tag, tagged := f.Tag.Lookup("db")
		if !tagged {
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				mapFields(f.Type, index, into)
			}
			continue
		}
		name, opt, _ := strings.Cut(tag, ",")
		into[name] = target{index: index, isTime: f.Type == timeType, json: opt == "json"}
	}
}

// row is where the columns of each row in turn go: into the fields of one value, some by a detour.
type row struct {
	dest   []any
	fields []field // those with a detour
}

type field struct {
	into reflect.Value
	at   *int64  // of a time
	text *string // of JSON
	own  bool    // its type reads JSON by itself
}

func (p plan) row(v reflect.Value) row {
	r := row{dest: make([]any, len(p))}
	for i, t := range p {
		into := t.in(v)
		switch {
		case t.isTime:
			f := field{into: into, at: new(int64)}
			r.dest[i], r.fields = f.at, append(r.fields, f)
		case t.json:
			f := field{into: into, text: new(string)}
			_, f.own = reflect.TypeAssert[json.Unmarshaler](into.Addr())
			r.dest[i], r.fields = f.text, append(r.fields, f)
		default:
			r.dest[i] = into.Addr().Interface()
		}
	}
	return r
}

func (r row) scan(from rows) error {
	if err := from.Scan(r.dest...); err != nil {
		return err
	}
	for _, f := range r.fields {
		if f.at != nil {
			f.into.Set(reflect.ValueOf(moment(*f.at)))
		} else if err := f.parse(); err != nil {
			return err
		}
	}
	return nil
}

// parse reads JSON; most lists and maps are empty.
func (f field) parse() error {
	switch kind := f.into.Kind(); {
	case *f.text == "":
		return nil
	case f.own:
	case *f.text == "[]" && kind == reflect.Slice:
		f.into.Set(reflect.MakeSlice(f.into.Type(), 0, 0))
		return nil
	case *f.text == "{}" && kind == reflect.Map:
		f.into.Set(reflect.MakeMap(f.into.Type()))
		return nil
	}
	return json.Unmarshal([]byte(*f.text), f.into.Addr().Interface())
}

func (t target) in(v reflect.Value) reflect.Value {
	if t.index == nil {
		return v
	}
	return v.FieldByIndex(t.index)
}

// Marks writes the placeholders and arguments of an IN list: $1, $2, …
func Marks[T any](list []T) (marks string, args []any) {
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", i+1)
		args = append(args, v)
	}
	return b.String(), args
}
