package app

import "testing"

func TestLinksLeadToWhereTheServerListens(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", "10.1.2.3:80": "http://10.1.2.3:80", "[::1]:8080": "http://[::1]:8080", "desk.example:8080": "http://desk.example:8080",
		":8080": "http://127.0.0.1:8080", "0.0.0.0:9000": "http://127.0.0.1:9000", "[::]:9000": "http://127.0.0.1:9000", "": "http://127.0.0.1:8080",
	} {
		if got := (Settings{}).baseURL(addr); got != want {
			t.Errorf("%q: %s", addr, got)
		}
	}
	if got := (Settings{BaseURL: "https://help.example"}).baseURL(":80"); got != "https://help.example" {
		t.Error(got)
	}
}
