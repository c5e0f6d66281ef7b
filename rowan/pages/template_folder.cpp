#include <filesystem>
#include <fstream>
#include <optional>
#include <rowan/base/utf8.hpp>
#include <rowan/pages/template_folder.hpp>

namespace rowan::pages {

namespace {

constexpr std::uintmax_t largest_file = 1024 * 1024;

std::optional<std::string> read_file(const std::filesystem::path& path, std::string_view option,
                                     std::vector<std::string>& problems) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  std::ifstream file(path, std::ios::binary);
  if (failed || !file) {
    problems.push_back(std::string(option) + ": " + path.string() +
                       " cannot be read; check that it exists and is readable");
    return std::nullopt;
  }
  if (size > largest_file) {
    problems.push_back(std::string(option) + ": " + path.string() + " is larger than 1 MiB");
    return std::nullopt;
  }
  std::string bytes(size, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

std::optional<std::string> read_text(const std::filesystem::path& path, std::string_view option,
                                     std::vector<std::string>& problems) {
  auto text = read_file(path, option, problems);
  if (text && !is_storable_text(*text)) {
    problems.push_back(std::string(option) + ": " + path.string() + " is not UTF-8; save it as UTF-8");
    return std::nullopt;
  }
  return text;
}

}  // namespace

void read_template_folder(const std::string& folder, TemplateFiles& files, std::vector<std::string>& problems) {
  if (folder.empty()) return;
  std::error_code failed;
  for (std::filesystem::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    const auto ending = at->path().extension();
    if (!at->is_regular_file() || at->is_symlink() || (ending != ".html" && ending != ".txt")) continue;
    if (auto text = read_text(at->path(), "template_folder", problems))
      files[at->path().lexically_relative(folder).generic_string()] = std::move(*text);
  }
  if (failed) problems.push_back("template_folder: " + folder + ": " + failed.message());
}

std::vector<StoredFile> read_text_folder(const std::string& folder, std::vector<std::string>& problems) {
  std::vector<StoredFile> files;
  if (folder.empty()) return files;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (!at->is_regular_file() || at->path().extension() != ".mo") continue;
    if (auto bytes = read_file(at->path(), "text_folder", problems))
      files.push_back({.name = at->path().generic_string(), .bytes = std::move(*bytes)});
  }
  if (failed) problems.push_back("text_folder: " + folder + ": " + failed.message());
  return files;
}

std::string read_theme(const std::string& file, std::vector<std::string>& problems) {
  return file.empty() ? std::string() : read_text(file, "theme_css", problems).value_or("");
}

}  // namespace rowan::pages
