#pragma once
// Internal. What every use of OpenSSL's objects needs.
#include <openssl/err.h>

namespace rowan::crypto {

/// For std::unique_ptr: Free<EVP_PKEY_free>.
template <auto free_it>
struct Free {
  void operator()(auto* thing) const { free_it(thing); }
};

/// What a stranger's key, certificate or signature leaves in OpenSSL's queue must not be taken for the error of a later
/// call.
struct NoErrorsLeft {
  NoErrorsLeft() { ERR_set_mark(); }
  ~NoErrorsLeft() { ERR_pop_to_mark(); }
  NoErrorsLeft(const NoErrorsLeft&) = delete;
  NoErrorsLeft& operator=(const NoErrorsLeft&) = delete;
};

}  // namespace rowan::crypto
