#include <gtest/gtest.h>

#include <rowan/crypto/imported_hash.hpp>
#include <string>

namespace rowan::crypto {
namespace {

struct Known {
  std::string_view kind, password, stored;
};

// The first two are Openwall's published vectors, the next two those of the SHA-crypt specification's strings; the rest
// is crypt(3)'s.
constexpr Known known[] = {
    {"bcrypt", "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
    {"scrypt", "pleaseletmein", "$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D"},
    {"sha256crypt", "Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"},
    {"sha512crypt", "Hello world!",
     "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"},
    {"sha256crypt", "correct horse", "$5$rounds=1400$anotherlongsalts$0KT8xKdzAzHA/GLeLkewBNfWJasAb9.GxP2bbi2wnX1"},
    {"bcrypt", "correct horse", "$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"},
    {"yescrypt", "correct horse", "$y$j75$abcdefghijkl$pG0KXbHxpjIKguh3BCfALSHrI366WlMzNka7nozr8.8"},
    {"yescrypt", "correct horse", "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$zwtVrjrUCmXcyLTs6oxLTQlzifSUkF8RHJ./tK5KU79"},
};

std::string_view kind_of(std::string_view stored) { return imported_hash_kind(stored).value_or("unknown"); }

std::string with(std::string_view text, std::string_view old, std::string_view replacement) {
  std::string changed(text);
  const auto at = changed.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return changed.replace(at, old.size(), replacement);
}

TEST(ImportedHash, MatchesTheRightPasswordOnly) {
  for (const auto& [kind, password, stored] : known) {
    EXPECT_EQ(kind_of(stored), kind);
    EXPECT_TRUE(matches_imported_hash(password, stored).value()) << stored;
    EXPECT_FALSE(matches_imported_hash(std::string(password) + " ", stored).value()) << stored;
    EXPECT_FALSE(matches_imported_hash(password.substr(1), stored).value()) << stored;
    EXPECT_FALSE(matches_imported_hash("", stored).value()) << stored;
  }
}

TEST(ImportedHash, NeverMatchesAPasswordWithANul) {  // PWD-03
  for (const auto& [kind, password, stored] : known) {
    const std::string right(password);
    EXPECT_FALSE(matches_imported_hash(right + std::string(1, '\0'), stored).value()) << stored;
    EXPECT_FALSE(matches_imported_hash(right + std::string("\0more", 5), stored).value()) << stored;
  }
}

TEST(ImportedHash, ReadsAsMuchOfThePasswordAsItsFormatDoes) {
  // crypt(3) of 72 times 'p', at cost 4.
  const std::string stored = "$2b$04$abcdefghijklmnopqrstuuNt.0ah97gHY3F7JC1Z6EXmQc0bQBhIO";
  EXPECT_TRUE(matches_imported_hash(std::string(72, 'p'), stored).value());
  EXPECT_TRUE(matches_imported_hash(std::string(72, 'p') + "whatever", stored).value());
  EXPECT_FALSE(matches_imported_hash(std::string(71, 'p'), stored).value());
  // crypt(3) of 511 times 'p': the longest it takes.
  const std::string longest = "$5$rounds=1000$salt$hZDvAx8CtZaAq479MNKX4ocjL1x1lnprzHVMGdI7HVB";
  EXPECT_TRUE(matches_imported_hash(std::string(511, 'p'), longest).value());
  EXPECT_FALSE(matches_imported_hash(std::string(512, 'p'), longest).value());
  EXPECT_FALSE(matches_imported_hash(std::string(100'000, 'p'), longest).value());
}

TEST(ImportedHash, RejectsEveryTruncation) {
  for (const auto& [kind, password, stored] : known) {
    for (std::size_t size = 0; size < stored.size(); ++size) EXPECT_EQ(kind_of(stored.substr(0, size)), "unknown");
    for (std::size_t begin = 1; begin < stored.size(); ++begin) EXPECT_EQ(kind_of(stored.substr(begin)), "unknown");
    EXPECT_EQ(kind_of(std::string(stored) + "a"), "unknown");
    EXPECT_EQ(kind_of(std::string(stored) + std::string(1, '\0')), "unknown");
    EXPECT_EQ(kind_of(std::string(stored) + std::string(10'000, 'a')), "unknown");
  }
}

TEST(ImportedHash, RefusesCostsOutOfBounds) {  // PWD-15
  const auto bcrypt = known[0].stored, scrypt = known[1].stored, sha = known[4].stored, yescrypt = known[7].stored;
  EXPECT_EQ(kind_of(with(bcrypt, "$05$", "$14$")), "bcrypt");
  for (const auto* cost : {"$15$", "$31$", "$03$", "$-5$", "$ 5$", "$5x$", "$99$"})
    EXPECT_EQ(kind_of(with(bcrypt, "$05$", cost)), "unknown") << cost;

  EXPECT_EQ(kind_of(with(sha, "=1400", "=1000000")), "sha256crypt");
  for (const auto* rounds : {"=1000001", "=999", "=01400", "=-1400", "=", "=99999999999999999999", "=1400x"})
    EXPECT_EQ(kind_of(with(sha, "=1400", rounds)), "unknown") << rounds;

  EXPECT_EQ(kind_of(with(scrypt, "$C6", "$G6")), "scrypt");  // 2^18 * 8 * 128: 256 MiB
  EXPECT_EQ(kind_of(with(scrypt, "$C6", "$H6")), "unknown");
  EXPECT_EQ(kind_of(with(scrypt, "$C6", "$z6")), "unknown");
  EXPECT_EQ(kind_of(with(scrypt, "$C6", "$.6")), "unknown");
  EXPECT_EQ(kind_of(with(scrypt, "6....", "zzzzz")), "unknown");
  EXPECT_EQ(kind_of(with(scrypt, "6....", ".....")), "unknown");
  EXPECT_EQ(kind_of(with(scrypt, "/....", "zzzzz")), "unknown");

  EXPECT_EQ(kind_of(with(yescrypt, "j9T", "jDT")), "yescrypt");  // 2^16 * 32 * 128: 256 MiB
  for (const auto* parameters : {"jET", "jkT", "jzT", "j9z", "k9T", "j9T/", "j9"})
    EXPECT_EQ(kind_of(with(yescrypt, "j9T", parameters)), "unknown") << parameters;
}

TEST(ImportedHash, RefusesUnsupportedKinds) {
  for (const auto* stored :
       {"", "$", "$$", "$1$salt$qJH7.N4xYta3aEG/dfqo/0", "ab01FAX.bQRSU", "*", "!", "x", "password",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$5$$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "$5$salt:ring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
        "$5$seventeen.letters$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"})
    EXPECT_EQ(kind_of(stored), "unknown") << stored;
}

}  // namespace
}  // namespace rowan::crypto
