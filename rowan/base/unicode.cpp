#include <rowan/base/unicode.hpp>

#include <algorithm>
#include <boost/locale.hpp>
#include <locale>

namespace rowan {

namespace {

// Root locale on purpose: under a Turkish one "I" would fold to a dotless i, and keys would depend on the machine.
const std::locale& root_locale() {
  static const std::locale locale = [] {
    auto backends = boost::locale::localization_backend_manager::global();
    backends.select("icu");
    boost::locale::generator generate(backends);
    generate.categories(boost::locale::category_t::convert);
    return generate("en_US.UTF-8");
  }();
  return locale;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string to_nfc(std::string_view text) {
  if (is_ascii(text)) return std::string(text);  // already NFC, and nearly every text is
  return boost::locale::normalize(text.data(), text.data() + text.size(), boost::locale::norm_nfc, root_locale());
}

std::string fold_case(std::string_view text) {
  return boost::locale::fold_case(text.data(), text.data() + text.size(), root_locale());
}

}  // namespace rowan
