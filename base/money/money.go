// Package money holds what is given back, spent and owed: whole minor units of one currency, never a float.
//
// Amounts of different currencies don't mix, and sums that don't fit are errors, so a ledger adds up or says why not.
package money

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
)

// Amount is so many minor units of a currency: 1250 EUR are 12.50 euros. The zero value is nothing, of no currency.
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Of makes an amount of minor units; an Invalid fault when there is no such currency in ISO 4217.
func Of(minor int64, currency string) (Amount, error) {
	if _, ok := Exponent(currency); !ok {
		return Amount{}, fault.New(fault.Invalid, "money.currency", "There is no currency %q. Use its three letters, such as EUR.", currency)
	}
	return Amount{minor, currency}, nil
}

// Parse reads what String writes before the currency: "12.50", "-3", "0.5"; an Invalid fault when it is no number, has
// more decimals than the currency, or is too large. Grouping and commas are refused: whether "1,250" is much or little
// depends on who wrote it.
func Parse(decimal, currency string) (Amount, error) {
	exponent, _ := Exponent(currency)
	zero, err := Of(0, currency)
	if err != nil {
		return zero, err
	}
	whole, part, dotted := strings.Cut(decimal, ".")
	digits := strings.TrimPrefix(whole, "-")
	if !number(digits) || dotted && !number(part) {
		return zero, fault.New(fault.Invalid, "money.unreadable", "%q is no amount. Write it like 12.50.", decimal)
	}
	if len(part) > exponent {
		return zero, fault.New(fault.Invalid, "money.too_fine", "%s has %d decimals; %q has more.", currency, exponent, decimal)
	}
	minor, err := strconv.ParseInt(whole+part+strings.Repeat("0", exponent-len(part)), 10, 64)
	if err != nil {
		return zero, tooLarge()
	}
	return Amount{minor, currency}, nil
}

func number(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Decimal is the amount without its currency, with all its decimals: "12.50", "-0.05", "1250" for yen.
func (a Amount) Decimal() string {
	exponent, _ := Exponent(a.Currency)
	digits := strings.TrimPrefix(strconv.FormatInt(a.Minor, 10), "-")
	if missing := exponent + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	if exponent > 0 {
		digits = digits[:len(digits)-exponent] + "." + digits[len(digits)-exponent:]
	}
	if a.Minor < 0 {
		return "-" + digits
	}
	return digits
}

// String is the amount and its currency: "12.50 EUR".
func (a Amount) String() string {
	return strings.TrimSuffix(a.Decimal()+" "+a.Currency, " ")
}

// Add is a + b; an error when the currencies differ or the sum does not fit into 64 bits.
func (a Amount) Add(b Amount) (Amount, error) {
	if err := a.mixes(b); err != nil {
		return Amount{}, err
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) {
		return Amount{}, tooLarge()
	}
	return Amount{sum, a.Currency}, nil
}

// Sub is a - b, with the errors of Add.
func (a Amount) Sub(b Amount) (Amount, error) {
	if err := a.mixes(b); err != nil {
		return Amount{}, err
	}
	difference := a.Minor - b.Minor
	if (difference < a.Minor) != (b.Minor > 0) {
		return Amount{}, tooLarge()
	}
	return Amount{difference, a.Currency}, nil
}

// Neg is -a; an error when it does not fit into 64 bits.
func (a Amount) Neg() (Amount, error) {
	if a.Minor == math.MinInt64 {
		return Amount{}, tooLarge()
	}
	return Amount{-a.Minor, a.Currency}, nil
}

// Cmp is -1, 0 or 1 as a is less than, equal to or more than b; an error when the currencies differ.
func (a Amount) Cmp(b Amount) (int, error) {
	if err := a.mixes(b); err != nil {
		return 0, err
	}
	return cmp.Compare(a.Minor, b.Minor), nil
}

// IsZero reports whether the amount is nothing, of whatever currency.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// UnmarshalJSON reads {"minor":1250,"currency":"EUR"}; an Invalid fault when the currency is unknown. The zero value,
// which has none, is read back.
func (a *Amount) UnmarshalJSON(data []byte) error {
	type plain Amount
	var read plain
	if err := json.Unmarshal(data, &read); err != nil {
		return fault.New(fault.Invalid, "money.unreadable", `An amount is written {"minor":1250,"currency":"EUR"}, in whole minor units.`)
	}
	if read != (plain{}) {
		if _, err := Of(read.Minor, read.Currency); err != nil {
			return err
		}
	}
	*a = Amount(read)
	return nil
}

func (a Amount) mixes(b Amount) error {
	if a.Currency == b.Currency {
		return nil
	}
	return fault.New(fault.Invalid, "money.mixed", "%s and %s are different currencies.", name(a), name(b))
}

func name(a Amount) string {
	if a.Currency == "" {
		return "an amount without a currency"
	}
	return a.Currency
}

func tooLarge() error {
	return fmt.Errorf("money: %w", fault.New(fault.Invalid, "money.too_large", "That is more than an amount can hold."))
}
