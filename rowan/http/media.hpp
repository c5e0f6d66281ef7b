#pragma once
// Not installed. Media types and what a client accepts: Content-Type, Accept, Accept-Language (RFC 9110
// sections 8.3, 12.5).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::http {

struct Parameter {
  std::string name{};   // lower case
  std::string value{};  // without quotes
};

/// "; name=value; other=\"quoted\"", each name at most once, at most 16. Nullopt when anything is malformed.
std::optional<std::vector<Parameter>> parse_parameters(std::string_view text);

struct MediaType {
  std::string name{};  // "text/html", lower case
  std::vector<Parameter> parameters{};

  std::optional<std::string_view> parameter(std::string_view lower_case_name) const;
};

/// Strict: type/subtype and parameters, nothing before or behind. Nullopt otherwise, or over 512 bytes.
std::optional<MediaType> parse_media_type(std::string_view content_type);

/// Whether a program is asking: "application/json" is named, and liked no less than "text/html". "*/*" names nothing.
/// A malformed entry is passed over; a field over 2,048 bytes accepts nothing.
bool accepts_json(std::string_view accept);

struct LanguageRange {
  std::string tag{};   // lower case: "de-at", or "*"
  int quality = 1000;  // thousandths, 1 … 1000

  friend bool operator==(const LanguageRange&, const LanguageRange&) = default;
};

/// Best first, equal ones in the order sent; those with q=0 are left out. At most 16 of at most 35 bytes (RFC 5646
/// section 4.4.1) are read, malformed entries are passed over, and a field over 2,048 bytes says nothing.
std::vector<LanguageRange> parse_accept_language(std::string_view accept_language);

}  // namespace rowan::http
