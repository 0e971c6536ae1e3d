package memstore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// sink keeps what a benchmark computed.
var sink int

// ringMask keeps a counter inside a ring of random ids, so that large sets run on cold caches.
const ringMask = 1<<16 - 1

// crowd is a store of n users, every thousandth an administrator, and a ring of their ids.
func crowd(b *testing.B, n int) (s *memstore.Store, ids, ring []roster.UserID) {
	b.Helper()
	s = new(memstore.Store)
	for i := range n {
		ids = append(ids, roster.UserID(fmt.Sprintf("user-%07d", i)))
	}
	order := rand.New(rand.NewPCG(1, uint64(n))).Perm(n)
	err := s.Update(b.Context(), func(tx roster.Tx) error {
		for _, i := range order {
			if err := tx.PutUser(roster.User{ID: ids[i], Status: roster.StatusActive, Role: "r", Admin: i%1000 == 0}); err != nil {
				return err
			}
		}
		return tx.AddRole(roster.Role{ID: "r"})
	})
	if err != nil {
		b.Fatal(err)
	}
	for i := range ringMask + 1 {
		ring = append(ring, ids[order[i%n]])
	}
	return s, ids, ring
}

// BenchmarkStanding is one look-up by user id beside that in an immutable Go map behind an atomic
// pointer.
func BenchmarkStanding(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		s, ids, ring := crowd(b, n)
		floor := map[roster.UserID]*atomic.Uint64{}
		for _, id := range ids {
			floor[id] = new(atomic.Uint64)
		}
		var floors atomic.Pointer[map[roster.UserID]*atomic.Uint64]
		floors.Store(&floor)
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			ctx := context.Background()
			b.ReportAllocs()
			for i := range b.N {
				standing, err := s.Standing(ctx, ring[i&ringMask])
				if err != nil {
					b.Fatal(err)
				}
				sink += len(standing.User.ID)
			}
		})
		b.Run(fmt.Sprintf("users=%d/floor", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				sink += int((*floors.Load())[ring[i&ringMask]].Load())
			}
		})
	}
}

// BenchmarkChange is an Update that changes the rights of one user.
func BenchmarkChange(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		s, _, ring := crowd(b, n)
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			ctx := context.Background()
			b.ReportAllocs()
			for i := range b.N {
				u := roster.User{ID: ring[i&ringMask], Status: roster.StatusActive, Role: "r", Rights: roster.Rights{"deal:view": roster.Scope(1 + i%4)}}
				if err := s.Update(ctx, func(tx roster.Tx) error { return tx.PutUser(u) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAdd is an Update that adds a user under a random id, and the same user by user in one
// Update.
func BenchmarkAdd(b *testing.B) {
	ids := func(n int) []roster.UserID {
		rnd := rand.New(rand.NewPCG(5, 6))
		list := make([]roster.UserID, n)
		for i := range list {
			list[i] = roster.UserID(fmt.Sprintf("%016x", rnd.Uint64()))
		}
		return list
	}
	b.Run("an Update each", func(b *testing.B) {
		s, list := new(memstore.Store), ids(b.N)
		b.ReportAllocs()
		b.ResetTimer()
		for _, id := range list {
			if err := s.Update(b.Context(), func(tx roster.Tx) error { return tx.PutUser(roster.User{ID: id}) }); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("one Update", func(b *testing.B) {
		s, list := new(memstore.Store), ids(b.N)
		b.ReportAllocs()
		b.ResetTimer()
		err := s.Update(b.Context(), func(tx roster.Tx) error {
			for _, id := range list {
				if err := tx.PutUser(roster.User{ID: id}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkAdministrators lists the first administrators among 100,000 users.
func BenchmarkAdministrators(b *testing.B) {
	s, _, _ := crowd(b, 100_000)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		err := s.View(b.Context(), func(tx roster.Tx) error {
			list, err := tx.ListUsers(roster.UserFilter{Admins: true, Status: roster.StatusActive}, "", 16)
			sink += len(list)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
