#include "http/server.h"

#include <unistd.h>

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/limits_draw.h"
#include "http/event_streams.h"
#include "http/listen.h"
#include "http/reading_room.h"
#include "http/telemetry.h"
#include "http/worker.h"

namespace creneau::http {
namespace {

// Requests under way when the process is asked to end; systemd gives 90 s in all.
constexpr int64_t kStopGraceMs = 5'000;
// An operator, scripts and monitoring: enough for them, and none of it taken from citizens. Each
// admin connection may buffer a megabyte.
constexpr int64_t kMaxAdminConnections = 64;
constexpr int64_t kMaxProbeConnections = 64;

constexpr mode_t kOwnerOnly = 0600;
// As open as a port on the loopback address; the directory it lies in can be closed to others.
constexpr mode_t kModeOfEveryone = 0666;

constexpr surge::RateLimit kEntries{limits::kDrawEntriesPerAddress, limits::kDrawAddressPeriodMs};
constexpr surge::RateLimit kWrongKeys{limits::kWrongKeysPerAddress, limits::kWrongKeysPeriodMs};

surge::Cells::Salt SaltFrom(booking::Engine& engine) {
  surge::Cells::Salt salt;
  engine.entropy().Fill(salt);
  return salt;
}

}  // namespace

class Server::Impl {
 public:
  Impl(booking::Engine& engine, const ServerOptions& options)
      : engine_(engine),
        public_budget_(static_cast<int64_t>(options.max_connections)),
        confirm_budget_(static_cast<int64_t>(options.max_confirm_connections)),
        streams_(engine, options.deadlines.write_ms),
        room_(engine),
        callers_(options.proxies, options.connections_per_address, options.max_connections) {
    if (options.requests_per_address > 0)
      rates_.emplace(callers_, options.requests_per_address, SaltFrom(engine), engine.clock());
    entries_.emplace(callers_, kEntries, SaltFrom(engine), engine.clock());
    if (options.staff_on_public)
      wrong_keys_.emplace(callers_, kWrongKeys, SaltFrom(engine), engine.clock());
  }
  ~Impl() { Stop(); }

  absl::Status Start(const ServerOptions& options);
  void Stop();

  const std::string& address() const { return address_; }
  const std::string& confirm_address() const { return confirm_address_; }
  const std::string& metrics_address() const { return metrics_address_; }

 private:
  static absl::StatusOr<Address> Parse(const std::string& text, const ServerOptions& options);
  absl::StatusOr<std::string> Add(Address address, int count, mode_t mode,
                                  std::string_view listener, WorkerOptions options,
                                  ConnectionBudget& budget);
  void AddStaff(const ServerOptions& options, bool tcp);
  void StartAll(size_t citizens_loops);

  booking::Engine& engine_;
  Telemetry telemetry_;
  ConnectionBudget public_budget_;
  ConnectionBudget confirm_budget_;
  ConnectionBudget admin_budget_{kMaxAdminConnections};
  ConnectionBudget probe_budget_{kMaxProbeConnections};
  SpareDescriptor spare_;
  EventStreams streams_;
  ReadingRoom room_;
  Callers callers_;
  std::optional<AddressRates> rates_;
  std::optional<AddressRates> wrong_keys_;
  std::optional<AddressRates> entries_;
  StaffDesk desk_{limits::kMaxStaffConnections};
  std::vector<std::unique_ptr<Worker>> workers_;
  size_t started_ = 0;
  std::vector<std::string> socket_files_;
  std::string address_;
  std::string confirm_address_;
  std::string metrics_address_;
};

absl::StatusOr<std::string> Server::Impl::Add(Address address, int count, mode_t mode,
                                              std::string_view listener, WorkerOptions options,
                                              ConnectionBudget& budget) {
  absl::StatusOr<std::vector<Descriptor>> sockets = Listen(address, count, mode);
  if (!sockets.ok()) return sockets.status();
  if (!address.unix_path.empty()) socket_files_.push_back(address.unix_path);
  options.tcp = address.unix_path.empty();
  int number = 0;
  for (Descriptor& socket : *sockets) {
    options.name = absl::StrCat("http-", std::string(listener), "-", number++);
    workers_.push_back(std::make_unique<Worker>(options, engine_, telemetry_,
                                                telemetry_.AddThread(listener), budget, spare_,
                                                std::move(socket)));
  }
  return address.Text();
}

// The thread that connections of the public listener go to which come with a key of the staff. Its
// door lets nobody in; they stay on the budget of the one by which they came.
void Server::Impl::AddStaff(const ServerOptions& options, bool tcp) {
  const WorkerOptions staff{.name = "http-staff",
                            .audience = Audience::kStaff,
                            .max_body_bytes = limits::kMaxAdminBodyBytes,
                            .tcp = tcp,
                            .deadlines = options.deadlines,
                            .wrong_keys = &*wrong_keys_,
                            .streams = &streams_};
  workers_.push_back(std::make_unique<Worker>(staff, engine_, telemetry_,
                                              telemetry_.AddThread("staff"), public_budget_, spare_,
                                              Descriptor()));
  desk_.Attach(*workers_.back());
}

absl::StatusOr<Address> Server::Impl::Parse(const std::string& text, const ServerOptions& options) {
  absl::StatusOr<Address> address = ParseAddress(text);
  if (address.ok() && !address->loopback && !options.trusted_network) {
    return absl::InvalidArgumentError(
        absl::StrCat(text,
                     " can be reached from other machines, and there is no TLS inside. Listen on "
                     "127.0.0.1 behind nginx, or "
                     "set trusted_network = true if the network in between is yours."));
  }
  return address;
}

absl::Status Server::Impl::Start(const ServerOptions& options) {
  const absl::StatusOr<Address> listen = Parse(options.listen, options);
  if (!listen.ok()) return listen.status();
  const WorkerOptions usual{.name = {},
                            .audience = Audience::kPublic,
                            .max_body_bytes = limits::kMaxBodyBytes,
                            .deadlines = options.deadlines};
  WorkerOptions citizens = usual;
  citizens.room = &room_;
  if (listen->unix_path.empty()) {
    citizens.callers = &callers_;
    if (rates_) citizens.rates = &*rates_;
  }
  citizens.entries = &*entries_;
  if (options.staff_on_public) {
    citizens.desk = &desk_;
    citizens.wrong_keys = &*wrong_keys_;
  }
  absl::StatusOr<std::string> bound = Add(*listen, std::max(1, options.threads), kModeOfEveryone,
                                          "public", citizens, public_budget_);
  if (!bound.ok()) return bound.status();
  address_ = *bound;
  if (!options.confirm.empty()) {
    const absl::StatusOr<Address> confirm = Parse(options.confirm, options);
    if (!confirm.ok()) return confirm.status();
    WorkerOptions holders = usual;
    holders.audience = Audience::kHolder;
    holders.elsewhere = absl::StrCat(
        "Only a reservation is confirmed, cancelled, extended and read at this address. Everything "
        "else is at the public listener, ",
        address_, ".");
    bound = Add(*confirm, 1, kModeOfEveryone, "confirm", holders, confirm_budget_);
    if (!bound.ok()) return bound.status();
    confirm_address_ = *bound;
  }
  const size_t citizens_loops = workers_.size();
  if (options.staff_on_public) AddStaff(options, listen->unix_path.empty());
  if (!options.admin_socket.empty()) {
    Address admin;
    admin.unix_path = options.admin_socket;
    WorkerOptions operators = usual;
    operators.audience = Audience::kAdmin;
    operators.max_body_bytes = limits::kMaxAdminBodyBytes;
    operators.streams = &streams_;
    bound = Add(admin, 1, kOwnerOnly, "admin", operators, admin_budget_);
    if (!bound.ok()) return bound.status();
  }
  if (!options.metrics.empty()) {
    const absl::StatusOr<Address> metrics = Parse(options.metrics, options);
    if (!metrics.ok()) return metrics.status();
    WorkerOptions machines = usual;
    machines.audience = Audience::kProbe;
    bound = Add(*metrics, 1, kModeOfEveryone, "metrics", machines, probe_budget_);
    if (!bound.ok()) return bound.status();
    metrics_address_ = *bound;
  }
  StartAll(citizens_loops);
  return absl::OkStatus();
}

// Only when nothing can fail any more and the list of counters is complete.
void Server::Impl::StartAll(size_t citizens_loops) {
  streams_.Start();
  room_.Start();
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->Start();
    ++started_;
  }
  // Citizens' loops only: that of operators waits for the disk when they publish.
  engine_.WatchEdge([this, citizens_loops] {
    int64_t lag_ms = 0;
    const int64_t now_ns = engine_.clock().MonotonicNs();
    for (size_t i = 0; i < citizens_loops; ++i)
      lag_ms = std::max(lag_ms, workers_[i]->LagMs(now_ns));
    return lag_ms;
  });
  engine_.WatchRefused([this] { return telemetry_.Refused(); });
}

void Server::Impl::Stop() {
  engine_.WatchEdge(nullptr);
  if (started_ > 0) engine_.WatchRefused(nullptr);
  for (size_t i = 0; i < started_; ++i) workers_[i]->Stop(kStopGraceMs);
  for (size_t i = 0; i < started_; ++i) workers_[i]->Join();
  streams_.Stop();  // nobody is left to hand them another one, nor to ask for anything
  room_.Stop();
  started_ = 0;
  workers_.clear();
  for (const std::string& path : socket_files_) unlink(path.c_str());
  socket_files_.clear();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      booking::Engine& engine) {
  auto impl = std::make_unique<Impl>(engine, options);
  if (const absl::Status started = impl->Start(options); !started.ok()) return started;
  return std::unique_ptr<Server>(new Server(std::move(impl)));  // tidy: owned by the unique_ptr
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;
const std::string& Server::address() const { return impl_->address(); }
const std::string& Server::confirm_address() const { return impl_->confirm_address(); }
const std::string& Server::metrics_address() const { return impl_->metrics_address(); }
void Server::Stop() { impl_->Stop(); }

}  // namespace creneau::http
