// Ten times the sign-ins the machine can do, for ten seconds: what becomes of the excess, of `/me`, of memory.
// --svg FILE draws it.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <tests/durability/client.hpp>
#include <tests/durability/serving.hpp>

#include "load.hpp"
#include "picture.hpp"
#include "process_use.hpp"

namespace rowan::overload {
namespace {

using namespace std::chrono_literals;
using durability::Client;
using durability::Serving;

constexpr auto before = 5s, flood = 10s, after = 5s;
constexpr auto step = 500ms;
constexpr unsigned accounts = 8, askers = 4;
constexpr unsigned flooders = 200;  // more than the 64 sign-ins that may be under way, so that the rate can be kept
constexpr double argon2_mib = 19;   // 19456 KiB a hash

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string email(unsigned i) { return "bench" + std::to_string(i) + "@notes.example"; }

std::vector<std::string> sign_in_requests(unsigned short port) {
  std::vector<std::string> requests;
  for (unsigned i = 0; i < accounts; ++i) {
    const auto body = Json({{"user", {{"email", email(i)}, {"password", durability::password}}}}).text();
    requests.push_back("POST /api/auth/user/password/sign_in HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
                       "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + body);
  }
  return requests;
}

// With a session, as browsers have it.
std::string me_request(unsigned short port) {
  Client visitor(port);
  const auto cookie = [](const durability::Answer& answer) {
    const auto line = durability::header_of(answer, "Set-Cookie");
    return "Cookie: " + line.substr(0, line.find(';'));
  };
  const auto page = visitor.get("/sign-in");
  constexpr std::string_view field = "name=\"_csrf_token\" value=\"";
  const auto start = page.body.find(field);
  if (start == page.body.npos) throw std::runtime_error("the sign-in page has no form");
  const auto token =
      page.body.substr(start + field.size(), page.body.find('"', start + field.size()) - start - field.size());
  const auto signed_in =
      visitor.with(cookie(page))
          .post_form("/auth/user/password/sign_in", "_csrf_token=" + token + "&user[email]=" + email(0) +
                                                        "&user[password]=correct+horse+battery+staple");
  if (signed_in.status != 303) throw std::runtime_error("cannot sign in");
  return "GET /me HTTP/1.1\r\nHost: localhost:" + std::to_string(port) + "\r\n" + cookie(signed_in) + "\r\n\r\n";
}

// From the start of the process to its first answer, on a database that is there.
double median_start(Serving& serving) {
  std::vector<double> runs;
  for (int run = 0; run < 10; ++run) {
    const auto began = Clock::now();
    serving.start();
    runs.push_back(seconds(Clock::now() - began));
    if (serving.end(SIGTERM) != 0) throw std::runtime_error("no clean end:\n" + serving.log());
  }
  std::ranges::sort(runs);
  return (runs[4] + runs[5]) / 2;
}

double rate_of(const std::vector<Sample>& samples, int status, Clock::duration over) {
  return static_cast<double>(with_status(samples, status).size()) / seconds(over);
}

double sum(const ThreadTimes& times, const ThreadTimes& hashing, bool of_hashing) {
  double total = 0;
  for (const auto& [thread, used] : times)
    if (hashing.contains(thread) == of_hashing) total += used;
  return total;
}

struct Capacity {
  double sign_ins = 0;    // a second
  ThreadTimes hashing{};  // the threads that hash
};

Capacity measure_capacity(const Serving& serving) {
  Samples samples;
  const auto times = thread_times(serving.id());
  const auto began = Clock::now();
  {
    const ClosedLoop loop(2 * std::max(1U, std::thread::hardware_concurrency()) + 4, serving.port(),
                          sign_in_requests(serving.port()), samples);
    std::this_thread::sleep_for(5s);
  }
  const auto ended = Clock::now();
  Capacity capacity{.sign_ins = rate_of(samples.between(began, ended), 200, ended - began)};
  const auto used = since(times, thread_times(serving.id()));
  const auto total = sum(used, {}, false);
  for (const auto& [thread, share] : used)
    if (share > total / 20) capacity.hashing.emplace(thread, share);
  return capacity;
}

struct Run {
  Clock::time_point start{}, flooded{}, calm{}, end{};
  Samples me{}, sign_ins{};
  ThreadTimes idle_use{}, flood_use{};
  std::vector<MemorySample> memory{};
  double idle_rate() const { return rate_of(me.between(start, flooded), 200, flooded - start); }
};

void run_overload(const Serving& serving, const Capacity& capacity, Run& run) {
  const auto me = me_request(serving.port());
  MemoryWatch watch(serving.id());
  {
    run.start = Clock::now();
    auto times = thread_times(serving.id());
    const ClosedLoop asking(askers, serving.port(), {me}, run.me);
    std::this_thread::sleep_for(before);
    run.idle_use = since(times, thread_times(serving.id()));
    times = thread_times(serving.id());
    run.flooded = Clock::now();
    run.calm = run.flooded + flood;
    std::jthread flooding([&] {
      offer(10 * capacity.sign_ins, run.calm, flooders, serving.port(), sign_in_requests(serving.port()), run.sign_ins);
    });
    std::this_thread::sleep_until(run.calm);
    run.flood_use = since(times, thread_times(serving.id()));
    std::this_thread::sleep_for(after);
    run.end = Clock::now();
  }
  run.memory = watch.stop();
}

Line rates(const char* name, const char* colour, const Run& run, const Samples& samples, int status, double one) {
  Line line{.name = name, .colour = colour};
  for (auto at = run.start; at + step <= run.end; at += step)
    line.points.emplace_back(seconds(at + step / 2 - run.start),
                             rate_of(samples.between(at, at + step), status, step) / one);
  return line;
}

Picture picture_of(const Run& run, double capacity, double idle_mib, double bound_mib) {
  Panel speed{.title = "answers, relative to what is possible without overload",
              .highest = 10,
              .ticks = {0, 1, 2, 4, 6, 8, 10}};
  speed.lines = {rates("/me, of its rate before", "#1a6fb0", run, run.me, 200, run.idle_rate()),
                 rates("sign-ins done, of capacity", "#2e8540", run, run.sign_ins, 200, capacity),
                 rates("sign-ins answered 503, of capacity", "#b5521b", run, run.sign_ins, 503, capacity)};
  Panel memory{.title = "memory of the server, MiB", .highest = 1.25 * bound_mib, .ticks = {0, idle_mib, bound_mib}};
  Line resident{.name = "resident", .colour = "#6b3fa0"};
  for (const auto& sample : run.memory)
    if (sample.at >= run.start && sample.at < run.end)
      resident.points.emplace_back(seconds(sample.at - run.start), sample.mib);
  Line bound{.name = "before the first sign-in + hash slots × 19 MiB", .colour = "#999"};
  bound.points = {{0, bound_mib}, {seconds(run.end - run.start), bound_mib}};
  memory.lines = {resident, bound};
  return {.seconds = seconds(before + flood + after),
          .from = seconds(run.flooded - run.start),
          .to = seconds(run.calm - run.start),
          .panels = {speed, memory}};
}

void print_sign_ins(const Run& run, double capacity) {
  const auto all = run.sign_ins.between(run.flooded, Clock::time_point::max());
  const auto refused = with_status(all, 503), done = with_status(all, 200);
  const auto patient = std::ranges::count_if(refused, [](const Sample& s) { return s.says_when_to_come_again; });
  const auto me = median_seconds(run.me.between(run.flooded, run.calm));
  std::printf("offered %.1f C for %.0f s: done %.2f C, answered 503 %zu (%lld with Retry-After), anything else %zu\n",
              static_cast<double>(all.size()) / seconds(flood) / capacity, seconds(flood),
              rate_of(run.sign_ins.between(run.flooded, run.calm), 200, flood) / capacity, refused.size(),
              static_cast<long long>(patient), all.size() - refused.size() - done.size());
  std::printf("a 503 takes %.2f times a /me of the same time (medians), a sign-in that is done %.0f times\n",
              median_seconds(refused) / me, median_seconds(done) / me);
}

void print_me(const Run& run, const Capacity& capacity) {
  const auto busy = run.me.between(run.flooded, run.calm);
  const auto idle_rate = run.idle_rate(), busy_rate = rate_of(busy, 200, flood);
  const auto idle_cores = sum(run.idle_use, capacity.hashing, false) / seconds(before);
  const auto busy_cores = sum(run.flood_use, capacity.hashing, false) / seconds(flood);
  std::printf("/me under overload: %.2f of before; per second of processor time of its threads %.2f (aim 0.8); ",
              busy_rate / idle_rate, (busy_rate / busy_cores) / (idle_rate / idle_cores));
  std::printf("afterwards %.2f; not 200: %zu\n",
              rate_of(run.me.between(run.calm + 2s, run.end), 200, run.end - run.calm - 2s) / idle_rate,
              busy.size() - with_status(busy, 200).size());
  std::printf("processor: hashing %.2f cores under overload, all other threads of the server %.2f (before: %.2f)\n",
              sum(run.flood_use, capacity.hashing, true) / seconds(flood), busy_cores, idle_cores);
}

int measure(const char* svg) {
  Serving serving({.program = ROWAN_PROGRAM, .limits = false});
  serving.start();
  for (unsigned i = 0; i < accounts; ++i)
    if (Client(serving.port()).register_account(email(i)).status != 201) throw std::runtime_error("cannot register");
  serving.end(SIGTERM);
  std::printf("start to first 200 on an existing database: %.0f ms, median of 10 (aim 50)\n",
              median_start(serving) * 1000);

  serving.start();
  std::this_thread::sleep_for(500ms);
  const auto idle = memory_mib(serving.id(), "VmRSS");
  const auto slots = std::max(1U, std::thread::hardware_concurrency());
  const auto capacity = measure_capacity(serving);
  std::printf("capacity C: %.1f sign-ins/s on %u cores\n", capacity.sign_ins, slots);
  Run run;
  run_overload(serving, capacity, run);
  const auto peak = memory_mib(serving.id(), "VmHWM");
  const bool ended_well = serving.end(SIGTERM) == 0;

  print_sign_ins(run, capacity.sign_ins);
  print_me(run, capacity);
  std::printf("memory: idle %.1f MiB, peak %.1f MiB = idle + %.2f × (%u hash slots × 19 MiB)\n", idle, peak,
              (peak - idle) / (slots * argon2_mib), slots);
  if (!ended_well) std::printf("the server did not end cleanly:\n%s\n", serving.log().c_str());
  if (svg) {
    if (const auto folder = std::filesystem::path(svg).parent_path(); !folder.empty())
      std::filesystem::create_directories(folder);
    std::ofstream(svg) << as_svg(picture_of(run, capacity.sign_ins, idle, idle + slots * argon2_mib));
  }
  return ended_well ? 0 : 1;
}

}  // namespace
}  // namespace rowan::overload

int main(int argc, char** argv) {
  const bool draws = argc == 3 && std::strcmp(argv[1], "--svg") == 0;
  if (argc != 1 && !draws) {
    std::fputs("usage: bench_overload [--svg FILE]\n", stderr);
    return 2;
  }
  try {
    return rowan::overload::measure(draws ? argv[2] : nullptr);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "bench_overload: %s\n", exception.what());
    return 1;
  }
}
