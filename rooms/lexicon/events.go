package lexicon

// What happens here. Kinds and fields are for ever.

// Changed says that a rule is different, or new.
type Changed struct {
	Language string `json:"language"`
	Rule     string `json:"rule"`
	Off      bool   `json:"off"`
}

// Kind names it.
func (Changed) Kind() string { return "lexicon.changed" }

// Removed says that a rule of the company's own is no more; where it stood for one of the starter's, that counts again.
type Removed struct {
	Language string `json:"language"`
	Rule     string `json:"rule"`
}

// Kind names it.
func (Removed) Kind() string { return "lexicon.removed" }

// ruleID is a rule as the subject of an event.
type ruleID string

func (r ruleID) String() string { return string(r) }
