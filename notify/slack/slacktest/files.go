package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

const maxFile = 8 << 20

func (c call) uploadURL() (answer, *failure) {
	if f := c.need("files:write"); f != nil {
		return nil, f
	}
	length, err := strconv.Atoi(c.form("length"))
	if err != nil || length <= 0 || c.form("filename") == "" {
		return nil, fail("invalid_arguments")
	}
	if length > maxFile {
		return nil, fail("file_upload_size_restricted")
	}
	id := fmt.Sprintf("F%08d", len(c.files)+1)
	c.files[id] = &File{ID: id, Name: c.form("filename")}
	return answer{"upload_url": c.host + "/upload/" + id, "file_id": id}, nil
}

func (s *Server) receive(w http.ResponseWriter, r *http.Request, id string) {
	data, err := uploaded(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[id]
	if f == nil || err != nil {
		http.Error(w, "no such upload", http.StatusNotFound)
		return
	}
	f.Data = data
	_, _ = fmt.Fprintf(w, "OK - %d", len(data))
}

func uploaded(r *http.Request) ([]byte, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		file, _, err := r.FormFile("file")
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		return io.ReadAll(io.LimitReader(file, maxFile))
	}
	return io.ReadAll(io.LimitReader(r.Body, maxFile))
}

func (c call) completeUpload() (answer, *failure) {
	if f := c.need("files:write"); f != nil {
		return nil, f
	}
	var named []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if err := json.Unmarshal([]byte(c.form("files")), &named); err != nil {
		return nil, fail("invalid_arguments")
	}
	channel := c.form("channel_id")
	if channel == "" {
		channel = c.form("channels")
	}
	ch, f := c.writable(channel)
	if f != nil {
		return nil, f
	}
	m := Message{Channel: ch.ID, ThreadTS: c.form("thread_ts"), Text: c.form("initial_comment")}
	var done []answer
	for _, n := range named {
		file := c.files[n.ID]
		if file == nil || file.Data == nil {
			return nil, fail("file_not_found")
		}
		file.Title = n.Title
		m.Files = append(m.Files, *file)
		done = append(done, answer{"id": n.ID, "title": n.Title})
	}
	m.TS = c.nextTS()
	c.messages = append(c.messages, m)
	return answer{"files": done}, nil
}
