// What a provider that is slow costs everyone else: sign-ins by password and GET /me with a session, with and without
// 200 sign-ins in flight at a provider that takes two seconds for each code, in rounds that take turns. Everything runs
// on one machine. --json for bench/draw.
#include <bench/overload/load.hpp>
#include <cstdio>
#include <rowan/testing/fake_identity_provider.hpp>
#include <stdexcept>
#include <tests/durability/client.hpp>
#include <tests/durability/serving.hpp>

#include "../report.hpp"

namespace rowan::in_flight {
namespace {

using namespace std::chrono_literals;
using durability::Client;
using durability::Serving;
using overload::ClosedLoop, overload::Samples;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 8;
constexpr auto of_a_round = 5s, until_they_wait = 3s;
constexpr unsigned in_flight = 200, signing_in = 6, asking = 4;
constexpr auto of_provider = 2s;

std::string cookie_of(const durability::Answer& answer) {
  const auto line = durability::header_of(answer, "Set-Cookie");
  return "Cookie: " + line.substr(0, line.find(';'));
}

std::string parameter_of(const std::string& url, const std::string& name) {
  const auto start = url.find(name + "=");
  if (start == url.npos) return {};
  const auto value = url.substr(start + name.size() + 1);
  return value.substr(0, value.find('&'));
}

struct Outcomes {
  std::atomic<long> signed_in{0}, told_to_come_again{0}, other{0};
};

/// As a person does it: to the provider and back. Who is told to come again does so a second later.
void sign_in_by_provider(unsigned short port, testing::FakeIdentityProvider& provider, Outcomes& outcomes,
                         const std::atomic<bool>& stop) {
  Client visitor(port);
  visitor.with("Sec-Fetch-Site: same-origin");
  const auto leaving = visitor.get("/auth/user/work");
  if (leaving.status != 303) {
    ++(leaving.status == 503 ? outcomes.told_to_come_again : outcomes.other);
    std::this_thread::sleep_for(1s);
    return;
  }
  const auto back = provider.authorize(durability::header_of(leaving, "Location"));
  const auto path = back.url.substr(back.url.find("/auth/"));
  while (!stop) {
    Client returning(port);
    const auto answer = returning.with(cookie_of(leaving)).get(path);
    if (answer.status == 303) {
      ++outcomes.signed_in;
      return;
    }
    if (answer.status != 503) {
      ++outcomes.other;
      return;
    }
    ++outcomes.told_to_come_again;
    std::this_thread::sleep_for(1s);
  }
}

/// 200 of them, each with one sign-in after the other, until it goes.
class InFlight {
 public:
  InFlight(unsigned short port, testing::FakeIdentityProvider& provider, Outcomes& outcomes) {
    for (unsigned i = 0; i < in_flight; ++i)
      threads_.emplace_back([this, port, &provider, &outcomes] {
        while (!stop_) sign_in_by_provider(port, provider, outcomes, stop_);
      });
  }
  ~InFlight() { stop_ = true; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  std::atomic<bool> stop_ = false;
  std::vector<std::jthread> threads_{};
};

struct Rates {
  double sign_ins = 0, guards = 0;  // a second
};

Rates measure(const Serving& serving, const std::vector<std::string>& sign_ins, const std::string& me) {
  Samples of_sign_ins, of_guards;
  const auto began = Clock::now();
  {
    const ClosedLoop one(signing_in, serving.port(), sign_ins, of_sign_ins);
    std::this_thread::sleep_for(of_a_round);
  }
  const auto then = Clock::now();
  {
    const ClosedLoop other(asking, serving.port(), {me}, of_guards);
    std::this_thread::sleep_for(of_a_round / 2);
  }
  const auto rate = [](const Samples& samples, Clock::time_point from, Clock::time_point until) {
    return static_cast<double>(overload::with_status(samples.between(from, until), 200).size()) /
           std::chrono::duration<double>(until - from).count();
  };
  return {.sign_ins = rate(of_sign_ins, began, then), .guards = rate(of_guards, then, Clock::now())};
}

std::string request(unsigned short port, const std::string& line, const std::string& more, const std::string& body) {
  return line + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port) + "\r\n" + more + "\r\n" + body;
}

int run(bool as_json) {
  testing::FakeIdentityProvider provider(system_clock());
  provider.lies({.only_at = "token", .slow = of_provider});
  Serving serving({.program = ROWAN_PROGRAM,
                   .limits = false,
                   .config = "[password]\n[[oidc]]\nname = \"work\"\nissuer = \"" + provider.issuer() +
                             "\"\nclient_id = \"" + provider.client_id() + "\"\nclient_secret = \"" +
                             provider.client_secret() + "\"\ntrust_email_verified = true\nper_client = 10000\n"});
  serving.start();
  const std::string email = "bench@notes.example";
  if (Client(serving.port()).register_account(email).status != 201) throw std::runtime_error("cannot register");
  const auto body = Json({{"user", {{"email", email}, {"password", durability::password}}}}).text();
  const std::vector sign_ins{
      request(serving.port(), "POST /api/auth/user/password/sign_in",
              "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n", body)};
  const auto bearer = durability::text_at(Client(serving.port()).sign_in(email), {"authentication", "bearer"});
  if (bearer.empty()) throw std::runtime_error("cannot sign in");
  const auto me = request(serving.port(), "GET /me", "Authorization: Bearer " + bearer + "\r\n", "");

  std::vector<bench::Comparison> found{{.name = "password sign-ins, 200 in flight at a slow provider",
                                        .bare_name = "none in flight",
                                        .unit = "/s",
                                        .aim = "0.9",
                                        .aim_is_most = false},
                                       {.name = "GET /me, 200 in flight at a slow provider",
                                        .bare_name = "none in flight",
                                        .unit = "/s",
                                        .aim = "0.9",
                                        .aim_is_most = false}};
  Outcomes outcomes;
  for (int round = 0; round < rounds; ++round) {
    const auto with_them = [&] {
      const InFlight waiting(serving.port(), provider, outcomes);
      std::this_thread::sleep_for(until_they_wait);
      const auto rates = measure(serving, sign_ins, me);
      found[0].ours.push_back(rates.sign_ins);
      found[1].ours.push_back(rates.guards);
    };
    const auto without = [&] {
      const auto rates = measure(serving, sign_ins, me);
      found[0].bare.push_back(rates.sign_ins);
      found[1].bare.push_back(rates.guards);
    };
    if (round % 2 == 0) with_them(), without();
    if (round % 2 != 0) without(), with_them();
  }
  if (serving.end(SIGTERM) != 0) throw std::runtime_error("no clean end:\n" + serving.log());
  if (as_json) return bench::print_json("in_flight", found), 0;
  for (const auto& one : found) bench::print(one);
  std::printf("by the provider: %ld signed in, %ld told to come again (503), %ld anything else\n",
              outcomes.signed_in.load(), outcomes.told_to_come_again.load(), outcomes.other.load());
  return outcomes.other == 0 ? 0 : 1;
}

}  // namespace
}  // namespace rowan::in_flight

int main(int argc, char** argv) {
  try {
    return rowan::in_flight::run(bench::wants_json(argc, argv));
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "bench_in_flight: %s\n", exception.what());
    return 1;
  }
}
