// An OpenID provider of its own for the tests: `oidc-provider`, with people who sign in by their name alone.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';
import { Provider } from 'oidc-provider';

/** A pair of keys of its own; `kind` is RSA or EC (P-256). */
export function makeKey(kind = 'RSA') {
  const id = randomBytes(6).toString('hex');
  const { privateKey, publicKey } = kind === 'RSA' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const about = { kid: id, use: 'sig' };
  return {
    id,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...about },
    publicJwk: { ...publicKey.export({ format: 'jwk' }), ...about },
  };
}

// What the provider keeps. The memory of oidc-provider is one for all providers of a process, so a token of one would be good at another.
function memory(clients) {
  const rows = new Map();
  return (kind) => {
    const key = (id) => `${kind} ${id}`;
    const having = (field, value) => [...rows].find(([at, row]) => at.startsWith(`${kind} `) && row[field] === value)?.[1];
    return {
      upsert: async (id, row) => { rows.set(key(id), row); },
      find: async (id) => (kind === 'Client' ? clients.get(id) : rows.get(key(id))),
      findByUid: async (uid) => having('uid', uid),
      findByUserCode: async (code) => having('userCode', code),
      consume: async (id) => { rows.get(key(id)).consumed = Math.floor(Date.now() / 1000); },
      destroy: async (id) => { rows.delete(key(id)); },
      revokeByGrantId: async (grant) => { for (const [at, row] of rows) if (row.grantId === grant) rows.delete(at); },
    };
  };
}

async function formIn(request) {
  let text = '';
  for await (const bytes of request) text += bytes;
  return new URLSearchParams(text);
}

const signInPage = `<!doctype html><title>Provider</title><h1>Provider</h1>
<form method="post"><label>Name <input name="person"></label>
<button name="answer" value="yes">Sign in here</button> <button name="answer" value="no">Cancel</button></form>`;

/**
 * Starts a provider on a free port of this machine. `people` says who has an account: by name, what is known of them.
 * `keys` sign; `settings` go to oidc-provider as they are, `features` over ours.
 */
export async function startProvider({ people, keys = [makeKey()], features = {}, ...settings }) {
  const clients = new Map();
  const adapter = memory(clients);
  const cookieKeys = [randomBytes(16).toString('hex')];
  const asked = [];
  let issuer, provider, answer;

  // oidc-provider reads its keys once: other keys are another one of it, with the same memory.
  function use(nextKeys) {
    provider = new Provider(issuer, {
      adapter,
      jwks: { keys: nextKeys.map((key) => key.privateJwk) },
      cookies: { keys: cookieKeys },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      findAccount: (context, sub) => {
        const about = people.get(sub);
        return about && { accountId: sub, claims: () => ({ sub, ...about }) };
      },
      // Who signs in agrees: there is no page that asks.
      loadExistingGrant: async (context) => {
        const { client, session } = context.oidc;
        const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
      pkce: { required: () => true, methods: ['S256'] },
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      renderError: async (context, out) => { context.type = 'text'; context.body = `${out.error}: ${out.error_description}`; },
      features: {
        devInteractions: { enabled: false },
        pushedAuthorizationRequests: { enabled: false },
        resourceIndicators: { enabled: false },
        rpInitiatedLogout: { enabled: true },
        backchannelLogout: { enabled: true },
        ...features,
      },
      ...settings,
    });
    provider.on('server_error', (context, error) => console.error(error));
    answer = provider.callback();
  }

  async function interact(request, response) {
    if (request.method !== 'POST') {
      response.setHeader('Content-Type', 'text/html');
      return response.end(signInPage);
    }
    const form = await formIn(request);
    const result = form.get('answer') === 'no' ? { error: 'access_denied' } : { login: { accountId: form.get('person') } };
    return provider.interactionFinished(request, response, result);
  }

  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, issuer);
    asked.push(pathname);
    if (!pathname.startsWith('/interaction/')) return answer(request, response);
    return interact(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(`${error}`);
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  issuer = `http://127.0.0.1:${server.address().port}`;
  use(keys);
  return {
    issuer,
    /** Registers a client, as `client_id`, `redirect_uris` and so on of dynamic registration. */
    register: (client) => { clients.set(client.client_id, client); },
    /** From now on these keys are published, and the first one that fits signs. */
    use,
    /** How often a path was asked for. */
    asked: (path) => asked.filter((one) => one === path).length,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
