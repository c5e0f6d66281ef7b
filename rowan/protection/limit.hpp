#pragma once
// What rate limits count, and what happens over a limit (THR-01, THR-12, THR-13).
#include <chrono>
#include <cstdint>
#include <string>

namespace rowan::protection {

/// What happens to an attempt over its limit.
enum class OverLimit {
  refuse,            // answered with `rate_limited` and the time to come back
  wrong_credential,  // answered like a wrong credential, with the time to come back
  lock,              // answered like a wrong credential, without a time; the answer must take as long as a real check
  mute,  // carried out, but no mail is sent, so the answer does not tell that this address is over its limit
};

struct Count {
  std::string scope{};  // "password/sign_in/client"
  std::string value{};  // a client's key or a normalised identifier; stored only as a keyed hash
  std::int64_t max = 0;
  std::chrono::seconds window{};
  OverLimit over = OverLimit::refuse;
  bool gate = false;  // a limit of a client: checked before the others
};

}  // namespace rowan::protection
