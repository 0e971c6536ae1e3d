package roster

import "time"

// TokenID names a token; it isn't the secret and may be shown (L23).
type TokenID string

// TokenHash is the SHA-256 of a token's secret, the only form in which a store holds it.
type TokenHash [32]byte

// TokenKind says what a token is for. The zero kind is good for nothing. Its text, in JSON too, is "none",
// "session", "access", "refresh", "personal", "activation" or "reset".
type TokenKind uint8

// The kinds of token.
const (
	TokenNone       TokenKind = iota
	TokenSession              // a browser's sign-in
	TokenAccess               // an integration's short-lived token (RFC 6749)
	TokenRefresh              // renews an access token, once; a second use kills its family
	TokenPersonal             // a long-lived token that a user made for a script
	TokenActivation           // activates an invited user or confirms a new address, once (J3, J7)
	TokenReset                // sets a new password, once (J7)
)

// Token is what the store knows of a token: never its secret.
type Token struct {
	ID          TokenID   `json:"id"`
	Hash        TokenHash `json:"-"`
	User        UserID    `json:"user"`
	Kind        TokenKind `json:"kind"`
	Epoch       uint64    `json:"-"`                    // the user's epoch when it was issued (L7)
	Family      TokenID   `json:"family,omitzero"`      // the refresh token that began the chain
	Integration string    `json:"integration,omitzero"` // the acting thing that holds it (L10), or empty
	Label       string    `json:"label,omitzero"`       // the user's own words for it, ≤ 255 bytes
	Issued      time.Time `json:"issued"`
	Expires     time.Time `json:"expires"`            // good before this instant
	LastUsed    time.Time `json:"last_used,omitzero"` // as exact as Config.SeenEvery
	Spent       time.Time `json:"spent,omitzero"`     // a rotated refresh token, or a used one-time secret
	Revoked     time.Time `json:"revoked,omitzero"`   // zero: it wasn't
	Address     TokenHash `json:"-"`                  // SHA-256 of the folded address that an activation confirms
}

// TokenFilter selects tokens. Every field that isn't zero must match.
type TokenFilter struct {
	User        UserID
	Kind        TokenKind
	Family      TokenID
	Integration string
	Open        bool // neither revoked nor spent; whether it has expired or its epoch is past is the caller's to judge
}
