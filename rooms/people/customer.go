// Package people knows the customers: one person, wherever they write from, called as they write themselves.
//
// A customer has several addresses (mail, phone), each belonging to one person at a time. Who writes for the first time
// is met and remembered; a bounce marks the address, not the person. Companies are who customers belong to. Remarks are what
// colleagues noticed about somebody and want the next one to know.
package people

import (
	"net/mail"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
)

type (
	customerKind struct{}
	addressKind  struct{}
	companyKind  struct{}
	remarkKind   struct{}
)

func (customerKind) Prefix() string { return "cus" }
func (addressKind) Prefix() string  { return "adr" }
func (companyKind) Prefix() string  { return "com" }
func (remarkKind) Prefix() string   { return "rem" }

// The ids of this room.
type (
	// ID names a customer.
	ID = id.Of[customerKind]
	// AddressID names a way to reach one.
	AddressID = id.Of[addressKind]
	// CompanyID names a company.
	CompanyID = id.Of[companyKind]
	// RemarkID names something a colleague remarked about a customer.
	RemarkID = id.Of[remarkKind]
)

// Customer is a person outside the company whom it serves.
type Customer struct {
	ID       ID        `json:"id" db:"id"`
	Name     string    `json:"name" db:"name" doc:"as they write it"`
	Title    string    `json:"title,omitempty" db:"title" doc:"as they write it: Dr., Frau Prof., Mx"`
	Language string    `json:"language,omitempty" db:"language" doc:"BCP 47"`
	Company  CompanyID `json:"company,omitzero" db:"company"`
	Note     string    `json:"note,omitempty" db:"note" doc:"what anyone should know before answering"`
	MetAt    time.Time `json:"met_at" db:"met_at"`
	Version  int64     `json:"version" db:"version"`
	Reach    []Address `json:"addresses" db:"-" nullable:"false"`
	Remarks  []Remark  `json:"remarks,omitzero" db:"-" nullable:"false" doc:"what colleagues remarked, newest first; on a single card only"`
}

// Address is one way to reach a customer.
type Address struct {
	ID        AddressID `json:"id" db:"id"`
	Customer  ID        `json:"-" db:"customer"`
	Kind      Kind      `json:"kind" db:"kind"`
	Value     string    `json:"value" db:"value"`
	BouncedAt time.Time `json:"bounced_at,omitzero" db:"bounced_at" doc:"when a mail to it last came back for good"`
	Bounce    string    `json:"bounce,omitempty" db:"bounce" doc:"why"`
}

// Kind is the kind of an address.
type Kind string

// The kinds of addresses.
const (
	Email Kind = "email"
	Phone Kind = "phone"
)

// Company is who customers belong to.
type Company struct {
	ID      CompanyID `json:"id" db:"id"`
	Name    string    `json:"name" db:"name"`
	Domain  string    `json:"domain,omitempty" db:"domain" doc:"people who write from here belong to it"`
	Version int64     `json:"version" db:"version"`
}

// Sender is who wrote, as the channel knows them.
type Sender struct{ Name, Email, Phone string }

// String is how to call them when nothing better is known.
func (s Sender) String() string {
	for _, v := range []string{s.Name, s.Email, s.Phone} {
		if v != "" {
			return v
		}
	}
	return "somebody"
}

// PlainEmail is the form in which a mail address is compared: lower case, no display name. Only what is plainly no
// address is refused, because a customer who can write to us must be kept.
func PlainEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	if a, err := mail.ParseAddress(s); err == nil {
		s = a.Address
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > 320 || strings.ContainsAny(s, "\r\n\x00 <>,;") {
		return "", fault.Field("email", "email.malformed", "%q is not a mail address.", clip(s))
	}
	return strings.ToLower(s), nil
}

// PlainPhone is the form in which a phone number is compared: E.164. Region (ISO 3166-1, such as DE) is that of numbers
// written without a country code.
func PlainPhone(s, region string) (string, error) {
	n, err := phonenumbers.Parse(s, region)
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return "", fault.Field("phone", "phone.malformed", "%q is not a phone number; write it with its country code, such as +49 30 123456.", clip(s))
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// Country says whether a region is one that phone numbers can be read by: ISO 3166-1, such as DE.
func Country(region string) bool { return phonenumbers.GetSupportedRegions()[region] }

func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// learn takes over what a mail tells about its writer where nothing was known, and says whether that changed anything.
func (c *Customer) learn(s Sender) bool {
	name := strings.Join(strings.Fields(s.Name), " ")
	if c.Name != "" || name == "" || strings.EqualFold(name, s.Email) {
		return false
	}
	if letters := []rune(name); len(letters) > longestName {
		name = string(letters[:longestName-1]) + "…"
	}
	c.Name = name
	return true
}

const longestName = 200 // characters, as in a Change

// Change is a correction of a customer's card; nil leaves a part as it is.
type Change struct {
	Name     *string    `json:"name,omitempty" maxLength:"200"`
	Title    *string    `json:"title,omitempty" maxLength:"80"`
	Language *string    `json:"language,omitempty" maxLength:"35"`
	Note     *string    `json:"note,omitempty" maxLength:"10000"`
	Company  *CompanyID `json:"company,omitempty"`
}

// correct applies a change and names the parts that are different now.
func (c *Customer) correct(ch Change) (parts []string) {
	set := func(part string, into *string, v *string) {
		if v != nil && *into != strings.TrimSpace(*v) {
			*into = strings.TrimSpace(*v)
			parts = append(parts, part)
		}
	}
	set("name", &c.Name, ch.Name)
	set("title", &c.Title, ch.Title)
	set("language", &c.Language, ch.Language)
	set("note", &c.Note, ch.Note)
	if ch.Company != nil && c.Company != *ch.Company {
		c.Company = *ch.Company
		parts = append(parts, "company")
	}
	return parts
}
