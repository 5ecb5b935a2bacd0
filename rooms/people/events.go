package people

// What happens here. Kinds and fields are for ever.

// Met says somebody wrote for the first time, or was entered by hand.
type Met struct {
	Customer ID `json:"customer"`
}

// Kind names it.
func (Met) Kind() string { return "customers.met" }

// Corrected says parts of a card were changed.
type Corrected struct {
	Customer ID       `json:"customer"`
	Parts    []string `json:"parts"`
}

// Kind names it.
func (Corrected) Kind() string { return "customers.corrected" }

// Reachable says a way to reach the customer was added.
type Reachable struct {
	Customer ID        `json:"customer"`
	Address  AddressID `json:"address"`
}

// Kind names it.
func (Reachable) Kind() string { return "customers.reachable" }

// Unreachable says a way to reach the customer was taken away.
type Unreachable struct {
	Customer ID        `json:"customer"`
	Address  AddressID `json:"address"`
}

// Kind names it.
func (Unreachable) Kind() string { return "customers.unreachable" }

// Bounced says mail to an address came back for good.
type Bounced struct {
	Customer ID        `json:"customer"`
	Address  AddressID `json:"address"`
}

// Kind names it.
func (Bounced) Kind() string { return "customers.bounced" }

// Remarked says a colleague added to a card what others should know. The words stay on the card: they are about a person,
// and whoever takes them back must not leave them here.
type Remarked struct {
	Customer ID         `json:"customer"`
	Remark   RemarkID   `json:"remark"`
	About    RemarkKind `json:"kind"`
}

// Kind names it.
func (Remarked) Kind() string { return "customers.remarked" }

// Unremarked says a remark was taken back.
type Unremarked struct {
	Customer ID         `json:"customer"`
	Remark   RemarkID   `json:"remark"`
	About    RemarkKind `json:"kind"`
}

// Kind names it.
func (Unremarked) Kind() string { return "customers.unremarked" }

// Founded says a company was entered.
type Founded struct {
	Company CompanyID `json:"company"`
}

// Kind names it.
func (Founded) Kind() string { return "companies.founded" }
