#pragma once
// What is counted, and what becomes of what is over its limit (THR-01, THR-12, THR-13).
#include <chrono>
#include <cstdint>
#include <string>

namespace rowan::protection {

/// What becomes of an attempt over its limit.
enum class OverLimit {
  refuse,            // `rate_limited`, with the time to come back
  wrong_credential,  // answered like a wrong credential, with the time to come back
  lock,              // answered like a wrong credential, without a time; who answers spends the time of a real look
  mute,  // it is made, and what it would send is not sent: nobody learns that this address is over its limit
};

struct Count {
  std::string scope{};  // "password/sign_in/client"
  std::string value{};  // an address bucket, a normalised identifier; stored only as a keyed hash
  std::int64_t max = 0;
  std::chrono::seconds window{};
  OverLimit over = OverLimit::refuse;
  bool gate = false;  // of a client: looked at before the others
};

}  // namespace rowan::protection
