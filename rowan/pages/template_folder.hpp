#pragma once
// Not installed. What lies in folders of the application: its templates, its catalogues and its theme, read once at
// start-up.
#include <rowan/pages/template_set.hpp>
#include <string>
#include <vector>

namespace rowan::pages {

/// *.html and *.txt below `folder`, by their path in it; each replaces what `files` has under that name. Links are not
/// followed.
void read_template_folder(const std::string& folder, TemplateFiles& files, std::vector<std::string>& problems);

struct StoredFile {
  std::string name{}, bytes{};
};
/// <language>.mo of `folder`, not below it.
std::vector<StoredFile> read_text_folder(const std::string& folder, std::vector<std::string>& problems);

std::string read_theme(const std::string& file, std::vector<std::string>& problems);

}  // namespace rowan::pages
