#pragma once
// Not installed.
#include <rowan/strategies/webauthn/webauthn.hpp>

namespace rowan::strategies::webauthn {

const std::vector<Option>& options();

/// What is wrong with the options together, each with the option's name and a way out.
std::vector<std::string> problems_of(const WebauthnOptions& options, const SubjectView& subject);

}  // namespace rowan::strategies::webauthn
