#pragma once
// Not installed. What the build compiles in for the pages layer (rowan/CMakeLists.txt, catalogues.cmake).
#include <cstddef>
#include <rowan/base/embedded.hpp>

namespace rowan::embedded {

extern const EmbeddedFile template_files[];  // "pages/layout.html", "strategies/password/mails/reset.txt"
extern const std::size_t template_files_count;
extern const EmbeddedFile catalogue_files[];  // "pages/texts/de.mo"
extern const std::size_t catalogue_files_count;
extern const EmbeddedFile asset_files[];  // "pages/assets/rowan.css"
extern const std::size_t asset_files_count;

}  // namespace rowan::embedded
