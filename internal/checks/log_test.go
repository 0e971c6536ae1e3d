package checks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// logged are the types that say what a log may keep of them.
func logged() map[string]reflect.Type {
	return map[string]reflect.Type{
		"roster.Error": reflect.TypeFor[*roster.Error](), "roster.Faults": reflect.TypeFor[roster.Faults](), "roster.Denial": reflect.TypeFor[*roster.Denial](),
		"roster.BlockedError": reflect.TypeFor[*roster.BlockedError](), "roster.StaleError": reflect.TypeFor[*roster.StaleError](),
		"roster.TamperError": reflect.TypeFor[*roster.TamperError](), "roster.Fault": reflect.TypeFor[roster.Fault](),
		"roster.Event": reflect.TypeFor[roster.Event](), "roster.Run": reflect.TypeFor[roster.Run](), "roster.Plan": reflect.TypeFor[roster.Plan](),
		"roster.Finding": reflect.TypeFor[roster.Finding](), "roster.User": reflect.TypeFor[roster.User](), "roster.Profile": reflect.TypeFor[roster.Profile](),
		"roster.Credential": reflect.TypeFor[roster.Credential](), "roster.Token": reflect.TypeFor[roster.Token](), "roster.Issued": reflect.TypeFor[roster.Issued](),
		"roster.Message": reflect.TypeFor[roster.Message](), "roster.Secret": reflect.TypeFor[roster.Secret](), "roster.AddUser": reflect.TypeFor[roster.AddUser](),
		"roster.EditUser": reflect.TypeFor[roster.EditUser](), "roster.ImportUser": reflect.TypeFor[roster.ImportUser](), "roster.Deactivate": reflect.TypeFor[roster.Deactivate](),
		"roster.Request": reflect.TypeFor[roster.Request](), "roster.Correction": reflect.TypeFor[roster.Correction](), "roster.UserFilter": reflect.TypeFor[roster.UserFilter](),
		"offboard.Outcome": reflect.TypeFor[offboard.Outcome](),
		"amocrm.Error":     reflect.TypeFor[*amocrm.Error](), "amocrm.Finding": reflect.TypeFor[amocrm.Finding](),
	}
}

// codes are the untyped texts that a log may keep, by the place in what is logged: ids of nothing personal, fixed
// codes, names of fields, kinds and parts.
var codes = []string{
	"roster.Error.Op", "roster.Error.ID", "roster.Denial.Needs", "roster.Denial.Reason", "roster.TamperError.Reason",
	"roster.BlockedError.Blockers*.Code", "roster.BlockedError.Blockers*.Kind", "roster.BlockedError.Blockers*.Part",
	"roster.StaleError.Changed*.Name", "roster.Faults*.Field", "roster.Fault.Field",
	"roster.Finding.Code", "roster.Finding.Kind", "roster.Finding.Part", "roster.Event.Object", "roster.Event.Fields*",
	"amocrm.Error.Place.Source",
}

// packages loads the public packages of the module from what the compiler exports.
func packages(t *testing.T) []*types.Package {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Name,Export", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	var ours []string
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Name, Export string }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if rest, ok := inside(p.ImportPath); ok && p.Name != "main" && layer(rest) != "internal" && layer(rest) != "examples" {
			ours = append(ours, p.ImportPath)
		}
	}
	imports := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var all []*types.Package
	for _, path := range ours {
		p, err := imports.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// TestEveryErrorSaysWhatALogMayKeep wants a LogValue on every exported type that is an error, and every type
// with a LogValue among those that are tried below.
func TestEveryErrorSaysWhatALogMayKeep(t *testing.T) {
	t.Parallel()
	fault := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	var found []string
	for _, p := range packages(t) {
		for _, name := range p.Scope().Names() {
			obj, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || !obj.Exported() || types.IsInterface(obj.Type()) {
				continue
			}
			both := types.NewMethodSet(types.NewPointer(obj.Type()))
			says := both.Lookup(p, "LogValue") != nil
			if says {
				found = append(found, p.Name()+"."+name)
			}
			if types.Implements(types.NewPointer(obj.Type()), fault) && !says {
				t.Errorf("%s.%s is an error without a LogValue", p.Name(), name)
			}
		}
	}
	slices.Sort(found)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(logged())), found); diff != "" {
		t.Errorf("types with a LogValue (-tried +found):\n%s", diff)
	}
}

// mark stands for personal data in one place.
func mark(path string) string { return "<" + path + ">" }

// fillMarks puts a mark into every text of v: a typed one is an id or a code and gets a plain word.
func fillMarks(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(mark(path))
		} else {
			v.SetString("id")
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fillMarks(v.Field(i), path+"."+f.Name)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillMarks(v.Index(0), path+"*")
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillMarks(key, path+"%")
		fillMarks(value, path+"%")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		if strings.Count(path, ".") < 6 { // an Issued holds an Issued
			v.Set(reflect.New(v.Type().Elem()))
			fillMarks(v.Elem(), path)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(errors.New(mark(path))))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(1)
	}
}

// written is what slog's own handlers write of a value.
func written(v any, replace func([]string, slog.Attr) slog.Attr) string {
	var b bytes.Buffer
	opts := &slog.HandlerOptions{ReplaceAttr: replace}
	slog.New(slog.NewTextHandler(&b, opts)).Info("text", "v", v)
	var j bytes.Buffer
	slog.New(slog.NewJSONHandler(&j, opts)).Info("json", "v", v)
	return b.String() + strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(j.String())
}

// TestLogsHoldNoPersonalData fills every text of every such type with a mark and looks for the marks in what
// slog writes, of the value itself and, of an error, wrapped and joined in every way.
func TestLogsHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var all strings.Builder
	for name, typ := range logged() {
		v := reflect.New(typ).Elem()
		fillMarks(v, name)
		out := written(v.Interface(), nil)
		if err, ok := v.Interface().(error); ok {
			wrapped := fmt.Errorf("<wrapped>: %w", errors.Join(errors.New("<joined>"), err))
			out += written(&roster.Error{Op: "op", Err: err}, nil) + written(roster.LogValue(err), nil) + written(roster.LogValue(wrapped), nil)
			out += written(wrapped, func(_ []string, a slog.Attr) slog.Attr {
				if err, ok := a.Value.Any().(error); ok {
					a.Value = roster.LogValue(err)
				}
				return a
			})
		}
		all.WriteString(out)
		for _, c := range codes {
			out = strings.ReplaceAll(out, mark(c), "")
		}
		if strings.Contains(out, "<") {
			t.Errorf("%s: what is written holds personal data:\n%s", name, out)
		}
	}
	for _, c := range codes {
		is.True(strings.Contains(all.String(), mark(c))) // the test isn't blind: what may be written is
	}
}
