package servers_test

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/test/servers"
)

var mail = []byte("From: Ada <ada@example.com>\r\nTo: support@example.org\r\nSubject: A cup\r\nMessage-ID: <1@example.com>\r\n\r\nIt broke.\r\n")

func TestDovecotKeepsWhatIsDelivered(t *testing.T) {
	d := servers.StartDovecot(t)
	d.Deliver("support@example.org", mail, mail)
	d.Put("support@example.org", "", mail)
	conn, err := net.DialTimeout("tcp", d.Addr, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login("support@example.org", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	box, err := c.Select("INBOX", nil).Wait()
	if err != nil || box.NumMessages != 3 {
		t.Fatalf("%+v %v", box, err)
	}
}

func TestTheSinkKeepsWhatIsSent(t *testing.T) {
	s := servers.StartSink(t)
	c, err := smtp.Dial(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("a@example.com", []string{"b@example.org"}, bytes.NewReader(mail)); err != nil {
		t.Fatal(err)
	}
	if got := s.Wait(1)[0]; !bytes.Contains(got, []byte("It broke.")) {
		t.Errorf("kept %q", got)
	}
}
