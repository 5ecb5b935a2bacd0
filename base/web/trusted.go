package web

import "net/http"

// Trusted is the API for a way in that is safe by itself, such as a socket only its owner can open: whoever comes by it is
// who, without signing in.
func Trusted(a *API, who Who) http.Handler {
	h := a.observe(a.once(a.Mux))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(Asking(r.Context(), who)))
	})
}
