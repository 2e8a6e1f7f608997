package demo

import "bytes"

// readAnswer finds the acknowledgement code (MSA-1) and the control id that it is for (MSA-2) in an answer (HL7 2.4 §2.16.8, MSA). Both
// are empty if there is no MSA segment. It reads the separator from MSH-1 and copies nothing.
func readAnswer(answer []byte) (code, control []byte) {
	if len(answer) < 4 {
		return nil, nil
	}
	separator := answer[3]
	for segment := range bytes.FieldsFuncSeq(answer, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if len(segment) < 4 || string(segment[:3]) != "MSA" || segment[3] != separator {
			continue
		}
		code, rest, _ := bytes.Cut(segment[4:], []byte{separator})
		control, _, _ := bytes.Cut(rest, []byte{separator})
		return code, control
	}
	return nil, nil
}

// isAccept tells whether the code says that the message was taken (AA; CA in enhanced mode).
func isAccept(code []byte) bool { return string(code) == "AA" || string(code) == "CA" }

// isError tells whether the code says that the message may be sent again (AE; CE in enhanced mode).
func isError(code []byte) bool { return string(code) == "AE" || string(code) == "CE" }
