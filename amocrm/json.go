package amocrm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth is how deep values may be nested; the API's are less than ten deep.
const maxDepth = 64

// itemDepth is the depth of a list's items in a reply: in "_embedded", in the list.
const itemDepth = 3

// node is a JSON value with its place. Only one item of a list is held as nodes at a time.
type node struct {
	kind         byte   // '{', '[', '"', '0' for a number, 't' for a boolean, 'n' for null
	text         string // of a string or number; "true" or "false"
	keys         []string
	kids         []node // of an object, by keys; of an array
	twice        bool   // a key is given twice, here or below
	streamed     bool   // an array whose items were taken one by one
	line, column int
}

// parser reads JSON values with their places from one source.
type parser struct {
	dec   *json.Decoder
	in    *tracker
	begun bool // a token was read

	list string                      // the name of the list whose items each takes one by one
	each func(i int, item node) bool // false ends the reading
}

// errEnded says that each wants no more.
var errEnded = errors.New("ended")

// newParser starts at the beginning of r; a byte order mark is skipped.
func newParser(r io.Reader) *parser {
	b := bufio.NewReader(r)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = b.Discard(3) // just peeked
	}
	in := &tracker{r: b, line: 1, column: 1}
	dec := json.NewDecoder(in)
	dec.UseNumber()
	return &parser{dec: dec, in: in}
}

// next reads a token. Its place is that of its first byte; an error's, where it was found.
func (p *parser) next() (tok json.Token, line, column int, err error) {
	from := p.dec.InputOffset()
	tok, err = p.dec.Token()
	if err != nil {
		line, column = p.in.place(p.dec.InputOffset(), "")
	} else {
		line, column = p.in.place(from, " \t\r\n,:")
		p.begun = true
	}
	return tok, line, column, p.explain(err)
}

// explain makes an ErrDamaged of a syntax error; the end of the input and errors of the reader
// stay what they are.
func (p *parser) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax) && !p.begun && bytes.HasPrefix(p.in.tail, []byte("<")):
		return fmt.Errorf("%w: a page of HTML%s, as the API sends when it refuses calls (403, 429)", ErrReply, p.in.title())
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: %s", ErrDamaged, syntax)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends in the middle", ErrDamaged)
	}
	return err
}

// reply reads one reply: a value, of which the items of the list, in "_embedded" or standing alone,
// are taken one by one. io.EOF says that there is none.
func (p *parser) reply() (node, error) {
	tok, line, column, err := p.next()
	if err != nil {
		return node{line: line, column: column}, err
	}
	if tok == json.Delim('[') {
		return p.stream(node{kind: '[', line: line, column: column})
	}
	return p.finish(tok, line, column, 0, "")
}

// stream hands an array's items on one by one, up to its end.
func (p *parser) stream(n node) (node, error) {
	n.streamed = true
	for i := 0; ; i++ {
		tok, line, column, err := p.next()
		if err != nil {
			return node{line: line, column: column}, inside(err)
		}
		if tok == json.Delim(']') {
			return n, nil
		}
		item, err := p.finish(tok, line, column, itemDepth, "")
		if err != nil {
			return item, err
		}
		if !p.each(i, item) {
			return n, errEnded
		}
	}
}

// inside turns the end of the input within a value into damage.
func inside(err error) error {
	if err == io.EOF {
		return fmt.Errorf("%w: it ends in the middle", ErrDamaged)
	}
	return err
}

// finish reads the rest of a value whose first token was read. The path is that of a value above
// itemDepth.
func (p *parser) finish(tok json.Token, line, column, depth int, path string) (node, error) {
	n := node{line: line, column: column}
	switch t := tok.(type) {
	case nil:
		n.kind = 'n'
	case bool:
		n.kind, n.text = 't', fmt.Sprint(t)
	case json.Number:
		n.kind, n.text = '0', t.String()
	case string:
		n.kind, n.text = '"', t
	case json.Delim:
		n.kind = byte(t)
		if depth == maxDepth {
			return n, fmt.Errorf("%w: nested deeper than %d", ErrDamaged, maxDepth)
		}
		if n.kind == '[' && depth == itemDepth-1 && path == "._embedded."+p.list {
			return p.stream(n)
		}
		return p.children(n, depth, path)
	}
	return n, nil
}

// children reads an object's or array's members up to its end. The node of an error is the place
// of the error.
func (p *parser) children(n node, depth int, path string) (node, error) {
	var seen map[string]bool
	if n.kind == '{' {
		seen = map[string]bool{}
	}
	for {
		tok, line, column, err := p.next()
		if err != nil {
			return node{line: line, column: column}, inside(err)
		}
		if d, ok := tok.(json.Delim); ok && (d == '}' || d == ']') {
			return n, nil
		}
		below := ""
		if n.kind == '{' {
			key := tok.(string) // the decoder lets nothing else stand here
			n.twice = n.twice || seen[key]
			seen[key] = true
			n.keys = append(n.keys, key)
			if depth < itemDepth-1 {
				below = path + "." + key
			}
			if tok, line, column, err = p.next(); err != nil {
				return node{line: line, column: column}, inside(err)
			}
		}
		kid, err := p.finish(tok, line, column, depth+1, below)
		if err != nil {
			return kid, err
		}
		n.twice = n.twice || kid.twice
		n.kids = append(n.kids, kid)
	}
}

// tracker passes on what it reads and keeps what the decoder has read ahead, to tell lines and
// columns.
type tracker struct {
	r            io.Reader
	tail         []byte // what was read from offset base on
	base         int64
	line, column int // of base
}

// Read reads ahead for the decoder.
func (t *tracker) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.tail = append(t.tail, p[:n]...)
	return n, err
}

// place tells the line and column of the first byte at or after offset that isn't in skip, and
// forgets what comes before it. Offsets never fall.
func (t *tracker) place(offset int64, skip string) (line, column int) {
	n := int(min(max(offset-t.base, 0), int64(len(t.tail))))
	for n < len(t.tail) && strings.IndexByte(skip, t.tail[n]) >= 0 {
		n++
	}
	gone := t.tail[:n]
	if lines := bytes.Count(gone, []byte{'\n'}); lines > 0 {
		t.line += lines
		t.column = n - bytes.LastIndexByte(gone, '\n')
	} else {
		t.column += n
	}
	t.base += int64(n)
	t.tail = t.tail[n:]
	return t.line, t.column
}

// title is the title of a page of HTML, quoted, as far as it was read.
func (t *tracker) title() string {
	lower := bytes.ToLower(t.tail)
	_, rest, found := bytes.Cut(lower, []byte("<title>"))
	if !found || len(lower) != len(t.tail) {
		return ""
	}
	from := len(lower) - len(rest)
	to := bytes.IndexByte(rest, '<')
	if to < 0 {
		return ""
	}
	return " " + quote(string(bytes.TrimSpace(t.tail[from:from+to])))
}
