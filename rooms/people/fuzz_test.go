package people_test

import (
	"net/mail"
	"strings"
	"testing"
	"unicode"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/rooms/people"
)

// refused fails the test when what somebody wrote is refused in any other way than with a sentence.
func refused(t *testing.T, what string, err error) bool {
	t.Helper()
	if err != nil && (fault.KindOf(err) != fault.Invalid || fault.Of(err).Say == "") {
		t.Errorf("%q: %v", what, err)
	}
	return err != nil
}

// An address is compared in one form: the form of the form is itself, however it was written, and it is one address for
// whoever writes it into a mail.
func FuzzPlainEmail(f *testing.F) {
	for _, s := range []string{"Ada@Example.com", "Ada <ada@example.com>", " ada@example.com ", "a@b@c", "@x", "x@", "a@b>", "a\r\nBcc: x@y", "\"a b\"@c", "ä@ö.example", "a@b, c@d", "A\u0130@x", "a@\u2028b", "\xff@x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain, err := people.PlainEmail(s)
		if refused(t, s, err) {
			return
		}
		if again, err := people.PlainEmail(plain); err != nil || again != plain {
			t.Errorf("%q is %q, and that is %q: %v", s, plain, again, err)
		}
		if shout, err := people.PlainEmail("  <" + plain + "> "); err == nil && shout != plain {
			t.Errorf("%q between angles is %q", plain, shout)
		}
		if strings.ContainsFunc(plain, func(r rune) bool { return unicode.IsControl(r) || r == ' ' || r == ',' || r == '<' || r == '>' }) {
			t.Errorf("%q would be more than an address in a mail", plain)
		}
		if list, err := mail.ParseAddressList(plain); err == nil && len(list) != 1 {
			t.Errorf("%q is %d addresses", plain, len(list))
		}
	})
}

// A phone number is compared in one form, which no longer depends on the country it was read for.
func FuzzPlainPhone(f *testing.F) {
	for _, s := range []string{"030 123456", "+49 30 123456", "0049 30 123456", "tel:+49-30-123456;ext=7", "(0)30/12 34 56", "110", "+", "١٢٣٤٥٦٧", "+4930123456 Durchwahl 12", "1-800-FLOWERS", ";phone-context=+49"} {
		f.Add(s, "DE")
	}
	f.Add("020 7946 0018", "GB")
	f.Add("1", "")
	f.Add("12345678", "ZZ")
	f.Fuzz(func(t *testing.T, s, region string) {
		plain, err := people.PlainPhone(s, region)
		if refused(t, s, err) {
			return
		}
		digits, ok := strings.CutPrefix(plain, "+")
		if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
			t.Errorf("%q is %q", s, plain)
		}
		for _, elsewhere := range []string{"DE", "US", "JP"} {
			if again, err := people.PlainPhone(plain, elsewhere); err != nil || again != plain {
				t.Errorf("%q is %q, and in %s %q: %v", s, plain, elsewhere, again, err)
			}
		}
	})
}
