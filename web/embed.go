// Package web carries the workspace as it was built by make web, inside the binary.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist is the built workspace: compressible files lie there as name.br and name.gz alone. It holds no page where the
// workspace was not built.
func Dist() fs.FS {
	d, err := fs.Sub(dist, "dist")
	if err != nil {
		return dist // can't happen: the name is written two lines above
	}
	return d
}
