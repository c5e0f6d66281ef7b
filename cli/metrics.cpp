#include <unistd.h>

#include <cli/metrics.hpp>
#include <cli/metrics_text.hpp>
#include <fstream>
#include <sstream>

namespace rowan::cli {

namespace {

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::optional<std::uint64_t> resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t all = 0, resident = 0;
  if (!(file >> all >> resident)) return std::nullopt;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// proc(5): the 22nd word of stat, in ticks since boot. The second, the program's name, may hold anything, also ')'.
std::optional<double> start_of_process() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  std::istringstream words(line.substr(line.rfind(')') + 1));
  std::string word;
  for (int i = 3; i < 22; ++i) words >> word;
  double ticks = 0;
  if (!(words >> ticks)) return std::nullopt;
  const auto& clock = system_clock();
  const auto ago = seconds(clock.elapsed()) - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return seconds(clock.now().time_since_epoch()) - ago;
}

}  // namespace

Metrics::Metrics() : started_(start_of_process()) {}

void Metrics::count(Counts& in, const std::string& labels) {
  const std::lock_guard lock(mutex_);
  ++in[labels];
}

Metrics::Counts Metrics::copy_of(const Counts& counts) const {
  const std::lock_guard lock(mutex_);
  return counts;
}

Hooks Metrics::hooks() {
  // A transaction may run again, or end in nothing: what counts is its COMMIT.
  Hooks hooks;
  hooks.events = {AuthEvent::Kind::registered, AuthEvent::Kind::signed_in};
  hooks.on_event = [this](Transaction& transaction, const Services&, const AuthEvent& event) -> Result<> {
    auto& in = event.kind == AuthEvent::Kind::registered ? registrations_ : sign_ins_;
    transaction.after_commit([this, &in,
                              labels = label_text({{"subject", event.realm.subject},
                                                   {"strategy", event.strategy},
                                                   {"phase", event.phase}})] { count(in, labels); });
    return {};
  };
  hooks.on_failure = [this](const Services&, const AuthEvent& event) -> Result<> {
    count(failures_, label_text({{"subject", event.realm.subject},
                                 {"strategy", event.strategy},
                                 {"phase", event.phase},
                                 {"code", public_name(event.code.value_or(ErrorCode::internal))}}));
    return {};
  };
  return hooks;
}

hosts::Answerer Metrics::counted(hosts::Answerer answerer) {
  answerer.overloaded = [this, answer = std::move(answerer.overloaded)](const http::Request& request) {
    overloaded_.fetch_add(1, std::memory_order_relaxed);
    return answer(request);
  };
  return answerer;
}

std::string Metrics::text(Auth& auth) const {
  using enum MetricsText::Type;
  MetricsText text;
  const auto counts = [&](std::string_view name, std::string_view help, const Counts& of) {
    text.family(name, counter, help);
    for (const auto& [labels, value] : copy_of(of)) text.sample(labels, value);
  };
  counts("rowan_sign_ins_total", "Sign-ins that were committed.", sign_ins_);
  counts("rowan_failures_total", "Failed phases, by the code of the answer.", failures_);
  counts("rowan_registrations_total", "Accounts made.", registrations_);
  text.family("rowan_overloaded_total", counter, "Requests answered 503 because a pool was full.");
  text.sample("", overloaded_.load(std::memory_order_relaxed));

  const auto mails = auth.count_mails();
  text.family("rowan_database_up", gauge, "1 if the database could be read for this page.");
  text.sample("", std::uint64_t{mails ? 1U : 0U});
  text.family("rowan_mails", gauge,
              "Mails in the outbox: all that are waiting, and those finished within the last hour.");
  if (mails)
    for (const auto& [state, value] : {std::pair{"expired", mails->expired},
                                       {"refused", mails->refused},
                                       {"sent", mails->sent},
                                       {"waiting", mails->waiting}})
      text.sample(label_text({{"state", state}}), static_cast<std::uint64_t>(value));

  text.family("rowan_revocation_age_seconds", gauge, "Time since the last complete read of the revocations began.");
  if (const auto age = auth.revocation_age()) text.sample("", seconds(*age));

  text.family("process_resident_memory_bytes", gauge, "Resident memory size in bytes.");
  if (const auto bytes = resident_bytes()) text.sample("", *bytes);
  text.family("process_start_time_seconds", gauge, "Start time of the process since unix epoch in seconds.");
  if (started_) text.sample("", *started_);
  text.family("rowan_build_info", gauge, "Always 1; the label has the version.");
  text.sample(label_text({{"version", ROWAN_VERSION}}), std::uint64_t{1});
  return text.take();
}

}  // namespace rowan::cli
