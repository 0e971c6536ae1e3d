package amocrm

import (
	"io"
	"io/fs"
)

// Source is one reply of the API, or several one after another: a file, the body of a response.
// A body with nothing in it is an empty page (the API answers 204).
type Source struct {
	Name string // for findings and errors: a file's name, the call's address
	Body io.Reader
}

// Files are the files of fsys that match a pattern (fs.Glob), in the order of their names. Each is
// opened when it is read and closed at its end, so that thousands of pages don't hold thousands of
// open files. No match is no source and no error: an account may have no tasks.
func Files(fsys fs.FS, pattern string) ([]Source, error) {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return nil, err
	}
	sources := make([]Source, len(names))
	for i, name := range names {
		sources[i] = Source{Name: name, Body: &lazyFile{fsys: fsys, name: name}}
	}
	return sources, nil
}

// lazyFile opens a file at the first Read and closes it at its end or first error.
type lazyFile struct {
	fsys fs.FS
	name string
	file fs.File
	err  error // what every further Read returns
}

// Read reads the file.
func (f *lazyFile) Read(p []byte) (int, error) {
	if f.file == nil && f.err == nil {
		f.file, f.err = f.fsys.Open(f.name)
	}
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.file.Read(p)
	if err != nil {
		f.close(err)
	}
	return n, err
}

// close closes the file; err, or the file's end for nil, is what further Reads return.
func (f *lazyFile) close(err error) {
	if f.file != nil {
		_ = f.file.Close() // nothing was written
		f.file = nil
	}
	if f.err = err; err == nil {
		f.err = io.EOF
	}
}
