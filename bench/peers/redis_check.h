// What is done to Redis before and after the load, over one blocking connection: scripts and free
// seats in, and afterwards every seat and every subject looked up on the server. One thread; errors
// end the program (7 the connection, 5 a wrong result).
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace creneau::bench {

// Appends a command as RESP.
void AppendCommand(std::string& out, std::initializer_list<std::string_view> words);

// A non-negative subject number as the 32 hexadecimal digits by which it is known to Redis; never
// the same for two numbers.
std::string SubjectName(uint64_t number);
std::string SubjectKey(std::string_view subject);
std::string SeatKey(int64_t seat);

struct Owned {
  int64_t seat = 0;
  uint64_t subject = 0;
};

class RedisSetup {
 public:
  explicit RedisSetup(uint16_t port);
  ~RedisSetup();
  RedisSetup(const RedisSetup&) = delete;
  RedisSetup& operator=(const RedisSetup&) = delete;

  // The SHA by which EVALSHA knows it.
  std::string LoadScript(const std::string& file);
  void Fill(int64_t seats);
  // Ends the program unless each of `owned` is confirmed on the server, no seat and no subject
  // occurs twice, nobody else has a seat, and every other seat of `seats` is still free.
  void Check(std::vector<Owned> owned, int64_t seats);

 private:
  // What came, without its type and line ends; arrays are read element by element.
  std::string Reply();
  std::string Line();
  void Flush();

  int fd_;
  std::string out_;
  std::string in_;
  size_t at_ = 0;
};

int ConnectToRedis(uint16_t port);

}  // namespace creneau::bench
