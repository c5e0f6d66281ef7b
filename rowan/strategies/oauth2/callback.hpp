#pragma once
// Not installed. What the person's browser brings back (RFC 6749 section 4.1.2, RFC 9207).
#include <rowan/http/fields.hpp>
#include <rowan/strategies/oauth2/provider.hpp>

namespace rowan::strategies::oauth2 {

/// The state by which the flow is found. `malformed_request` when there is none: then it is no callback at all. A field
/// that occurs twice never comes here: parsing refuses it.
Result<std::string> state_of(const http::Fields& fields);

/// The code of an answer whose flow was found and used up. `authentication_failed` when the provider says so, when it
/// is another one (mix-up, RFC 9207 section 2.4), or when it says two things. The reason is for the log; of an error's
/// texts only the code is in it.
Result<std::string> code_of(const http::Fields& fields, const Provider& provider);

}  // namespace rowan::strategies::oauth2
