package bounce

import (
	"encoding/json"
	"strings"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// notification is what Amazon SES tells about a mail, by mail, through SNS.
type notification struct {
	Message string // SNS wraps the notification in a text of its own

	Kind   string `json:"notificationType"`
	Event  string `json:"eventType"` // the same, when events are published
	Bounce struct {
		Recipients []struct {
			Address    string `json:"emailAddress"`
			Action     string `json:"action"`
			Status     string `json:"status"`
			Diagnostic string `json:"diagnosticCode"`
		} `json:"bouncedRecipients"`
		MTA string `json:"reportingMTA"`
	} `json:"bounce"`
	Complaint struct {
		Recipients []struct {
			Address string `json:"emailAddress"`
		} `json:"complainedRecipients"`
		Kind string `json:"complaintFeedbackType"`
	} `json:"complaint"`
	Delivery struct {
		Recipients []string `json:"recipients"`
		Response   string   `json:"smtpResponse"`
	} `json:"delivery"`
	Mail struct {
		Headers []struct{ Name, Value string } `json:"headers"`
	} `json:"mail"`
}

// readNotification reads a notification of Amazon SES.
func readNotification(l letter, r *Report) {
	text := strings.TrimSpace(l.Text)
	if !strings.HasPrefix(text, "{") || len(text) > maxNotice {
		return
	}
	if l.Value("X-Amz-Sns-Message-Id") == "" && !strings.HasSuffix(strings.ToLower(l.From.Email), ".amazonaws.com") {
		return
	}
	n, ok := notificationIn(strings.ReplaceAll(text, "\n", ""))
	if !ok {
		return
	}
	for _, b := range n.Bounce.Recipients {
		_, diagnostic, ok := strings.Cut(b.Diagnostic, ";")
		if !ok {
			diagnostic = b.Diagnostic
		}
		r.add(evidence{says: diagnostic, status: b.Status, action: actionOf(b.Action)}.judge(b.Address))
	}
	for _, c := range n.Complaint.Recipients {
		r.add(complaint(c.Address))
		r.Feedback = n.Complaint.Kind
	}
	for _, address := range n.Delivery.Recipients {
		r.add(evidence{says: n.Delivery.Response, action: Delivered}.judge(address))
	}
	for _, h := range n.Mail.Headers {
		r.Headers = append(r.Headers, message.Field{Name: h.Name, Value: h.Value})
		if strings.EqualFold(h.Name, "Message-Id") {
			r.Original = idIn(h.Value)
		}
	}
}

// notificationIn decodes the notification, wrapped or not. What follows it in the mail does not matter.
func notificationIn(text string) (notification, bool) {
	var n notification
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&n); err != nil {
		return n, false
	}
	if n.Kind+n.Event == "" && n.Message != "" {
		wrapped := n.Message
		n = notification{}
		if err := json.Unmarshal([]byte(wrapped), &n); err != nil {
			return n, false
		}
	}
	return n, n.Kind+n.Event != ""
}
