#include <algorithm>
#include <array>
#include <rowan/pages/pages.hpp>

namespace rowan {

namespace {

struct Sentence {
  std::string_view code, field, text;  // an empty field fits every field; the first that fits is said
};

constexpr std::array sentences{
    Sentence{"required", "email", words::enter_email},
    Sentence{"required", "password", words::enter_password},
    Sentence{"required", "current_password", words::enter_password},
    Sentence{"required", "password_confirmation", words::repeat_password},
    Sentence{"required", "second_factor", words::second_factor_first},
    Sentence{"required", "", words::fill_in},
    Sentence{"invalid", "email", words::not_an_address},
    Sentence{"taken", "email", words::address_taken},
    Sentence{"taken", "", words::taken},
    Sentence{"common", "", words::common},
    Sentence{"contains_identifier", "", words::contains_identifier},
    Sentence{"mismatch", "", words::mismatch},
    Sentence{"wrong", "current_password", words::wrong_current_password},
    Sentence{"wrong", "code", words::wrong_code},
    Sentence{"expired", "code", words::code_expired},
    Sentence{"too_many", "", words::too_many},
    Sentence{"last_way_in", "", words::last_way_in},
};

}  // namespace

std::string Pages::field_error(const FieldError& error, std::string_view language) const {
  if (error.code == "too_short") return text(words::too_short, error.limit, language);
  if (error.code == "too_long") return text(words::too_long, error.limit, language);
  const auto found = std::ranges::find_if(sentences, [&](const Sentence& sentence) {
    return sentence.code == error.code && (sentence.field.empty() || sentence.field == error.field);
  });
  return text(found == sentences.end() ? words::not_valid : found->text, language);
}

}  // namespace rowan
