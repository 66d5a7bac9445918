// The widgets by Go's net/http and pgx, as one would write them. For `./dev bench others`.
//
// It asks what QUESTIONS names (a file, see others.mjs), answers with the rows as JSON, and keeps answers in a map
// for CACHE_TTL seconds. There is one user, BENCH_USER, whose token is BENCH_TOKEN.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

type question struct {
	Numbered string   // with $1, $2, …
	Names    []string // what they stand for
}

type answer struct {
	until time.Time
	body  []byte
}

type server struct {
	pool      *pgxpool.Pool
	questions map[string][]question
	user      string
	token     string
	ttl       time.Duration
	lock      sync.RWMutex
	kept      map[string]answer
}

func (s *server) parameters(start, end time.Time) map[string]interface{} {
	days := int(end.Sub(start).Hours()/24) + 1
	return map[string]interface{}{
		"user": s.user, "from": start, "to": end, "after": end.AddDate(0, 0, 1), "days": days,
		"prev_from": start.AddDate(0, 0, -days), "prev_to": start.AddDate(0, 0, -1), "prev_after": start,
		"prev_days": days,
	}
}

func appendValue(out []byte, value interface{}) []byte {
	switch v := value.(type) {
	case nil:
		return append(out, "null"...)
	case int64:
		return strconv.AppendInt(out, v, 10)
	case int32:
		return strconv.AppendInt(out, int64(v), 10)
	case time.Time:
		out = append(out, '"')
		out = v.AppendFormat(out, "2006-01-02")
		return append(out, '"')
	}
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte("null")
	}
	return append(out, text...)
}

func appendRows(out []byte, rows pgx.Rows) ([]byte, error) {
	defer rows.Close()
	for n := 0; rows.Next(); n++ {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out = append(out, ',')
		}
		for i, value := range values {
			out = append(out, "[,"[min(i, 1)])
			out = appendValue(out, value)
		}
		out = append(out, ']')
	}
	return out, rows.Err()
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func appendAnswer(out []byte, rows pgx.Rows) ([]byte, error) {
	out = append(out, `{"columns":`...)
	names := []string{}
	for _, field := range rows.FieldDescriptions() {
		names = append(names, string(field.Name))
	}
	out = appendValue(out, names)
	out = append(out, `,"rows":[`...)
	out, err := appendRows(out, rows)
	return append(out, "]}"...), err
}

// All questions in one round trip.
func (s *server) ask(key string, start, end time.Time) ([]byte, error) {
	values := s.parameters(start, end)
	batch := &pgx.Batch{}
	for _, one := range s.questions[key] {
		arguments := []interface{}{}
		for _, name := range one.Names {
			arguments = append(arguments, values[name])
		}
		batch.Queue(one.Numbered, arguments...)
	}
	results := s.pool.SendBatch(context.Background(), batch)
	defer results.Close()
	out := append(make([]byte, 0, 8192), '[')
	for i := range s.questions[key] {
		rows, err := results.Query()
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendAnswer(out, rows); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func (s *server) find(name string) []byte {
	s.lock.RLock()
	found, ok := s.kept[name]
	s.lock.RUnlock()
	if !ok || found.until.Before(time.Now()) {
		return nil
	}
	return found.body
}

func (s *server) keep(name string, body []byte) {
	if s.ttl == 0 {
		return
	}
	s.lock.Lock()
	s.kept[name] = answer{time.Now().Add(s.ttl), body}
	s.lock.Unlock()
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/v1/widgets/")
	query := r.URL.Query()
	start, err := time.Parse("2006-01-02", query.Get("startDate"))
	end, err2 := time.Parse("2006-01-02", query.Get("endDate"))
	switch {
	case r.Header.Get("Authorization") != s.token:
		w.WriteHeader(401)
		return
	case s.questions[key] == nil:
		w.WriteHeader(404)
		return
	case err != nil || err2 != nil:
		w.WriteHeader(422)
		return
	}
	name := fmt.Sprintf("%s|%s|%s|%s", s.user, key, query.Get("startDate"), query.Get("endDate"))
	body := s.find(name)
	if body == nil {
		if body, err = s.ask(key, start, end); err != nil {
			log.Print(err)
			w.WriteHeader(500)
			return
		}
		s.keep(name, body)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
}

func number(name string) int {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		log.Fatal(err)
	}
	return n
}

func main() {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = int32(number("POOL"))
	pool, err := pgxpool.ConnectConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	s := &server{pool: pool, user: os.Getenv("BENCH_USER"), token: "Bearer " + os.Getenv("BENCH_TOKEN"),
		ttl: time.Duration(number("CACHE_TTL")) * time.Second, kept: map[string]answer{}}
	text, err := os.ReadFile(os.Getenv("QUESTIONS"))
	if err != nil {
		log.Fatal(err)
	}
	if err = json.Unmarshal(text, &s.questions); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), s))
}
