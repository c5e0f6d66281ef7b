// Sign-in with an OpenID provider that others wrote: each way of saying who we are, forms, pushed requests, other keys, linking.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { otherPassword, password, startChromium, startRowan, visit } from '../browser/rowan.js';
import { makeKey, startProvider } from './provider.js';

// Its signs have to be encoded for client_secret_basic (RFC 6749 section 2.3.1), and it is long enough for client_secret_jwt.
const secret = 'a+b c%2F:d&e="f" and more: 32 bytes at least';
const methods = { basic: 'client_secret_basic', post: 'client_secret_post', jwt: 'client_secret_jwt', key: 'private_key_jwt', none: 'none' };
const [firstKey, nextKey, suddenKey] = [makeKey(), makeKey(), makeKey()];

// Who has an account at the providers. A name is known to both, so each test has its own.
const people = new Map();
function newPerson(name, about = {}) {
  people.set(name, { email: `${name}@people.example`, email_verified: true, name: `${name} of the people`, ...about });
  return people.get(name);
}

const visitors = {};
let rowan, browser, folder, plain, pushed, turning, learnedAt, tessAccount;

/** A section `[[oidc]]`, and its client at the provider. */
function entry(provider, name, method, { keys, more = {} } = {}) {
  const options = { name, label: `Provider ${name}`, issuer: provider.issuer, client_id: `notes: ${name}`, client_authentication: method, ...more };
  const client = { client_id: options.client_id, token_endpoint_auth_method: method };
  if (method.startsWith('client_secret')) {
    client.client_secret = secret;
    options.client_secret ??= secret;
  }
  if (method === 'private_key_jwt') {
    client.jwks = { keys: [keys.publicJwk] };
    options.private_key = `file:${path.join(folder, `${name}.pem`)}`;
    options.private_key_id = keys.id;
  }
  const lines = Object.entries(options).map(([option, value]) => `${option} = ${JSON.stringify(value)}\n`);
  return { provider, name, client, toml: `[[oidc]]\n${lines.join('')}` };
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rowan-idp-'));
  plain = await startProvider({ people });
  pushed = await startProvider({
    people,
    keys: [makeKey('RSA'), makeKey('EC')],
    features: { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    conformIdTokenClaims: false,  // the address is in the ID token
  });
  turning = await startProvider({ people, keys: [firstKey, nextKey] });

  const keys = { plain: makeKey('RSA'), pushed: makeKey('EC') };
  await Promise.all(Object.entries(keys).map(([of, key]) => writeFile(path.join(folder, `${of}_key.pem`), key.pem, { mode: 0o600 })));
  const entries = [
    ...Object.entries(methods).map(([short, method]) => entry(plain, `plain_${short}`, method, { keys: keys.plain })),
    ...Object.entries(methods).map(([short, method]) => entry(pushed, `pushed_${short}`, method, { keys: keys.pushed })),
    entry(plain, 'work', 'client_secret_basic'),
    entry(plain, 'form', 'client_secret_basic', { more: { response_mode: 'form_post' } }),
    entry(plain, 'wrong', 'client_secret_basic', { more: { client_secret: 'another than the provider knows' } }),
    entry(plain, 'trusted', 'client_secret_basic', { more: { trust_email_verified: true } }),
    entry(turning, 'turning', 'client_secret_basic'),
  ];
  [rowan, browser] = await Promise.all([startRowan({ config: `[password]\n${entries.map(({ toml }) => toml).join('')}` }), startChromium()]);
  for (const { provider, name, client } of entries)
    provider.register({ ...client, redirect_uris: [`${rowan.origin}/auth/user/${name}/callback`], response_types: ['code'], grant_types: ['authorization_code'] });
});

after(async () => {
  await browser?.close();
  assert.equal(await rowan?.stop(), 0, 'a signal stops the program cleanly');
  await Promise.all([plain, pushed, turning].map((provider) => provider?.stop()));
  await rm(folder, { recursive: true, force: true });
});

const form = (page, action) => page.locator(`form[action$="${action}"]`);
async function send(page, action, fields) {
  for (const [name, value] of Object.entries(fields)) await form(page, action).locator(`[name="user[${name}]"]`).fill(value);
  await form(page, action).locator('button[type=submit]').click();
}

/** `walk` with a page of a visitor without cookies. It is the same page for all of them: a new one takes a second. */
async function asVisitor(walk, { javaScriptEnabled = true } = {}) {
  const { context, page } = visitors[javaScriptEnabled] ??= await visit(browser, rowan.origin, { javaScriptEnabled });
  await page.goto('about:blank');
  await context.clearCookies();
  return walk(page);
}

/** Presses the button of a provider on the page for signing in. */
async function choose(page, name, query = '') {
  await page.goto(`/sign-in${query}`);
  await page.locator(`a[href^="/auth/user/${name}?"]`).click();
}

/** Says at the provider who it is. */
async function sayWho(page, who) {
  await page.fill('[name=person]', who);
  await page.getByRole('button', { name: 'Sign in here' }).click();
}

const home = (page) => page.waitForURL(`${rowan.origin}/`);

async function signIn(page, name, who, query) {
  await choose(page, name, query);
  await sayWho(page, who);
}

/** The status of the page that `name` answers with when its provider sends the visitor back, which `walk` leads to. */
async function backFrom(page, name, walk) {
  const [answer] = await Promise.all([page.waitForResponse((one) => one.url().startsWith(`${rowan.origin}/auth/user/${name}/callback`)), walk()]);
  await answer.finished();
  return answer.status();
}

async function me(page) {
  const answer = await page.request.get('/me');
  return answer.status() === 200 ? (await answer.json()).user : null;
}

async function signOut(page) {
  await page.goto('/sign-out');
  await form(page, '/sign-out').locator('button[type=submit]').click();
  await page.getByText("You're signed out.").waitFor();
}

async function registerWithPassword(page, email) {
  await page.goto('/register');
  await send(page, '/password/register', { email, password, password_confirmation: password });
  await home(page);
  const { id } = await me(page);
  await signOut(page);
  return id;
}

async function accountsWith(email) {
  const { users } = JSON.parse(await rowan.run('user', 'list', '--json', '--limit', '1000'));
  return users.filter((one) => one.email === email);
}

/** What the program logs of `walk`, which has to name the cause; the line comes through a pipe, so perhaps after the page. */
async function logged(cause, walk) {
  const begun = rowan.log().length;
  await walk();
  for (let i = 0; i < 50; ++i) {
    const found = rowan.log().slice(begun).match(cause);
    if (found) return found;
    await new Promise((again) => setTimeout(again, 50));
  }
  return assert.fail(`${cause} is not in the log:\n${rowan.log().slice(begun)}`);
}

/** A sign-in that is refused: with the page that says how to go on, the cause in the log, and nobody signed in. */
async function refused(page, name, cause, walk) {
  await logged(cause, async () => assert.equal(await backFrom(page, name, walk), 401));
  await page.getByRole('heading', { name: "You weren't signed in" }).waitFor();
  await page.getByText('If you have an account here, sign in another way and connect this one on your account page.').waitFor();
  await page.getByRole('link', { name: 'Try again' }).waitFor();
  assert.equal(await me(page), null);
}

test('keys that were published before they sign need no fetch, and one that was not is fetched after a minute only', async () => {
  newPerson('tess');
  await asVisitor(async (page) => {
    await signIn(page, 'turning', 'tess');
    await home(page);
    learnedAt = Date.now();  // the last test comes a minute later
    tessAccount = (await me(page)).id;
    await signOut(page);
    turning.use([nextKey, firstKey]);
    await choose(page, 'turning');
    await home(page);
    assert.equal((await me(page)).id, tessAccount);
    await signOut(page);
    turning.use([suddenKey]);
    await refused(page, 'turning', /authentication_failed strategy="turning".*no key has the token's kid/, () => choose(page, 'turning'));
  });
  assert.equal(turning.asked('/jwks'), 1);
});

for (const [short, method] of Object.entries(methods)) {
  test(`signs in as a client with ${method}`, async () => {
    const { email } = newPerson(`plain.${short}`);
    const before = plain.asked('/me');
    await asVisitor(async (page) => {
      await signIn(page, `plain_${short}`, `plain.${short}`);
      await home(page);
      assert.equal((await me(page)).email, email);
    });
    assert.equal(plain.asked('/me'), before + 1, 'its ID tokens have no address');
  });

  test(`pushes its request with ${method}`, async () => {
    const { email } = newPerson(`pushed.${short}`);
    const before = pushed.asked('/request');
    await asVisitor(async (page) => {
      const [asked] = await Promise.all([page.waitForRequest((one) => one.url().startsWith(`${pushed.issuer}/auth?`)), choose(page, `pushed_${short}`)]);
      assert.deepEqual([...new URL(asked.url()).searchParams.keys()].sort(), ['client_id', 'request_uri']);
      await sayWho(page, `pushed.${short}`);
      await home(page);
      assert.equal((await me(page)).email, email);
    });
    assert.equal(pushed.asked('/request'), before + 1);
    assert.equal(pushed.asked('/me'), 0, 'its ID tokens have the address');
  });
}

for (const javaScriptEnabled of [true, false]) {
  test(`signs in by a form of the provider, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
    const name = javaScriptEnabled ? 'fay' : 'finn';
    const { email } = newPerson(name);
    await asVisitor(async (page) => {
      // The browser sends no cookie with the provider's form, so a page of ours sends it once more.
      const sent = (again) => page.waitForResponse((one) => one.request().method() === 'POST' && one.url() === `${rowan.origin}/auth/user/form/callback` &&
        new URLSearchParams(one.request().postData()).has('again') === again);
      const walk = async () => {
        await signIn(page, 'form', name, '?return_to=%2Fprivate');
        if (javaScriptEnabled) return;
        await page.getByRole('button', { name: 'Continue' }).click();  // on the provider's page
        await page.getByRole('heading', { name: 'One moment' }).waitFor();
        await page.getByRole('button', { name: 'Continue' }).click();
      };
      const [first, second] = await Promise.all([sent(false), sent(true), walk()]);
      assert.equal(first.status(), 200);
      assert.equal(second.status(), 303, rowan.log().slice(-300));
      await page.waitForURL(`${rowan.origin}/private`);
      assert.equal((await me(page)).email, email);
    }, { javaScriptEnabled });
  });
}

test('leads to the page that was asked for', async () => {
  newPerson('rita');
  await asVisitor(async (page) => {
    await signIn(page, 'work', 'rita', '?return_to=%2Fprivate');
    await page.waitForURL(`${rowan.origin}/private`);
    assert.notEqual(await me(page), null);
  });
});

test('who comes again reaches the same account, also with another address and by another client of the provider', async () => {
  const about = newPerson('mona');
  const first = about.email;
  const id = await asVisitor(async (page) => {
    await signIn(page, 'work', 'mona');
    await home(page);
    return (await me(page)).id;
  });
  about.email = 'mona.moved@people.example';
  await asVisitor(async (page) => {
    await signIn(page, 'plain_none', 'mona');
    await home(page);
    const user = await me(page);
    assert.equal(user.id, id);
    assert.equal(user.email, first);
  });
  assert.deepEqual(await accountsWith(about.email), []);
});

test('a secret that the provider does not know signs nobody in', async () => {
  const { email } = newPerson('willa');
  await asVisitor(async (page) => {
    // That is no fault of the person's, so it is no sign-in that failed.
    const [, reference] = await logged(/ error fault error_id="(\w+)" code="unavailable" reason="wrong: status 401, invalid_client"/,
      async () => assert.equal(await backFrom(page, 'wrong', () => signIn(page, 'wrong', 'willa')), 503));
    await page.getByText('Please try again in a moment').waitFor();
    await page.getByText(reference).waitFor();
    assert.equal(await me(page), null);
  });
  assert.deepEqual(await accountsWith(email), []);
});

test('who cancels is told so, and can try again', async () => {
  const { email } = newPerson('cleo');
  await asVisitor(async (page) => {
    await choose(page, 'work');
    await refused(page, 'work', /authentication_failed strategy="work".*work: it answered access_denied/, () => page.getByRole('button', { name: 'Cancel' }).click());
    assert.deepEqual(await accountsWith(email), []);
    await page.getByRole('link', { name: 'Try again' }).click();
    await sayWho(page, 'cleo');
    await home(page);
    assert.equal((await me(page)).email, email);
  });
});

test('an account with the same address is not taken, but linked by its owner, who can unlink it', async () => {
  const { email } = newPerson('lina');
  await asVisitor(async (page) => {
    const id = await registerWithPassword(page, email);
    const taken = /authentication_failed strategy="work".*work: an account has the address, and trust_email_verified is off/;
    await refused(page, 'work', taken, () => signIn(page, 'work', 'lina'));
    await page.getByRole('link', { name: 'Sign in another way' }).click();
    await send(page, '/password/sign_in', { email, password });
    await home(page);

    await page.goto('/account');
    await send(page, '/work/link', { current_password: otherPassword });
    await page.locator('#user_work [aria-invalid=true]').waitFor();
    await send(page, '/work/link', { current_password: password });
    await page.getByRole('link', { name: 'Continue to Provider work' }).click();
    await page.waitForURL(`${rowan.origin}/account`);
    await page.getByText('You can sign in that way from now on.').waitFor();
    await page.locator('#user_work').getByText(`You can sign in with Provider work. ${email}`).waitFor();
    await signOut(page);
    await choose(page, 'work');
    await home(page);
    assert.equal((await me(page)).id, id);
    assert.ok(await rowan.mailTo(email, 'was just connected with Provider work'));

    await page.goto('/account');
    await send(page, '/work/unlink', { current_password: password });
    await page.getByText('That way to sign in was removed.').waitFor();
    await page.goto('/account');
    await form(page, '/work/link').waitFor();
    await signOut(page);
    await refused(page, 'work', taken, () => choose(page, 'work'));
  });
  assert.equal((await accountsWith(email)).length, 1);
});

test('a provider whose word counts leads to the account of an address that it calls verified, and of no other', async () => {
  const { email } = newPerson('vera');
  const unproven = newPerson('uma', { email_verified: false });
  await asVisitor(async (page) => {
    const id = await registerWithPassword(page, email);
    await signIn(page, 'trusted', 'vera');
    await home(page);
    const user = await me(page);
    assert.equal(user.id, id);
    assert.notEqual(user.confirmed_at, null);
  });
  // Nobody had proven that address when the password was chosen.
  await asVisitor(async (page) => {
    await page.goto('/sign-in');
    await send(page, '/password/sign_in', { email, password });
    await page.getByText("The email address or password isn't right.").waitFor();
  });
  await asVisitor(async (page) => {
    await registerWithPassword(page, unproven.email);
    await refused(page, 'trusted', /strategy="trusted".*trusted: an account has the address, which the provider does not call verified/, () => signIn(page, 'trusted', 'uma'));
  });
});

// Last, since by then most of the minute after which an unknown key is looked for has passed.
test('keys that were changed without a word are fetched once a minute has passed', async () => {
  await new Promise((passed) => setTimeout(passed, Math.max(0, learnedAt + 60_100 - Date.now())));
  for (let i = 0; i < 2; ++i) {
    await asVisitor(async (page) => {
      await signIn(page, 'turning', 'tess');
      await home(page);
      assert.equal((await me(page)).id, tessAccount);
    });
    assert.equal(turning.asked('/jwks'), 2);
  }
});
