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
	for r.Next() {
		var v T
		if err := plan.scan(r, reflect.ValueOf(&v).Elem()); err != nil {
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

func (p plan) scan(r rows, v reflect.Value) error {
	dest := make([]any, len(p))
	late := false
	for i, t := range p {
		switch {
		case t.isTime:
			dest[i], late = new(int64), true
		case t.json:
			dest[i], late = new(string), true
		default:
			dest[i] = t.in(v).Addr().Interface()
		}
	}
	if err := r.Scan(dest...); err != nil || !late {
		return err
	}
	for i, t := range p {
		switch d := dest[i].(type) {
		case *int64:
			if t.isTime {
				t.in(v).Set(reflect.ValueOf(moment(*d)))
			}
		case *string:
			if t.json && *d != "" {
				if err := json.Unmarshal([]byte(*d), t.in(v).Addr().Interface()); err != nil {
					return err
				}
			}
		}
	}
	return nil
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
