package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"keepalived/internal/config"
)

// play feeds results ('+' ok, '-' failed) to a checker whose checks take no time
// and returns one word for each: what it is then, and the pause in seconds.
func play(p *progress, r rules, results string) string {
	now := time.Unix(1e9, 0)
	var out []string
	for _, ok := range results {
		page := p.page
		v := p.apply(r, ok == '+')
		if v.settled {
			p.up, p.hasRun = v.up, true
		}
		word := map[report]string{reportNothing: "", reportAttempt: "retry", reportFailed: "failed", reportSuccess: "success", reportPage: "page"}[v.report]
		if v.report == reportFailed {
			word += fmt.Sprint(v.retries)
		}
		out = append(out, fmt.Sprintf("%s%d/%v", word, page, v.next(now, now).Sub(now).Seconds()))
	}
	return strings.Join(out, " ")
}

func TestTimeline(t *testing.T) {
	base := rules{kind: config.CheckTCP, loop: 3 * time.Second, beforeRetry: time.Second, retry: 3, pages: 1}
	with := func(change func(*rules)) rules {
		r := base
		change(&r)
		return r
	}
	web := func(pages int, retry uint32, before time.Duration, fast bool) rules {
		return with(func(r *rules) {
			r.kind, r.pages, r.retry, r.beforeRetry, r.fast = config.CheckHTTP, pages, retry, before, fast
		})
	}
	tests := []struct {
		name    string
		rules   rules
		alpha   bool
		results string
		want    string
	}{
		{"the first failure is final", base, false, "-", "failed00/3"},
		{"then all retries", base, false, "+----", "success0/3 retry0/1 retry0/1 retry0/1 failed30/3"},
		{"a success clears the count", base, false, "+--+----", "success0/3 retry0/1 retry0/1 0/3 retry0/1 retry0/1 retry0/1 failed30/3"},
		{"no retries while down, up at once", base, false, "--+", "failed00/3 0/3 success0/3"},
		{"alpha", base, true, "-+", "failed00/3 success0/3"},
		{"SMTP has its retries in every round", with(func(r *rules) { r.kind, r.retry = config.CheckSMTP, 1 }), false,
			"----", "retry0/1 failed10/3 retry0/1 0/3"},
		{"MISC says its retries even at the first failure", with(func(r *rules) { r.kind, r.retry = config.CheckMisc, 2 }), false, "-", "failed20/3"},
		{"all URLs make a success", web(2, 1, 3*time.Second, false), false, "++", "0/3 success1/3"},
		{"no URL of the first pass has retries", web(2, 2, time.Second, false), false, "+-", "0/3 failed21/3"},
		{"failing URL", web(2, 2, time.Second, false), false, "++---", "0/3 success1/3 retry0/1 retry0/1 failed20/3"},
		{"only the failed URL is asked, then all", web(2, 0, time.Second, false), false, "++-" + "-+" + "++",
			"0/3 success1/3 failed00/3 retry0/3 page0/3 page0/3 success1/3"},
		{"on the way back a URL is asked until it is right", web(3, 0, time.Second, false), false, "-+" + "+--+" + "+",
			"failed00/3 page0/3 page0/3 retry1/1 retry1/1 page1/3 success2/3"},
		{"one URL recovers with two successes", web(1, 0, time.Second, false), false, "-++", "failed00/3 page0/3 success0/3"},
		{"slow retries make the polling slower", web(1, 0, 5*time.Second, false), false, "--", "failed00/5 retry0/5"},
		{"fast recovery at the start", web(3, 1, time.Second, true), false, "+++", "0/0 1/0 success2/3"},
		{"fast recovery after a failure", web(3, 0, time.Second, true), false, "+-" + "++++", "0/0 failed01/3 page1/0 page0/0 page1/0 success2/3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newProgress(tt.rules, tt.alpha)
			if got := play(&p, tt.rules, tt.results); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Deadlines do not drift with the time that checks take, and missed ones are
// not made up for.
func TestDeadlines(t *testing.T) {
	start := time.Unix(1e9, 0)
	v := verdict{pause: 3 * time.Second, steady: true}
	for took, want := range map[time.Duration]time.Duration{0: 3 * time.Second, 2 * time.Second: 3 * time.Second, 7 * time.Second: 7 * time.Second} {
		if got := v.next(start, start.Add(took)).Sub(start); got != want {
			t.Errorf("a check of %v: next after %v, want %v", took, got, want)
		}
	}
	v.steady = false
	if got := v.next(start, start.Add(time.Second)).Sub(start); got != 4*time.Second {
		t.Errorf("a retry counts from the end of the last try: %v", got)
	}
}
