#include <gtest/gtest.h>

#include <rowan/http/body.hpp>

namespace rowan::http {
namespace {

constexpr std::string_view type = "multipart/form-data; boundary=xYz";

std::string part(std::string_view headers, std::string_view value) {
  return "--xYz\r\n" + std::string(headers) + "\r\n\r\n" + std::string(value) + "\r\n";
}
std::string named(std::string_view name, std::string_view value) {
  return part("Content-Disposition: form-data; name=\"" + std::string(name) + "\"", value);
}
constexpr std::string_view end = "--xYz--\r\n";

std::string refusal_of(std::string_view content_type, std::string_view body) {
  const auto fields = parse_body(content_type, body);
  return fields ? "accepted" : std::string(public_name(fields.error().code));
}
std::string refusal_of(const std::string& body) { return refusal_of(type, body); }

TEST(Multipart, ReadsFieldsAsBrowsersAndProgramsSendThem) {
  const auto fields = parse_body(
      type, named("user[email]", "a@b.co") + named("empty", "") + named("lines", "a\r\nb\r\n--xY\r\n") +
                part("content-disposition: FORM-DATA; name=bare\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                     "Content-Transfer-Encoding: 8bit\r\nContent-Length: 2",
                     "\xC3\xA9") +
                std::string(end));
  ASSERT_TRUE(fields) << fields.error().reason;
  EXPECT_EQ(fields->find({"user", "email"}), "a@b.co");
  EXPECT_EQ(fields->find({"empty"}), "");
  EXPECT_EQ(fields->find({"lines"}), "a\r\nb\r\n--xY\r\n");
  EXPECT_EQ(fields->find({"bare"}), "\xC3\xA9");
}

TEST(Multipart, MayHaveNoPartsAndNoLastLineBreak) {
  EXPECT_EQ(refusal_of("--xYz--"), "accepted");
  EXPECT_EQ(refusal_of(named("a", "1") + "--xYz--"), "accepted");
}

TEST(Multipart, RefusesFiles) {  // docs/http_contract.md#bodies
  for (const auto* disposition :
       {"form-data; name=\"a\"; filename=\"x.txt\"", "form-data; name=\"a\"; filename=\"\"",
        "form-data; name=a; filename*=utf-8''x", "form-data; filename=x; name=a", "attachment; name=a"})
    EXPECT_EQ(refusal_of(part("Content-Disposition: " + std::string(disposition), "1") + std::string(end)),
              "malformed_request")
        << disposition;
  EXPECT_EQ(refusal_of(part("Content-Disposition: form-data; name=a\r\nContent-Type: application/octet-stream", "1") +
                       std::string(end)),
            "malformed_request");
  EXPECT_EQ(refusal_of(part("Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=utf-16", "1") +
                       std::string(end)),
            "malformed_request");
}

TEST(Multipart, RefusesAPartWithoutExactlyOneName) {
  for (const auto* headers :
       {"X-Other: 1", "Content-Disposition: form-data",
        "Content-Disposition: form-data; name=", "Content-Disposition: form-data; name=\"a",
        "Content-Disposition: form-data; name=a; name=b", "Content-Disposition: form-data; name*=utf-8''a",
        "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b",
        "Content-Disposition form-data; name=a", "Content-Disposition : form-data; name=a",
        " Content-Disposition: form-data; name=a", "Content-Disposition: form-data;\r\n name=a",
        "Content-Disposition: form-data; name=\"\"",
        "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64"})
    EXPECT_EQ(refusal_of(part(headers, "1") + std::string(end)), "malformed_request") << headers;
}

TEST(Multipart, RefusesAmbiguousFraming) {
  const std::string good = named("a", "1");
  for (const std::string& body : std::initializer_list<std::string>{
           "", good, good + "--xYz", good + "--xYz-", "preamble\r\n" + good + std::string(end),
           "\r\n" + good + std::string(end), good + std::string(end) + "epilogue", good + "--xYz--\n",
           good + "--xYz  \r\n" + named("b", "2"), named("a", "1\r\n--xYzz") + std::string(end), "--xYz\n" + good,
           "--xYz\r\nContent-Disposition: form-data; name=a\r\n1\r\n--xYz--",
           "--xYz\nContent-Disposition: form-data; name=a\n\n1\n--xYz--", "--xYz\r\n\r\n1\r\n--xYz--", "--XYZ--"})
    EXPECT_EQ(refusal_of(body), "malformed_request") << body;
}

TEST(Multipart, RefusesANameThatOccursTwice) {  // INJ-07
  EXPECT_EQ(refusal_of(named("a", "1") + named("a", "2") + std::string(end)), "malformed_request");
  EXPECT_EQ(refusal_of(named("a", "1") + named("a[b]", "2") + std::string(end)), "malformed_request");
}

TEST(Multipart, RefusesNulAndWhatIsNotUtf8) {
  EXPECT_EQ(refusal_of(named("a", "\xFF") + std::string(end)), "malformed_request");
  EXPECT_EQ(refusal_of(named("a\xFF", "1") + std::string(end)), "malformed_request");
  EXPECT_EQ(refusal_of(named("a", std::string_view("\0", 1)) + std::string(end)), "malformed_request");
}

TEST(Multipart, TakesTheBoundariesOfRfc2046Only) {
  const std::string longest(70, 'b');
  EXPECT_EQ(refusal_of("multipart/form-data; boundary=" + longest, "--" + longest + "--"), "accepted");
  EXPECT_EQ(refusal_of("multipart/form-data; boundary=" + longest + "b", "--" + longest + "b--"), "malformed_request");
  EXPECT_EQ(refusal_of("multipart/form-data; boundary=\"a b'()+_,-./:=?\"", "--a b'()+_,-./:=?--"), "accepted");
  for (const auto* content_type :
       {"multipart/form-data", "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=a*b", "multipart/form-data; boundary=\"a\\\"b\""})
    EXPECT_EQ(refusal_of(content_type, "--a--"), "malformed_request") << content_type;
}

TEST(Multipart, BoundsPartsAndTheirHeaders) {
  std::string parts;
  for (int i = 0; i < 64; ++i) parts += named("f" + std::to_string(i), "1");
  EXPECT_EQ(refusal_of(parts + std::string(end)), "accepted");
  EXPECT_EQ(refusal_of(parts + named("f64", "1") + std::string(end)), "too_large");
  std::string headers = "Content-Disposition: form-data; name=a";
  for (int i = 0; i < 7; ++i) headers += "\r\nX-Filler: 1";
  EXPECT_EQ(refusal_of(part(headers, "1") + std::string(end)), "accepted");
  EXPECT_EQ(refusal_of(part(headers + "\r\nX-Filler: 1", "1") + std::string(end)), "malformed_request");
  EXPECT_EQ(refusal_of(part("Content-Disposition: form-data; name=a\r\nX-Filler: " + std::string(1014, 'x'), "1") +
                       std::string(end)),
            "accepted");
  EXPECT_EQ(refusal_of(part("Content-Disposition: form-data; name=a\r\nX-Filler: " + std::string(1015, 'x'), "1") +
                       std::string(end)),
            "malformed_request");
  EXPECT_EQ(refusal_of(named("a", std::string(8 * 1024 + 1, 'x')) + std::string(end)), "too_large");
}

}  // namespace
}  // namespace rowan::http
