package clocks

import (
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
)

func TestCheck(t *testing.T) {
	good := Policy{Name: "Standard", Calendar: "cal_1", Targets: Targets{FirstAnswer: time.Hour, Resolution: 8 * time.Hour}}
	but := func(change func(p *Policy)) Policy {
		p := good
		change(&p)
		return p
	}
	for name, tc := range map[string]struct {
		policy Policy
		field  string
	}{
		"a sound policy":                    {good, ""},
		"one target is enough":              {but(func(p *Policy) { p.Targets = Targets{NextAnswer: time.Minute} }), ""},
		"a warning by percentage":           {but(func(p *Policy) { p.Warn.Percent = 99 }), ""},
		"a warning by time":                 {but(func(p *Policy) { p.Warn.Before = 59 * time.Minute }), ""},
		"no name":                           {but(func(p *Policy) { p.Name = "  " }), "name"},
		"no calendar":                       {but(func(p *Policy) { p.Calendar = "" }), "calendar"},
		"no target":                         {but(func(p *Policy) { p.Targets = Targets{} }), "targets"},
		"a target below nothing":            {but(func(p *Policy) { p.Targets.NextAnswer = -1 }), "targets"},
		"a target of ten years":             {but(func(p *Policy) { p.Targets.Resolution = 10 * longest }), "targets"},
		"a warning before the clock starts": {but(func(p *Policy) { p.Warn.Before = time.Hour }), "warn"},
		"a warning below nothing":           {but(func(p *Policy) { p.Warn.Before = -1 }), "warn"},
		"a warning at all of it":            {but(func(p *Policy) { p.Warn.Percent = 100 }), "warn"},
		"a warning at less than nothing":    {but(func(p *Policy) { p.Warn.Percent = -1 }), "warn"},
		"two warnings":                      {but(func(p *Policy) { p.Warn = Lead{Percent: 20, Before: time.Minute} }), "warn"},
		"a condition without a value":       {but(func(p *Policy) { p.When.Tags = []string{"vip", " "} }), "when"},
	} {
		t.Run(name, func(t *testing.T) {
			err := tc.policy.Check()
			if tc.field == "" && err == nil {
				return
			}
			if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || f.Fields[tc.field] == "" {
				t.Errorf("fault = %v, want Invalid about %q", err, tc.field)
			}
		})
	}
}

func TestFirst(t *testing.T) {
	policies := []Policy{
		{ID: "vip", When: Conditions{Tags: []string{"vip", "press"}}},
		{ID: "acme-urgent", When: Conditions{Companies: []string{"com_acme"}, Priorities: []string{"urgent", "high"}}},
		{ID: "chat", When: Conditions{Channels: []string{"chat"}, Teams: []string{"tem_1"}}},
		{ID: "fault", When: Conditions{Types: []string{"fault"}}},
	}
	everyone := append(policies, Policy{ID: "everyone"})
	for name, tc := range map[string]struct {
		policies []Policy
		facts    Facts
		want     string
	}{
		"one of several tags":                  {policies, Facts{Tags: []string{"new", "press"}}, "vip"},
		"two conditions that both hold":        {policies, Facts{Company: "com_acme", Priority: "high"}, "acme-urgent"},
		"one of two does not do":               {policies, Facts{Company: "com_acme", Priority: "low"}, ""},
		"a condition on what a ticket has not": {policies, Facts{Channel: "chat"}, ""},
		"channel and team":                     {policies, Facts{Channel: "chat", Team: "tem_1"}, "chat"},
		"a type":                               {policies, Facts{Type: "fault"}, "fault"},
		"the first that fits, not the best":    {policies, Facts{Type: "fault", Tags: []string{"vip"}}, "vip"},
		"no condition takes every ticket":      {everyone, Facts{}, "everyone"},
		"no policy at all":                     {nil, Facts{Type: "fault"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, ok := First(tc.policies, tc.facts)
			if p.ID != tc.want || ok != (tc.want != "") {
				t.Errorf("policy %q %t, want %q", p.ID, ok, tc.want)
			}
		})
	}
}
