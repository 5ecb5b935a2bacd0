package app

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the figures at /metrics. Nothing in them names a person or a ticket.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hearth_request_seconds", Help: "How long requests took, by route and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) request(route string, status int, took time.Duration) {
	if route == "" {
		route = "unknown"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// handler adds what is only known when somebody asks.
func (m *metrics) handler(h *House) http.Handler {
	if h.DB != nil {
		m.registry.MustRegister(&gauges{h: h})
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

var (
	lagDesc     = prometheus.NewDesc("hearth_follower_lag", "Journal entries a follower has still to read.", []string{"follower"}, nil)
	stuckDesc   = prometheus.NewDesc("hearth_parked", "Journal entries or due work parked for a person to see.", []string{"where"}, nil)
	socketsDesc = prometheus.NewDesc("hearth_sockets", "Live sockets that are open.", nil, nil)
	journalDesc = prometheus.NewDesc("hearth_journal_seq", "The newest sequence of the journal.", nil, nil)
	repairDesc  = prometheus.NewDesc("hearth_mail_waiting", "Mails that wait for a person in the repair queue.", nil, nil)
	alarmDesc   = prometheus.NewDesc("hearth_mailbox_alarms", "Mail folders that could not be read for some minutes.", nil, nil)
)

type gauges struct{ h *House }

// Describe names the figures.
func (g *gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lagDesc, stuckDesc, socketsDesc, journalDesc, repairDesc, alarmDesc} {
		ch <- d
	}
}

// Collect looks them up.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(socketsDesc, float64(g.h.Live.Sockets()))
	c, err := g.h.condition(bg())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(journalDesc, err)
		return
	}
	gauge(journalDesc, float64(c.Head))
	for f, n := range c.Lag {
		gauge(lagDesc, float64(n), f)
	}
	gauge(stuckDesc, float64(c.Stuck), "followers")
	gauge(stuckDesc, float64(c.Parked), "due")
	gauge(repairDesc, float64(c.Repair))
	alarms := 0
	for _, m := range c.Mail {
		if m.Alarmed {
			alarms++
		}
	}
	gauge(alarmDesc, float64(alarms))
}
