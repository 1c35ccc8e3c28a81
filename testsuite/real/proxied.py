"""What stands around the proxy in the run on tinyproxy: an origin server, an echo server to tunnel to, a
SOCKS server, and clients."""

import hashlib
import http.client
import http.server
import socket
import socketserver
import threading

PASSWORD = "Basic dXNlcjpzZWNyZXQ="  # user:secret


def body(path):
    """What the origin serves: up to 64 kB that only this path has."""
    return hashlib.shake_256(path.encode()).digest(1 + hash_of(path) % 65536)


def hash_of(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        content = body(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        if added := self.headers.get("X-Ginseng"):
            self.send_header("X-Seen", added)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Socks(socketserver.BaseRequestHandler):
    """SOCKS 4A, for a client that leaves it to the server to find the host: tells its name."""

    def handle(self):
        head = self.take(8)
        while self.take(1) != b"\0":
            pass
        name = b""
        while (byte := self.take(1)) != b"\0":
            name += byte
        self.request.sendall(b"\0\x5a" + bytes(6))
        while not self.request.recv(65536).endswith(b"\r\n\r\n"):
            pass
        content = name if head[:2] == b"\4\1" and head[4:] == b"\0\0\0\1" else b"?"
        self.request.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content))

    def take(self, count):
        data = b""
        while len(data) < count:
            more = self.request.recv(count - len(data))
            if not more:
                raise ConnectionError("the client went away")
            data += more
        return data


def serve(handler):
    """Starts a server on a port of its own; the port."""
    kind = http.server.ThreadingHTTPServer if handler is Pages else socketserver.ThreadingTCPServer
    kind.daemon_threads = True
    server = kind(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def get(proxy, url, timeout=10, **headers):
    """Asks the proxy for a page: the reply, with its `content`."""
    connection = http.client.HTTPConnection(*proxy, timeout=timeout)
    try:
        connection.request("GET", url, headers={name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        reply.content = reply.read()
        return reply
    finally:
        connection.close()


def raw(proxy, request):
    """Everything that the proxy sends in answer to some bytes."""
    with socket.create_connection(proxy, 10) as connection:
        connection.sendall(request)
        reply = b""
        while data := connection.recv(65536):
            reply += data
        return reply


class Tunnel:
    """A CONNECT tunnel to the echo server, held open."""

    def __init__(self, proxy, port):
        self.socket = socket.create_connection(proxy, 10)
        lines = ["CONNECT 127.0.0.1:%d HTTP/1.1", "Proxy-Authorization: " + PASSWORD, "", ""]
        self.socket.sendall(("\r\n".join(lines) % port).encode())
        reply = b""
        while not reply.endswith(b"\r\n\r\n"):
            data = self.socket.recv(1)
            if not data:
                raise ConnectionError(f"no tunnel: {reply}")
            reply += data
        if b" 200 " not in reply.split(b"\r\n")[0]:
            raise ConnectionError(f"no tunnel: {reply}")
        self.sent = 0

    def echo(self):
        """Sends some kilobytes and takes them back."""
        self.sent += 1
        data = hashlib.shake_256(b"%d" % self.sent).digest(20000)
        self.socket.sendall(data)
        back = b""
        while len(back) < len(data):
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("the tunnel was closed")
            back += more
        if back != data:
            raise ValueError("the tunnel changed what it carries")

    def close(self):
        self.socket.close()
