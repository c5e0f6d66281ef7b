#include <algorithm>
#include <array>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/preview.hpp>
#include <set>

namespace rowan::engine {

namespace {

struct Declared {
  const Subject* subject = nullptr;
  const LetterSpec* letter = nullptr;
};

// By name; what several subjects declare is the same letter.
std::map<std::string, Declared, std::less<>> letters_by_name(const Core& core) {
  std::map<std::string, Declared, std::less<>> letters;
  for (const auto& subject : core.subjects)
    for (const auto& strategy : subject.strategies)
      for (const auto& letter : strategy.letters) letters.try_emplace(letter.name, Declared{&subject, &letter});
  return letters;
}

Json example_of(const Core& core, const Subject& subject, const LetterField& field, std::string_view language) {
  switch (field.kind) {
    case LetterField::Kind::text: return field.example;
    case LetterField::Kind::moment: return core.pages.moment(core.clock.now() + std::chrono::minutes(10), language);
    case LetterField::Kind::link_page:
      return core.services.token_url({.subject = subject.name}, field.example, "an-example-of-a-token");
    case LetterField::Kind::page: return core.services.page_url({.subject = subject.name}, field.page);
    case LetterField::Kind::home: return core.services.home_url({});
  }
  return {};
}

std::string file_of(std::string_view letter, std::string_view ending) {
  const auto slash = letter.find('/');
  return std::string(letter.substr(0, slash)) + "/mails" + std::string(letter.substr(slash)) + std::string(ending);
}

void check_letter(const Core& core, const LetterSpec& letter, std::vector<std::string>& problems) {
  const auto problem = [&](const std::string& what) { problems.push_back("letter " + letter.name + ": " + what); };
  if (letter.sentence.empty()) problem("declare a sentence that says when it is sent");
  std::set<std::string, std::less<>> known;
  for (const auto name : names_in_every_letter) known.emplace(name);
  for (const auto& field : letter.fields) {
    known.insert(field.name);
    if (field.kind == LetterField::Kind::text && field.example.empty())
      problem("declare an example for {{" + field.name + "}}");
  }
  if (!letter.name.contains('/')) return problem("call it ROOM/NAME");
  for (const auto* ending : {".txt", ".html"}) {
    const auto file = file_of(letter.name, ending);
    if (!core.pages.has(file)) {
      problem("there is no template " + file);
      continue;
    }
    for (auto name : core.pages.places(file)) {
      if (name.starts_with("has_")) name.erase(0, 4);
      if (!known.contains(name)) problem(file + " names {{" + name + "}}, which is not declared");
    }
  }
}

}  // namespace

std::vector<DeclaredLetter> declared_letters(const Core& core) {
  std::vector<DeclaredLetter> letters;
  for (const auto& [name, declared] : letters_by_name(core))
    letters.push_back({.name = name, .sentence = declared.letter->sentence});
  return letters;
}

Result<MailMessage> preview_letter(const Core& core, std::string_view name, std::string_view language) {
  const auto letters = letters_by_name(core);
  const auto found = letters.find(name);
  if (found == letters.end())
    return Error{.code = ErrorCode::not_found, .reason = "no mail is called \"" + std::string(name) + "\""};
  const auto& [subject, letter] = found->second;
  std::vector<std::pair<std::string, Json>> data{{"requested_at", core.pages.moment(core.clock.now(), language)},
                                                 {"requested_from", "192.0.2.7"},
                                                 {"requested_with", "Firefox 128, Linux"}};
  for (const auto& field : letter->fields) data.emplace_back(field.name, example_of(core, *subject, field, language));
  return core.pages.mail(letter->name, Json::object(data), language);
}

std::vector<std::string> problems_of_letters(const Core& core) {
  std::vector<std::string> problems;
  for (const auto& [name, declared] : letters_by_name(core)) check_letter(core, *declared.letter, problems);
  return problems;
}

}  // namespace rowan::engine
