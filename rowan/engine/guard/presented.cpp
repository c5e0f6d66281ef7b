#include <rowan/engine/guard/presented.hpp>

namespace rowan::engine {

namespace {

struct Parameter {
  std::size_t times = 0;
  std::string_view value{};
};

// As it is written: a credential needs no escapes, so one that has some is none.
Parameter find_parameter(std::string_view query, std::string_view name) {
  Parameter found;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto one = query.substr(0, end);
    const auto equals = one.find('=');
    if (one.substr(0, equals) == name) {
      ++found.times;
      found.value = equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1);
    }
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return found;
}

const Strategy* strategy_of(const Subject& subject, std::string_view text) {
  for (const auto& strategy : subject.strategies)
    if (strategy.request_credential.is_ours && strategy.request_credential.is_ours(text)) return &strategy;
  return nullptr;
}

// The parameters that this subject's strategies take, all together.
Parameter in_query(const Subject& subject, std::string_view query) {
  Parameter all;
  if (query.empty()) return all;
  for (const auto& strategy : subject.strategies) {
    const auto& name = strategy.request_credential.query_parameter;
    if (name.empty()) continue;
    const auto found = find_parameter(query, name);
    all.times += found.times;
    if (found.times > 0) all.value = found.value;
  }
  return all;
}

}  // namespace

Presented presented_by(const Core& core, const http::RequestView& request, const SubjectName& name) {
  using Kind = Presented::Kind;
  const auto* subject = core.find_subject(name);
  if (subject != nullptr && !subject->has_request_credentials) subject = nullptr;
  const auto parameter = subject == nullptr ? Parameter() : in_query(*subject, request.query);
  if (parameter.times > 0) {
    if (parameter.times > 1 || !request.authorization.empty()) return {.kind = Kind::unreadable};
    const auto* strategy = strategy_of(*subject, parameter.value);
    // A bearer token is not taken from there: it lives in logs and histories.
    if (strategy == nullptr || strategy->request_credential.query_parameter.empty()) return {.kind = Kind::unreadable};
    return {.kind = Kind::credential, .text = parameter.value, .strategy = strategy};
  }
  if (request.authorization.empty()) return {};
  const auto text = http::bearer_token(request.authorization);
  if (!text) return {.kind = Kind::unreadable};
  if (subject != nullptr)
    if (const auto* strategy = strategy_of(*subject, *text))
      return {.kind = Kind::credential, .text = *text, .strategy = strategy};
  return {.kind = Kind::token, .text = *text};
}

bool is_by_bearer(const Core& core, const http::RequestView& request, const SubjectName& subject) {
  return !request.authorization.empty() || presented_by(core, request, subject).kind != Presented::Kind::nothing;
}

}  // namespace rowan::engine
