// The client's wire format, and what it does when the other end misbehaves.
#include "tools/creneauctl/http_client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tools/creneauctl/chunks.h"
#include "tools/creneauctl/secrets.h"

namespace creneau::ctl {
namespace {

// A directory of its own, gone when the test ends.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "creneau-ctl-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Answers one connection after another with the next of its scripts, reading a head each time; then
// stops listening.
class Scripted {
 public:
  Scripted(const std::string& path, std::vector<std::string> scripts)
      : fd_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(listen(fd_, 8) == 0);
    thread_ = std::thread([this, scripts] { Serve(scripts); });
  }
  ~Scripted() {
    thread_.join();
    close(fd_);
  }
  Scripted(const Scripted&) = delete;
  Scripted& operator=(const Scripted&) = delete;

 private:
  void Serve(const std::vector<std::string>& scripts) {
    for (const std::string& script : scripts) {
      const int peer = accept(fd_, nullptr, nullptr);
      std::array<char, 4096> buffer;
      static_cast<void>(recv(peer, buffer.data(), buffer.size(), 0));
      static_cast<void>(send(peer, script.data(), script.size(), MSG_NOSIGNAL));
      if (&script == &scripts.back()) shutdown(fd_, SHUT_RDWR);  // before the client can know
      close(peer);
    }
  }

  int fd_;
  std::thread thread_;
};

constexpr const char* kFine = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nETag: \"3\"\r\n\r\n{}";

TEST_CASE("a request keeps to the strict profile") {
  CHECK(SerializeRequest({"GET", "/v1/agendas", {}, ""}) ==
        "GET /v1/agendas HTTP/1.1\r\nHost: creneau\r\nConnection: close\r\n\r\n");
  CHECK(SerializeRequest({"POST", "/x", {{"A", "b"}}, ""}) ==
        "POST /x HTTP/1.1\r\nHost: creneau\r\nConnection: close\r\nA: b\r\nContent-Length: "
        "0\r\n\r\n");
  CHECK(SerializeRequest({"PUT", "/x", {}, "body"}).find("Content-Length: 4\r\n\r\nbody") !=
        std::string::npos);
}

TEST_CASE("names are percent-encoded") {
  CHECK(PercentEncode("93-titres_a.b~c:d") == "93-titres_a.b~c:d");
  CHECK(PercentEncode("a/b c\r\né?") == "a%2Fb%20c%0D%0A%C3%A9%3F");
}

TEST_CASE("replies") {
  const absl::StatusOr<HttpReply> reply = ParseReply(kFine);
  REQUIRE(reply.ok());
  CHECK(reply->status == 201);
  CHECK(reply->body == "{}");
  CHECK(reply->header("etag") == "\"3\"");
  CHECK(reply->header("absent").empty());
  CHECK(ParseReply("HTTP/1.1 304 Not Modified\r\n\r\n")->status == 304);

  struct Case {
    const char* wire;
    absl::StatusCode code;
  };
  const Case cases[] = {
      {"", absl::StatusCode::kAborted},
      {"HTTP/1.1 200 OK\r\nContent-Le", absl::StatusCode::kAborted},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}", absl::StatusCode::kAborted},
      {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", absl::StatusCode::kInternal},
      {"SSH-2.0-OpenSSH\r\n\r\n", absl::StatusCode::kInternal},
      {"HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", absl::StatusCode::kInternal},
      {"HTTP/1.1 200 OK\r\n\r\nbody", absl::StatusCode::kInternal},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", absl::StatusCode::kInternal},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", absl::StatusCode::kInternal},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       absl::StatusCode::kInternal},
  };
  for (const Case& one : cases) {
    INFO(one.wire);
    CHECK(ParseReply(one.wire).status().code() == one.code);
  }
}

TEST_CASE("nobody there: unavailable, nothing was sent") {
  const Scratch scratch;
  const HttpClient client(scratch / "absent.sock", 1000);
  CHECK(client.Send({"GET", "/", {}, ""}).status().code() == absl::StatusCode::kUnavailable);
  CHECK(client.PeerProcess().status().code() == absl::StatusCode::kUnavailable);
  // Port 1 is nobody's; names are not looked up.
  for (const std::string& address :
       {std::string(200, 'x'), std::string("tcp:127.0.0.1:1"), std::string("tcp:[::1]:1"),
        std::string("tcp:localhost:1"), std::string("tcp:127.0.0.1"), std::string("tcp:")}) {
    const HttpClient other(address, 1000);
    CHECK(other.Send({"GET", "/", {}, ""}).status().code() == absl::StatusCode::kUnavailable);
  }
}

TEST_CASE("a lost reply is asked for once more, and not twice") {
  const Scratch scratch;
  const std::string path = scratch / "s.sock";
  SECTION("the second try gets it") {
    const Scripted server(path, {"", kFine});
    CHECK(HttpClient(path, 5000).SendRepeatable({"POST", "/", {}, ""})->status == 201);
  }
  SECTION("lost twice is lost") {
    const Scripted server(path, {"HTTP/1.1 2", ""});
    CHECK(absl::IsAborted(HttpClient(path, 5000).SendRepeatable({"POST", "/", {}, ""}).status()));
  }
  SECTION("an engine that has gone meanwhile may have done it") {
    const Scripted server(path, {""});
    CHECK(absl::IsAborted(HttpClient(path, 5000).SendRepeatable({"POST", "/", {}, ""}).status()));
  }
  SECTION("Send does not repeat") {
    const Scripted server(path, {""});
    CHECK(absl::IsAborted(HttpClient(path, 5000).Send({"PUT", "/", {}, ""}).status()));
  }
}

TEST_CASE("a server that never answers costs the timeout and no more") {
  const Scratch scratch;
  const std::string path = scratch / "s.sock";
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(listen(fd, 1) == 0);  // connects, and waits for ever
  CHECK(absl::IsAborted(HttpClient(path, 50).Send({"GET", "/", {}, ""}).status()));
  close(fd);
}

TEST_CASE("key files are for the owner alone, and never overwritten") {
  const Scratch scratch;
  const std::string path = scratch / "key";
  {
    absl::StatusOr<SecretFile> dropped = SecretFile::Create(path);
    REQUIRE(dropped.ok());
  }
  CHECK_FALSE(std::filesystem::exists(path));  // what was refused leaves no empty file
  {
    absl::StatusOr<SecretFile> kept = SecretFile::Create(path);
    REQUIRE(kept.ok());
    CHECK(kept->Keep("abc").ok());
  }
  CHECK(*ReadInput(path) == "abc\n");
  using std::filesystem::perms;
  CHECK(std::filesystem::status(path).permissions() == (perms::owner_read | perms::owner_write));
  CHECK_FALSE(SecretFile::Create(path).ok());
  CHECK_FALSE(ReadInput(scratch / "absent").ok());
}

TEST_CASE("random keys") {
  const std::string key = RandomKey();
  CHECK(key.size() == 22);
  CHECK(key != RandomKey());
  CHECK(Stripped(" \n a b\r\n") == "a b");
  CHECK(Stripped(" \n").empty());
}

}  // namespace
TEST_CASE("chunks are taken apart however they are cut, and nothing else is") {
  const std::string wire = "5\r\nhello\r\n1B\r\n, and what comes after that\r\n0\r\n\r\n";
  for (size_t piece = 1; piece <= wire.size(); ++piece) {
    ChunkReader reader;
    std::string body;
    ChunkReader::State state = ChunkReader::State::kMore;
    for (size_t at = 0; at < wire.size(); at += piece) {
      CHECK(state == ChunkReader::State::kMore);
      state = reader.Take(std::string_view(wire).substr(at, piece), &body);
    }
    CHECK(state == ChunkReader::State::kEnd);
    CHECK(body == "hello, and what comes after that");
  }
  for (const char* wrong : {"x\r\n", "\r\n", "5;a=b\r\n", "1\r\nab\r\n", "0\r\nX: y\r\n",
                            "0\r\n\r\n0", "5\nhello\r\n0\r\n\r\n", "10000000000000000000\r\n"}) {
    INFO(wrong);
    std::string body;
    CHECK(ChunkReader().Take(wrong, &body) == ChunkReader::State::kMalformed);
  }
}

}  // namespace creneau::ctl
