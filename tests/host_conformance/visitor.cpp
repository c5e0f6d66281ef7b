#include <algorithm>
#include <array>
#include <rowan/hosts/beast/raw_client.hpp>

#include "doors.hpp"

namespace rowan::host_conformance {

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == text.npos) return {};
  const auto rest = text.substr(start + before.size());
  return std::string(rest.substr(0, rest.find(after)));
}

// Puts "…" for everything between `before` and `after`.
void mask_between(std::string& text, std::string_view before, char after) {
  for (auto at = text.find(before); at != text.npos; at = text.find(before, at)) {
    at += before.size();
    text.replace(at, std::min(text.find(after, at), text.size()) - at, "…");
  }
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

void mask_uuids(std::string& text) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  const auto fits = [&](std::size_t at) {
    for (std::size_t i = 0; i < form.size(); ++i) {
      if (form[i] == '-' ? text[at + i] != '-' : !is_hex(text[at + i])) return false;
    }
    return true;
  };
  for (std::size_t at = 0; at + form.size() <= text.size(); ++at) {
    if (fits(at)) text.replace(at, form.size(), "<uuid>");
  }
}

std::vector<std::string> lines_of(std::string_view head) {
  std::vector<std::string> lines;
  for (auto end = head.find("\r\n"); end != head.npos; end = head.find("\r\n")) {
    lines.emplace_back(head.substr(0, end));
    head.remove_prefix(end + 2);
  }
  return lines;
}

// Of the connection or the clock; httplib adds Accept-Ranges to every HEAD and a length to 204 and 304.
bool belongs_to_the_host(std::string_view line, int status) {
  constexpr std::array names = {std::string_view("date:"), std::string_view("connection:"),
                                std::string_view("keep-alive:"), std::string_view("accept-ranges:")};
  std::string lower(line);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if ((status == 204 || status == 304) && lower.starts_with("content-length:")) return true;
  return std::ranges::any_of(names, [&](std::string_view name) { return lower.starts_with(name); });
}

ComparableAnswer comparable(const hosts::testing::RawAnswer& answer) {
  ComparableAnswer result{.status = answer.status, .body = answer.body};
  auto lines = lines_of(answer.head);
  if (!lines.empty()) lines.erase(lines.begin());  // the reason phrase has no meaning (RFC 9112 section 4)
  for (auto& line : lines) {
    if (belongs_to_the_host(line, answer.status)) continue;
    if (line.starts_with("Set-Cookie:")) mask_between(line, "=", ';');
    result.headers.push_back(std::move(line));
  }
  std::ranges::sort(result.headers);
  mask_between(result.body, "name=\"_csrf_token\" value=\"", '"');
  mask_between(result.body, "\"bearer\":\"", '"');
  mask_between(result.body, "Internal Server Error (", ')');
  mask_uuids(result.body);
  return result;
}

}  // namespace

ComparableAnswer Visitor::take(const Step& step) {
  std::string request = step.method + " " + step.target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
  for (const auto& field : step.fields) request += fill(field) + "\r\n";
  if (!cookies_.empty()) {
    std::string all;
    for (const auto& [name, value] : cookies_) all += (all.empty() ? "" : "; ") + name + "=" + value;
    request += "Cookie: " + all + "\r\n";
  }
  const auto body = fill(step.body);
  if (step.chunked) {
    constexpr std::string_view digits = "0123456789abcdef";
    request += "Transfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += 7) {
      const auto piece = std::string_view(body).substr(at, 7);
      request += digits[piece.size()];
      request += "\r\n" + std::string(piece) + "\r\n";
    }
    request += "0\r\n\r\n";
  } else {
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    request += "\r\n" + body;
  }
  hosts::testing::RawClient client(door_.port());
  client.send(request);
  const auto answer = client.read_answer(step.method != "HEAD");
  remember(answer.head, answer.body);
  return comparable(answer);
}

std::string Visitor::fill(std::string text) const {
  replace_all(text, "{csrf}", csrf_);
  replace_all(text, "{bearer}", bearer_);
  return text;
}

void Visitor::remember(std::string_view head, std::string_view body) {
  for (const auto& line : lines_of(head)) {
    if (!line.starts_with("Set-Cookie: ")) continue;
    const auto name = between(line, "Set-Cookie: ", "="), value = between(line, "=", ";");
    if (value.empty() || line.contains("Max-Age=0")) {
      cookies_.erase(name);
    } else {
      cookies_[name] = value;
    }
  }
  if (auto csrf = between(body, "name=\"_csrf_token\" value=\"", "\""); !csrf.empty()) csrf_ = std::move(csrf);
  if (auto bearer = between(body, "\"bearer\":\"", "\""); !bearer.empty()) bearer_ = std::move(bearer);
}

std::string to_text(const ComparableAnswer& answer) {
  std::string text = std::to_string(answer.status) + "\n";
  for (const auto& header : answer.headers) text += header + "\n";
  return text + "\n" + answer.body;
}

}  // namespace rowan::host_conformance
