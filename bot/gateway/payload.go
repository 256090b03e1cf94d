package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
)

// A payload is the body of a call, ready to be sent as often as it takes.
type payload struct {
	bytes []byte
	kind  string // Content-Type; "" = there is no body
}

// encode is the body as JSON, or with files as multipart: the JSON in payload_json, the files in files[0], files[1] …
func (k call) encode() (payload, error) {
	if k.body == nil {
		return payload{}, nil
	}
	text, err := json.Marshal(k.body)
	if err != nil || len(k.files) == 0 {
		return payload{bytes: text, kind: "application/json"}, err
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.WriteField("payload_json", string(text)); err != nil {
		return payload{}, err
	}
	for n, f := range k.files {
		part, err := w.CreateFormFile(fmt.Sprintf("files[%d]", n), f.Name)
		if err != nil {
			return payload{}, err
		}
		if _, err := part.Write(f.Bytes); err != nil {
			return payload{}, err
		}
	}
	err = w.Close() // which writes the end
	return payload{bytes: out.Bytes(), kind: w.FormDataContentType()}, err
}
