package feeds

import (
	"errors"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	feed, json, page := []Shape{ShapeXML}, []Shape{ShapeJSON}, []Shape{ShapeHTML}
	tests := []struct {
		name   string
		text   string
		wanted []Shape
		reason Reason // empty where it is fine
	}{
		{"feed", "\n <?xml version='1.0'?><rss/>", feed, ""},
		{"json", ` {"a": 1}`, json, ""},
		{"page wanted", "<!DOCTYPE html><html><body>x</body></html>", page, ""},
		{"xhtml page wanted", `<?xml version="1.0"?><!-- x --><html xmlns="http://www.w3.org/1999/xhtml">`, page, ""},
		{"nothing", "", feed, ReasonEmpty},
		{"spaces", " \r\n\t", json, ReasonEmpty},
		{"challenge", "<!doctype html><html><head><title>Just a moment...</title></head></html>", feed, ReasonChallenge},
		{"challenge script", `<html><body><div id="altcha"></div></body></html>`, json, ReasonChallenge},
		{"denied", "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>You don't have permission</BODY></HTML>", json, ReasonDenied},
		{"denied in plain text", "Access denied.", json, ReasonDenied},
		{"refused in Japanese", "<html><head><title>エラー</title></head><body>アクセスが拒否されました</body></html>", feed, ReasonDenied},
		{"any page", "<!DOCTYPE html><html><title>お知らせ</title></html>", feed, ReasonHTML},
		{"json for xml", `{"error": "x"}`, feed, ReasonFormat},
		{"xml for json", `<error/>`, json, ReasonFormat},
		{"text for xml", `oops`, feed, ReasonFormat},
	}
	for _, tt := range tests {
		_, err := Classify(tt.text, tt.wanted...)
		if got := reasonOf(err); got != tt.reason {
			t.Errorf("%s: %q, want %q (%v)", tt.name, got, tt.reason, err)
		}
	}
}

func TestClassifyNamesThePage(t *testing.T) {
	_, err := Classify("<html><head><title>Just a\n moment</title></head>", ShapeXML)
	if !strings.Contains(err.Error(), `titled "Just a moment"`) {
		t.Errorf("%v", err)
	}
}

func reasonOf(err error) Reason {
	var u *UnreadableError
	if errors.As(err, &u) {
		return u.Reason
	}
	return ""
}
