package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// outcome is how a test ended.
type outcome string

const (
	green   outcome = "green"
	red     outcome = "red"
	unknown outcome = "-" // it didn't run
)

// try runs p's test without and with p.
func try(ctx context.Context, root, work string, p patch) result {
	r := result{patch: p, plain: unknown, bitten: unknown}
	overlay, err := p.overlay(root, work)
	if err != nil {
		r.err = err
		return r
	}
	if r.plain, r.output, r.err = p.runTest(ctx, root); r.plain != green {
		return r
	}
	r.bitten, r.output, r.err = p.runTest(ctx, root, "-overlay="+overlay)
	return r
}

// overlay writes the files that p changes into work, and the list that tells the go command to read
// them in place of the tree's.
func (p patch) overlay(root, work string) (string, error) {
	changed, err := p.apply(root)
	if err != nil {
		return "", err
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return "", err
	}
	own, err := os.MkdirTemp(work, "")
	if err != nil {
		return "", err
	}
	var list struct{ Replace map[string]string }
	list.Replace = map[string]string{}
	for file, text := range changed {
		to := filepath.Join(own, strings.ReplaceAll(file, "/", "-"))
		if err := os.WriteFile(to, []byte(text), 0o666); err != nil {
			return "", err
		}
		list.Replace[filepath.Join(root, filepath.FromSlash(file))] = to
	}
	b, err := json.Marshal(list)
	if err != nil {
		return "", err
	}
	name := filepath.Join(own, "overlay.json")
	return name, os.WriteFile(name, b, 0o666)
}

// runTest runs p's test alone. What ends otherwise than by passing or failing, a test that doesn't
// compile above all, is an error and neither red nor green.
func (p patch) runTest(ctx context.Context, root string, flags ...string) (outcome, string, error) {
	args := append([]string{"test", "-v", "-vet=off", "-timeout=5m", "-run=^" + regexp.QuoteMeta(p.test) + "$"}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, p.pkg)...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	end, err := judge(p.test, string(out), err)
	return end, string(out), err
}

// judge tells how a test ended by the output of go test -v.
func judge(test, out string, err error) (outcome, error) {
	var exit *exec.ExitError
	switch {
	case err == nil && strings.Contains(out, "--- PASS: "+test+" ("):
		return green, nil
	case err == nil:
		return unknown, errors.New("no such test")
	case errors.As(err, &exit) && strings.Contains(out, "--- FAIL: "+test+" ("):
		return red, nil
	}
	return unknown, fmt.Errorf("the test didn't run to its end: %w", err)
}
