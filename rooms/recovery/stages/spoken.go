package stages

import (
	_ "embed"
	"encoding/json"
	"sync"
)

//go:embed words.de.json
var german []byte

// inGerman are the words of the starter in German, by what they name: kind.delay, check.facts, gift.refund.
var inGerman = sync.OnceValue(func() map[string]string {
	words := map[string]string{}
	if err := json.Unmarshal(german, &words); err != nil {
		panic(err) //nolint:forbidigo // a slip of ours, found by the first test that asks for German
	}
	return words
})

// Said is a word of the starter's in a language; otherwise where that language has none.
func Said(language, what, otherwise string) string {
	if language != "de" {
		return otherwise
	}
	if w, ok := inGerman()[what]; ok {
		return w
	}
	return otherwise
}

// In is a kind in a language. What a company wrote itself stays as it wrote it.
func (k Kind) In(language string) Kind {
	if k.Own || language != "de" {
		return k
	}
	k.Label = Said(language, "kind."+k.Key, k.Label)
	plans := make([]Plan, len(k.Stages))
	for i, p := range k.Stages {
		plans[i] = p
		plans[i].Checks = make([]Check, len(p.Checks))
		for j, c := range p.Checks {
			plans[i].Checks[j] = Check{c.Key, Said(language, "check."+c.Key, c.Text)}
		}
	}
	k.Stages = plans
	return k
}
