package email

import (
	"testing"
	"time"

	"github.com/hearthdesk/hearth/channels/email/message"
)

func TestAMailWasWrittenWhenItSaysUnlessThatCannotBe(t *testing.T) {
	came := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	const received = "Received: from out.example.org (out.example.org [192.0.2.7])\r\n\tby mx.example.com with ESMTPS id 4XyZ;\r\n\tTue, 10 Mar 2026 12:30:00 +0100\r\n" +
		"Received: from a.example.org by out.example.org; Mon, 9 Mar 2026 08:00:00 +0000\r\n"
	delivered := time.Date(2026, 3, 10, 11, 30, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		head, place string
		want        time.Time
	}{
		"it says so":                          {received + "Date: Tue, 10 Mar 2026 11:00:00 +0000\r\n", "INBOX", delivered.Add(-30 * time.Minute)},
		"it was under way for two days":       {received + "Date: Sun, 8 Mar 2026 11:30:00 +0000\r\n", "INBOX", delivered.Add(-48 * time.Hour)},
		"its clock stands at the beginning":   {received + "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n", "INBOX", delivered},
		"its clock is ahead":                  {received + "Date: Tue, 10 Mar 2026 11:59:00 +0000\r\n", "INBOX", delivered},
		"its clock is far ahead":              {"Date: Fri, 10 Apr 2026 00:00:00 +0000\r\n", "INBOX", came},
		"it says nothing":                     {received, "INBOX", delivered},
		"neither it nor any server says":      {"", "INBOX", came},
		"it is old and was handed in now":     {"Date: Tue, 10 Mar 2020 11:00:00 +0000\r\n", "smtp x", came},
		"it is old and comes from an archive": {"Date: Tue, 10 Mar 2020 11:00:00 +0000\r\n", "import x", time.Date(2020, 3, 10, 11, 0, 0, 0, time.UTC)},
		"its server's clock is ahead of ours": {"Received: by mx.example.com; Wed, 11 Mar 2026 00:00:00 +0000\r\nDate: Tue, 10 Mar 2026 11:00:00 +0000\r\n", "INBOX", came.Add(-time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := message.Parse([]byte(tc.head + "From: a@example.org\r\nSubject: x\r\n\r\nHello\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			if got := writtenAt(m, Entry{Place: tc.place, CameAt: came}); !got.Equal(tc.want) {
				t.Errorf("%s, want %s", got.UTC(), tc.want)
			}
		})
	}
}
