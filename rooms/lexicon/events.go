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

// FrameworkChanged says that a framework is different, or new.
type FrameworkChanged struct {
	Language  string `json:"language"`
	Framework string `json:"framework"`
	Off       bool   `json:"off"`
}

// Kind names it.
func (FrameworkChanged) Kind() string { return "lexicon.framework_changed" }

// FrameworkRemoved says that a framework of the company's own is no more; where it stood for one of the starter's, that counts
// again.
type FrameworkRemoved struct {
	Language  string `json:"language"`
	Framework string `json:"framework"`
}

// Kind names it.
func (FrameworkRemoved) Kind() string { return "lexicon.framework_removed" }

// QuestionChanged says that a planned question is different, or new.
type QuestionChanged struct {
	Language string `json:"language"`
	Question string `json:"question"`
	Off      bool   `json:"off"`
}

// Kind names it.
func (QuestionChanged) Kind() string { return "lexicon.question_changed" }

// QuestionRemoved says that a planned question of the company's own is no more.
type QuestionRemoved struct {
	Language string `json:"language"`
	Question string `json:"question"`
}

// Kind names it.
func (QuestionRemoved) Kind() string { return "lexicon.question_removed" }
