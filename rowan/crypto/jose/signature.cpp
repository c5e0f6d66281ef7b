#include <algorithm>
#include <rowan/crypto/der.hpp>
#include <rowan/crypto/jose/signature.hpp>
#include <utility>

namespace rowan::crypto::jose {

namespace {

using Bytes = std::span<const std::byte>;

Bytes without_zeros(Bytes number) {
  while (!number.empty() && number.front() == std::byte{0}) number = number.subspan(1);
  return number;
}

bool needs_sign(Bytes number) { return (number.front() & std::byte{0x80}) != std::byte{0}; }

std::byte* write_head(std::byte* out, std::uint8_t tag, std::size_t size) {
  *out++ = std::byte{tag};
  if (size > 127) *out++ = std::byte{0x81};  // X.690 section 8.1.3.5: one byte of length follows
  *out++ = static_cast<std::byte>(size);
  return out;
}

std::byte* write_number(std::byte* out, Bytes number) {
  out = write_head(out, DerItem::integer, number.size() + (needs_sign(number) ? 1 : 0));
  if (needs_sign(number)) *out++ = std::byte{0};
  return std::ranges::copy(number, out).out;
}

}  // namespace

SignatureScheme scheme_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rs256: return SignatureScheme::rsa_sha256;
    case Algorithm::rs384: return SignatureScheme::rsa_sha384;
    case Algorithm::rs512: return SignatureScheme::rsa_sha512;
    case Algorithm::ps256: return SignatureScheme::rsa_pss_sha256;
    case Algorithm::ps384: return SignatureScheme::rsa_pss_sha384;
    case Algorithm::ps512: return SignatureScheme::rsa_pss_sha512;
    case Algorithm::es256: return SignatureScheme::ecdsa_p256_sha256;
    case Algorithm::es384: return SignatureScheme::ecdsa_p384_sha384;
    case Algorithm::es512: return SignatureScheme::ecdsa_p521_sha512;
    case Algorithm::eddsa: return SignatureScheme::ed25519;
    case Algorithm::hs256:
    case Algorithm::hs384:
    case Algorithm::hs512: break;
  }
  std::unreachable();
}

std::size_t ecdsa_number_size(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_p256_sha256: return 32;
    case SignatureScheme::ecdsa_p384_sha384: return 48;
    case SignatureScheme::ecdsa_p521_sha512: return 66;
    default: return 0;
  }
}

std::size_t ecdsa_to_der(Bytes signature, std::size_t number_size, std::span<std::byte, most_der_bytes> into) {
  if (number_size == 0 || number_size > 66 || signature.size() != 2 * number_size) return 0;
  const auto r = without_zeros(signature.first(number_size)), s = without_zeros(signature.last(number_size));
  if (r.empty() || s.empty()) return 0;
  const auto size_of = [](Bytes number) { return 2 + number.size() + (needs_sign(number) ? 1 : 0); };
  auto* out = write_head(into.data(), 0x20 | DerItem::sequence, size_of(r) + size_of(s));
  out = write_number(write_number(out, r), s);
  return static_cast<std::size_t>(out - into.data());
}

std::vector<std::byte> ecdsa_from_der(Bytes der, std::size_t number_size) {
  DerReader outer(der);
  const auto sequence = outer.next();
  if (!sequence || !sequence->is(DerItem::sequence) || !outer.at_end()) return {};
  DerReader numbers(sequence->content);
  std::vector<std::byte> signature(2 * number_size);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto item = numbers.next();
    if (!item || !item->is(DerItem::integer)) return {};
    const auto number = without_zeros(item->content);
    if (number.empty() || number.size() > number_size) return {};
    std::ranges::copy(number, signature.begin() + static_cast<std::ptrdiff_t>((i + 1) * number_size - number.size()));
  }
  if (!numbers.at_end()) return {};
  return signature;
}

}  // namespace rowan::crypto::jose
