package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/hearthdesk/hearth/base/fault"
)

// Bucket keeps blobs in a bucket of an S3 service, for several machines at once.
type Bucket struct {
	client *minio.Client
	bucket string
	prefix string
}

// OpenBucket opens s3://KEY:SECRET@host:port/bucket/prefix?region=R&tls=off. Without KEY:SECRET the environment is asked
// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), then the machine's own role. The bucket must be there.
func OpenBucket(ctx context.Context, address string) (*Bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || strings.Trim(u.Path, "/") == "" {
		return nil, fault.New(fault.Invalid, "files.address", "The address of the files is not like s3://KEY:SECRET@host/bucket.") // it may hold the secret: not repeated
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	client, err := minio.New(u.Host, &minio.Options{
		Creds:        identity(u.User),
		Secure:       u.Query().Get("tls") != "off",
		Region:       u.Query().Get("region"),
		BucketLookup: minio.BucketLookupAuto,
		MaxRetries:   4, // about two seconds: somebody waits, and what nobody waits for is tried again later
	})
	if err != nil {
		return nil, fault.New(fault.Invalid, "files.address", "The address of the files can't be used: %v", err)
	}
	there, err := client.BucketExists(ctx, bucket)
	if err != nil {
		return nil, fmt.Errorf("files: ask %s for bucket %s: %w", u.Host, bucket, err)
	}
	if !there {
		return nil, fault.New(fault.Invalid, "files.bucket", "There is no bucket %s at %s. Make it first.", bucket, u.Host)
	}
	return &Bucket{client, bucket, prefix}, nil
}

func identity(user *url.Userinfo) *credentials.Credentials {
	if user != nil {
		secret, _ := user.Password()
		return credentials.NewStaticV4(user.Username(), secret, "")
	}
	return credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.IAM{}})
}

// Put implements Store. The bytes wait in a temporary file until their name is known.
func (b *Bucket) Put(ctx context.Context, r io.Reader) (Blob, error) {
	file, err := os.CreateTemp("", "hearth-put-*")
	if err != nil {
		return Blob{}, fmt.Errorf("files: put: %w", plainly(err))
	}
	defer os.Remove(file.Name())
	defer file.Close()
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(file, hash), patient{ctx, r})
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return Blob{}, fmt.Errorf("files: put: %w", plainly(err))
	}
	blob := Blob{SHA256: hex.EncodeToString(hash.Sum(nil)), Size: size}
	key, err := b.key(blob.SHA256)
	if err != nil {
		return Blob{}, err
	}
	// What is there is sent again: that renews its time, without which a sweep could take it from under us.
	_, err = b.client.PutObject(ctx, b.bucket, key, file, size, minio.PutObjectOptions{
		ContentType:          "application/octet-stream",
		SendContentMd5:       true, // the service refuses what was changed on the way
		DisableContentSha256: true, // would be signed piece by piece, which some services can't read when there is none
	})
	if err != nil {
		return Blob{}, unreached("put", err)
	}
	return blob, nil
}

func (b *Bucket) key(sha256 string) (string, error) {
	at, err := place(sha256)
	return path.Join(b.prefix, at), err
}

// Open implements Store.
func (b *Bucket) Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error) {
	key, err := b.key(sha256)
	if err != nil {
		return nil, err
	}
	object, err := b.client.GetObject(ctx, b.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, unreached("open", err)
	}
	if _, err := object.Stat(); err != nil { // nothing is asked for until here
		_ = object.Close()
		if gone(err) {
			return nil, missing(sha256)
		}
		return nil, unreached("open", err)
	}
	return object, nil
}

// unreached says so when the service did not answer, or was not able to; anything else stays an accident.
func unreached(doing string, err error) error {
	status := minio.ToErrorResponse(err).StatusCode // 0 when there was no answer
	err = fmt.Errorf("files: %s: %w", doing, err)
	if status != 0 && status < http.StatusInternalServerError {
		return err
	}
	return fmt.Errorf("%w (%w)", fault.New(fault.Internal, "files.away", "The place where files are kept can't be reached right now. Please try again in a moment."), err)
}

func gone(err error) bool { return minio.ToErrorResponse(err).StatusCode == http.StatusNotFound }

// Has implements Store.
func (b *Bucket) Has(ctx context.Context, sha256 string) (bool, error) {
	key, err := b.key(sha256)
	if err != nil {
		return false, nil //nolint:nilerr // what cannot be a name is not there
	}
	_, err = b.client.StatObject(ctx, b.bucket, key, minio.StatObjectOptions{})
	if err != nil && !gone(err) {
		return false, unreached("look", err)
	}
	return err == nil, nil
}

// Delete implements Store. S3 has no condition on age: what is put in the moment between asking and removing is lost,
// so sweep what is days old, not seconds.
func (b *Bucket) Delete(ctx context.Context, sha256 string, before time.Time) error {
	key, err := b.key(sha256)
	if err != nil {
		return nil //nolint:nilerr // what cannot be a name is not there
	}
	info, err := b.client.StatObject(ctx, b.bucket, key, minio.StatObjectOptions{})
	if err == nil && (before.IsZero() || info.LastModified.Before(before)) {
		err = b.client.RemoveObject(ctx, b.bucket, key, minio.RemoveObjectOptions{})
	}
	if err != nil && !gone(err) {
		return fmt.Errorf("files: delete: %w", err)
	}
	return nil
}

// Walk implements Store, in the order of the names.
func (b *Bucket) Walk(ctx context.Context, fn func(Blob, time.Time) error) error {
	listing, stop := context.WithCancel(ctx)
	defer stop() // also when fn fails
	options := minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}
	if b.prefix != "" {
		options.Prefix += "/"
	}
	for object := range b.client.ListObjects(listing, b.bucket, options) {
		if object.Err != nil {
			return fmt.Errorf("files: walk: %w", object.Err)
		}
		name := path.Base(object.Key)
		if at, err := b.key(name); err != nil || at != object.Key { // not ours
			continue
		}
		if err := fn(Blob{SHA256: name, Size: object.Size}, object.LastModified); err != nil {
			return err
		}
	}
	return ctx.Err()
}
