package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// screen is what the workspace takes in a real browser: on the house in the middle, and where a list is scrolled on one of
// many tickets. Where Node or Chromium is missing it is left out.
func (m *middle) screen(ctx context.Context) error {
	b := m.bench
	node, err := exec.LookPath("node")
	if err != nil {
		b.say("left out: Node is not installed")
		return nil //nolint:nilerr // and that is said
	}
	lived, err := m.open(ctx)
	if err != nil {
		return err
	}
	p, err := b.kept(ctx, fmt.Sprintf("quick-%d", 200_000), func(ctx context.Context, p *place) error { return b.quick(ctx, p, 200_000, false) })
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, p)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, node, filepath.Join("test", "play", "bench.mjs"))
	cmd.Env = append(os.Environ(), "HEARTH="+b.exe, "BENCH_URL=http://"+lived.addr, "BENCH_TOKEN="+m.place.notes.Owner,
		"BENCH_MANY_URL=http://"+s.addr, "BENCH_MANY_TOKEN="+p.notes.Owner)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() == 3 {
		b.say("left out: %s", bytes.TrimSpace(wrong.Bytes()))
		return s.stop()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%w\n%s", err, wrong.String()), s.stop())
	}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var r row
		if err = json.Unmarshal(lines.Bytes(), &r); err == nil {
			err = b.add(r)
		}
		if err != nil {
			break
		}
	}
	return errors.Join(err, s.stop())
}
