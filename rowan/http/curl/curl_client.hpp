#pragma once
// Not installed. Client by libcurl.
#include <rowan/http/client.hpp>

namespace rowan::http {

/// `options` were checked and have a resolver.
std::unique_ptr<Client> make_curl_client(ClientOptions options);

}  // namespace rowan::http
