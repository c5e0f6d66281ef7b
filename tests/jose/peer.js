// What npm's jose makes and verifies. Reads one JSON array of jobs from standard input, writes one of answers.
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';

globalThis.crypto ??= webcrypto; // Node 18
const jose = await import('jose');

const secretOf = (text) => new TextEncoder().encode(text);

async function keyOf({ jwk, secret, alg }) {
  return secret ? secretOf(secret) : jose.importJWK(jwk, alg);
}

const jobs = {
  // {token, alg, jwk | secret}: its payload, or why it is refused.
  async verify(job) {
    const { payload } = await jose.compactVerify(job.token, await keyOf(job), { algorithms: [job.alg] });
    return { payload: new TextDecoder().decode(payload) };
  },
  // {alg, kid, payload [, secret]}: a token and the public key.
  async sign({ alg, kid, payload, secret }) {
    const pair = secret ? undefined : await jose.generateKeyPair(alg, { extractable: true });
    const token = await new jose.CompactSign(new TextEncoder().encode(payload))
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .sign(secret ? secretOf(secret) : pair.privateKey);
    return { token, jwk: pair && { ...(await jose.exportJWK(pair.publicKey)), kid, alg, use: 'sig' } };
  },
  // {token, jwks, issuer, audience [, now]}: the claims of a JWT, by its rules, at that second.
  async claims({ token, jwks, issuer, audience, now }) {
    const currentDate = now === undefined ? new Date() : new Date(now * 1000);
    const { payload } = await jose.jwtVerify(token, jose.createLocalJWKSet(jwks), { issuer, audience, currentDate });
    return payload;
  },
};

const answers = [];
for (const job of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    answers.push(await jobs[job.do](job));
  } catch (error) {
    answers.push({ error: error.code ?? String(error) });
  }
}
process.stdout.write(JSON.stringify(answers));
