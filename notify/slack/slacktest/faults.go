package slacktest

import (
	"net/http"
	"strconv"
	"time"

	"hansho/notify/slack"
)

// Fault is something that goes wrong with one call.
type Fault struct {
	Method string // the method that it waits for; any where empty
	// Drop closes the connection after the call was carried out, Refuse before.
	Drop   bool
	Refuse bool
	Status int           // answers with an HTTP status instead
	Wait   int           // answers 429 with Retry-After, in seconds
	Delay  time.Duration // carries the call out, answers later
	Repeat bool          // carries the call out twice, as a proxy that tries again
	Body   string        // answers with this, such as a proxy's HTML page
}

// Inject queues faults; each meets one call of its method.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// begin notes a call and takes the fault that waits for it.
func (s *Server) begin(method string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, method)
	for i, f := range s.faults {
		if f.Method == "" || f.Method == method {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f
		}
	}
	return Fault{}
}

// before answers a call that is not carried out.
func (f Fault) before(w http.ResponseWriter) bool {
	switch {
	case f.Refuse:
		panic(http.ErrAbortHandler)
	case f.Wait > 0:
		w.Header().Set("Retry-After", strconv.Itoa(f.Wait))
		w.WriteHeader(http.StatusTooManyRequests)
	case f.Status > 0:
		w.WriteHeader(f.Status)
	case f.Body != "":
		_, _ = w.Write([]byte(f.Body))
	default:
		return false
	}
	return true
}

// after is what goes wrong once a call was carried out.
func (f Fault) after() {
	if f.Delay > 0 {
		time.Sleep(f.Delay)
	}
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
}

// bucket is a rate limit: so many calls a minute, of which burst at once.
type bucket struct {
	left float64
	at   time.Time
}

// limited gives how many seconds a call has to wait, 0 where it may go on: more
// calls than the method's rate promises for a minute are refused.
func (s *Server) limited(method, channel string) int {
	r, ok := slack.RateOf(method)
	if !s.opts.Limits || !ok {
		return 0
	}
	perMinute, key, burst := float64(r.Minute), method, max(float64(r.Minute), float64(r.Burst))
	if r.Channel {
		key, burst = method+" "+channel, float64(r.Burst)
	}
	now := s.opts.Now()
	b := s.buckets[key]
	if b == nil {
		b = &bucket{left: burst, at: now}
		s.buckets[key] = b
	}
	b.left = min(burst, b.left+now.Sub(b.at).Minutes()*perMinute)
	b.at = now
	if b.left < 1 {
		return int((1-b.left)/perMinute*60) + 1
	}
	b.left--
	return 0
}
