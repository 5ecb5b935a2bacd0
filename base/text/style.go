package text

import (
	"regexp"
	"strings"
	"unicode"
)

// safeStyle keeps the declarations of a style attribute that only concern how the words look.
//
// Each is judged alone and must be complete in itself: known property, closed quotes and brackets, no escape, no comment
// and no function but colours and calc, so nothing can load, run, or reach past the element's own place.
func safeStyle(style string) string {
	var kept []string
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		property = strings.ToLower(strings.TrimSpace(property))
		if !looks[property] {
			continue
		}
		if property == "background" {
			value = imageInValue.ReplaceAllString(value, "") // its colour is worth keeping
		}
		value = strings.Join(strings.Fields(value), " ")
		if value != "" && harmless(value) && !escapes(property, value) {
			kept = append(kept, property+": "+value)
		}
	}
	return strings.Join(kept, "; ")
}

// looks are the properties that concern looks alone. Not among them is what leaves its place (position, transform,
// z-index), moves, shows pictures or answers to the mouse.
var looks = set(`
	background background-color background-repeat background-position background-size background-clip background-origin
	border border-color border-style border-width border-collapse border-spacing border-radius
	border-top border-top-color border-top-style border-top-width border-right border-right-color border-right-style
	border-right-width border-bottom border-bottom-color border-bottom-style border-bottom-width border-left
	border-left-color border-left-style border-left-width border-top-left-radius border-top-right-radius
	border-bottom-left-radius border-bottom-right-radius outline box-shadow box-sizing
	margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom padding-left
	width min-width max-width height min-height max-height overflow overflow-x overflow-y overflow-wrap object-fit
	color opacity font font-family font-size font-style font-weight font-variant font-stretch line-height letter-spacing
	text-align text-decoration text-decoration-color text-decoration-line text-decoration-style text-indent text-overflow
	text-transform text-shadow word-break word-spacing word-wrap white-space hyphens direction unicode-bidi tab-size
	display visibility float clear vertical-align table-layout caption-side empty-cells columns
	list-style list-style-type list-style-position
	flex flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap gap row-gap column-gap
	justify-content justify-items justify-self align-content align-items align-self`)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		all[word] = true
	}
	return all
}

var (
	imageInValue  = regexp.MustCompile(`(?i)url\(\s*("[^"]*"|'[^']*'|[^"')]*)\s*\)`)
	quotedName    = regexp.MustCompile(`"[\p{L}\p{N} .,_-]*"|'[\p{L}\p{N} .,_-]*'`)
	harmlessCall  = regexp.MustCompile(`(?i)(^|[ ,])(rgba?|hsla?|calc)\([a-z0-9 .,%+/-]*\)`) // none takes an address
	negativeValue = regexp.MustCompile(`-\s*[\d.]`)
)

// harmless reports whether a value holds only names in quotes, the calls we know, and letters, figures and signs that
// mean nothing but looks.
func harmless(value string) bool {
	if strings.ContainsAny(value, `"'`) {
		value = quotedName.ReplaceAllString(value, "")
	}
	if strings.Contains(value, "(") {
		value = harmlessCall.ReplaceAllString(value, "$1")
	}
	return !strings.ContainsFunc(value, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" .,_-#%+!/", r)
	})
}

// escapes tells a value that would draw outside the element's own place.
func escapes(property, value string) bool {
	return (strings.HasPrefix(property, "margin") || property == "text-indent") &&
		(strings.Contains(value, "(") || negativeValue.MatchString(value))
}
