package files_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
)

// stores are all there are: each test of the contract runs on every one.
var stores = map[string]func(t *testing.T) files.Store{
	"a folder": func(t *testing.T) files.Store {
		t.Helper()
		store, err := files.Open(t.Context(), "", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return store
	},
	"a bucket": func(t *testing.T) files.Store {
		t.Helper()
		return open(t, bucketServer(t)+"/attachments?tls=off&region=eu-central-1")
	},
	"a bucket, below a prefix": func(t *testing.T) files.Store {
		t.Helper()
		return open(t, bucketServer(t)+"/attachments/shop/one?tls=off&region=eu-central-1")
	},
	"a bucket elsewhere": func(t *testing.T) files.Store {
		t.Helper()
		address := os.Getenv("HEARTH_TEST_BLOB_URL")
		if address == "" {
			t.Skip("HEARTH_TEST_BLOB_URL names no S3 service to try")
		}
		store := open(t, address)
		empty(t, store)
		return store
	},
}

func open(t *testing.T, address string) files.Store {
	t.Helper()
	store, err := files.Open(t.Context(), address, "")
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// bucketServer is a small S3 in this process with the bucket "attachments".
func bucketServer(t *testing.T) (address string) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("attachments"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return "s3://key:secret@" + server.Listener.Addr().String()
}

func empty(t *testing.T, store files.Store) {
	t.Helper()
	for name := range walk(t, store) {
		if err := store.Delete(t.Context(), name, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
}

func put(t *testing.T, store files.Store, content string) files.Blob {
	t.Helper()
	blob, err := store.Put(t.Context(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

func read(t *testing.T, store files.Store, name string) string {
	t.Helper()
	r, err := store.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func has(t *testing.T, store files.Store, name string) bool {
	t.Helper()
	there, err := store.Has(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return there
}

func walk(t *testing.T, store files.Store) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	err := store.Walk(t.Context(), func(blob files.Blob, put time.Time) error {
		if put.IsZero() {
			t.Errorf("%s was never put", blob.SHA256)
		}
		all[blob.SHA256] = blob.Size
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func nameOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestWhatIsPutIsReadBack(t *testing.T) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			large := strings.Repeat("a mail with a film in it ", 300_000) // 7.5 MB
			for _, content := range []string{"", "a", "Grüße\x00\xff", large} {
				blob := put(t, store, content)
				if diff := cmp.Diff(files.Blob{SHA256: nameOf(content), Size: int64(len(content))}, blob); diff != "" {
					t.Error(diff)
				}
				if read(t, store, blob.SHA256) != content {
					t.Errorf("%d bytes came back changed", len(content))
				}
				if !has(t, store, blob.SHA256) {
					t.Error("it is not there")
				}
			}
			if all := walk(t, store); len(all) != 4 {
				t.Errorf("walked over %v", all)
			}
		})
	}
}

func TestABlobIsReadFromAnyPlace(t *testing.T) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			r, err := store.Open(t.Context(), put(t, store, "0123456789").SHA256)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			end, err := r.Seek(0, io.SeekEnd)
			if err != nil || end != 10 {
				t.Errorf("it ends at %d, %v", end, err)
			}
			if _, err := r.Seek(7, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(r); string(rest) != "789" || err != nil {
				t.Errorf("the rest is %q, %v", rest, err)
			}
		})
	}
}

func TestTheSameBytesAreKeptOnce(t *testing.T) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			var wait sync.WaitGroup
			for range 8 {
				wait.Go(func() {
					if _, err := store.Put(t.Context(), strings.NewReader("logo")); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if diff := cmp.Diff(map[string]int64{nameOf("logo"): 4}, walk(t, store)); diff != "" {
				t.Error(diff)
			}
			if got := read(t, store, nameOf("logo")); got != "logo" {
				t.Errorf("it is now %q", got)
			}
		})
	}
}

func TestWhatIsNotThereIsSaidSo(t *testing.T) {
	names := map[string]string{
		"a name nobody has":     nameOf("never put"),
		"a name in capitals":    strings.ToUpper(nameOf("a")),
		"a way out of the room": "../../../../etc/passwd",
		"a short name":          "ab",
		"nothing":               "",
		"a name and more":       nameOf("a") + "/..",
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			put(t, store, "a")
			for what, sha := range names {
				if _, err := store.Open(t.Context(), sha); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: opened, %v", what, err)
				}
				if has(t, store, sha) {
					t.Errorf("%s: it is there", what)
				}
				if err := store.Delete(t.Context(), sha, time.Time{}); err != nil {
					t.Errorf("%s: delete: %v", what, err)
				}
			}
			if !has(t, store, nameOf("a")) {
				t.Error("a delete of something else took it away")
			}
		})
	}
}

func TestDeleteSparesWhatWasPutLately(t *testing.T) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			blob := put(t, store, "a")
			var putAt time.Time
			if err := store.Walk(t.Context(), func(_ files.Blob, at time.Time) error { putAt = at; return nil }); err != nil {
				t.Fatal(err)
			}
			if err := store.Delete(t.Context(), blob.SHA256, putAt.Add(-time.Minute)); err != nil || !has(t, store, blob.SHA256) {
				t.Errorf("younger than the moment: gone, %v", err)
			}
			if err := store.Delete(t.Context(), blob.SHA256, putAt.Add(time.Minute)); err != nil || has(t, store, blob.SHA256) {
				t.Errorf("older than the moment: still there, %v", err)
			}
			put(t, store, "a")
			if err := store.Delete(t.Context(), blob.SHA256, time.Time{}); err != nil || has(t, store, blob.SHA256) {
				t.Errorf("without a moment: still there, %v", err)
			}
		})
	}
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	broken := errors.New("the line went dead")
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			_, err := store.Put(t.Context(), io.MultiReader(strings.NewReader("half a m"), iotest.ErrReader(broken)))
			if !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := store.Put(gone, strings.NewReader("nobody waits for this")); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if all := walk(t, store); len(all) != 0 {
				t.Errorf("left behind: %v", all)
			}
		})
	}
}

func TestWalkStopsWhenAskedTo(t *testing.T) {
	enough := errors.New("enough")
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			for _, content := range []string{"a", "b", "c"} {
				put(t, store, content)
			}
			seen := 0
			err := store.Walk(t.Context(), func(files.Blob, time.Time) error { seen++; return enough })
			if !errors.Is(err, enough) || seen != 1 {
				t.Errorf("saw %d, %v", seen, err)
			}
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			if err := store.Walk(gone, func(files.Blob, time.Time) error { return nil }); !errors.Is(err, context.Canceled) {
				t.Errorf("walked although nobody waits: %v", err)
			}
		})
	}
}

// A sweep deletes what it sees while others put, read and delete: nobody meets half a blob.
func TestManyAtOnceMeetWholeBlobsOnly(t *testing.T) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			contents := map[string][]byte{}
			for i := range 4 {
				content := bytes.Repeat([]byte{byte(i)}, 100_000)
				contents[nameOf(string(content))] = content
			}
			names := slices.Sorted(maps.Keys(contents))
			var wait sync.WaitGroup
			for worker := range 6 {
				wait.Go(func() {
					for round := range 20 {
						name := names[(worker+round)%len(names)]
						if _, err := store.Put(t.Context(), bytes.NewReader(contents[name])); err != nil {
							t.Error(err)
						}
						if worker == 0 {
							if err := store.Delete(t.Context(), name, time.Time{}); err != nil {
								t.Error(err)
							}
							continue
						}
						r, err := store.Open(t.Context(), name)
						if fault.KindOf(err) == fault.NotFound {
							continue
						}
						if err != nil {
							t.Error(err)
							continue
						}
						got, err := io.ReadAll(r)
						if vanished := fault.KindOf(err) != ""; !vanished && !bytes.Equal(got, contents[name]) {
							t.Errorf("%d bytes of %d", len(got), len(contents[name]))
						}
						_ = r.Close()
					}
				})
			}
			wait.Wait()
		})
	}
}

func TestABadAddressIsSaidPlainly(t *testing.T) {
	server := bucketServer(t)
	tests := map[string]struct{ address, code string }{
		"no bucket":            {server, "files.address"},
		"another protocol":     {"http://host/bucket", "files.address"},
		"no host":              {"s3:///bucket", "files.address"},
		"nonsense":             {"s3://%zz", "files.address"},
		"a bucket nobody made": {server + "/elsewhere?tls=off&region=eu-central-1", "files.bucket"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := files.Open(t.Context(), test.address, "")
			if f := fault.Of(err); f == nil || f.Code != test.code {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the secret is in the message: %v", err)
			}
		})
	}
}

// A service that can't be reached, or is not able to answer, is said in a sentence; what is wrong with us stays an accident.
func TestABucketThatIsAwayIsSaid(t *testing.T) {
	t.Parallel()
	status := atomic.Int64{}
	status.Store(http.StatusOK)
	backend := s3mem.New()
	if err := backend.CreateBucket("attachments"); err != nil {
		t.Fatal(err)
	}
	service := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s := int(status.Load()); s != http.StatusOK {
			w.WriteHeader(s)
			return
		}
		service.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	store := open(t, "s3://key:secret@"+server.Listener.Addr().String()+"/attachments?tls=off&region=eu-central-1")
	blob := put(t, store, "here")
	code := func(err error) string {
		if f := fault.Of(err); f != nil {
			return f.Code
		}
		return ""
	}
	for s, want := range map[int]string{http.StatusServiceUnavailable: "files.away", http.StatusForbidden: ""} {
		status.Store(int64(s))
		_, err1 := store.Put(t.Context(), strings.NewReader("not here"))
		_, err2 := store.Open(t.Context(), blob.SHA256)
		_, err3 := store.Has(t.Context(), blob.SHA256)
		for _, err := range []error{err1, err2, err3} {
			if err == nil || code(err) != want {
				t.Errorf("a service that answers %d is said as %q: %v", s, code(err), err)
			}
		}
	}
	status.Store(http.StatusOK)
	if got := read(t, store, blob.SHA256); got != "here" {
		t.Errorf("once it is back: %q", got)
	}
	server.CloseClientConnections()
	server.Close()
	if _, err := store.Open(t.Context(), blob.SHA256); code(err) != "files.away" {
		t.Errorf("a service that is gone: %v", err)
	}
}
