package money_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/text/currency"
	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/money"
)

func code(err error) string {
	if err == nil {
		return ""
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return f.Code
	}
	return err.Error()
}

func TestAmountsAreReadAndPrintedExactly(t *testing.T) {
	tests := map[string]struct {
		decimal, currency string
		minor             int64
		printed, code     string
	}{
		"euros and cents":              {"12.50", "EUR", 1250, "12.50 EUR", ""},
		"a missing cent digit":         {"12.5", "EUR", 1250, "12.50 EUR", ""},
		"no decimals":                  {"12", "EUR", 1200, "12.00 EUR", ""},
		"less than nothing":            {"-0.05", "EUR", -5, "-0.05 EUR", ""},
		"minus nothing":                {"-0", "EUR", 0, "0.00 EUR", ""},
		"leading zeros":                {"0007", "EUR", 700, "7.00 EUR", ""},
		"yen have no decimals":         {"1250", "JPY", 1250, "1250 JPY", ""},
		"dinars have three":            {"1.234", "KWD", 1234, "1.234 KWD", ""},
		"four decimals":                {"0.0001", "CLF", 1, "0.0001 CLF", ""},
		"the largest":                  {"92233720368547758.07", "EUR", 1<<63 - 1, "92233720368547758.07 EUR", ""},
		"the least":                    {"-92233720368547758.08", "EUR", -1 << 63, "-92233720368547758.08 EUR", ""},
		"one more than the largest":    {"92233720368547758.08", "EUR", 0, "", "money.too_large"},
		"a third decimal of euros":     {"1.005", "EUR", 0, "", "money.too_fine"},
		"a decimal of yen":             {"1.0", "JPY", 0, "", "money.too_fine"},
		"a comma":                      {"1,25", "EUR", 0, "", "money.unreadable"},
		"grouping":                     {"1 250.00", "EUR", 0, "", "money.unreadable"},
		"a power":                      {"1e3", "EUR", 0, "", "money.unreadable"},
		"a plus":                       {"+1", "EUR", 0, "", "money.unreadable"},
		"a sign within":                {"1.-5", "EUR", 0, "", "money.unreadable"},
		"two signs":                    {"--1", "EUR", 0, "", "money.unreadable"},
		"nothing before the point":     {".5", "EUR", 0, "", "money.unreadable"},
		"nothing after the point":      {"5.", "EUR", 0, "", "money.unreadable"},
		"nothing":                      {"", "EUR", 0, "", "money.unreadable"},
		"Arabic digits":                {"١٢", "EUR", 0, "", "money.unreadable"},
		"a currency that isn't":        {"1", "EURO", 0, "", "money.currency"},
		"a currency in small letters":  {"1", "eur", 0, "", "money.currency"},
		"gold, which has no cents":     {"1", "XAU", 0, "", "money.currency"},
		"a currency that has left us":  {"1", "DEM", 0, "", "money.currency"},
		"two points":                   {"1.2.3", "EUR", 0, "", "money.unreadable"},
		"far too many decimals to fit": {"1." + strings.Repeat("0", 400), "EUR", 0, "", "money.too_fine"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := money.Parse(test.decimal, test.currency)
			if code(err) != test.code {
				t.Fatalf("got %v, want %s", err, test.code)
			}
			if err == nil && (a.Minor != test.minor || a.String() != test.printed) {
				t.Errorf("got %d, %s", a.Minor, a)
			}
		})
	}
}

// The figures of Unicode's tables, which others keep, against ours.
func TestDecimalsAreThoseOfOtherTables(t *testing.T) {
	known := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			for c := 'A'; c <= 'Z'; c++ {
				letters := string([]rune{a, b, c})
				decimals, ok := money.Exponent(letters)
				if !ok {
					continue
				}
				known++
				unit, err := currency.ParseISO(letters)
				if err != nil {
					continue // newer than that table
				}
				scale, _ := currency.Standard.Rounding(unit)
				if everyday := map[string]bool{
					// Unicode gives the decimals in everyday use, ISO 4217 those on the books.
					"AFN": true, "ALL": true, "AMD": true, "COP": true, "CRC": true, "CZK": true, "DKK": true, "HUF": true,
					"IDR": true, "IQD": true, "IRR": true, "KPW": true, "LAK": true, "LBP": true, "MGA": true, "MMK": true,
					"MNT": true, "MUR": true, "NOK": true, "PKR": true, "RSD": true, "SEK": true, "SOS": true, "SYP": true,
					"TZS": true, "UZS": true, "YER": true, "ZMK": true, "GYD": true, "TMT": true, "TWD": true, "STN": true, "SLL": true,
				}[letters]; scale != decimals && !everyday {
					t.Errorf("%s has %d decimals here and %d there", letters, decimals, scale)
				}
			}
		}
	}
	if known < 165 {
		t.Errorf("only %d currencies are known", known)
	}
}

func amounts() *rapid.Generator[money.Amount] {
	return rapid.Custom(func(t *rapid.T) money.Amount {
		return money.Amount{Minor: rapid.Int64().Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "UYW"}).Draw(t, "currency")}
	})
}

func TestWhatIsPrintedIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := amounts().Draw(t, "a")
		if back, err := money.Parse(a.Decimal(), a.Currency); err != nil || back != a {
			t.Fatalf("%s came back as %s, %v", a, back, err)
		}
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back money.Amount
		if err := json.Unmarshal(data, &back); err != nil || back != a {
			t.Fatalf("%s came back as %v, %v", data, back, err)
		}
	})
}

// Every sum is what endless integers give, or an error exactly when it does not fit or the currencies differ.
func TestSumsAreExactOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts().Draw(t, "a"), amounts().Draw(t, "b")
		check := func(what string, got money.Amount, err error, want *big.Int) {
			t.Helper()
			switch {
			case a.Currency != b.Currency:
				if code(err) != "money.mixed" {
					t.Fatalf("%s %s %s: %v, %v", a, what, b, got, err)
				}
			case !want.IsInt64():
				if code(err) != "money.too_large" {
					t.Fatalf("%s %s %s: %v, %v", a, what, b, got, err)
				}
			case err != nil || got != (money.Amount{Minor: want.Int64(), Currency: a.Currency}):
				t.Fatalf("%s %s %s: %v, %v", a, what, b, got, err)
			}
		}
		x, y := big.NewInt(a.Minor), big.NewInt(b.Minor)
		sum, err := a.Add(b)
		check("+", sum, err, new(big.Int).Add(x, y))
		difference, err := a.Sub(b)
		check("-", difference, err, new(big.Int).Sub(x, y))
		order, err := a.Cmp(b)
		if a.Currency != b.Currency {
			if code(err) != "money.mixed" {
				t.Fatalf("%s against %s: %v", a, b, err)
			}
		} else if err != nil || order != x.Cmp(y) {
			t.Fatalf("%s against %s: %d, %v", a, b, order, err)
		}
		if negative, err := a.Neg(); err == nil {
			if back, err := negative.Neg(); err != nil || back != a {
				t.Fatalf("--%s is %s", a, back)
			}
		}
	})
}

func TestTheLeastAmountHasNoNegative(t *testing.T) {
	if _, err := (money.Amount{Minor: -1 << 63, Currency: "EUR"}).Neg(); code(err) != "money.too_large" {
		t.Errorf("got %v", err)
	}
}

func TestAmountsFromOutsideAreChecked(t *testing.T) {
	tests := map[string]struct {
		json, code string
	}{
		"an amount":                  {`{"minor":1250,"currency":"EUR"}`, ""},
		"the zero value":             {`{"minor":0,"currency":""}`, ""},
		"half a cent":                {`{"minor":12.5,"currency":"EUR"}`, "money.unreadable"},
		"a number in quotes":         {`{"minor":"1250","currency":"EUR"}`, "money.unreadable"},
		"too large a number":         {`{"minor":9223372036854775808,"currency":"EUR"}`, "money.unreadable"},
		"no currency":                {`{"minor":1250}`, "money.currency"},
		"an unknown currency":        {`{"minor":1250,"currency":"XXX"}`, "money.currency"},
		"a bare number":              {`1250`, "money.unreadable"},
		"nothing, with its currency": {`{"minor":0,"currency":"EUR"}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var a money.Amount
			if err := json.Unmarshal([]byte(test.json), &a); code(err) != test.code {
				t.Errorf("got %v, want %q", err, test.code)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"12.50", "-0", "1.005", "", "9223372036854775807", "--1", "1."} {
		f.Add(seed, "EUR")
	}
	f.Fuzz(func(t *testing.T, decimal, currency string) {
		a, err := money.Parse(decimal, currency)
		if err != nil {
			if _, ok := errors.AsType[*fault.Fault](err); !ok {
				t.Fatalf("no fault fit for a person: %v", err)
			}
			return
		}
		if back, err := money.Parse(a.Decimal(), a.Currency); err != nil || back != a {
			t.Fatalf("%q was read as %s, then as %s, %v", decimal, a, back, err)
		}
	})
}
