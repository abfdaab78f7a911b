"""HTTP/2 as no client would speak it: what a proxy that translates into HTTP/1.1 must not pass on as it stands (RFC 9113 8.2)."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def text(value):
    """A string of HPACK, not compressed (RFC 7541 5.2)."""
    if len(value) < 127:
        return bytes([len(value)]) + value
    rest, out = len(value) - 127, b"\x7f"
    while rest >= 128:
        out, rest = out + bytes([rest % 128 + 128]), rest // 128
    return out + bytes([rest]) + value


def request(*fields, method=b"POST", path=b"/v1/agendas/siege/holds", body=b"", stream=1):
    """Literal fields, never indexed (RFC 7541 6.2.2)."""
    fields = [(b":method", method), (b":scheme", b"https"), (b":authority", b"a"), (b":path", path), *fields]
    block = b"".join(b"\x00" + text(name) + text(value) for name, value in fields)
    head = frame(HEADERS, END_HEADERS | (0 if body else END_STREAM), stream, block)
    return head + (frame(DATA, END_STREAM, stream, body) if body else b"")


def converse(made, data):
    """What is answered to the request, or that it is not: its frames' payloads, up to the last one or the connection's end.
    nginx drops a half-closed connection of HTTP/2, so the end must be seen in the frames."""
    buffer = answer = b""
    with made:
        made.sendall(data)
        while some := made.recv(65536):
            buffer += some
            while len(buffer) >= 9 and len(buffer) >= 9 + (size := int.from_bytes(buffer[:3], "big")):
                kind, flags, stream, payload = buffer[3], buffer[4], int.from_bytes(buffer[5:9], "big"), buffer[9:9 + size]
                buffer = buffer[9 + size:]
                answer += payload if kind in (DATA, HEADERS) else b""
                if kind in (RST_STREAM, GOAWAY) or (stream and kind in (DATA, HEADERS) and flags & END_STREAM):
                    return answer
    return answer


def hostile_streams():
    smuggled = b"DELETE /v1/reservations/second HTTP/1.1\r\nHost: a\r\n\r\n"
    kind = (b"content-type", b"application/json")
    requests = [
        request(kind, body=b"{}"),  # this one is as it should be
        request(kind, (b"content-length", b"0"), body=smuggled),
        request(kind, (b"content-length", b"5"), body=smuggled),
        request(kind, (b"content-length", b"5000"), body=smuggled),
        request(kind, (b"content-length", b"2"), (b"content-length", b"%d" % len(smuggled)), body=smuggled),
        request(kind, (b"transfer-encoding", b"chunked"), body=b"0\r\n\r\n" + smuggled),
        request((b"content-type", b"a\r\nTransfer-Encoding: chunked"), body=b"0\r\n\r\n" + smuggled),
        request((b"content-type\r\ntransfer-encoding", b"chunked"), body=b"0\r\n\r\n" + smuggled),
        request((b"creneau-key", b"a\r\n\r\n" + smuggled), path=b"/v1/reservations/first/confirm"),
        request((b"creneau-key", b"a\x00b"), (b"Creneau-Key", b"a\nb"), path=b"/v1/reservations/first/confirm"),
        request(path=b"/v1/reservations/first/confirm HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled),
        request(path=b"/v1/reservations/first%0d%0aX: y/confirm"),
        request(method=b"POST /v1/agendas/siege/holds HTTP/1.1\r\nX: y"),
        request((b":path", b"/v1/reservations/second"), (b"host", b"b"), (b"connection", b"content-length")),
    ]
    opened = PREFACE + frame(SETTINGS, 0, 0)
    return [opened + one for one in requests]
