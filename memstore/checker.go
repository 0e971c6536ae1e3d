package memstore

import (
	"context"
	"encoding/binary"
	"hash/maphash"

	"github.com/seed-8e8abc8d/roster"
)

// Standing finds a user for a check: without a lock, a copy or an allocation. It returns
// roster.ErrNotFound for none and the context's error when it is done.
func (s *Store) Standing(ctx context.Context, id roster.UserID) (*roster.Standing, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if found := s.standing(id); found != nil {
		return found, nil
	}
	return nil, roster.ErrNotFound
}

// Bearer finds a token and its user for a check: without a lock or an allocation. It returns
// roster.ErrNotFound when either isn't there and the context's error when it is done.
//
// The token is read before its user: a commit that moves the user's epoch is either in both, or in
// the user alone, and then the token is past.
func (s *Store) Bearer(ctx context.Context, h roster.TokenHash) (*roster.Token, *roster.Standing, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	token := s.bearer(h)
	if token == nil {
		return nil, nil, roster.ErrNotFound
	}
	holder := s.standing(token.User)
	if holder == nil {
		return nil, nil, roster.ErrNotFound
	}
	return token, holder, nil
}

// standing finds a user, or nil.
func (s *Store) standing(id roster.UserID) *roster.Standing {
	if s.fork {
		return s.row(id)
	}
	return s.standings.find(hashID(id), func(row *roster.Standing) bool { return row.ID == id })
}

// bearer finds a token, or nil.
func (s *Store) bearer(h roster.TokenHash) *roster.Token {
	if s.fork {
		return s.token(h)
	}
	return s.bearers.find(hashHash(h), func(row *roster.Token) bool { return row.Hash == h })
}

// seed is fixed for the process and known to nobody, so that nobody can choose ids that collide.
var seed = maphash.MakeSeed()

func hashID(id roster.UserID) uint64 { return maphash.String(seed, string(id)) }

// hashHash needs no hashing: a TokenHash is one already.
func hashHash(h roster.TokenHash) uint64 { return binary.LittleEndian.Uint64(h[:]) }

func hashStanding(s *roster.Standing) uint64 { return hashID(s.ID) }

func hashToken(k *roster.Token) uint64 { return hashHash(k.Hash) }
