package text

import (
	"regexp"
	"strings"
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
		if property == "background" {
			value = imageInValue.ReplaceAllString(value, "") // its colour is worth keeping
		}
		value = strings.Join(strings.Fields(value), " ")
		if allowedProperty.MatchString(property) && harmlessValue.MatchString(value) && !escapes(property, value) {
			kept = append(kept, property+": "+value)
		}
	}
	return strings.Join(kept, "; ")
}

var (
	allowedProperty = regexp.MustCompile(`^(` + strings.Join([]string{
		`background(-color|-repeat|-position|-size|-clip|-origin)?`,
		`border(-(top|right|bottom|left))?(-(color|style|width))?`, `border-(collapse|spacing|radius)`,
		`border-(top|bottom)-(left|right)-radius`,
		`margin(-(top|right|bottom|left))?`, `padding(-(top|right|bottom|left))?`,
		`font(-(family|size|style|weight|variant|stretch))?`,
		`text-(align|decoration|indent|overflow|transform|shadow)`, `text-decoration-(color|line|style)`,
		`(min-|max-)?(width|height)`, `color`, `line-height`, `letter-spacing`, `word-(break|spacing|wrap)`,
		`white-space`, `overflow(-wrap|-x|-y)?`, `hyphens`, `direction`, `unicode-bidi`, `tab-size`,
		`display`, `visibility`, `opacity`, `float`, `clear`, `vertical-align`, `table-layout`, `caption-side`,
		`empty-cells`, `list-style(-type|-position)?`, `box-shadow`, `box-sizing`, `object-fit`, `outline`, `columns`,
		`flex(-(basis|direction|flow|grow|shrink|wrap))?`, `(justify|align)-(content|items|self)`, `(row-|column-)?gap`,
	}, `|`) + `)$`)

	harmlessValue = regexp.MustCompile(`(?i)^(` +
		`[\p{L}\p{N} .,#%+!/_-]|"[\p{L}\p{N} .,_-]*"|'[\p{L}\p{N} .,_-]*'|` +
		`\b(rgba?|hsla?|calc)\([a-z0-9 .,%+/-]*\)` +
		`)+$`)

	imageInValue  = regexp.MustCompile(`(?i)url\(\s*("[^"]*"|'[^']*'|[^"')]*)\s*\)`)
	negativeValue = regexp.MustCompile(`-\s*[\d.]`)
)

// escapes tells a value that would draw outside the element's own place.
func escapes(property, value string) bool {
	return (strings.HasPrefix(property, "margin") || property == "text-indent") &&
		(negativeValue.MatchString(value) || strings.Contains(value, "("))
}
