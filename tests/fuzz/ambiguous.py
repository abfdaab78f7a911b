"""Streams of bytes whose requests two programs could see in different places, and seeded mutations of them."""

HOST = b"Host: a\r\n"
BODY = b"hello"
SECOND = b"GET /second HTTP/1.1\r\nHost: a\r\n\r\n"


def post(*lines, body=BODY, host=HOST, start=b"POST /first HTTP/1.1"):
    return start + b"\r\n" + host + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def get(*lines, start=b"GET /first HTTP/1.1", host=HOST):
    return post(*lines, body=b"", host=host, start=start)


LENGTHS = [b"5", b"05", b"0005", b"+5", b"-5", b"5 5", b"5, 5", b"5,5", b"5,6", b"5.0", b"0x5", b"5e0", b"", b" ", b"5\t", b"\t5",
           b"5;", b"'5'", b'"5"', b"five", b"4294967301", b"18446744073709551621", b"99999999999999999999999", b"9223372036854775812",
           b"\x005", b"5\x00", b"5\x0b", b"\x0c5", b"5\r", b"5 ", b"\xa05", b"5\x85", b"0", b"4", b"6", b"38", b"1e1", b"0b101", b"00"]

ENCODINGS = [b"chunked", b"Chunked", b"CHUNKED", b" chunked", b"\tchunked", b"chunked ", b"chunked\t", b"\x0bchunked", b"chunked\x0b",
             b"identity", b"gzip", b"gzip, chunked", b"chunked, gzip", b"chunked, chunked", b"chunked, identity", b"chunked;q=1",
             b"xchunked", b"chunkedx", b"", b",chunked", b"chunked,", b'"chunked"', b"chun\r\n ked", b"identity, chunked"]

NAMES = [b"%s ", b"%s\t", b" %s", b"\t%s", b"%s\x00", b"\x00%s", b"%s\x0b", b"%s\r", b"%s\xa0", b"X: y\r\n%s", b"X: y\n%s", b"X: y\r%s",
         b"X: y\r\n %s", b"\r\n%s", b"\n%s", b"%s:", b"%s_", b"%s,", b'"%s"']

CHUNKS = [b"0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"5;a=b\r\nhello\r\n0\r\n\r\n", b"05\r\nhello\r\n00\r\n\r\n", b"5\nhello\n0\n\n",
          b"5\r\nhello0\r\n\r\n", b"+5\r\nhello\r\n0\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b"5 \r\nhello\r\n0\r\n\r\n",
          b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"100000000000000005\r\nhello\r\n0\r\n\r\n", b"0\r\n" + SECOND + b"\r\n"]

STARTS = [b"GET  /first HTTP/1.1", b"GET /first  HTTP/1.1", b" GET /first HTTP/1.1", b"\r\nGET /first HTTP/1.1", b"\nGET /first HTTP/1.1",
          b"GET\t/first\tHTTP/1.1", b"GET /first HTTP/1.1 ", b"GET /first HTTP/1.0", b"GET /first HTTP/0.9", b"GET /first HTTP/1.2",
          b"GET /first HTTP/2.0", b"GET /first HTTP/01.1", b"GET /first HTTP/1.01", b"GET /first HTTP/1.1\r", b"GET /first http/1.1",
          b"GET /first", b"GET /first HTTP", b"GET /first HTTP/", b"GET first HTTP/1.1", b"GET * HTTP/1.1", b"OPTIONS * HTTP/1.1",
          b"GET http://a/first HTTP/1.1", b"GET http://b/first HTTP/1.1", b"GET HTTP://A/first HTTP/1.1", b"GET a:80 HTTP/1.1",
          b"CONNECT a:80 HTTP/1.1", b"GET //first HTTP/1.1", b"GET /fi\x00rst HTTP/1.1", b"GET /fi\trst HTTP/1.1", b"GET /fi rst HTTP/1.1",
          b"GET /first#x HTTP/1.1", b"GET /first?a b HTTP/1.1", b"GET /first\\x HTTP/1.1", b"GET /\xc3\xa9 HTTP/1.1", b"GET /%00 HTTP/1.1",
          b"GET /%zz HTTP/1.1", b"GET /a/../b HTTP/1.1", b"GET /a/%2e%2e/b HTTP/1.1", b"GET /first?x=/../y HTTP/1.1",
          b"get /first HTTP/1.1", b"G\x00T /first HTTP/1.1", b"TRACE /first HTTP/1.1", b"PATCH /first HTTP/1.1", b"BREW /first HTTP/1.1",
          b"HEAD /first HTTP/1.1", b"DELETE /first HTTP/1.1", b"PUT /first HTTP/1.1", b"PRI * HTTP/2.0\r\n\r\nSM",
          b"GET /first HTTP/1.1\r\nX: y\r\n", b"GET /" + b"a" * 3000 + b" HTTP/1.1"]

HOSTS = [b"", HOST + HOST, HOST + b"Host: b\r\n", b"Host:\r\n", b"Host : a\r\n", b"Host: a b\r\n", b"Host: a/b\r\n", b"Host: a@b\r\n",
         b"Host: a,b\r\n", b"HOST:a\r\n", b"Host: a\n", b"Host: a\r\n\tb\r\n", b"Host: [::1]:80\r\n", b"Host: a:b\r\n", b" Host: a\r\n"]


GOOD = 5  # the first of the corpus are what nobody has a quarrel with: their mutations get furthest


def corpus():
    """Most with more behind them, so that what is left over is seen as a request."""
    streams = [get(), post(b"Content-Length: 5"), post(b"Content-Length: 5") + SECOND, get() + post(b"Content-Length: 5") + get(), SECOND * 3]
    streams += [post(b"Content-Length: " + value) for value in LENGTHS]
    streams += [post(b"Content-Length:" + value) for value in (b"5", b"\t5\t", b"  5")]
    streams += [post(b"Content-Length: " + a, b"Content-Length: " + b) for a, b in
                ((b"5", b"5"), (b"5", b"6"), (b"6", b"5"), (b"0", b"5"), (b"5", b"0"), (b"5", b""), (b"", b"5"), (b"5", b"05"))]
    streams += [post(b"Content-Length: 5", b"content-length: 5"), post(b"CONTENT-LENGTH: 5"), post(b"Content_Length: 5"), get(b"Content-Length: 5") + BODY]
    for chunks in CHUNKS:
        streams += [post(b"Transfer-Encoding: chunked", body=chunks),
                    post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=chunks),
                    post(b"Transfer-Encoding: chunked", b"Content-Length: %d" % len(chunks), body=chunks)]
    for value in ENCODINGS:
        streams += [post(b"Transfer-Encoding: " + value, body=CHUNKS[1]),
                    post(b"Content-Length: 5", b"Transfer-Encoding: " + value, body=CHUNKS[0])]
    for form in NAMES:
        streams += [post(b"Content-Length: 5", form % b"Transfer-Encoding" + b": chunked", body=CHUNKS[0]),
                    post(form % b"Content-Length" + b": 5"), post(b"Content-Length: 0", form % b"Content-Length" + b": 5")]
    streams += [get(start=start) for start in STARTS] + [get(host=host) for host in HOSTS]
    streams += [stream.replace(b"\r\n", end) for end in (b"\n", b"\r", b"\n\r", b"\r\r\n", b"\x00\r\n")
                for stream in (get(), post(b"Content-Length: 5"))]
    streams += [get(b"X: " + bytes([octet])) for octet in (0, 1, 9, 10, 11, 13, 27, 127, 128, 255)]
    streams += [get(bytes([octet]) + b"X: y") for octet in (0, 9, 11, 32, 34, 40, 47, 58, 59, 64, 123, 127, 128, 255)]
    streams += [get(b"X"), get(b": y"), get(b"X:"), get(b""), get(b"X: y\r\n z"), get(b"X: y\r\n\tz"), get(b" X: y"), get(b"X: " + b"y" * 9000)]
    streams += [post(b"Content-Length: 5", b"Expect: " + value) for value in (b"100-continue", b"100-Continue", b"200-ok", b"")]
    streams += [get(b"Connection: " + value) + SECOND for value in
                (b"close", b"keep-alive", b"close, keep-alive", b"keep-alive, close", b"Content-Length", b"upgrade", b"", b"cl\x00ose", b"xclose")]
    streams += [get(b"Upgrade: " + value, b"Connection: upgrade") + SECOND for value in (b"websocket", b"h2c", b"TLS/1.0")]
    streams += [post(b"Connection: Content-Length", b"Content-Length: 5"), post(b"Connection: Transfer-Encoding", b"Transfer-Encoding: chunked"),
                post(b"Content-Length: 5", b"Trailer: X"), post(b"Content-Length: 5", b"TE: chunked"), post(b"Content-Length: 5", body=SECOND[:5])]
    return streams


PIECES = ([b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\n\n", b" ", b"\t", b"\x00", b"\x0b", b":", b",", b";", b"+", b"-", b"0", b"\x7f", b"\x80", b"\xff",
           b"\r\n ", b"\r\n\t", b"HTTP/1.1", b"HTTP/1.0", b"Connection: close\r\n", HOST, SECOND, b"Content-Length: 5\r\n", b"Content-Length: 0\r\n",
           b"Content-Length: 38\r\n", b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n", b"0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n"]
          + [b"Content-Length: " + value + b"\r\n" for value in LENGTHS] + [b"Transfer-Encoding: " + value + b"\r\n" for value in ENCODINGS])


def line_ends(stream):
    """Where lines begin: what is put there is a line of its own."""
    return [at + 1 for at, octet in enumerate(stream) if octet == 10] or [0]


def mutate(chance, streams):
    """One of them, changed in one to three places; most changes go where a line begins or ends, or beside a colon."""
    stream = chance.choice(chance.choice((streams, streams[:GOOD])))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        colons = [at for at, octet in enumerate(stream) if octet == 58] or [0]
        at = chance.choice((chance.randrange(len(stream) + 1), chance.choice(line_ends(stream)), chance.choice(colons) + chance.randrange(2)))
        what = chance.randrange(6)
        if what < 2:
            stream = stream[:at] + chance.choice(PIECES) + stream[at:]
        elif what == 2:
            stream = stream[:at] + bytes([chance.randrange(256)]) + stream[at + 1:]
        elif what == 3:
            stream = stream[:at] + stream[at + chance.choice((1, 1, 2, 4)):]
        elif what == 4:
            stream = stream[:at] + chance.choice(streams)[:600] + stream[at:]
        else:
            stream = stream[:at] + stream[at:at + 1].swapcase() + stream[at + 1:]
        stream = stream[:16000] or b"\r\n"
    return stream
