#include <algorithm>
#include <rowan/engine/web/addresses.hpp>

namespace rowan {

namespace {

bool is_below(std::string_view path, std::string_view mount) {
  return path.size() > mount.size() && path.starts_with(mount) && path[mount.size()] == '/';
}

bool is_below_any(std::string_view path, const std::vector<std::string>& mounts) {
  return std::any_of(mounts.begin(), mounts.end(), [&](const auto& mount) { return is_below(path, mount); });
}

template <class Entry>
void append(std::vector<Entry>& entries, const std::vector<Entry>& more) {
  entries.insert(entries.end(), more.begin(), more.end());
}

}  // namespace

const Addresses::PageEntry* Addresses::find(PageName which, const SubjectName& subject) const {
  const PageEntry* of_all = nullptr;
  const PageEntry* first = nullptr;
  for (const auto& entry : pages_) {
    if (entry.page != which) continue;
    if (!subject.empty() && entry.subject == subject) return &entry;
    if (of_all == nullptr && entry.subject.empty()) of_all = &entry;
    if (first == nullptr) first = &entry;
  }
  return of_all == nullptr && subject.empty() ? first : of_all;
}

std::string_view Addresses::page(PageName which, const SubjectName& subject) const {
  const auto* found = find(which, subject);
  return found == nullptr ? std::string_view() : std::string_view(found->path);
}

SubjectName Addresses::shown_on(PageName which, const SubjectName& subject) const {
  const auto* found = find(which, subject);
  return found == nullptr ? SubjectName() : found->subject;
}

std::string_view Addresses::link_page(std::string_view declared, const SubjectName& subject) const {
  for (const auto& entry : links_)
    if (entry.declared == declared && entry.subject == subject) return entry.path;
  return {};
}

std::string_view Addresses::phase(const SubjectName& subject, const Activity& activity) const {
  for (const auto& entry : phases_)
    if (entry.subject == subject && entry.strategy == activity.strategy && entry.phase == activity.phase)
      return entry.path;
  return {};
}

std::string_view Addresses::below(std::string_view base, std::string_view path) {
  if (base.empty()) return path;
  if (path == base) return "/";
  return is_below(path, base) ? path.substr(base.size()) : path;
}

std::string Addresses::as_seen_outside(std::string_view path) const {
  if (base_.empty() || path == base_ || is_below(path, base_)) return std::string(path);
  return base_ + std::string(path);
}

bool Addresses::is_api(std::string_view path) const { return is_below_any(as_seen_outside(path), api_mounts_); }

bool Addresses::is_web(std::string_view path) const { return is_below_any(as_seen_outside(path), web_mounts_); }

void Addresses::add(const Addresses& more) {
  append(pages_, more.pages_);
  append(links_, more.links_);
  append(phases_, more.phases_);
  append(web_mounts_, more.web_mounts_);
  append(api_mounts_, more.api_mounts_);
}

std::shared_ptr<const Addresses> AddressBook::get() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void AddressBook::add(const Addresses& mounted) {
  const std::lock_guard lock(mutex_);
  auto all = mounted_ ? *current_ : Addresses(current_->base());
  all.add(mounted);
  current_ = std::make_shared<const Addresses>(std::move(all));
  mounted_ = true;
}

}  // namespace rowan
