package roster

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of texts, in bytes.
const (
	maxID      = 128
	maxName    = 255
	maxAddress = 254 // RFC 5321 §4.5.3.1.3, less the angle brackets
	maxLocal   = 64  // RFC 5321 §4.5.3.1.1
	maxReason  = 1000
)

// idProblem tells what is wrong with an id, or "".
func idProblem(id string) string {
	switch {
	case id == "":
		return "missing"
	case len(id) > maxID:
		return "longer than 128 bytes"
	case strings.TrimSpace(id) != id:
		return "begins or ends with a space"
	}
	return textProblem(id, maxID)
}

// nameProblem tells what is wrong with a name that a person reads, or "".
func nameProblem(name string) string {
	if strings.TrimSpace(name) == "" {
		return "missing"
	}
	return textProblem(name, maxName)
}

// textProblem tells what is wrong with a text that may be empty, or "".
func textProblem(text string, limit int) string {
	if !utf8.ValidString(text) {
		return "not valid UTF-8"
	}
	if len(text) > limit {
		return "too long"
	}
	for _, c := range text {
		if unicode.IsControl(c) {
			return "holds a control character"
		}
	}
	return ""
}

// dateProblem tells what is wrong with a date, or "": RFC 3339 has years of four digits, and stores count microseconds in 64 bits.
func dateProblem(date time.Time) string {
	if y := date.UTC().Year(); y < 0 || y > 9999 {
		return "the year must have four digits"
	}
	return ""
}

// addressProblem tells what is wrong with an e-mail address, or "" (J2). What is accepted is a bare
// addr-spec: no display name, comment, quoted local part or address literal, which net/mail alone would take.
func addressProblem(address string, localDomains bool) string {
	if address == "" {
		return "missing"
	}
	local, domain, found := strings.Cut(address, "@")
	switch {
	case len(address) > maxAddress || len(local) > maxLocal:
		return "too long"
	case !found || local == "" || domain == "":
		return "not an e-mail address"
	case strings.ContainsAny(address, "\"()<>[]\\,;: \t\r\n") || strings.Contains(domain, "@"):
		return "not a bare e-mail address"
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" {
		return "not an e-mail address"
	}
	return domainProblem(domain, localDomains)
}

// CheckEmail refuses what isn't a bare e-mail address with a dotted domain (J2): a Faults that names the
// field "email". Importers ask it before they hand an address on.
func CheckEmail(address string) error {
	var f Faults
	f.check("email", addressProblem(address, false))
	return f.Err()
}

// domainProblem tells what is wrong with the part after the "@", or "".
func domainProblem(domain string, local bool) string {
	if !local && !strings.Contains(domain, ".") {
		return "the domain has no dot"
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "not a domain name"
		}
	}
	return ""
}

// check adds a fault when problem isn't empty.
func (f *Faults) check(field, problem string) {
	if problem != "" {
		f.add(field, "%s", problem)
	}
}

// identityProblem tells what is wrong with an identity that isn't zero, or "".
func identityProblem(id Identity) string {
	for _, text := range []string{id.Issuer, id.Subject} {
		if strings.TrimSpace(text) == "" {
			return "needs an issuer and a subject"
		}
		if p := textProblem(text, maxName); p != "" {
			return p
		}
	}
	return ""
}
